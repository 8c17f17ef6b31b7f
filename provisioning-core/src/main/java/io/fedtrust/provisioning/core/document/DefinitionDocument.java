// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.document;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.AdminRole;
import io.fedtrust.provisioning.model.AuthIdentities;
import io.fedtrust.provisioning.model.BuilderSpec;
import io.fedtrust.provisioning.model.Capacity;
import io.fedtrust.provisioning.model.CertType;
import io.fedtrust.provisioning.model.ConnectTo;
import io.fedtrust.provisioning.model.ConnectionSecurity;
import io.fedtrust.provisioning.model.NameRule;
import io.fedtrust.provisioning.model.Participant;
import io.fedtrust.provisioning.model.ParticipantDefinition;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** A participant's own definition: the full form of {@code site.yaml}. */
public final class DefinitionDocument {
  private static final String SECURITY_VALUES = "one of clear, tls, mtls";

  private DefinitionDocument() {}

  /** Reads a definition file. */
  public static ParticipantDefinition read(Path file) {
    return read(DocumentFiles.yaml(file, ErrorCode.INVALID_ARGS));
  }

  /** Reads a definition; refusals carry {@code INVALID_ARGS} or the code of a name. */
  public static ParticipantDefinition read(Map<String, Object> document) {
    SiteDocument.Identity identity = SiteDocument.identity(document);
    Fields entry = SiteDocument.entry(document);
    List<String> hostNames = SiteDocument.hostNames(document);
    requireHost(entry, "default_host");
    refuseListeningHost(entry);
    Optional<ConnectionSecurity> security = connectionSecurity(entry, "connection_security");
    Optional<ConnectTo> connectTo = connectTo(entry);
    Optional<Path> customCa = path(entry, "custom_ca_cert");
    checkTopLevel(document);
    Participant participant =
        switch (identity.certType()) {
          case SERVER -> {
            requirePort(entry, "fed_learn_port");
            requirePort(entry, "admin_port");
            yield new Participant.Server(
                identity.name(),
                identity.org(),
                hostNames,
                security,
                customCa,
                authIdentities(entry));
          }
          case CLIENT -> {
            checkServerBlock(entry);
            yield new Participant.Client(
                identity.name(),
                identity.org(),
                connectTo,
                capacity(entry),
                bool(entry, "allow_log_streaming", true),
                customCa,
                authIdentities(entry));
          }
          case ORG_ADMIN, LEAD, MEMBER -> {
            checkServerBlock(entry);
            yield new Participant.Admin(
                identity.name(), identity.org(), role(identity.certType()), connectTo, customCa);
          }
          case JOB_CA -> throw new IllegalArgumentException("a job CA has no definition");
        };
    return new ParticipantDefinition(
        identity.project(), participant, builders(document), canonical(document, participant));
  }

  /** Tells whether a document asks for a listener, which only central provisioning can serve. */
  public static boolean asksForListener(Map<String, Object> document) {
    return SiteDocument.firstPresent(document, "listening_host").isPresent();
  }

  private static Map<String, Object> canonical(
      Map<String, Object> document, Participant participant) {
    Map<String, Object> entry = SiteDocument.participant(document);
    participant.certType().role().ifPresent(role -> entry.put("role", role));
    Map<String, Object> copy = new LinkedHashMap<>(document);
    copy.put("participants", List.of(entry));
    return copy;
  }

  private static AdminRole role(CertType type) {
    return AdminRole.of(type.text()).orElseThrow();
  }

  private static void checkTopLevel(Map<String, Object> document) {
    Fields top = Fields.ofYaml(document, "", ErrorCode.INVALID_ARGS);
    Optional<Object> version = top.value("api_version");
    if (version.isPresent() && !version.get().equals(3L) && !version.get().equals(4L)) {
      throw top.wrong("api_version", "3 or 4");
    }
    connectionSecurity(top, "connection_security");
  }

  private static void refuseListeningHost(Fields entry) {
    if (entry.has("listening_host")) {
      throw refuse(ErrorCode.INVALID_ARGS, entry.name("listening_host"))
          .problem("distributed provisioning makes no listeners")
          .hint("Listener certificates need centralized provisioning.")
          .build();
    }
  }

  private static AuthIdentities authIdentities(Fields entry) {
    Map<String, String> others = new LinkedHashMap<>();
    Object map = entry.value("auth_identity_map").orElse(Map.of());
    if (!(map instanceof Map<?, ?> cells)) {
      throw entry.wrong("auth_identity_map", "a mapping of cells to common names");
    }
    AuthIdentities.requireFew(cells.size());
    for (Map.Entry<?, ?> cell : cells.entrySet()) {
      if (!(cell.getKey() instanceof String name)
          || !(cell.getValue() instanceof String identity)) {
        throw entry.wrong("auth_identity_map", "a mapping of cells to common names, both as text");
      }
      others.put(name, identity);
    }
    return new AuthIdentities(entry.optionalText("auth_identity"), others);
  }

  private static Optional<ConnectionSecurity> connectionSecurity(Fields fields, String key) {
    if (fields.value(key).isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        ConnectionSecurity.of(fields.text(key))
            .orElseThrow(() -> fields.wrong(key, SECURITY_VALUES)));
  }

  private static void requireHost(Fields fields, String key) {
    if (fields.value(key).isPresent()) {
      fields.text(key, NameRule.HOST);
    }
  }

  private static void requirePort(Fields fields, String key) {
    if (fields.value(key).isPresent()) {
      fields.port(key);
    }
  }

  private static void checkServerBlock(Fields entry) {
    if (entry.value("server").isPresent()) {
      Fields server = entry.mapping("server");
      if (server.text("host").isBlank()) {
        throw server.wrong("host", "a host name");
      }
      server.port("fed_learn_port");
      server.port("admin_port");
    }
  }

  private static Optional<ConnectTo> connectTo(Fields entry) {
    Optional<Object> value = entry.value("connect_to");
    if (value.isEmpty()) {
      return Optional.empty();
    }
    if (value.get() instanceof String) {
      String host = entry.text("connect_to", NameRule.HOST);
      return Optional.of(new ConnectTo(Optional.empty(), Optional.of(host), OptionalInt.empty()));
    }
    Fields to = entry.mapping("connect_to");
    requireHost(to, "host");
    connectionSecurity(to, "conn_security");
    connectionSecurity(to, "connection_security");
    OptionalInt port =
        to.value("port").isPresent() && !to.value("port").get().equals(0L)
            ? OptionalInt.of(to.port("port"))
            : OptionalInt.empty();
    return Optional.of(new ConnectTo(to.optionalText("name"), to.optionalText("host"), port));
  }

  private static Optional<Path> path(Fields entry, String key) {
    try {
      return entry.optionalText(key).map(Path::of);
    } catch (InvalidPathException e) {
      throw entry.wrong(key, "a file path");
    }
  }

  private static Capacity capacity(Fields entry) {
    if (entry.value("capacity").isEmpty()) {
      return Capacity.NONE;
    }
    Fields capacity = entry.mapping("capacity");
    Object gpus = capacity.value("num_of_gpus").orElse(0L);
    Object memory = capacity.value("mem_per_gpu_in_GiB").orElse(0L);
    if (!(gpus instanceof Long count) || count < 0 || count > 1024) {
      throw capacity.wrong("num_of_gpus", "an integer, 0 or more");
    }
    if (!(memory instanceof Number size)
        || !Double.isFinite(size.doubleValue())
        || size.doubleValue() < 0) {
      throw capacity.wrong("mem_per_gpu_in_GiB", "a number, 0 or more");
    }
    return new Capacity(count.intValue(), size);
  }

  private static boolean bool(Fields entry, String key, boolean otherwise) {
    Object value = entry.value(key).orElse(otherwise);
    if (value instanceof Boolean bool) {
      return bool;
    }
    throw entry.wrong(key, "true or false");
  }

  private static List<BuilderSpec> builders(Map<String, Object> document) {
    Object value = document.get("builders");
    if (value == null) {
      return List.of();
    }
    Fields top = Fields.ofYaml(document, "", ErrorCode.INVALID_ARGS);
    if (!(value instanceof List<?> list)) {
      throw top.wrong("builders", "a list of builders");
    }
    List<BuilderSpec> builders = new ArrayList<>();
    for (Object item : list) {
      if (!(item instanceof Map<?, ?> map)) {
        throw top.wrong("builders", "a list of mappings with path and args");
      }
      Fields builder = Fields.ofYaml(map, "builders[].", ErrorCode.INVALID_ARGS);
      Map<String, Object> args = new LinkedHashMap<>();
      if (builder.value("args").isPresent()) {
        builder.mapping("args");
        ((Map<?, ?>) builder.value("args").get())
            .forEach((key, argument) -> args.put(String.valueOf(key), argument));
      }
      builders.add(new BuilderSpec(builder.text("path"), args));
    }
    return builders;
  }
}

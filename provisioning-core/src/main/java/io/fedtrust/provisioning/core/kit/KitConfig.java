// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.StartupKit.Endpoint;
import io.fedtrust.provisioning.core.document.DocumentFiles;
import io.fedtrust.provisioning.core.x509.CertificateFile;
import io.fedtrust.provisioning.core.x509.Subject;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.CertType;
import io.fedtrust.provisioning.model.ConnectionSecurity;
import io.fedtrust.provisioning.model.Scheme;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The startup JSON of a kit: what it says of identity and endpoint. */
record KitConfig(Role role, String project, Endpoint endpoint, ConnectionSecurity security) {
  private static final ErrorCode CODE = ErrorCode.KIT_INVALID;

  /** Whose kit it is. */
  enum Role {
    SERVER("fed_server.json", "server"),
    CLIENT("fed_client.json", "client"),
    ADMIN("fed_admin.json", "client");

    final String file;
    private final String credential;

    Role(String file, String credential) {
      this.file = file;
      this.credential = credential;
    }
  }

  boolean isServer() {
    return role == Role.SERVER;
  }

  String certificateFile() {
    return role.credential + ".crt";
  }

  String keyFile() {
    return role.credential + ".key";
  }

  CertType certType(CertificateFile leaf) {
    // Kits of central provisioning carry a type for administrators only.
    CertType byRole = role == Role.SERVER ? CertType.SERVER : CertType.CLIENT;
    return Subject.certType(leaf.subject())
        .flatMap(CertType::of)
        .orElseGet(() -> role == Role.ADMIN ? CertType.MEMBER : byRole);
  }

  static KitConfig read(Function<Role, Optional<byte[]>> files, String where) {
    List<Role> present =
        Stream.of(Role.values()).filter(role -> files.apply(role).isPresent()).toList();
    if (present.size() != 1) {
      throw refuse(CODE, where)
          .expected("exactly one of fed_server.json, fed_client.json, fed_admin.json")
          .actual(present.size())
          .build();
    }
    Role role = present.get(0);
    Map<String, Object> document =
        DocumentFiles.json(files.apply(role).orElseThrow(), role.file, CODE);
    return switch (role) {
      case SERVER -> server(document);
      case CLIENT -> client(document);
      case ADMIN -> admin(document);
    };
  }

  private static KitConfig server(Map<String, Object> document) {
    Map<?, ?> server = firstServer(document);
    Endpoint target = target(server);
    return new KitConfig(
        Role.SERVER,
        text(server, "name"),
        new Endpoint(target.scheme(), target.host(), target.port(), target.host()),
        security(server));
  }

  private static KitConfig client(Map<String, Object> document) {
    Map<?, ?> server = firstServer(document);
    Endpoint target = target(server);
    return new KitConfig(
        Role.CLIENT,
        text(server, "name"),
        new Endpoint(target.scheme(), target.host(), target.port(), text(server, "identity")),
        security(map(document, "client")));
  }

  private static KitConfig admin(Map<String, Object> document) {
    Map<?, ?> admin = map(document, "admin");
    Endpoint endpoint =
        new Endpoint(
            scheme(text(admin, "scheme")),
            text(admin, "host"),
            port(admin.get("port")),
            text(admin, "server_identity"));
    return new KitConfig(Role.ADMIN, text(admin, "project_name"), endpoint, security(admin));
  }

  private static Endpoint target(Map<?, ?> server) {
    Map<?, ?> service = map(server, "service");
    String target = text(service, "target");
    int colon = target.lastIndexOf(':');
    if (colon <= 0 || colon != target.indexOf(':')) {
      throw wrong("service.target", "host:port", target);
    }
    String host = target.substring(0, colon);
    Optional<Integer> port = number(target.substring(colon + 1));
    return new Endpoint(
        scheme(text(service, "scheme")), host, port(port.<Object>map(p -> p).orElse("")), host);
  }

  private static Optional<Integer> number(String text) {
    return text.matches("[0-9]{1,5}") ? Optional.of(Integer.valueOf(text)) : Optional.empty();
  }

  private static int port(Object value) {
    if (value instanceof Integer port && port >= 1 && port <= 65535) {
      return port;
    }
    throw wrong("port", "a TCP port", value);
  }

  private static Scheme scheme(String text) {
    return Scheme.of(text).orElseThrow(() -> wrong("scheme", "grpc, tcp or http", text));
  }

  private static ConnectionSecurity security(Map<?, ?> object) {
    Object value = object.get("connection_security");
    if (value == null) {
      return ConnectionSecurity.MTLS;
    }
    return ConnectionSecurity.of(String.valueOf(value))
        .orElseThrow(() -> wrong("connection_security", "clear, tls or mtls", value));
  }

  private static Map<?, ?> firstServer(Map<String, Object> document) {
    if (document.get("servers") instanceof List<?> list
        && list.size() == 1
        && list.get(0) instanceof Map<?, ?> server) {
      return server;
    }
    throw wrong("servers", "a list with exactly one server", document.get("servers"));
  }

  private static Map<?, ?> map(Map<?, ?> object, String key) {
    if (object.get(key) instanceof Map<?, ?> map) {
      return map;
    }
    throw wrong(key, "an object", object.get(key));
  }

  private static String text(Map<?, ?> object, String key) {
    if (object.get(key) instanceof String text && !text.isBlank()) {
      return text;
    }
    throw wrong(key, "text", object.get(key));
  }

  private static RuntimeException wrong(String field, String expected, @Nullable Object actual) {
    return refuse(CODE, field).expected(expected).actual(actual).build();
  }
}

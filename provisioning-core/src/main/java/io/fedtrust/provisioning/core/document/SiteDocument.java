// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.document;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.io.BoundedFiles;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.AdminRole;
import io.fedtrust.provisioning.model.CertType;
import io.fedtrust.provisioning.model.NameRule;
import io.fedtrust.provisioning.model.Participant;
import io.fedtrust.provisioning.model.ProjectProfile;
import io.fedtrust.provisioning.model.ServerNames;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What every form of {@code site.yaml} has in common: one participant's identity. */
public final class SiteDocument {
  private static final List<String> TOP_LEVEL = List.of("name", "description");
  private static final List<String> PARTICIPANT =
      List.of("name", "type", "org", "role", "host_names", "default_host");
  private static final int MAX_DESCRIPTION_CHARACTERS = 4096;
  private static final int MAX_ROLE_CHARACTERS = 64;
  private static final int MAX_NAMED = 16;
  private static final int MAX_NAMED_CHARACTERS = 64;

  private SiteDocument() {}

  /** Who a document is about. */
  public record Identity(String project, String name, String org, CertType certType) {}

  /** Returns the one participant entry. */
  public static Map<String, Object> participant(Map<String, Object> document) {
    Fields top = Fields.ofYaml(document, "", ErrorCode.INVALID_ARGS);
    top.require("name");
    if (!(document.get("participants") instanceof List<?> list)) {
      throw top.wrong("participants", "a list with exactly one participant");
    }
    if (list.size() != 1) {
      throw refuse(ErrorCode.INVALID_ARGS, "participants")
          .expected("exactly one participant")
          .actual(list.size())
          .build();
    }
    if (!(list.get(0) instanceof Map<?, ?> entry)) {
      throw refuse(ErrorCode.INVALID_ARGS, "participants[0]")
          .expected("a mapping")
          .actual(list.get(0))
          .build();
    }
    Map<String, Object> participant = new LinkedHashMap<>();
    entry.forEach((key, value) -> participant.put(String.valueOf(key), value));
    return participant;
  }

  /** Reads the identity, in the peer's order of checks. */
  public static Identity identity(Map<String, Object> document) {
    Fields entry = entry(document);
    entry.require("name", "org", "type");
    Object project = document.get("name");
    if (!(project instanceof String projectName)) {
      throw refuse(ErrorCode.INVALID_PROJECT_NAME, "name").expected("text").actual(project).build();
    }
    ProjectProfile.requireProjectName(projectName);
    String org = entry.text("org", NameRule.ORG);
    CertType type = certType(entry);
    String name = String.valueOf(entry.value("name").orElse(""));
    if (!(entry.value("name").orElse("") instanceof String)) {
      throw refuse(ErrorCode.INVALID_NAME, entry.name("name"))
          .expected("text; put quotes around a number")
          .actual(name)
          .build();
    }
    Participant.requireIdentity(type, name, org);
    return new Identity(projectName, name, org, type);
  }

  /** Reads {@code host_names}: one name or a list. */
  public static List<String> hostNames(Map<String, Object> document) {
    Fields entry = entry(document);
    Object value = entry.value("host_names").orElse(List.of());
    List<?> list = value instanceof List<?> many ? many : List.of(value);
    ServerNames.requireFew(entry.name("host_names"), list.size());
    List<String> names = new ArrayList<>();
    for (Object name : list) {
      if (!(name instanceof String text) || !NameRule.HOST.accepts(text)) {
        throw entry.wrong("host_names", "host names or IPv4 addresses");
      }
      names.add(text);
    }
    return names;
  }

  /**
   * Returns the copy that travels: nothing but identity and host names, whatever else the document
   * has. Each member has a type and a length: a description of at most 4096 characters, a role of
   * at most 64, at most 64 host names.
   */
  public static Map<String, Object> approvalCopy(Map<String, Object> document) {
    identity(document);
    hostNames(document);
    Fields entry = entry(document);
    if (entry.value("default_host").isPresent()) {
      entry.text("default_host", NameRule.HOST);
    }
    entry.optionalText("role").ifPresent(role -> requireLength(entry, "role", role));
    requireDescription(document);
    Map<String, Object> participant = participant(document);
    Map<String, Object> shortEntry = new LinkedHashMap<>();
    PARTICIPANT.stream()
        .filter(key -> participant.get(key) != null)
        .forEach(key -> shortEntry.put(key, participant.get(key)));
    Map<String, Object> copy = new LinkedHashMap<>();
    TOP_LEVEL.stream()
        .filter(key -> document.get(key) != null)
        .forEach(key -> copy.put(key, document.get(key)));
    copy.put("participants", List.of(shortEntry));
    return copy;
  }

  /**
   * Writes a document.
   *
   * @throws ProvisioningException with {@code INVALID_ARGS} if it would be too large to be read
   */
  public static byte[] write(Map<String, Object> document) {
    byte[] yaml = Yaml.write(document);
    if (yaml.length > BoundedFiles.DOCUMENT_BYTES) {
      throw refuse(ErrorCode.INVALID_ARGS, "site.yaml")
          .expected("at most " + BoundedFiles.DOCUMENT_BYTES + " bytes without aliases")
          .actual(yaml.length)
          .build();
    }
    return yaml;
  }

  /** Returns what {@link #approvalCopy} leaves out: some of the names, and how many more. */
  public static List<String> leftOut(Map<String, Object> document) {
    List<String> names = new ArrayList<>();
    document.keySet().stream()
        .filter(key -> !TOP_LEVEL.contains(key) && !key.equals("participants"))
        .forEach(names::add);
    participant(document).keySet().stream()
        .filter(key -> !PARTICIPANT.contains(key))
        .map(key -> "participants[0]." + key)
        .forEach(names::add);
    List<String> shown =
        new ArrayList<>(names.stream().limit(MAX_NAMED).map(SiteDocument::shortened).toList());
    if (names.size() > MAX_NAMED) {
      shown.add((names.size() - MAX_NAMED) + " more");
    }
    return shown;
  }

  private static String shortened(String name) {
    return name.codePointCount(0, name.length()) <= MAX_NAMED_CHARACTERS
        ? name
        : name.substring(0, name.offsetByCodePoints(0, MAX_NAMED_CHARACTERS)) + "...";
  }

  private static void requireLength(Fields entry, String key, String text) {
    if (text.length() > MAX_ROLE_CHARACTERS) {
      throw entry.wrong(key, "at most " + MAX_ROLE_CHARACTERS + " characters");
    }
  }

  private static void requireDescription(Map<String, Object> document) {
    Object description = document.get("description");
    if (description instanceof Map<?, ?>
        || description instanceof List<?>
        || String.valueOf(description).length() > MAX_DESCRIPTION_CHARACTERS) {
      throw refuse(ErrorCode.INVALID_ARGS, "description")
          .expected("text of at most " + MAX_DESCRIPTION_CHARACTERS + " characters")
          .actual(description)
          .build();
    }
  }

  /** Returns the first of these keys that the participant entry has. */
  public static Optional<String> firstPresent(Map<String, Object> document, String... keys) {
    Map<String, Object> participant = participant(document);
    return List.of(keys).stream().filter(participant::containsKey).findFirst();
  }

  static Fields entry(Map<String, Object> document) {
    return Fields.ofYaml(participant(document), "participants[0].", ErrorCode.INVALID_ARGS);
  }

  private static CertType certType(Fields entry) {
    String type = entry.text("type");
    if (entry.has("role") && !type.equals("admin") && entry.isBlank("role")) {
      throw entry.wrong("role", "no role for a site or server");
    }
    return switch (type) {
      case "client", "server" -> {
        entry.optionalText("role");
        yield CertType.of(type).orElseThrow();
      }
      case "admin" ->
          AdminRole.of(entry.text("role").strip())
              .map(AdminRole::certType)
              .orElseThrow(() -> entry.wrong("role", "one of org_admin, lead, member"));
      default -> throw entry.wrong("type", "one of client, server, admin");
    };
  }
}

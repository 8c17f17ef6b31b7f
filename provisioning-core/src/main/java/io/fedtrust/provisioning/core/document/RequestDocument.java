// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.document;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.AdminRole;
import io.fedtrust.provisioning.model.CertType;
import io.fedtrust.provisioning.model.NameRule;
import io.fedtrust.provisioning.model.Participant;
import io.fedtrust.provisioning.model.ParticipantKind;
import io.fedtrust.provisioning.model.RequestMetadata;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code request.json}. */
public final class RequestDocument {
  /** The artifact type. */
  public static final String ARTIFACT = "nvflare.cert.request";

  private static final String SCHEMA = "1";
  private static final String[] REQUIRED = {
    "artifact_type",
    "schema_version",
    "request_id",
    "project",
    "name",
    "org",
    "kind",
    "cert_type",
    "csr_sha256",
    "public_key_sha256",
    "site_yaml_sha256"
  };

  private RequestDocument() {}

  /** Returns the document of a request, members in the peer's order. */
  public static Map<String, Object> write(RequestMetadata metadata) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("artifact_type", ARTIFACT);
    document.put("schema_version", SCHEMA);
    document.put("request_id", metadata.requestId());
    document.put("created_at", metadata.createdAt());
    document.put("project", metadata.project());
    document.put("name", metadata.name());
    document.put("org", metadata.org());
    document.put("kind", metadata.certType().kind().text());
    document.put("cert_type", metadata.certType().text());
    document.put("cert_role", metadata.certType().role().orElse(null));
    document.put("csr_sha256", metadata.csrSha256());
    document.put("public_key_sha256", metadata.publicKeySha256());
    document.put("site_yaml_sha256", metadata.siteYamlSha256());
    return document;
  }

  /** Returns the name, which decides which members the zip must have. */
  public static String name(Map<String, Object> document) {
    Object name = document.get("name");
    if (!(name instanceof String text) || !NameRule.PARTICIPANT.accepts(text)) {
      throw refuse(ErrorCode.INVALID_NAME, "request.json name")
          .expected(NameRule.PARTICIPANT.expectation())
          .actual(name)
          .build();
    }
    return text;
  }

  /** Reads and checks the document, in the peer's order. */
  public static RequestMetadata read(Map<String, Object> document) {
    Fields fields = Fields.ofJson(document, "request.json ", ErrorCode.INVALID_ARGS);
    fields.require(REQUIRED);
    if (!fields.text("artifact_type").equals(ARTIFACT)) {
      throw fields.wrong("artifact_type", ARTIFACT);
    }
    if (!fields.text("schema_version").equals(SCHEMA)) {
      throw fields.wrong("schema_version", "\"1\"");
    }
    String requestId = fields.text("request_id", NameRule.REQUEST_ID);
    String project = fields.text("project", NameRule.PROJECT, ErrorCode.INVALID_PROJECT_NAME);
    fields.text("org", NameRule.ORG);
    CertType type =
        CertType.of(fields.text("cert_type"))
            .orElseThrow(() -> fields.wrong("cert_type", "one of the five types"));
    requireKind(fields, type);
    Participant.requireIdentity(type, fields.text("name"), fields.text("org"));
    return new RequestMetadata(
        requestId,
        createdAt(fields),
        project,
        fields.text("name"),
        fields.text("org"),
        type,
        fields.text("csr_sha256"),
        fields.text("public_key_sha256"),
        fields.text("site_yaml_sha256"));
  }

  /** Returns a date and time as RFC 3339 writes it, or empty text where there is none. */
  static String createdAt(Fields fields) {
    if (fields.value("created_at").isEmpty()) {
      return "";
    }
    String text = fields.text("created_at");
    if (!Timestamps.isRfc3339(text)) {
      throw fields.wrong("created_at", "a date and time as in RFC 3339, 2026-11-20T21:30:00Z");
    }
    return text;
  }

  /** Refuses a kind or role that does not go with the type. */
  static void requireKind(Fields fields, CertType type) {
    if (!fields.text("kind").equals(type.kind().text())) {
      throw fields.wrong("kind", type.kind().text());
    }
    if (fields.isBlank("cert_role")) {
      return;
    }
    String role = fields.text("cert_role");
    boolean matches =
        type.kind() == ParticipantKind.USER
            && AdminRole.of(role).map(AdminRole::certType).filter(type::equals).isPresent();
    if (!matches) {
      throw fields.wrong("cert_role", type.role().orElse("none"));
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.document;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.ApprovalMetadata;
import io.fedtrust.provisioning.model.CertType;
import io.fedtrust.provisioning.model.ConnectionSecurity;
import io.fedtrust.provisioning.model.DeployVersion;
import io.fedtrust.provisioning.model.Fingerprint;
import io.fedtrust.provisioning.model.NameRule;
import io.fedtrust.provisioning.model.Participant;
import io.fedtrust.provisioning.model.Scheme;
import io.fedtrust.provisioning.model.ServerEndpoint;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** {@code signed.json}. */
public final class SignedDocument {
  /** The root CA's file name, in zips and kits. */
  public static final String ROOT_CA = "rootCA.pem";

  private static final String ARTIFACT = "nvflare.cert.signed";
  private static final String SCHEMA = "1";

  private SignedDocument() {}

  /** Returns the document of an approval, members in the peer's order. */
  public static Map<String, Object> write(
      ApprovalMetadata metadata, String serial, Instant validUntil) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("artifact_type", ARTIFACT);
    document.put("schema_version", SCHEMA);
    document.put("request_id", metadata.requestId());
    metadata
        .approvedAt()
        .ifPresent(instant -> document.put("approved_at", Timestamps.text(instant)));
    document.put("project", metadata.project());
    document.put("name", metadata.name());
    document.put("org", metadata.org());
    document.put("kind", metadata.certType().kind().text());
    document.put("cert_type", metadata.certType().text());
    Map<String, Object> certificate = new LinkedHashMap<>();
    certificate.put("serial", serial);
    certificate.put("valid_until", Timestamps.text(validUntil));
    document.put("certificate", certificate);
    document.put("cert_file", metadata.name() + ".crt");
    document.put("rootca_file", ROOT_CA);
    Map<String, Object> caInfo = new LinkedHashMap<>();
    caInfo.put("provision_version", metadata.deployVersion().text());
    caInfo.put("rootCA_fingerprint", metadata.rootFingerprint().text());
    document.put("ca_info", caInfo);
    Map<String, Object> hashes = new LinkedHashMap<>();
    hashes.put("csr_sha256", metadata.hashes().csr());
    hashes.put("site_yaml_sha256", metadata.hashes().siteYaml());
    hashes.put("certificate_sha256", metadata.hashes().certificate());
    hashes.put("rootca_sha256", metadata.hashes().rootCa());
    hashes.put("public_key_sha256", metadata.hashes().publicKey());
    document.put("hashes", hashes);
    document.put("scheme", metadata.scheme().text());
    document.put("default_connection_security", metadata.connectionSecurity().text());
    document.put("server", endpoint(metadata.server()));
    metadata.certType().role().ifPresent(role -> document.put("cert_role", role));
    return document;
  }

  /** Returns an endpoint as documents write it. */
  public static Map<String, Object> endpoint(ServerEndpoint server) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("host", server.host());
    document.put("fed_learn_port", server.fedLearnPort());
    document.put("admin_port", server.adminPort());
    return document;
  }

  /**
   * Reads and checks the document; every refusal is {@code INVALID_SIGNED_ZIP}, but for a malformed
   * fingerprint.
   *
   * @param actualRoot fingerprint of the root CA beside it, taken where the document names none
   */
  public static ApprovalMetadata read(Map<String, Object> document, Fingerprint actualRoot) {
    Fields fields = Fields.ofJson(document, "signed.json ", ErrorCode.INVALID_SIGNED_ZIP);
    fields.require("artifact_type", "schema_version");
    if (!fields.text("artifact_type").equals(ARTIFACT)) {
      throw fields.wrong("artifact_type", ARTIFACT);
    }
    if (!fields.text("schema_version").equals(SCHEMA)) {
      throw fields.wrong("schema_version", "\"1\"");
    }
    fields.require(
        "request_id",
        "project",
        "name",
        "org",
        "kind",
        "cert_type",
        "cert_file",
        "rootca_file",
        "scheme",
        "default_connection_security",
        "server");
    String requestId = fields.text("request_id", NameRule.REQUEST_ID);
    String project = fields.text("project", NameRule.PROJECT);
    CertType type =
        CertType.of(fields.text("cert_type"))
            .orElseThrow(() -> fields.wrong("cert_type", "one of the five types"));
    RequestDocument.requireKind(fields, type);
    String name = fields.text("name");
    String org = fields.text("org");
    Recoding.as(
        ErrorCode.INVALID_SIGNED_ZIP,
        () -> {
          Participant.requireIdentity(type, name, org);
          return name;
        });
    requireText(fields, "cert_file", name + ".crt");
    requireText(fields, "rootca_file", ROOT_CA);
    return new ApprovalMetadata(
        requestId,
        approvedAt(fields),
        project,
        name,
        org,
        type,
        deployVersion(fields),
        claimedRoot(fields).orElse(actualRoot),
        Scheme.of(fields.text("scheme").strip())
            .orElseThrow(() -> fields.wrong("scheme", "one of grpc, tcp, http")),
        ConnectionSecurity.of(fields.text("default_connection_security").strip())
            .orElseThrow(
                () -> fields.wrong("default_connection_security", "one of clear, tls, mtls")),
        endpoint(fields.mapping("server")),
        hashes(fields));
  }

  private static ServerEndpoint endpoint(Fields server) {
    return Recoding.as(
        ErrorCode.INVALID_SIGNED_ZIP,
        () ->
            new ServerEndpoint(
                server.text("host", NameRule.HOST),
                server.port("fed_learn_port"),
                server.port("admin_port")));
  }

  private static DeployVersion deployVersion(Fields fields) {
    if (fields.value("ca_info").isEmpty()) {
      return DeployVersion.FIRST;
    }
    String version = fields.mapping("ca_info").text("provision_version", NameRule.DEPLOY_VERSION);
    return new DeployVersion(version);
  }

  private static Optional<Fingerprint> claimedRoot(Fields fields) {
    return fields.value("ca_info").isEmpty()
        ? Optional.empty()
        : Optional.of(Fingerprint.parse(fields.mapping("ca_info").text("rootCA_fingerprint")));
  }

  private static ApprovalMetadata.Hashes hashes(Fields fields) {
    Fields hashes = fields.mapping("hashes");
    return new ApprovalMetadata.Hashes(
        hash(hashes, "csr_sha256"),
        hash(hashes, "site_yaml_sha256"),
        hash(hashes, "certificate_sha256"),
        hash(hashes, "rootca_sha256"),
        hash(hashes, "public_key_sha256"));
  }

  private static String hash(Fields hashes, String key) {
    hashes.require(key);
    String text = hashes.text(key).strip().toLowerCase(Locale.ROOT);
    return text.startsWith("sha256:") ? text.substring("sha256:".length()) : text;
  }

  private static Optional<Instant> approvedAt(Fields fields) {
    if (!(fields.value("approved_at").orElse("") instanceof String text)
        || !Timestamps.isRfc3339(text)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeParseException e) {
      // Informational: older approvers wrote none.
      return Optional.empty();
    }
  }

  private static void requireText(Fields fields, String key, String expected) {
    if (!fields.text(key).equals(expected)) {
      throw refuse(ErrorCode.INVALID_SIGNED_ZIP, fields.name(key))
          .expected(expected)
          .actual(fields.text(key))
          .build();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.document;

import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.Fingerprint;
import io.fedtrust.provisioning.model.JobCaServer;
import io.fedtrust.provisioning.model.KeyFingerprint;
import io.fedtrust.provisioning.model.NameRule;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** {@code signed.json} of the approval of a job CA. */
public final class JobCaSignedDocument {
  private static final String ARTIFACT = "fedtrust.jobca.signed";
  private static final String SCHEMA = "1";

  private static final SignatureTag TAG = new SignatureTag("FEDTRUST-JOBCA-SIGNED-1\n");

  private static final Set<String> MEMBERS =
      Set.of(
          "artifact_type",
          "schema_version",
          "request_id",
          "approved_at",
          "project",
          "name",
          "org",
          "serial",
          "valid_until",
          "rootca_fingerprint_sha256",
          "csr_sha256",
          "certificate_sha256",
          "public_key_sha256",
          "server");

  private JobCaSignedDocument() {}

  /**
   * What an approval says.
   *
   * @param requestId UUID of the companion request
   * @param approvedAt when
   * @param project project name
   * @param name the certificate's common name
   * @param org organization of the server
   * @param serial of the certificate
   * @param validUntil its end
   * @param rootFingerprint of the CA
   * @param csrSha256 over the CSR file
   * @param certificateSha256 over the certificate file
   * @param publicKey of the job CA
   * @param server whose it is
   */
  public record Content(
      String requestId,
      Instant approvedAt,
      String project,
      String name,
      String org,
      String serial,
      Instant validUntil,
      Fingerprint rootFingerprint,
      String csrSha256,
      String certificateSha256,
      KeyFingerprint publicKey,
      JobCaServer server) {}

  /** Returns the document. */
  public static Map<String, Object> write(Content content) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("artifact_type", ARTIFACT);
    document.put("schema_version", SCHEMA);
    document.put("request_id", content.requestId());
    document.put("approved_at", Timestamps.text(content.approvedAt()));
    document.put("project", content.project());
    document.put("name", content.name());
    document.put("org", content.org());
    document.put("serial", content.serial());
    document.put("valid_until", Timestamps.text(content.validUntil()));
    document.put("rootca_fingerprint_sha256", content.rootFingerprint().text());
    document.put("csr_sha256", content.csrSha256());
    document.put("certificate_sha256", content.certificateSha256());
    document.put("public_key_sha256", content.publicKey().hex());
    document.put("server", JobCaServerFields.write(content.server()));
    return document;
  }

  /**
   * Returns what the CA's key signs, with RSASSA-PSS as for {@code signed.json} of a participant: a
   * tag, then the bytes of this {@code signed.json}.
   */
  public static byte[] signedBytes(byte[] json) {
    return TAG.before(json);
  }

  /** Reads and checks the document; every refusal is {@code INVALID_SIGNED_ZIP}. */
  public static Content read(Map<String, Object> document) {
    Fields fields = Fields.ofJson(document, "signed.json ", ErrorCode.INVALID_SIGNED_ZIP);
    if (!ARTIFACT.equals(document.get("artifact_type"))) {
      throw fields.wrong("artifact_type", ARTIFACT);
    }
    fields.requireExactly(MEMBERS);
    if (!fields.text("schema_version").equals(SCHEMA)) {
      throw fields.wrong("schema_version", "\"1\"");
    }
    return Recoding.as(
        ErrorCode.INVALID_SIGNED_ZIP,
        () ->
            new Content(
                fields.text("request_id", NameRule.REQUEST_ID),
                instant(fields, "approved_at"),
                fields.text("project", NameRule.PROJECT),
                fields.text("name", NameRule.PARTICIPANT),
                fields.text("org", NameRule.ORG),
                fields.text("serial"),
                instant(fields, "valid_until"),
                Fingerprint.parse(fields.text("rootca_fingerprint_sha256")),
                fields.text("csr_sha256"),
                fields.text("certificate_sha256"),
                new KeyFingerprint(fields.text("public_key_sha256")),
                JobCaServerFields.read(fields.mapping("server"))));
  }

  private static Instant instant(Fields fields, String key) {
    try {
      return Instant.parse(fields.text(key));
    } catch (DateTimeException e) {
      throw fields.wrong(key, "a date and time as in RFC 3339");
    }
  }
}

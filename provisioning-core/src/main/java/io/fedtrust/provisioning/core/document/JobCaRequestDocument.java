// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.document;

import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.CertType;
import io.fedtrust.provisioning.model.JobCaServer;
import io.fedtrust.provisioning.model.NameRule;
import io.fedtrust.provisioning.model.RequestMetadata;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** {@code request.json} of the companion request for a server's job CA. */
public final class JobCaRequestDocument {
  /** The artifact type. */
  public static final String ARTIFACT = "fedtrust.jobca.request";

  /** What the CSR says it is for; no type of a participant. */
  public static final String CSR_TYPE = "job_ca";

  private static final String SCHEMA = "1";

  /** The server's key signs nothing else that begins like this. */
  private static final SignatureTag TAG = new SignatureTag("FEDTRUST-JOBCA-REQUEST-1\n");

  private static final Set<String> MEMBERS =
      Set.of(
          "artifact_type",
          "schema_version",
          "request_id",
          "created_at",
          "project",
          "name",
          "org",
          "csr_sha256",
          "public_key_sha256",
          "server");
  private static final Set<String> SERVER_MEMBERS =
      Set.of("name", "request_id", "public_key_sha256", "public_key");

  private JobCaRequestDocument() {}

  /**
   * What a companion request says.
   *
   * @param metadata of the job CA itself: its name is the common name
   * @param server whose job CA it is
   * @param serverKey the server's DER SubjectPublicKeyInfo
   */
  public record Content(RequestMetadata metadata, JobCaServer server, byte[] serverKey) {}

  /** Returns the document. */
  public static Map<String, Object> write(Content content) {
    RequestMetadata own = content.metadata();
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("artifact_type", ARTIFACT);
    document.put("schema_version", SCHEMA);
    document.put("request_id", own.requestId());
    document.put("created_at", own.createdAt());
    document.put("project", own.project());
    document.put("name", own.name());
    document.put("org", own.org());
    document.put("csr_sha256", own.csrSha256());
    document.put("public_key_sha256", own.publicKeySha256());
    Map<String, Object> server = JobCaServerFields.write(content.server());
    server.put("public_key", Base64.getEncoder().encodeToString(content.serverKey()));
    document.put("server", server);
    return document;
  }

  /**
   * Returns what the server's key signs, with RSASSA-PKCS1-v1_5 and SHA-256: a tag, then the bytes
   * of {@code request.json}.
   */
  public static byte[] signedBytes(byte[] json) {
    return TAG.before(json);
  }

  /** Tells whether a {@code request.json} is that of a job CA. */
  public static boolean isOne(Map<String, Object> document) {
    return ARTIFACT.equals(document.get("artifact_type"));
  }

  /** Reads and checks the document; every refusal is {@code INVALID_ARGS}, or of a name. */
  public static Content read(Map<String, Object> document) {
    Fields fields = Fields.ofJson(document, "request.json ", ErrorCode.INVALID_ARGS);
    if (!isOne(document)) {
      throw fields.wrong("artifact_type", ARTIFACT);
    }
    fields.requireExactly(MEMBERS);
    if (!fields.text("schema_version").equals(SCHEMA)) {
      throw fields.wrong("schema_version", "\"1\"");
    }
    Fields server = fields.mapping("server");
    server.requireExactly(SERVER_MEMBERS);
    RequestMetadata metadata =
        new RequestMetadata(
            fields.text("request_id", NameRule.REQUEST_ID),
            RequestDocument.createdAt(fields),
            fields.text("project", NameRule.PROJECT, ErrorCode.INVALID_PROJECT_NAME),
            fields.text("name", NameRule.PARTICIPANT, ErrorCode.INVALID_NAME),
            fields.text("org", NameRule.ORG),
            CertType.JOB_CA,
            fields.text("csr_sha256"),
            fields.text("public_key_sha256"),
            "");
    return new Content(metadata, JobCaServerFields.read(server), bytes(server));
  }

  private static byte[] bytes(Fields server) {
    try {
      return Base64.getDecoder().decode(server.text("public_key"));
    } catch (IllegalArgumentException e) {
      throw server.wrong("public_key", "base64");
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.document;

import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.ApprovalStatement;
import io.fedtrust.provisioning.model.CertType;
import io.fedtrust.provisioning.model.ConnectionSecurity;
import io.fedtrust.provisioning.model.Fingerprint;
import io.fedtrust.provisioning.model.JobCaServer;
import io.fedtrust.provisioning.model.KeyFingerprint;
import io.fedtrust.provisioning.model.ProjectProfile;
import io.fedtrust.provisioning.model.RevocationReason;
import io.fedtrust.provisioning.model.Scheme;
import io.fedtrust.provisioning.model.ServerEndpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Statements as JSON. Their digest is SHA-256 over the {@link CanonicalJson} form. */
public final class StatementDocument {
  /** How long a statement can be carried out. */
  public static final Duration LIFETIME = Duration.ofDays(14);

  private static final String APPROVE = "approve";
  private static final String JOB_CA = "job-ca";
  private static final String NOT_BEFORE = "5 minutes before signing, not before the root";

  private StatementDocument() {}

  /** Returns the digest of a statement: 64 lower-case hex digits. */
  public static String sha256(Map<String, Object> statement) {
    return Jca.sha256(CanonicalJson.write(statement));
  }

  /** Returns the statement of an approval. */
  public static Map<String, Object> write(ApprovalStatement statement) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("action", statement.jobCaOf().isPresent() ? JOB_CA : APPROVE);
    document.put("made_at", Timestamps.text(statement.madeAt()));
    document.put("expires_at", Timestamps.text(statement.expiresAt()));
    document.put("rootca_fingerprint_sha256", statement.rootFingerprint().text());
    document.put("request_id", statement.requestId());
    document.put("request_zip_sha256", statement.requestZipSha256());
    document.put("csr_sha256", statement.csrSha256());
    document.put("public_key_sha256", statement.publicKey().hex());
    document.put("name", statement.name());
    document.put("cert_type", statement.certType().participant().text());
    document.put("cert_role", statement.certType().role().orElse(null));
    document.put("org", statement.org());
    document.put("subject_alternative_names", statement.subjectAlternativeNames());
    document.put("not_before", NOT_BEFORE);
    document.put("not_after", Timestamps.text(statement.notAfter()));
    Map<String, Object> profile = profile(statement.profile());
    profile.put("sha256", profileSha256(statement.profile()));
    document.put("profile", profile);
    document.put("renewal", statement.renewal());
    document.put("replaced_serial", statement.replacedSerial().orElse(null));
    statement
        .jobCaOf()
        .ifPresent(server -> document.put("server", JobCaServerFields.write(server)));
    return document;
  }

  /** Returns the statement of a revocation, a hold, or the end of a hold. */
  public static Map<String, Object> revocation(
      ApprovalRecord record, RevocationReason reason, Instant madeAt) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put(
        "action",
        switch (reason) {
          case CERTIFICATE_HOLD -> "hold";
          case REMOVE_FROM_CRL -> "unhold";
          default -> "revoke";
        });
    document.put("made_at", Timestamps.text(madeAt));
    document.put("expires_at", Timestamps.text(madeAt.plus(LIFETIME)));
    document.put("rootca_fingerprint_sha256", record.rootFingerprint().text());
    document.put("name", record.name());
    document.put("serial", record.serial());
    document.put("reason", reason.text());
    return document;
  }

  /** Returns the digest of a profile: of what it makes a certificate and a kit say. */
  public static String profileSha256(ProjectProfile profile) {
    return sha256(profile(profile));
  }

  private static Map<String, Object> profile(ProjectProfile profile) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("name", profile.name());
    document.put("scheme", profile.scheme().text());
    document.put("connection_security", profile.connectionSecurity().text());
    document.put("server", SignedDocument.endpoint(profile.server()));
    return document;
  }

  /** Reads the statement of an approval back from a ledger. */
  public static ApprovalStatement read(Map<String, Object> document) {
    Fields fields = Fields.ofJson(document, "statement ", ErrorCode.LEDGER_INVALID);
    return new ApprovalStatement(
        Instant.parse(fields.text("made_at")),
        Instant.parse(fields.text("expires_at")),
        Fingerprint.parse(fields.text("rootca_fingerprint_sha256")),
        fields.text("request_id"),
        fields.text("request_zip_sha256"),
        fields.text("csr_sha256"),
        new KeyFingerprint(fields.text("public_key_sha256")),
        fields.text("name"),
        jobCaOf(document).isPresent() ? CertType.JOB_CA : certType(fields),
        fields.text("org"),
        names(fields),
        Instant.parse(fields.text("not_after")),
        profile(fields.mapping("profile")),
        Boolean.TRUE.equals(document.get("renewal")),
        fields.optionalText("replaced_serial"),
        jobCaOf(document));
  }

  /** Reads whose job CA a statement is about, or that it is about a participant. */
  public static Optional<JobCaServer> jobCaOf(Map<String, Object> statement) {
    Fields fields = Fields.ofJson(statement, "statement ", ErrorCode.LEDGER_INVALID);
    return switch (fields.text("action")) {
      case APPROVE -> {
        if (fields.has("server")) {
          throw fields.wrong("server", "none in the approval of a participant");
        }
        yield Optional.empty();
      }
      case JOB_CA -> Optional.of(JobCaServerFields.read(fields.mapping("server")));
      default -> throw fields.wrong("action", APPROVE + " or " + JOB_CA);
    };
  }

  /** Returns the server of a job CA as a ledger writes it. */
  public static Map<String, Object> server(JobCaServer server) {
    return JobCaServerFields.write(server);
  }

  /** Reads the server of a job CA from a ledger. */
  public static JobCaServer server(Map<String, Object> entry) {
    return JobCaServerFields.read(
        Fields.ofJson(entry, "", ErrorCode.LEDGER_INVALID).mapping("server"));
  }

  private static ProjectProfile profile(Fields profile) {
    Fields server = profile.mapping("server");
    return new ProjectProfile(
        profile.text("name"),
        Scheme.of(profile.text("scheme")).orElseThrow(() -> profile.wrong("scheme", "a scheme")),
        ConnectionSecurity.of(profile.text("connection_security"))
            .orElseThrow(() -> profile.wrong("connection_security", "a connection security")),
        new ServerEndpoint(
            server.text("host"), server.port("fed_learn_port"), server.port("admin_port")));
  }

  private static CertType certType(Fields fields) {
    return CertType.of(fields.text("cert_type"))
        .orElseThrow(() -> fields.wrong("cert_type", "one of the five types"));
  }

  private static List<String> names(Fields fields) {
    if (fields.value("subject_alternative_names").orElse("") instanceof List<?> list) {
      return list.stream().map(String::valueOf).toList();
    }
    throw fields.wrong("subject_alternative_names", "a list of names");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.ca;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.document.Json;
import io.fedtrust.provisioning.core.document.StatementDocument;
import io.fedtrust.provisioning.core.document.Timestamps;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.ApprovalRecord.Decision;
import io.fedtrust.provisioning.model.ApprovalRecord.Revocation;
import io.fedtrust.provisioning.model.ApprovalRecord.Stage;
import io.fedtrust.provisioning.model.CertType;
import io.fedtrust.provisioning.model.Fingerprint;
import io.fedtrust.provisioning.model.JobCaServer;
import io.fedtrust.provisioning.model.KeyFingerprint;
import io.fedtrust.provisioning.model.RevocationReason;
import io.fedtrust.provisioning.spi.LedgerEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One line of a ledger, as it is applied. */
sealed interface LedgerLine {
  /** An approval of a participant begins. */
  String INTENT = "intent";

  /** An approval of a job CA begins. */
  String JOB_CA_INTENT = "job_ca_intent";

  /** A participant's certificate that was approved elsewhere. */
  String IMPORTED = "imported";

  /** A job CA's certificate that was approved elsewhere. */
  String JOB_CA_IMPORTED = "job_ca_imported";

  /** A new certificate, or more about a known one. */
  record Certificate(ApprovalRecord record, Optional<String> statementSha256)
      implements LedgerLine {}

  /** The certificate and the signed zip exist. */
  record Issued(Fingerprint root, String serial, String certificateSha256, String zipSha256)
      implements LedgerLine {}

  /** The signed zip was delivered. */
  record Delivered(Fingerprint root, String serial) implements LedgerLine {}

  /** Format 1 named a delivery by its request. */
  record DeliveredRequest(String requestId, String zipSha256) implements LedgerLine {}

  /** The end of a certificate, or of its hold. */
  record Revoked(Fingerprint root, String serial, Revocation revocation, String statementSha256)
      implements LedgerLine {}

  /** The CA signed what the ledger had come to. */
  record Head(LedgerHead head, byte[] signature) implements LedgerLine {}

  /** A person accepted an older ledger. */
  record HeadAccepted(String approver, Instant at) implements LedgerLine {}

  /** Returns the JSON of an entry. */
  static Map<String, Object> json(LedgerEntry entry) {
    Map<String, Object> json = new LinkedHashMap<>();
    if (entry instanceof LedgerEntry.Intent intent) {
      json.put("event", intent.statement().jobCaOf().isPresent() ? JOB_CA_INTENT : INTENT);
      json.put("serial", intent.serial());
      json.put("approved_at", Timestamps.text(intent.approvedAt()));
      putDecision(json, intent.decision());
      json.put("statement", StatementDocument.write(intent.statement()));
      json.put("tbs_certificate", Base64.getEncoder().encodeToString(intent.tbsCertificate()));
      json.put("tbs_certificate_sha256", Jca.sha256(intent.tbsCertificate()));
      return json;
    }
    if (entry instanceof LedgerEntry.Imported imported) {
      json.put(
          "event", imported.record().certType() == CertType.JOB_CA ? JOB_CA_IMPORTED : IMPORTED);
      putRecord(json, imported.record());
      return json;
    }
    json.put("event", event(entry));
    json.put("rootca_fingerprint_sha256", entry.rootFingerprint().text());
    json.put("serial", entry.serial());
    if (entry instanceof LedgerEntry.Issued issued) {
      json.put("certificate_sha256", issued.certificateSha256());
      json.put("signed_zip_sha256", issued.signedZipSha256());
    } else if (entry instanceof LedgerEntry.Revoked revoked) {
      Revocation revocation = revoked.revocation();
      json.put("reason", revocation.reason().text());
      json.put("at", Timestamps.text(revocation.at()));
      json.put("approver", revocation.approver());
      revocation.note().ifPresent(note -> json.put("note", note));
      json.put("statement_sha256", revoked.statementSha256());
    }
    return json;
  }

  private static String event(LedgerEntry entry) {
    if (entry instanceof LedgerEntry.Issued) {
      return "issued";
    }
    return entry instanceof LedgerEntry.Revoked ? "revoked" : "delivered";
  }

  /** Returns the JSON of a signed head. */
  static Map<String, Object> json(LedgerHead head, byte[] signature) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("event", "head");
    json.put("rootca_fingerprint_sha256", head.root().text());
    json.put("entries", head.entries());
    json.put("sha256", head.sha256());
    json.put("time", Timestamps.text(head.time()));
    json.put("signature", Base64.getEncoder().encodeToString(signature));
    return json;
  }

  /** Returns the JSON of an accepted rollback. */
  static Map<String, Object> headAccepted(
      String approver, Instant at, Optional<SeenHeads.Seen> seen) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("event", "head_accepted");
    json.put("approver", approver);
    json.put("at", Timestamps.text(at));
    seen.ifPresent(
        head -> {
          json.put("seen_entries", head.entries());
          json.put("seen_sha256", head.sha256());
        });
    return json;
  }

  /** Reads a line's JSON. */
  static LedgerLine read(String text, long sequence) {
    try {
      Map<String, Object> json = Json.readObject(text.getBytes(StandardCharsets.UTF_8));
      if (!(json.get("seq") instanceof Number seq) || seq.longValue() != sequence) {
        throw new IOException("sequence number");
      }
      return switch (text(json, "event")) {
        case INTENT -> intent(json, false);
        // Events of their own: a reader that does not know them must not take them for others.
        case JOB_CA_INTENT -> intent(json, true);
        case "issued" ->
            new Issued(
                root(json),
                text(json, "serial"),
                text(json, "certificate_sha256"),
                text(json, "signed_zip_sha256"));
        case "delivered" ->
            json.containsKey("serial")
                ? new Delivered(root(json), text(json, "serial"))
                : new DeliveredRequest(text(json, "request_id"), text(json, "signed_zip_sha256"));
        case "revoked" -> revoked(json);
        case IMPORTED -> new Certificate(record(json, Stage.DELIVERED), Optional.empty());
        case JOB_CA_IMPORTED ->
            new Certificate(
                record(json, Stage.DELIVERED, Optional.of(StatementDocument.server(json))),
                Optional.empty());
        case "approved" -> new Certificate(record(json, Stage.ISSUED), Optional.empty());
        case "head" -> head(json);
        case "head_accepted" ->
            new HeadAccepted(text(json, "approver"), Instant.parse(text(json, "at")));
        default -> throw new IOException("unknown event");
      };
    } catch (IOException | DateTimeException | ProvisioningException | IllegalArgumentException e) {
      throw refuse(ErrorCode.LEDGER_INVALID, "ledger entry " + sequence)
          .malformed("an event of an approval")
          .cause(e)
          .build();
    }
  }

  /** Reads an intent in full, to sign again what it says. */
  static LedgerEntry.Intent readIntent(String text) {
    try {
      Map<String, Object> json = Json.readObject(text.getBytes(StandardCharsets.UTF_8));
      if (!(json.get("statement") instanceof Map<?, ?> map)) {
        throw new IOException("statement");
      }
      Map<String, Object> statement = new LinkedHashMap<>();
      map.forEach((name, value) -> statement.put(String.valueOf(name), value));
      byte[] tbs = Base64.getDecoder().decode(text(json, "tbs_certificate"));
      Decision decision = decision(json).orElseThrow(() -> new IOException("approver"));
      boolean whole =
          Jca.sha256(tbs).equals(text(json, "tbs_certificate_sha256"))
              && StatementDocument.sha256(statement).equals(decision.statementSha256());
      if (!whole) {
        throw new IOException("digest");
      }
      return new LedgerEntry.Intent(
          StatementDocument.read(statement),
          decision.statementSha256(),
          text(json, "serial"),
          Instant.parse(text(json, "approved_at")),
          tbs,
          decision);
    } catch (IOException | DateTimeException | ProvisioningException | IllegalArgumentException e) {
      throw refuse(ErrorCode.LEDGER_INVALID, "intent of an interrupted approval")
          .malformed("a statement and a certificate that match their digests")
          .cause(e)
          .build();
    }
  }

  private static LedgerLine intent(Map<String, Object> json, boolean jobCa) throws IOException {
    if (!(json.get("statement") instanceof Map<?, ?> statement)) {
      throw new IOException("statement");
    }
    Map<String, Object> decided = new LinkedHashMap<>();
    statement.forEach((name, value) -> decided.put(String.valueOf(name), value));
    Optional<JobCaServer> jobCaOf = StatementDocument.jobCaOf(decided);
    if (jobCaOf.isPresent() != jobCa) {
      throw new IOException("action");
    }
    Map<String, Object> all = new LinkedHashMap<>(json);
    all.putAll(decided);
    if (!(statement.get("profile") instanceof Map<?, ?> profile)) {
      throw new IOException("profile");
    }
    all.put("project", profile.get("name"));
    all.put("valid_until", statement.get("not_after"));
    return new Certificate(
        record(all, Stage.INTENDED, jobCaOf), Optional.of(text(json, "statement_sha256")));
  }

  private static LedgerLine revoked(Map<String, Object> json) throws IOException {
    return new Revoked(
        root(json),
        text(json, "serial"),
        new Revocation(
            RevocationReason.of(text(json, "reason")).orElseThrow(() -> new IOException("reason")),
            Instant.parse(text(json, "at")),
            text(json, "approver"),
            optional(json, "note")),
        text(json, "statement_sha256"));
  }

  private static LedgerLine head(Map<String, Object> json) throws IOException {
    if (!(json.get("entries") instanceof Number entries)) {
      throw new IOException("entries");
    }
    return new Head(
        new LedgerHead(
            root(json),
            entries.longValue(),
            text(json, "sha256"),
            Instant.parse(text(json, "time"))),
        Base64.getDecoder().decode(text(json, "signature")));
  }

  private static void putDecision(Map<String, Object> json, Decision decision) {
    json.put("approver", decision.approver());
    decision.note().ifPresent(note -> json.put("note", note));
    json.put("profile_sha256", decision.profileSha256());
    json.put("statement_sha256", decision.statementSha256());
  }

  private static void putRecord(Map<String, Object> json, ApprovalRecord record) {
    json.put("request_id", record.requestId());
    record.requestSha256().ifPresent(hash -> json.put("request_zip_sha256", hash));
    record.csrSha256().ifPresent(hash -> json.put("csr_sha256", hash));
    json.put("project", record.project());
    json.put("name", record.name());
    record.org().ifPresent(org -> json.put("org", org));
    json.put("cert_type", record.certType().participant().text());
    json.put("subject_alternative_names", record.subjectAlternativeNames());
    record.publicKey().ifPresent(key -> json.put("public_key_sha256", key.hex()));
    json.put("rootca_fingerprint_sha256", record.rootFingerprint().text());
    json.put("serial", record.serial());
    json.put("approved_at", Timestamps.text(record.approvedAt()));
    json.put("valid_until", Timestamps.text(record.validUntil()));
    record.certificateSha256().ifPresent(hash -> json.put("certificate_sha256", hash));
    record.signedZipSha256().ifPresent(hash -> json.put("signed_zip_sha256", hash));
    record.jobCaOf().ifPresent(server -> json.put("server", StatementDocument.server(server)));
  }

  private static CertType certType(Map<String, Object> json, boolean jobCa) throws IOException {
    CertType participant =
        CertType.of(text(json, "cert_type")).orElseThrow(() -> new IOException("cert_type"));
    return jobCa ? CertType.JOB_CA : participant;
  }

  private static ApprovalRecord record(Map<String, Object> json, Stage stage) throws IOException {
    return record(json, stage, Optional.empty());
  }

  private static ApprovalRecord record(
      Map<String, Object> json, Stage stage, Optional<JobCaServer> jobCaOf) throws IOException {
    Optional<Decision> decision = stage == Stage.INTENDED ? decision(json) : Optional.empty();
    return new ApprovalRecord(
        text(json, "request_id"),
        optional(json, "request_zip_sha256"),
        optional(json, "csr_sha256"),
        text(json, "project"),
        text(json, "name"),
        optional(json, "org"),
        certType(json, jobCaOf.isPresent()),
        names(json),
        optional(json, "public_key_sha256").map(KeyFingerprint::new),
        root(json),
        text(json, "serial"),
        Instant.parse(text(json, "approved_at")),
        Instant.parse(text(json, "valid_until")),
        optional(json, "certificate_sha256"),
        optional(json, "signed_zip_sha256"),
        stage,
        Optional.empty(),
        decision,
        jobCaOf);
  }

  private static Optional<Decision> decision(Map<String, Object> json) throws IOException {
    return Optional.of(
        new Decision(
            text(json, "approver"),
            optional(json, "note"),
            text(json, "statement_sha256"),
            text(json, "profile_sha256")));
  }

  private static List<String> names(Map<String, Object> json) throws IOException {
    Object value = json.get("subject_alternative_names");
    if (value == null) {
      return List.of();
    }
    if (value instanceof List<?> list) {
      return list.stream().map(String::valueOf).toList();
    }
    throw new IOException("subject_alternative_names");
  }

  private static Fingerprint root(Map<String, Object> json) throws IOException {
    return Fingerprint.parse(text(json, "rootca_fingerprint_sha256"));
  }

  private static Optional<String> optional(Map<String, Object> json, String key)
      throws IOException {
    return json.get(key) == null ? Optional.empty() : Optional.of(text(json, key));
  }

  private static String text(Map<String, Object> json, String key) throws IOException {
    if (json.get(key) instanceof String text) {
      return text;
    }
    throw new IOException(key);
  }
}

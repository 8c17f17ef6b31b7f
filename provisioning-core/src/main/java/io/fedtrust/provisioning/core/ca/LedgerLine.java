// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.ca;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.document.Json;
import io.fedtrust.provisioning.core.document.Timestamps;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.CertType;
import io.fedtrust.provisioning.model.Fingerprint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** One event of the ledger. */
sealed interface LedgerLine {
  /** An approval was signed and is about to be delivered. */
  record Intent(ApprovalRecord record) implements LedgerLine {}

  /** The signed zip of an approval was delivered. */
  record Delivered(String requestId, String signedZipSha256) implements LedgerLine {}

  static LedgerLine intent(ApprovalRecord record) {
    return new Intent(record);
  }

  static LedgerLine delivered(ApprovalRecord record) {
    return new Delivered(record.requestId(), record.signedZipSha256());
  }

  default String json(long sequence) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("seq", sequence);
    if (this instanceof Intent intent) {
      ApprovalRecord record = intent.record();
      json.put("event", "approved");
      json.put("request_id", record.requestId());
      json.put("request_zip_sha256", record.requestSha256());
      json.put("project", record.project());
      json.put("name", record.name());
      json.put("cert_type", record.certType().text());
      json.put("rootca_fingerprint_sha256", record.rootFingerprint().text());
      json.put("serial", record.serial());
      json.put("approved_at", Timestamps.text(record.approvedAt()));
      json.put("valid_until", Timestamps.text(record.validUntil()));
      json.put("certificate_sha256", record.certificateSha256());
      json.put("signed_zip_sha256", record.signedZipSha256());
    } else if (this instanceof Delivered delivered) {
      json.put("event", "delivered");
      json.put("request_id", delivered.requestId());
      json.put("signed_zip_sha256", delivered.signedZipSha256());
    }
    return Json.writeLine(json);
  }

  static LedgerLine read(String text, long sequence) {
    try {
      Map<String, Object> json = Json.readObject(text.getBytes(StandardCharsets.UTF_8));
      if (!(json.get("seq") instanceof Number seq) || seq.longValue() != sequence) {
        throw new IOException("sequence number");
      }
      return switch (text(json, "event")) {
        case "approved" -> new Intent(record(json));
        case "delivered" ->
            new Delivered(text(json, "request_id"), text(json, "signed_zip_sha256"));
        default -> throw new IOException("unknown event");
      };
    } catch (IOException | DateTimeParseException e) {
      throw refuse(ErrorCode.LEDGER_INVALID, "ledger entry " + sequence)
          .expected("an approval or delivery")
          .actual("unreadable")
          .cause(e)
          .build();
    }
  }

  /** Adds this event to the story; returns the record it touched. */
  default Optional<ApprovalRecord> applyTo(Map<String, ApprovalRecord> byRequestId) {
    if (this instanceof Intent intent) {
      ApprovalRecord record = intent.record();
      byRequestId.put(record.requestId(), record);
      return Optional.of(record);
    }
    Delivered delivered = (Delivered) this;
    ApprovalRecord record = byRequestId.get(delivered.requestId());
    if (record == null || !record.signedZipSha256().equals(delivered.signedZipSha256())) {
      return Optional.empty();
    }
    byRequestId.put(record.requestId(), record.complete());
    return Optional.of(record.complete());
  }

  private static ApprovalRecord record(Map<String, Object> json) throws IOException {
    return new ApprovalRecord(
        text(json, "request_id"),
        text(json, "request_zip_sha256"),
        text(json, "project"),
        text(json, "name"),
        CertType.of(text(json, "cert_type")).orElseThrow(() -> new IOException("cert_type")),
        Fingerprint.parse(text(json, "rootca_fingerprint_sha256")),
        text(json, "serial"),
        Instant.parse(text(json, "approved_at")),
        Instant.parse(text(json, "valid_until")),
        text(json, "certificate_sha256"),
        text(json, "signed_zip_sha256"),
        false);
  }

  private static String text(Map<String, Object> json, String key) throws IOException {
    if (json.get(key) instanceof String text) {
      return text;
    }
    throw new IOException(key);
  }
}

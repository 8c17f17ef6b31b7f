// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.ca;

import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.ApprovalRecord.Stage;
import io.fedtrust.provisioning.model.CertType;
import io.fedtrust.provisioning.model.ComparableName;
import io.fedtrust.provisioning.model.Fingerprint;
import io.fedtrust.provisioning.model.KeyFingerprint;
import io.fedtrust.provisioning.model.RevocationReason;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the lines of a ledger add up to: every certificate as it is now, found in four ways. */
final class LedgerState {
  /** A certificate's place: serial numbers are unique under one CA. */
  private record Id(Fingerprint root, String serial) {}

  private record NameOf(Fingerprint root, ComparableName name) {}

  private final Map<Id, ApprovalRecord> records = new LinkedHashMap<>();
  private final Map<String, Id> newestOfRequest = new HashMap<>();
  private final Map<NameOf, Set<Id>> byName = new HashMap<>();
  private final Map<KeyFingerprint, Set<Id>> byKey = new HashMap<>();
  private final Map<Id, String> undelivered = new HashMap<>();
  private final Set<String> statements = new HashSet<>();

  List<ApprovalRecord> records() {
    return List.copyOf(records.values());
  }

  Optional<ApprovalRecord> byRequestId(String requestId) {
    return Optional.ofNullable(newestOfRequest.get(requestId)).map(records::get);
  }

  List<ApprovalRecord> byName(ComparableName name, Fingerprint root) {
    return found(byName.get(new NameOf(root, name)));
  }

  List<ApprovalRecord> byPublicKey(KeyFingerprint key) {
    return found(byKey.get(key));
  }

  /** Returns the JSON of the intent of a certificate that was not delivered. */
  Optional<String> undelivered(Fingerprint root, String serial) {
    return Optional.ofNullable(undelivered.get(new Id(root, serial)));
  }

  boolean hasStatement(String sha256) {
    return statements.contains(sha256);
  }

  /**
   * Applies a line.
   *
   * @param json the line's text
   * @throws IOException if it does not fit what came before
   */
  void apply(LedgerLine line, String json) throws IOException {
    if (line instanceof LedgerLine.Certificate certificate) {
      certificate(certificate, json);
    } else if (line instanceof LedgerLine.Issued issued) {
      Id id = new Id(issued.root(), issued.serial());
      put(id, issued(known(id), issued));
    } else if (line instanceof LedgerLine.Delivered delivered) {
      delivered(new Id(delivered.root(), delivered.serial()));
    } else if (line instanceof LedgerLine.DeliveredRequest delivered) {
      deliveredRequest(delivered);
    } else if (line instanceof LedgerLine.Revoked revoked) {
      revoked(revoked);
    }
  }

  private void certificate(LedgerLine.Certificate certificate, String json) throws IOException {
    ApprovalRecord record = certificate.record();
    Id id = new Id(record.rootFingerprint(), record.serial());
    ApprovalRecord before = records.get(id);
    if (certificate.statementSha256().isPresent()) {
      if (before != null) {
        throw new IOException("a serial number occurs twice");
      }
      statements.add(certificate.statementSha256().get());
      undelivered.put(id, json);
    }
    if (before != null
        && (before.certType() == CertType.JOB_CA) != (record.certType() == CertType.JOB_CA)) {
      throw new IOException("a certificate of a participant and of a job CA");
    }
    put(id, before == null ? record : imported(before, record));
  }

  private void delivered(Id id) throws IOException {
    ApprovalRecord record = known(id);
    if (record.stage() == Stage.INTENDED) {
      throw new IOException("delivered before it was issued");
    }
    undelivered.remove(id);
    put(id, delivered(record));
  }

  private void deliveredRequest(LedgerLine.DeliveredRequest delivered) {
    Id id = newestOfRequest.get(delivered.requestId());
    ApprovalRecord record = id == null ? null : records.get(id);
    // Format 1 ignored a delivery that it could not place.
    if (record != null && record.signedZipSha256().equals(Optional.of(delivered.zipSha256()))) {
      put(id, delivered(record));
    }
  }

  private void revoked(LedgerLine.Revoked revoked) throws IOException {
    Id id = new Id(revoked.root(), revoked.serial());
    statements.add(revoked.statementSha256());
    ApprovalRecord record = known(id);
    boolean ends = revoked.revocation().reason() == RevocationReason.REMOVE_FROM_CRL;
    put(
        id,
        copy(
            record,
            record.stage(),
            record.certificateSha256(),
            record.signedZipSha256(),
            ends ? Optional.empty() : Optional.of(revoked.revocation())));
  }

  private ApprovalRecord known(Id id) throws IOException {
    ApprovalRecord record = records.get(id);
    if (record == null) {
      throw new IOException("no certificate has this serial number");
    }
    return record;
  }

  private void put(Id id, ApprovalRecord record) {
    if (records.put(id, record) == null) {
      newestOfRequest.put(record.requestId(), id);
    }
    record
        .names()
        .forEach(
            name ->
                byName
                    .computeIfAbsent(
                        new NameOf(record.rootFingerprint(), name), any -> new LinkedHashSet<>())
                    .add(id));
    record
        .publicKey()
        .ifPresent(key -> byKey.computeIfAbsent(key, any -> new LinkedHashSet<>()).add(id));
  }

  private List<ApprovalRecord> found(@Nullable Set<Id> ids) {
    return ids == null ? List.of() : ids.stream().map(records::get).toList();
  }

  private static ApprovalRecord issued(ApprovalRecord record, LedgerLine.Issued issued) {
    return copy(
        record,
        record.stage() == Stage.DELIVERED ? Stage.DELIVERED : Stage.ISSUED,
        Optional.of(issued.certificateSha256()),
        Optional.of(issued.zipSha256()),
        record.revocation());
  }

  private static ApprovalRecord delivered(ApprovalRecord record) {
    return copy(
        record,
        Stage.DELIVERED,
        record.certificateSha256(),
        record.signedZipSha256(),
        record.revocation());
  }

  private static ApprovalRecord copy(
      ApprovalRecord record,
      Stage stage,
      Optional<String> certificate,
      Optional<String> zip,
      Optional<ApprovalRecord.Revocation> revocation) {
    return new ApprovalRecord(
        record.requestId(),
        record.requestSha256(),
        record.csrSha256(),
        record.project(),
        record.name(),
        record.org(),
        record.certType(),
        record.subjectAlternativeNames(),
        record.publicKey(),
        record.rootFingerprint(),
        record.serial(),
        record.approvedAt(),
        record.validUntil(),
        certificate,
        zip,
        stage,
        revocation,
        record.decision(),
        record.jobCaOf());
  }

  /** Adds what an import knows; keeps what the ledger knew. */
  private static ApprovalRecord imported(ApprovalRecord known, ApprovalRecord more) {
    return new ApprovalRecord(
        known.requestId(),
        known.requestSha256().or(more::requestSha256),
        known.csrSha256().or(more::csrSha256),
        known.project(),
        known.name(),
        known.org().or(more::org),
        known.certType(),
        known.subjectAlternativeNames().isEmpty()
            ? more.subjectAlternativeNames()
            : known.subjectAlternativeNames(),
        known.publicKey().or(more::publicKey),
        known.rootFingerprint(),
        known.serial(),
        known.approvedAt(),
        known.validUntil(),
        known.certificateSha256().or(more::certificateSha256),
        known.signedZipSha256().or(more::signedZipSha256),
        known.stage(),
        known.revocation(),
        known.decision(),
        known.jobCaOf());
  }
}

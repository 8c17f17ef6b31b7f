// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.ca;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.Revoking;
import io.fedtrust.provisioning.core.approval.Approver;
import io.fedtrust.provisioning.core.approval.IssuingAuthority;
import io.fedtrust.provisioning.core.approval.Serials;
import io.fedtrust.provisioning.core.approval.StatementUse;
import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.context.SetOnce;
import io.fedtrust.provisioning.core.document.StatementDocument;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.ApprovalRecord.Revocation;
import io.fedtrust.provisioning.model.CertType;
import io.fedtrust.provisioning.model.ComparableName;
import io.fedtrust.provisioning.model.JobCaServer;
import io.fedtrust.provisioning.model.RevocationReason;
import io.fedtrust.provisioning.spi.ApprovalLedger;
import io.fedtrust.provisioning.spi.LedgerEntry;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Records the end of certificates, or of their hold. */
final class RevocationRun implements Revoking {
  private final IssuingAuthority ca;
  private final String nameOrSerial;
  private final EngineContext host;
  private final SetOnce<RevocationReason> reason = new SetOnce<>("reason");
  private final SetOnce<String> approver = new SetOnce<>("approver");
  private final SetOnce<String> note = new SetOnce<>("note");

  private boolean recorded;

  RevocationRun(IssuingAuthority ca, String nameOrSerial, EngineContext host) {
    this.ca = ca;
    this.nameOrSerial = nameOrSerial;
    this.host = host;
  }

  @Override
  public Revoking reason(RevocationReason why) {
    reason.set(why);
    return this;
  }

  @Override
  public Revoking approver(String person) {
    approver.set(Approver.person(person));
    return this;
  }

  @Override
  public Revoking note(String text) {
    note.set(Approver.note(text));
    return this;
  }

  @Override
  public List<ApprovalRecord> record() {
    RevocationReason why = reason.or(RevocationReason.UNSPECIFIED);
    Instant now = host.now();
    ca.ledger().requireNewest();
    List<ApprovalRecord> affected =
        named().stream().filter(record -> applies(record, why, now)).toList();
    if (affected.isEmpty()) {
      throw refuse(ErrorCode.CERT_NOT_FOUND, nameOrSerial)
          .expected(
              why == RevocationReason.REMOVE_FROM_CRL
                  ? "the name or serial number of a certificate on hold"
                  : "the name or serial number of a certificate that is not revoked")
          .actual(named().isEmpty() ? "unknown to the ledger" : "no such certificate of it")
          .build();
    }
    try {
      affected.forEach(record -> revoke(record, why, now));
    } finally {
      if (recorded) {
        ca.signHead(host);
      }
    }
    if (why != RevocationReason.REMOVE_FROM_CRL) {
      affected.forEach(record -> warnOfJobCas(record, now));
    }
    Set<String> serials =
        affected.stream().map(ApprovalRecord::serial).collect(Collectors.toUnmodifiableSet());
    return named().stream().filter(record -> serials.contains(record.serial())).toList();
  }

  private void revoke(ApprovalRecord record, RevocationReason why, Instant now) {
    String statement = StatementDocument.sha256(StatementDocument.revocation(record, why, now));
    ca.ledger()
        .append(
            new LedgerEntry.Revoked(
                record.rootFingerprint(),
                record.serial(),
                new Revocation(why, now, approver.get().orElseGet(Approver::account), note.get()),
                statement),
            ledger -> {
              requireUnchanged(record, ledger);
              StatementUse.requireFirst(ledger, statement, record.name());
            });
    recorded = true;
  }

  /** The key of a server's job CA lies beside the server's own. */
  private void warnOfJobCas(ApprovalRecord server, Instant now) {
    ca.ledger().records().stream()
        .filter(
            record ->
                record.certType() == CertType.JOB_CA
                    && record.rootFingerprint().equals(server.rootFingerprint())
                    && record.revocation().isEmpty()
                    && record.validUntil().isAfter(now)
                    && server.certType() != CertType.JOB_CA
                    && record.jobCaOf().map(JobCaServer::publicKey).equals(server.publicKey()))
        .forEach(
            record ->
                host.warn(
                    "the job CA of "
                        + server.name()
                        + ", serial "
                        + record.serial()
                        + ", is not revoked: anyone who has its key can still issue certificates"));
  }

  private static void requireUnchanged(ApprovalRecord record, ApprovalLedger ledger) {
    if (!ledger.byName(record.names().get(0), record.rootFingerprint()).contains(record)) {
      throw refuse(ErrorCode.BUSY, record.name() + ", serial " + record.serial())
          .problem("another command changed this certificate")
          .build();
    }
  }

  /** A serial number names one certificate; a participant name all of its certificates. */
  private List<ApprovalRecord> named() {
    if (Serials.isSerial(nameOrSerial)) {
      String serial = Serials.canonical(nameOrSerial);
      List<ApprovalRecord> found =
          ca.ledger().records().stream()
              .filter(
                  record ->
                      record.rootFingerprint().equals(ca.fingerprint())
                          && record.serial().equals(serial))
              .toList();
      if (!found.isEmpty()) {
        return found;
      }
    }
    ComparableName name = ComparableName.of(nameOrSerial);
    return ca.ledger().byName(name, ca.fingerprint()).stream()
        .filter(record -> ComparableName.of(record.name()).equals(name))
        .toList();
  }

  private static boolean applies(ApprovalRecord record, RevocationReason why, Instant now) {
    return switch (why) {
      case REMOVE_FROM_CRL -> record.isRevokedFor(RevocationReason.CERTIFICATE_HOLD);
      case CERTIFICATE_HOLD -> record.revocation().isEmpty() && record.validUntil().isAfter(now);
      // The key of an expired or revoked certificate can still be refused permanently.
      case KEY_COMPROMISE -> !record.isRevokedFor(RevocationReason.KEY_COMPROMISE);
      default -> record.holdsNames(now);
    };
  }
}

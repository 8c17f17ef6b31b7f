// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.Approval;
import io.fedtrust.provisioning.JobCaApproval;
import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.document.SignedDocument;
import io.fedtrust.provisioning.core.document.StatementDocument;
import io.fedtrust.provisioning.core.io.BoundedFiles;
import io.fedtrust.provisioning.core.io.FileLocks;
import io.fedtrust.provisioning.core.io.FileMode;
import io.fedtrust.provisioning.core.io.FileOutput;
import io.fedtrust.provisioning.core.x509.CertificateIssuer;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.ApprovalRecord.Decision;
import io.fedtrust.provisioning.model.ApprovalStatement;
import io.fedtrust.provisioning.model.ComparableName;
import io.fedtrust.provisioning.spi.ApprovalLedger;
import io.fedtrust.provisioning.spi.LedgerEntry;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * Carries an approval out: intent, signature, issued, delivery, delivered. Each is in the ledger
 * before the next step, and nothing of the certificate leaves the CA before {@code issued} is. An
 * approval that was interrupted goes on with the certificate of its intent.
 */
final class Issuance {
  private final IssuingAuthority ca;
  private final EngineContext host;
  private boolean recorded;

  Issuance(IssuingAuthority ca, EngineContext host) {
    this.ca = ca;
    this.host = host;
  }

  /**
   * What came of an approval.
   *
   * @param record the certificate as the ledger's intent has it
   * @param zip what was signed
   * @param signedZip where it is
   * @param audit where the audit record is, if one is kept
   */
  record Delivery(ApprovalRecord record, SignedZip zip, Path signedZip, Optional<Path> audit) {
    Approval ofParticipant() {
      return new Approval(
          SignedDocument.read(zip.document(), record.rootFingerprint()),
          signedZip,
          record.serial(),
          record.validUntil(),
          record.subjectAlternativeNames(),
          statementSha256(),
          audit);
    }

    JobCaApproval ofJobCa() {
      return new JobCaApproval(
          record.jobCaOf().orElseThrow(),
          record.name(),
          signedZip,
          record.serial(),
          record.validUntil(),
          statementSha256(),
          audit);
    }

    private String statementSha256() {
      return record.decision().map(Decision::statementSha256).orElse("");
    }
  }

  /** Looks at an approval once more, with its request locked; throws to stop it. */
  @FunctionalInterface
  interface LastLook {
    void look();
  }

  @SuppressWarnings("try") // the lock is held, not used
  Delivery carryOut(PreparedApproval approval, LastLook last) {
    String requestId = approval.request().metadata().requestId();
    try (FileLocks.Held held =
        host.locks().now(ca.folder(), requestId.toLowerCase(Locale.ROOT), "request " + requestId)) {
      ca.ledger().requireNewest();
      approval.rules().check(ca.ledger());
      last.look();
      approval.requireAsShown(ca.ledger());
      // Before anything is recorded: an output that cannot be written leaves no entry.
      host.output().createFolders(approval.target().getParent(), FileMode.OWNER_FOLDER);
      return approval.interrupted().isPresent()
          ? resume(approval, approval.interrupted().get())
          : begin(approval);
    } catch (IOException e) {
      throw EngineContext.notWritable(approval.target(), e);
    }
  }

  private Delivery begin(PreparedApproval approval) throws IOException {
    LedgerEntry.Intent intent = intent(approval);
    ca.ledger()
        .append(
            intent,
            ledger -> {
              approval.rules().check(ledger);
              approval.requireAsShown(ledger);
              StatementUse.requireFirst(
                  ledger, intent.statementSha256(), intent.statement().name());
            });
    recorded = true;
    return issue(approval, intent);
  }

  private LedgerEntry.Intent intent(PreparedApproval approval) {
    Instant now = host.now();
    ApprovalStatement statement = approval.statement(ca.fingerprint(), now);
    CertificateIssuer.Unsigned unsigned;
    try {
      unsigned =
          approval
              .request()
              .certificate(
                  new CertificateIssuer(ca.signer(), host.jca().random()),
                  statement,
                  approval.terms().notBefore(),
                  ca.root());
    } catch (IOException e) {
      throw refuse(ErrorCode.CERT_SIGNING_FAILED, "certificate")
          .problem("its names do not fit a certificate: " + e.getClass().getSimpleName())
          .cause(e)
          .build();
    }
    String digest = StatementDocument.sha256(StatementDocument.write(statement));
    return new LedgerEntry.Intent(
        statement,
        digest,
        unsigned.serial(),
        now,
        unsigned.der(),
        new Decision(
            approval.approver().person(),
            approval.approver().note(),
            digest,
            StatementDocument.profileSha256(statement.profile())));
  }

  private Delivery issue(PreparedApproval approval, LedgerEntry.Intent intent) throws IOException {
    SignedZip zip = SignedZip.issue(intent, approval.request(), ca, host);
    ca.ledger()
        .append(
            new LedgerEntry.Issued(
                ca.fingerprint(),
                intent.serial(),
                zip.certificateSha256(),
                Jca.sha256(zip.bytes())),
            ledger -> requireSameCertificate(intent, zip, ledger));
    recorded = true;
    deliver(zip, approval);
    return delivered(approval, intent.record(), zip);
  }

  private static void requireSameCertificate(
      LedgerEntry.Intent intent, SignedZip zip, ApprovalLedger ledger) {
    Optional<ApprovalRecord> now =
        ledger
            .byName(ComparableName.of(intent.statement().name()), intent.rootFingerprint())
            .stream()
            .filter(record -> record.serial().equals(intent.serial()))
            .findFirst();
    if (now.flatMap(ApprovalRecord::revocation).isPresent()) {
      throw refuse(ErrorCode.CERT_SIGNING_FAILED, "approval of " + intent.statement().name())
          .problem("certificate " + intent.serial() + " was revoked before it was issued")
          .hint("Approve the request again with force, if it is still wanted.")
          .build();
    }
    Optional<String> before = now.flatMap(ApprovalRecord::certificateSha256);
    if (before.isPresent() && !before.get().equals(zip.certificateSha256())) {
      throw refuse(ErrorCode.CERT_SIGNING_FAILED, "interrupted approval")
          .problem("the signer made another signature for the same certificate")
          .hint("The signer is not deterministic. Revoke " + intent.serial() + " and renew.")
          .build();
    }
  }

  private Delivery resume(PreparedApproval approval, ApprovalRecord record) throws IOException {
    host.warn(
        "an interrupted approval is completed as it was decided at "
            + record.approvedAt()
            + ", with the same certificate");
    Optional<SignedZip> made = made(approval, record);
    if (made.isPresent()) {
      host.output().syncFolder(approval.target().getParent());
      recorded = true;
      return delivered(approval, record, made.get());
    }
    Optional<LedgerEntry.Intent> intent =
        ca.ledger().undelivered(record.rootFingerprint(), record.serial());
    if (intent.isPresent()) {
      return issue(approval, intent.get());
    }
    Format1Zips kept = new Format1Zips(host.output(), ca.folder());
    SignedZip zip =
        approval.request().made(kept.find(record).orElseThrow(() -> lost(record)), record);
    recorded = true;
    deliver(zip, approval);
    Delivery completed = delivered(approval, record, zip);
    kept.forget(record);
    return completed;
  }

  private static ProvisioningException lost(ApprovalRecord record) {
    return refuse(ErrorCode.CERT_SIGNING_FAILED, "interrupted approval of " + record.name())
        .problem("its signed zip is missing in the CA folder's .pending")
        .hint(
            "Restore .pending from your backup, or revoke "
                + record.serial()
                + " and approve the request again with force.")
        .build();
  }

  /** A crash came after the zip appeared and before the ledger heard of it. */
  private static Optional<SignedZip> made(PreparedApproval approval, ApprovalRecord record) {
    return content(approval.target(), record).map(zip -> approval.request().made(zip, record));
  }

  /** Tells whether a file is the signed zip of a record. */
  static boolean holds(Path file, ApprovalRecord record) {
    return content(file, record).isPresent();
  }

  private static Optional<byte[]> content(Path file, ApprovalRecord record) {
    try {
      byte[] content = BoundedFiles.read(file, BoundedFiles.ARCHIVE_BYTES);
      return Optional.of(content)
          .filter(bytes -> record.signedZipSha256().equals(Optional.of(Jca.sha256(bytes))));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private void deliver(SignedZip zip, PreparedApproval approval) throws IOException {
    Path target = approval.target();
    Path staged = host.output().stage(target, zip.bytes(), FileMode.OWNER_FILE);
    try {
      if (approval.rules().force()) {
        host.output().replaceBy(staged, target, host.now());
        return;
      }
      host.output().publish(staged, target);
      host.output().syncFolder(target.getParent());
    } catch (FileAlreadyExistsException e) {
      throw exists(target);
    } finally {
      FileOutput.discard(staged);
    }
  }

  private Delivery delivered(PreparedApproval approval, ApprovalRecord record, SignedZip zip) {
    ca.ledger()
        .append(
            new LedgerEntry.Delivered(record.rootFingerprint(), record.serial()),
            ApprovalLedger.Rule.NONE);
    Optional<Path> audit =
        host.audit(
            store ->
                store.approval(
                    record.requestId(),
                    ApprovalAudit.record(
                        approval.request(),
                        approval.terms().profile(),
                        ca,
                        zip,
                        approval.requestZip(),
                        approval.target())));
    return new Delivery(record, zip, approval.target(), audit);
  }

  /** Ends a command, if it recorded anything. */
  void signHead() {
    if (recorded) {
      ca.signHead(host);
    }
  }

  static ProvisioningException exists(Path target) {
    return refuse(ErrorCode.CERT_ALREADY_EXISTS, target.toString())
        .problem("the signed zip already exists")
        .build();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.document.Timestamps;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.CertType;
import io.fedtrust.provisioning.model.ComparableName;
import io.fedtrust.provisioning.model.Fingerprint;
import io.fedtrust.provisioning.model.JobCaServer;
import io.fedtrust.provisioning.model.KeyFingerprint;
import io.fedtrust.provisioning.model.ParticipantKind;
import io.fedtrust.provisioning.model.RevocationReason;
import io.fedtrust.provisioning.spi.ApprovalLedger;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What the ledger must say before a request is approved: each request once, each name one holder,
 * each key one name.
 *
 * @param request what is to be approved
 * @param names every name that the certificate would have
 * @param root the CA generation
 * @param now the present
 * @param force whether an approved request may be approved again
 * @param renewal whether a name may get a second valid certificate
 * @param assurance why the request's key is believed to be the requester's
 */
record LedgerRules(
    CertificateRequest request,
    List<ComparableName> names,
    Fingerprint root,
    Instant now,
    boolean force,
    Renewal renewal,
    KeyAssurance assurance)
    implements ApprovalLedger.Rule {

  /**
   * Whether, and of which certificate, an approval is a renewal.
   *
   * @param wanted whether it is
   * @param serial the certificate, if the approver named it
   */
  record Renewal(boolean wanted, Optional<String> serial) {
    static final Renewal NONE = new Renewal(false, Optional.empty());
  }

  /** Finds the approval of this very request that was recorded and not delivered. */
  Optional<ApprovalRecord> interrupted(ApprovalLedger ledger) {
    // By its name: other requests may have copied the id.
    return ledger.byName(ownName(), root).stream()
        .filter(
            record ->
                !record.completed()
                    && isThisRequest(record)
                    && record.revocation().isEmpty()
                    && record.validUntil().isAfter(now))
        .reduce((older, newer) -> newer);
  }

  /** Lists the certificates that hold one of the names, but for this request's own. */
  List<ApprovalRecord> held(ApprovalLedger ledger) {
    return certificates(ledger, record -> record.holdsNames(now));
  }

  /** Lists the certificates that had one of the names, and expired or were revoked. */
  List<ApprovalRecord> former(ApprovalLedger ledger) {
    return certificates(ledger, record -> !record.holdsNames(now));
  }

  private List<ApprovalRecord> certificates(
      ApprovalLedger ledger, Predicate<ApprovalRecord> wanted) {
    Optional<ApprovalRecord> own = interrupted(ledger);
    return names.stream()
        .flatMap(name -> ledger.byName(name, root).stream())
        .filter(record -> wanted.test(record) && !Optional.of(record).equals(own))
        .distinct()
        .sorted(Comparator.comparing(ApprovalRecord::approvedAt))
        .toList();
  }

  /** Tells whether a name is held by the certificate of another request. */
  boolean isRenewalOf(List<ApprovalRecord> held) {
    return held.stream().anyMatch(record -> !isThisRequest(record));
  }

  @Override
  public void check(ApprovalLedger ledger) {
    requireNewRequest(ledger);
    request.jobCaOf().ifPresent(server -> requireCurrent(server, ledger));
    interrupted(ledger).ifPresent(record -> requireStanding(record, ledger));
    requireKey(ledger);
    List<ApprovalRecord> held = held(ledger);
    requireRenewed(held);
    boolean keyIsKnown = assurance != KeyAssurance.NONE || held.stream().anyMatch(this::isSameKey);
    held.forEach(holder -> requireName(holder, keyIsKnown));
  }

  /** A job CA is for the server that holds its name now, with the key that it has now. */
  private void requireCurrent(JobCaServer server, ApprovalLedger ledger) {
    ComparableName name = ComparableName.of(server.name());
    Optional<ApprovalRecord> current =
        ledger.byName(name, root).stream()
            .filter(
                record ->
                    record.certType() == CertType.SERVER
                        && ComparableName.of(record.name()).equals(name)
                        && record.stage() != ApprovalRecord.Stage.INTENDED
                        && record.validUntil().isAfter(now)
                        && record.revocation().isEmpty())
            .reduce((older, newer) -> newer);
    boolean same =
        current
            .filter(
                record ->
                    record.publicKey().equals(Optional.of(server.publicKey()))
                        && record.requestId().equals(server.requestId()))
            .isPresent();
    current
        .flatMap(ApprovalRecord::org)
        .filter(org -> same && !org.equals(request.metadata().org()))
        .ifPresent(
            org -> {
              throw refuse(ErrorCode.JOB_CA_SERVER_MISMATCH, "organization of the job CA")
                  .expected(org + ", as the server's")
                  .actual(request.metadata().org())
                  .build();
            });
    if (!same) {
      throw refuse(ErrorCode.JOB_CA_SERVER_MISMATCH, "server of the job CA")
          .expected(
              current
                  .map(record -> "the key and request of serial " + record.serial())
                  .orElse("a valid certificate of " + server.name()))
          .actual(
              current.isEmpty()
                  ? "none in the ledger: the server is approved first"
                  : "public key " + server.publicKey() + ", request_id " + server.requestId())
          .build();
    }
  }

  private void requireNewRequest(ApprovalLedger ledger) {
    String requestId = request.metadata().requestId();
    Optional<ApprovalRecord> same = ledger.byRequestId(requestId);
    if (same.isPresent() && interrupted(ledger).isEmpty() && !force) {
      throw alreadyApproved(same.get());
    }
  }

  private ProvisioningException alreadyApproved(ApprovalRecord record) {
    ProvisioningException.Refusal refusal =
        refuse(ErrorCode.REQUEST_ALREADY_APPROVED, "request_id " + record.requestId());
    if (record.requestSha256().isPresent() && !isThisRequest(record)) {
      return refusal
          .actual("the id of another request, of " + record.name())
          .hint("No two requests have one id: someone may have copied it. Ask the requester.")
          .build();
    }
    return refusal
        .expected("a request that was not approved before")
        .actual("approved at " + Timestamps.text(record.approvedAt()))
        .build();
  }

  /** Refuses to issue a certificate after its statement expired. */
  private void requireStanding(ApprovalRecord record, ApprovalLedger ledger) {
    Optional<Instant> expired =
        ledger
            .undelivered(record.rootFingerprint(), record.serial())
            .map(intent -> intent.statement().expiresAt())
            .filter(end -> record.stage() == ApprovalRecord.Stage.INTENDED && !end.isAfter(now));
    if (expired.isPresent()) {
      throw refuse(ErrorCode.CERT_SIGNING_FAILED, "interrupted approval of " + record.name())
          .problem("its statement expired at " + Timestamps.text(expired.get()))
          .hint("Revoke " + record.serial() + ", then approve the request again with force.")
          .build();
    }
  }

  private void requireKey(ApprovalLedger ledger) {
    KeyFingerprint key = request.publicKey();
    for (ApprovalRecord record : ledger.byPublicKey(key)) {
      if (record.isRevokedFor(RevocationReason.KEY_COMPROMISE)) {
        throw refuse(ErrorCode.KEY_REVOKED, "public key")
            .problem(
                "was revoked for keyCompromise, with serial "
                    + record.serial()
                    + " of "
                    + record.name())
            .build();
      }
      if (!isSameName(record)) {
        throw refuse(ErrorCode.KEY_ALREADY_CERTIFIED, "public key")
            .problem("is the key of " + record.name() + ", serial " + record.serial())
            .build();
      }
    }
  }

  private void requireRenewed(List<ApprovalRecord> held) {
    if (renewal.serial().isPresent()
        && held.stream().noneMatch(record -> record.serial().equals(renewal.serial().get()))) {
      throw refuse(ErrorCode.CERT_NOT_FOUND, "certificate to renew")
          .expected("a valid certificate of one of the names")
          .actual(renewal.serial().get())
          .build();
    }
  }

  private void requireName(ApprovalRecord holder, boolean keyIsKnown) {
    if (force && isThisRequest(holder) && !isOnHold(holder)) {
      return;
    }
    boolean renewed =
        isRenewable(holder)
            ? renewal.wanted()
            : isBetweenServers(holder) && renewal.serial().equals(Optional.of(holder.serial()));
    if (!renewed) {
      throw taken(holder);
    }
    // A new key for a held name may be anybody's: every renewal by the peer brings one.
    if (!keyIsKnown) {
      throw refuse(ErrorCode.EXPECTED_KEY_REQUIRED, "renewal of " + holder.name())
          .problem(
              "the key is new, and was not compared with the requester: comparison code "
                  + request.publicKey().comparisonCode())
          .build();
    }
  }

  private ProvisioningException taken(ApprovalRecord holder) {
    if (!force && isThisRequest(holder)) {
      // Another process approved it while this one was looking.
      return alreadyApproved(holder);
    }
    ProvisioningException.Refusal refusal =
        refuse(
                ErrorCode.PARTICIPANT_ALREADY_CERTIFIED,
                "name "
                    + holder.names().stream()
                        .filter(names::contains)
                        .findFirst()
                        .orElseThrow()
                        .text())
            .problem(
                "held by a certificate of "
                    + holder.name()
                    + ", serial "
                    + holder.serial()
                    + ", valid until "
                    + Timestamps.text(holder.validUntil()));
    if (!isRenewable(holder)) {
      refusal.hint(
          isBetweenServers(holder)
              ? "If this server takes the name over, approve with --renew and that serial number."
              : "Choose another name, or revoke the other certificate first.");
    }
    return refusal.build();
  }

  /** Tells whether this is the certificate that is renewed, and its key asks for the new one. */
  private boolean isSameKey(ApprovalRecord holder) {
    return isRenewable(holder)
        && !isOnHold(holder)
        && holder.publicKey().equals(Optional.of(request.publicKey()))
        && renewal.serial().filter(serial -> !serial.equals(holder.serial())).isEmpty();
  }

  private static boolean isOnHold(ApprovalRecord record) {
    return record.isRevokedFor(RevocationReason.CERTIFICATE_HOLD);
  }

  private boolean isRenewable(ApprovalRecord holder) {
    return isSameName(holder) && holder.certType().kind() == request.metadata().certType().kind();
  }

  private boolean isBetweenServers(ApprovalRecord holder) {
    return holder.certType().kind() == ParticipantKind.SERVER
        && request.metadata().certType().kind() == ParticipantKind.SERVER;
  }

  private boolean isThisRequest(ApprovalRecord record) {
    return record.requestId().equals(request.metadata().requestId())
        && record.requestSha256().equals(Optional.of(request.sha256()))
        && record
            .csrSha256()
            .filter(hash -> !hash.equals(request.metadata().csrSha256()))
            .isEmpty();
  }

  private boolean isSameName(ApprovalRecord record) {
    return ComparableName.of(record.name()).equals(ownName());
  }

  private ComparableName ownName() {
    return ComparableName.of(request.metadata().name());
  }
}

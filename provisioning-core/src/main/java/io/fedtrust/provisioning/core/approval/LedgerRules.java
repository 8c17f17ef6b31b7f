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
import io.fedtrust.provisioning.model.KeyFingerprint;
import io.fedtrust.provisioning.model.RevocationReason;
import io.fedtrust.provisioning.spi.ApprovalLedger;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
    VerifiedRequest request,
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
    return ledger
        .byRequestId(request.metadata().requestId())
        .filter(
            record ->
                !record.completed()
                    && isThisRequest(record)
                    && record.rootFingerprint().equals(root)
                    && record.revocation().isEmpty()
                    && record.validUntil().isAfter(now));
  }

  /** Lists the certificates that hold one of the names, but for this request's own. */
  List<ApprovalRecord> held(ApprovalLedger ledger) {
    Optional<ApprovalRecord> own = interrupted(ledger);
    Set<ApprovalRecord> held = new LinkedHashSet<>();
    for (ComparableName name : names) {
      ledger.byName(name, root).stream()
          .filter(record -> record.holdsNames(now) && !Optional.of(record).equals(own))
          .forEach(held::add);
    }
    return List.copyOf(held);
  }

  /** Tells whether the approval gives a name that is held to another request. */
  boolean isRenewal(ApprovalLedger ledger) {
    return held(ledger).stream().anyMatch(record -> !isThisRequest(record));
  }

  @Override
  public void check(ApprovalLedger ledger) {
    requireNewRequest(ledger);
    requireKey(ledger);
    List<ApprovalRecord> held = held(ledger);
    requireRenewed(held);
    held.forEach(this::requireName);
  }

  private void requireNewRequest(ApprovalLedger ledger) {
    String requestId = request.metadata().requestId();
    Optional<ApprovalRecord> same = ledger.byRequestId(requestId);
    if (same.isPresent() && interrupted(ledger).isEmpty() && !force) {
      throw refuse(ErrorCode.REQUEST_ALREADY_APPROVED, "request_id " + requestId)
          .expected("a request that was not approved before")
          .actual("approved at " + Timestamps.text(same.get().approvedAt()))
          .build();
    }
  }

  private void requireKey(ApprovalLedger ledger) {
    KeyFingerprint key = request.publicKey();
    for (ApprovalRecord record : ledger.byPublicKey(key)) {
      boolean compromised =
          record
              .revocation()
              .filter(ended -> ended.reason() == RevocationReason.KEY_COMPROMISE)
              .isPresent();
      if (compromised) {
        throw refuse(ErrorCode.KEY_REVOKED, "public key")
            .expected("a key that was not revoked for keyCompromise")
            .actual("revoked with serial " + record.serial() + " of " + record.name())
            .build();
      }
      if (!isSameName(record)) {
        throw refuse(ErrorCode.KEY_ALREADY_CERTIFIED, "public key")
            .expected("a key that no other name has")
            .actual("the key of " + record.name() + ", serial " + record.serial())
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

  private void requireName(ApprovalRecord holder) {
    if (isSameName(holder) && isSameKind(holder)) {
      boolean again = force && isThisRequest(holder);
      if (!again && !renewal.wanted()) {
        throw taken(holder);
      }
      if (!again) {
        requireAssurance(holder);
      }
      return;
    }
    boolean betweenServers =
        holder.certType() == CertType.SERVER
            && request.metadata().certType() == CertType.SERVER
            && renewal.serial().equals(Optional.of(holder.serial()));
    if (!betweenServers) {
      throw taken(holder);
    }
    requireAssurance(holder);
  }

  /** A new key for a held name may be anybody's: every renewal by the peer brings one. */
  private void requireAssurance(ApprovalRecord holder) {
    boolean sameKey = holder.publicKey().equals(Optional.of(request.publicKey()));
    if (!sameKey && assurance == KeyAssurance.NONE) {
      throw refuse(ErrorCode.EXPECTED_KEY_REQUIRED, "renewal of " + holder.name())
          .expected("the key that the requester told you, or the key of the certificate")
          .actual("another key: " + request.publicKey().comparisonCode())
          .build();
    }
  }

  private ProvisioningException taken(ApprovalRecord holder) {
    boolean renewable = isSameName(holder) && isSameKind(holder);
    ProvisioningException.Refusal refusal =
        refuse(ErrorCode.PARTICIPANT_ALREADY_CERTIFIED, "name")
            .expected("names without a valid certificate")
            .actual(
                holder.names().stream().filter(names::contains).findFirst().orElseThrow().text()
                    + " of "
                    + holder.name()
                    + ", serial "
                    + holder.serial()
                    + ", valid until "
                    + Timestamps.text(holder.validUntil()));
    if (!renewable) {
      refusal.hint(
          holder.certType() == CertType.SERVER && request.metadata().certType() == CertType.SERVER
              ? "If this server takes the name over, approve with --renew and that serial number."
              : "Choose another name, or revoke the other certificate first.");
    }
    return refusal.build();
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
    return ComparableName.of(record.name()).equals(ComparableName.of(request.metadata().name()));
  }

  private boolean isSameKind(ApprovalRecord record) {
    return record.certType().kind() == request.metadata().certType().kind();
  }
}

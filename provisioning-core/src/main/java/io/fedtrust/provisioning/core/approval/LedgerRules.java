// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.document.Timestamps;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.Fingerprint;
import io.fedtrust.provisioning.spi.ApprovalLedger;
import java.time.Instant;
import java.util.Optional;

/**
 * What the ledger must say before a request is approved: each request once, each name one valid
 * certificate of a CA generation.
 *
 * @param request what is to be approved
 * @param rootFingerprint of the CA generation
 * @param now the present
 * @param force whether an approved request may be approved again
 * @param renew whether a name may get a second valid certificate
 */
record LedgerRules(
    VerifiedRequest request, Fingerprint rootFingerprint, Instant now, boolean force, boolean renew)
    implements ApprovalLedger.Rule {

  /** Finds the approval of this very request that was recorded and not delivered. */
  static Optional<ApprovalRecord> interrupted(VerifiedRequest request, ApprovalLedger ledger) {
    return ledger
        .byRequestId(request.metadata().requestId())
        .filter(record -> !record.completed() && record.requestSha256().equals(request.sha256()));
  }

  @Override
  public void check(ApprovalLedger ledger) {
    String requestId = request.metadata().requestId();
    Optional<ApprovalRecord> same = ledger.byRequestId(requestId);
    if (same.isPresent() && interrupted(request, ledger).isEmpty() && !force) {
      throw refuse(ErrorCode.REQUEST_ALREADY_APPROVED, "request_id " + requestId)
          .expected("a request that was not approved before")
          .actual("approved at " + Timestamps.text(same.get().approvedAt()))
          .build();
    }
    Optional<ApprovalRecord> holder = ledger.byName(request.metadata().name(), rootFingerprint);
    if (holder.isPresent()
        && !renew
        && !holder.get().requestId().equals(requestId)
        && holder.get().validUntil().isAfter(now)) {
      throw refuse(ErrorCode.PARTICIPANT_ALREADY_CERTIFIED, "name")
          .expected("a name without a valid certificate")
          .actual(
              holder.get().name()
                  + ", serial "
                  + holder.get().serial()
                  + ", valid until "
                  + Timestamps.text(holder.get().validUntil()))
          .build();
    }
  }
}

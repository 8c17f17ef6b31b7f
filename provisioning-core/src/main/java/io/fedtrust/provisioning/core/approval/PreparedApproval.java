// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.ApprovalPlan;
import io.fedtrust.provisioning.core.document.StatementDocument;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.ApprovalStatement;
import io.fedtrust.provisioning.model.Fingerprint;
import io.fedtrust.provisioning.spi.ApprovalLedger;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An approval before anything is signed.
 *
 * @param requestZip where the request was read
 * @param request what it says
 * @param terms what the CA and the profile make of it
 * @param target where the signed zip will be
 * @param rules what the ledger must say
 * @param held the certificates that hold one of its names
 * @param former the certificates of its names that expired or were revoked
 * @param interrupted the approval of this request that was begun and not delivered
 * @param approver who approves
 */
record PreparedApproval(
    Path requestZip,
    CertificateRequest request,
    ApprovalTerms terms,
    Path target,
    LedgerRules rules,
    List<ApprovalRecord> held,
    List<ApprovalRecord> former,
    Optional<ApprovalRecord> interrupted,
    Approver approver) {

  /** Refuses a ledger that has changed since the plan was shown. */
  void requireAsShown(ApprovalLedger ledger) {
    List<String> shown = serials(held, interrupted);
    List<String> now = serials(rules.held(ledger), rules.interrupted(ledger));
    if (!shown.equals(now)) {
      throw refuse(ErrorCode.BUSY, request.metadata().name())
          .problem("another command changed the certificates of this name")
          .hint("Run this command again and check what it shows.")
          .build();
    }
  }

  private static List<String> serials(
      List<ApprovalRecord> held, Optional<ApprovalRecord> interrupted) {
    return Stream.concat(held.stream(), interrupted.stream()).map(ApprovalRecord::serial).toList();
  }

  ApprovalPlan plan() {
    return new ApprovalPlan(
        requestZip,
        request.metadata(),
        request.publicKey(),
        terms.profile(),
        terms.subjectAlternativeNames(),
        terms.notBefore(),
        terms.notAfter(),
        target,
        held,
        former,
        request.jobCaOf());
  }

  ApprovalStatement statement(Fingerprint root, Instant now) {
    return new ApprovalStatement(
        now,
        now.plus(StatementDocument.LIFETIME),
        root,
        request.metadata().requestId(),
        request.sha256(),
        request.metadata().csrSha256(),
        request.publicKey(),
        request.metadata().name(),
        request.metadata().certType(),
        request.metadata().org(),
        terms.subjectAlternativeNames(),
        terms.notAfter(),
        terms.profile(),
        !held.isEmpty(),
        rules
            .renewal()
            .serial()
            .or(() -> held.stream().map(ApprovalRecord::serial).reduce((older, newer) -> newer)),
        request.jobCaOf());
  }
}

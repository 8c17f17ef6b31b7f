// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import io.fedtrust.provisioning.ApprovalPlan;
import io.fedtrust.provisioning.core.document.StatementDocument;
import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.ApprovalStatement;
import io.fedtrust.provisioning.model.Fingerprint;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An approval after every check and before anything is signed.
 *
 * @param requestZip where the request was read
 * @param request what it says
 * @param terms what the CA and the profile make of it
 * @param target where the signed zip will be
 * @param held the certificates that hold one of its names
 * @param approver who approves
 */
record PreparedApproval(
    Path requestZip,
    VerifiedRequest request,
    ApprovalTerms terms,
    Path target,
    List<ApprovalRecord> held,
    Approver approver) {

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
        held);
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
        held.isEmpty() ? Optional.empty() : Optional.of(held.get(held.size() - 1).serial()));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import io.fedtrust.provisioning.Approval;
import io.fedtrust.provisioning.Approving;
import io.fedtrust.provisioning.core.host.Host;
import java.nio.file.Path;

/** The approval of one participant. */
public final class ApprovalRun extends SingleRun<VerifiedRequest, Approving, Approval>
    implements Approving {
  /** Prepares the approval of a request zip. */
  public ApprovalRun(IssuingAuthority ca, Path requestZip, Host host) {
    super(ca, requestZip, host);
  }

  @Override
  Approving self() {
    return this;
  }

  @Override
  VerifiedRequest verify(ApprovalPreparation checks, Path zip) {
    return checks.verify(zip);
  }

  @Override
  ApprovalTerms decide(ApprovalPreparation checks, VerifiedRequest request) {
    return checks.decide(request, profile());
  }

  @Override
  Approval result(Issuance.Delivery delivery) {
    return delivery.ofParticipant();
  }
}

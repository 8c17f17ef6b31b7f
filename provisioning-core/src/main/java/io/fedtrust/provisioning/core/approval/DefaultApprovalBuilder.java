// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import io.fedtrust.provisioning.Approval;
import io.fedtrust.provisioning.ApprovalBuilder;
import io.fedtrust.provisioning.core.context.EngineContext;
import java.nio.file.Path;

/** The approval of one participant. */
public final class DefaultApprovalBuilder
    extends SingleRun<VerifiedRequest, ApprovalBuilder, Approval> implements ApprovalBuilder {
  /** Prepares the approval of a request zip. */
  public DefaultApprovalBuilder(IssuingAuthority ca, Path requestZip, EngineContext host) {
    super(ca, requestZip, host);
  }

  @Override
  ApprovalBuilder self() {
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

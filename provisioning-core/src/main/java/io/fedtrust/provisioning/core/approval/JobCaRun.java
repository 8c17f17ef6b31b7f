// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.JobCaApproval;
import io.fedtrust.provisioning.JobCaApproving;
import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.error.ErrorCode;
import java.nio.file.Path;
import java.time.Duration;

/** The approval of a server's job CA. */
public final class JobCaRun extends SingleRun<VerifiedJobCaRequest, JobCaApproving, JobCaApproval>
    implements JobCaApproving {
  private static final Duration DEFAULT_VALIDITY = Duration.ofDays(360);

  private boolean riskAccepted;

  /** Prepares the approval of a companion request. */
  public JobCaRun(IssuingAuthority ca, Path requestZip, EngineContext host) {
    super(ca, requestZip, host);
  }

  @Override
  JobCaApproving self() {
    return this;
  }

  @Override
  public JobCaApproving acceptRisk() {
    riskAccepted = true;
    return this;
  }

  @Override
  Duration defaultValidity() {
    return DEFAULT_VALIDITY;
  }

  @Override
  VerifiedJobCaRequest verify(ApprovalPreparation checks, Path zip) {
    VerifiedJobCaRequest request = checks.verifyJobCa(zip);
    if (!riskAccepted) {
      throw refuse(ErrorCode.JOB_CA_RISK_NOT_ACCEPTED, "job CA of " + request.server().name())
          .problem("the risk is not accepted: " + RISK)
          .build();
    }
    return request;
  }

  @Override
  ApprovalTerms decide(ApprovalPreparation checks, VerifiedJobCaRequest request) {
    return checks.decide(request, profile());
  }

  @Override
  JobCaApproval result(Issuance.Delivery delivery) {
    return delivery.ofJobCa();
  }
}

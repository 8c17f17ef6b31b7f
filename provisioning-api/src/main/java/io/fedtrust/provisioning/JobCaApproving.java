// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning;

/**
 * Options of the approval of a server's job CA. The certificate is valid for 360 days unless {@link
 * #validFor} says otherwise. The signed zip's default place is {@code <server>.jobca.signed.zip}
 * beside the request zip.
 */
public interface JobCaApproving extends SingleApproval<JobCaApproving, JobCaApproval> {
  /** What an approver must accept, in words to show to a person. */
  String RISK = "anyone who has job_ca.key can impersonate any site to NVFlare 2.8 and 2.9.0";

  /**
   * Accepts {@link #RISK}; without it the approval is refused with {@code
   * JOB_CA_RISK_NOT_ACCEPTED}. No released runtime refuses a chain with a job CA as the identity of
   * a site.
   *
   * @return these options
   */
  JobCaApproving acceptRisk();
}

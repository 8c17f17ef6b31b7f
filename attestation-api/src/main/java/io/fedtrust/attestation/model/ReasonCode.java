// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

/**
 * Stable reasons for a check that failed or could not be made. Names are never changed. Cause and
 * remedy of each: {@code docs/verdicts.md}.
 */
public enum ReasonCode {
  /** The evidence is not of the length, version or shape its format demands. */
  EVIDENCE_MALFORMED("The sender must present evidence of the stated form, unchanged."),
  /** The evidence names an algorithm or key that may not be used. */
  ALGORITHM_NOT_ALLOWED("The evidence was not signed by the platform; collect it again."),
  /** The evidence's own signature is wrong. */
  SIGNATURE_INVALID("The evidence was altered, or signed with another key than presented."),
  /** The platform is of a product line that is not known here. */
  PRODUCT_UNKNOWN("This release knows no anchor for that product line."),
  /** Product lines of evidence, certificate and chain differ. */
  PRODUCT_MISMATCH("Use the certificates of the platform's own product line."),
  /** No endorsement certificate for this evidence is at hand. */
  ENDORSEMENT_MISSING("Fetch collateral for this evidence, or let the sender present it."),
  /** An endorsement certificate is not what its profile demands. */
  ENDORSEMENT_INVALID("Fetch the endorsement certificate again from the vendor."),
  /** The endorsement certificate belongs to another chip or another TCB. */
  ENDORSEMENT_MISMATCH("Fetch the certificate for this chip and its reported TCB."),
  /** Intermediate or root certificates are not at hand. */
  CHAIN_MISSING("Fetch the vendor's certificate chain into the collateral folder."),
  /** The certificates do not form a chain. */
  CHAIN_INVALID("Fetch the vendor's certificate chain again."),
  /** The chain ends at a root that is not trusted here. */
  ANCHOR_UNKNOWN("Only a root named as trust anchor is accepted; do not add one from evidence."),
  /** A certificate is outside its validity. */
  CERT_NOT_VALID("Fetch a current certificate, or check this machine's clock."),
  /** A certificate was revoked. */
  CERT_REVOKED("Do not trust this platform until its vendor certifies it again."),
  /** Revocation or other collateral is not at hand. */
  COLLATERAL_MISSING("Fetch collateral into the folder, then try again."),
  /** Collateral does not verify. */
  COLLATERAL_INVALID("Fetch the item again; if it stays wrong, ask the vendor."),
  /** Collateral is past its next update or not yet issued. */
  COLLATERAL_EXPIRED("Fetch current collateral."),
  /** Collateral is older than what was seen before. */
  COLLATERAL_ROLLBACK("Somebody put back an older item: find out who, then fetch it again."),
  /** This machine's clock is behind the issue date of verified collateral. */
  CLOCK_BEHIND("Set this machine's clock."),
  /** TCB values of the evidence contradict each other. */
  TCB_INCONSISTENT("The platform reports impossible firmware levels; do not trust it."),
  /** The vendor says nothing of a platform with such firmware. */
  TCB_NOT_SUPPORTED("Update the platform's firmware and its quoting enclave."),
  /** The vendor says that such firmware is not to be trusted any more. */
  TCB_REVOKED("Do not trust this platform until its firmware is updated."),
  /** The TDX module is none that its vendor names. */
  MODULE_MISMATCH("The host must load a TDX module of Intel's; fetch current TCB Info."),
  /** The enclave that signs quotes is not that of the vendor. */
  QE_IDENTITY_MISMATCH("The host must run the vendor's quoting enclave."),
  /** An event log does not give the registers of the evidence. */
  EVENT_LOG_MISMATCH("The log is of another machine or boot, or was altered: collect it again."),
  /** Measured firmware is not what its vendor's manifests say. */
  REFERENCE_MISMATCH("It runs other firmware than its vendor published; do not trust it."),
  /** The policy of a container group that is presented is not the one that its host enforces. */
  HOST_DATA_MISMATCH("Present the container policy that the group was started with."),
  /** The devices of one machine contradict each other, or one stands for several. */
  DEVICES_INCONSISTENT("Collect from all devices at once, each once, with one driver and mode."),
  /** A token was signed by a service that is not accepted here. */
  ISSUER_UNKNOWN("Only the service that the verifier names is accepted."),
  /** A token is outside its times. */
  TOKEN_NOT_VALID("Ask for a fresh token, or check this machine's clock."),
  /** The evidence carries another value than the challenge demands. */
  BINDING_MISMATCH("The evidence answers another challenge: ask for fresh evidence."),
  /** This kind of evidence cannot show when it was made. */
  NO_FRESHNESS("Ask for a form of evidence that carries a challenge."),
  /** The evidence is older than the policy's maximum age. */
  EVIDENCE_TOO_OLD("Ask for fresh evidence."),
  /** The exchange shows less than the policy demands. */
  ASSURANCE_TOO_LOW("Use the strong protocol, or accept less by name in the policy."),
  /** The policy does not accept this form of evidence. */
  FORM_NOT_ACCEPTED("Add the form to the policy's forms if it is meant to be accepted."),
  /** The policy names no reference value to compare with. */
  NO_REFERENCE_VALUES("Add the reference values of the software you mean to trust."),
  /** The measurement is none of the policy's reference values. */
  MEASUREMENT_UNKNOWN("The platform runs other software than the policy names."),
  /** The measurement matches a reference value outside its validity. */
  MEASUREMENT_NOT_VALID("Update the platform's software, or the reference value's validity."),
  /** The policy denies the site, its certificate or its evidence. */
  DENIED("The site stays excluded until the entry is removed from the policy's deny list."),
  /** A rule of the policy is broken. */
  POLICY_VIOLATION("Correct the platform; relax the rule only if you accept the risk."),
  /** The policy says nothing about this site or family. */
  POLICY_MISSING("Add the site and the family to the policy."),
  /** Nobody has reviewed the policy. */
  POLICY_NOT_REVIEWED("Read the policy, then set reviewed to true."),
  /** The policy is outside its validity. */
  POLICY_NOT_VALID("Renew the policy."),
  /** An answer has not the shape of one, or its parts do not belong together. */
  ANSWER_MALFORMED("The sender must answer with one CPU entry and what belongs to it."),
  /** A request for evidence has not the shape of one. */
  REQUEST_MALFORMED("The asking site must send a request as the protocol has it."),
  /** A site asks for evidence more often than this one answers. */
  REQUESTED_TOO_OFTEN("The asking site must wait; an open challenge is answered once."),
  /** The list of a job's round is not one that this site may answer. */
  GROUP_REFUSED(
      "The server must list the job's sites, this one with its latest nonce, and itself."),
  /** No open challenge of this relying party is answered. */
  CHALLENGE_UNKNOWN(
      "Ask again: challenges end with their time, with an answer and with a restart."),
  /** An answer comes for a site that was not asked. */
  SUBJECT_MISMATCH("Only the site that was asked may answer."),
  /** An answer to this challenge was accepted before. */
  ALREADY_ANSWERED("Somebody repeats an answer: find out who."),
  /** A site's certificate does not lead to the project's root, or does not name one site. */
  SITE_CERTIFICATE_INVALID("The site must use the certificates of its startup kit."),
  /** The site's key did not sign this. */
  SITE_SIGNATURE_INVALID("Somebody else speaks in this site's name, or the message was altered."),
  /** The session key did not sign this. */
  SESSION_SIGNATURE_INVALID("The entry does not come from the attested process."),
  /** A family of evidence that the policy requires is missing. */
  EVIDENCE_MISSING("The site must present every family that the policy names for it."),
  /** No verifier for this family is at hand. */
  VERIFIER_MISSING("Give this family's authorizer to the manager."),
  /** A defect of this library, met while judging. */
  INTERNAL_ERROR("Please report this with the evidence's digest.");

  private final String hint;

  ReasonCode(String hint) {
    this.hint = hint;
  }

  /**
   * Returns what to do about it, in general.
   *
   * @return one sentence
   */
  public String hint() {
    return hint;
  }
}

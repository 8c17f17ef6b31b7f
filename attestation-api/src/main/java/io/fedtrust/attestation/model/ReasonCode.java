// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

/**
 * Stable reasons for a check that failed or could not be made. Names are never changed. Cause and
 * remedy of each: {@code docs/verdicts.md}.
 */
public enum ReasonCode {
  /** The evidence does not have the length, version or structure that its format requires. */
  EVIDENCE_MALFORMED(
      "The evidence does not have the length, version or structure that its format requires.",
      "The sender must present evidence of the stated form, unchanged."),
  /** The evidence names an algorithm or key that is not allowed. */
  ALGORITHM_NOT_ALLOWED(
      "The evidence names an algorithm or key that is not allowed.",
      "The evidence was not signed by the platform; collect it again."),
  /** The signature of the evidence is wrong. */
  SIGNATURE_INVALID(
      "The signature of the evidence is wrong.",
      "The evidence was altered, or signed with another key than the one presented; collect it again."),
  /** The platform belongs to a product line that this release does not support. */
  PRODUCT_UNKNOWN(
      "The platform belongs to a product line that this release does not support.",
      "Use a release of this library that has a trust anchor for that product line."),
  /** The product lines of evidence, certificate and chain differ. */
  PRODUCT_MISMATCH(
      "The product lines of evidence, certificate and chain differ.",
      "Use the certificates of the platform's own product line."),
  /** No proven endorsement certificate for this evidence is available. */
  ENDORSEMENT_MISSING(
      "No proven endorsement certificate for this evidence is available.",
      "Fetch collateral for this evidence, or have the sender attach it."),
  /** An endorsement certificate does not follow its profile. */
  ENDORSEMENT_INVALID(
      "An endorsement certificate does not follow its profile.",
      "Fetch the endorsement certificate again from the vendor."),
  /** The endorsement certificate belongs to another chip or another TCB. */
  ENDORSEMENT_MISMATCH(
      "The endorsement certificate belongs to another chip or another TCB.",
      "Fetch the certificate for this chip and its reported TCB."),
  /** The certificates do not form a chain. */
  CHAIN_INVALID(
      "The certificates do not form a chain.", "Fetch the vendor's certificate chain again."),
  /** The chain leads to a root that is not a trust anchor. */
  ANCHOR_UNKNOWN(
      "The chain leads to a root that is not a trust anchor.",
      "Only a root named as trust anchor is accepted; do not add one from evidence."),
  /** A certificate is outside its validity period. */
  CERT_NOT_VALID(
      "A certificate is outside its validity period.",
      "Fetch a current certificate, or check this machine's clock."),
  /** A certificate was revoked. */
  CERT_REVOKED(
      "A certificate was revoked.",
      "Do not trust this platform until its vendor certifies it again."),
  /** Collateral is missing or unusable: a chain, a revocation list, a key set or a document. */
  COLLATERAL_UNAVAILABLE(
      "Collateral is missing or unusable: a chain, a revocation list, a key set or a document.",
      "Fetch the vendor's collateral again, then repeat the verification."),
  /** Collateral is past its next update, or not yet issued. */
  COLLATERAL_EXPIRED(
      "Collateral is past its next update, or not yet issued.", "Fetch current collateral."),
  /** Collateral is older than an item that was verified before. */
  COLLATERAL_ROLLBACK(
      "Collateral is older than an item that was verified before.",
      "Find out who rolled the item back, then fetch it again."),
  /** This machine's clock is behind the issue date of verified collateral. */
  CLOCK_BEHIND(
      "This machine's clock is behind the issue date of verified collateral.",
      "Set this machine's clock."),
  /** TCB values of the evidence contradict each other. */
  TCB_INCONSISTENT(
      "TCB values of the evidence contradict each other.",
      "The platform reports impossible firmware levels; do not trust it."),
  /** The vendor publishes no status for a platform with this firmware. */
  TCB_NOT_SUPPORTED(
      "The vendor publishes no status for a platform with this firmware.",
      "Update the platform's firmware and its quoting enclave."),
  /** The vendor no longer trusts this firmware. */
  TCB_REVOKED(
      "The vendor no longer trusts this firmware.",
      "Do not trust this platform until its firmware is updated."),
  /** The TDX module is not one that Intel names. */
  MODULE_MISMATCH(
      "The TDX module is not one that Intel names.",
      "The host must load a TDX module from Intel; fetch current TCB Info."),
  /** The enclave that signed the quote is not the vendor's quoting enclave. */
  QE_IDENTITY_MISMATCH(
      "The enclave that signed the quote is not the vendor's quoting enclave.",
      "The host must run the vendor's quoting enclave."),
  /** The event log does not lead to the registers of the evidence. */
  EVENT_LOG_MISMATCH(
      "The event log does not lead to the registers of the evidence.",
      "The log belongs to another machine or boot, or was altered; collect it again."),
  /** The measured firmware differs from the vendor's manifests. */
  REFERENCE_MISMATCH(
      "The measured firmware differs from the vendor's manifests.",
      "The device runs other firmware than its vendor published; do not trust it."),
  /** The container policy that was presented is not the one that the host enforces. */
  HOST_DATA_MISMATCH(
      "The container policy that was presented is not the one that the host enforces.",
      "Present the container policy that the group was started with."),
  /** The devices of one machine contradict each other, or one is listed several times. */
  DEVICES_INCONSISTENT(
      "The devices of one machine contradict each other, or one is listed several times.",
      "Collect evidence of all devices at once, once per device, with one driver and mode."),
  /** The token was signed by a service that is not accepted. */
  ISSUER_UNKNOWN(
      "The token was signed by a service that is not accepted.",
      "Only the service that the verifier names is accepted."),
  /** The token is outside its validity period. */
  TOKEN_NOT_VALID(
      "The token is outside its validity period.",
      "Request a fresh token, or check this machine's clock."),
  /** The evidence is bound to another value than the challenge requires. */
  BINDING_MISMATCH(
      "The evidence is bound to another value than the challenge requires.",
      "The evidence was created for another challenge; request fresh evidence."),
  /** This form of evidence cannot show when it was created. */
  NO_FRESHNESS(
      "This form of evidence cannot show when it was created.",
      "Request a form of evidence that contains a challenge."),
  /** The evidence is older than the policy's maximum age. */
  EVIDENCE_TOO_OLD(
      "The evidence is older than the policy's maximum age.", "Request fresh evidence."),
  /** The exchange provides less assurance than the policy requires. */
  ASSURANCE_TOO_LOW(
      "The exchange provides less assurance than the policy requires.",
      "Use the exchange of the protocol, or accept less assurance for this site by name in the policy."),
  /** The policy does not accept this form of evidence. */
  FORM_NOT_ACCEPTED(
      "The policy does not accept this form of evidence.",
      "Add the form to the policy's forms if it is meant to be accepted."),
  /** The policy names no reference value to compare with. */
  NO_REFERENCE_VALUES(
      "The policy names no reference value to compare with.",
      "Add the reference values of the software you mean to trust."),
  /** The measurement matches no reference value of the policy. */
  MEASUREMENT_UNKNOWN(
      "The measurement matches no reference value of the policy.",
      "Run the software that the policy names, or add a reference value for the software that runs."),
  /** The measurement matches a reference value outside its validity period. */
  MEASUREMENT_NOT_VALID(
      "The measurement matches a reference value outside its validity period.",
      "Update the platform's software, or the reference value's validity."),
  /** The policy denies the site, its certificate or its evidence. */
  DENIED(
      "The policy denies the site, its certificate or its evidence.",
      "The site stays excluded until the entry is removed from the policy's deny list."),
  /** A rule of the policy is broken. */
  POLICY_VIOLATION(
      "A rule of the policy is broken.",
      "Correct the platform; relax the rule only if you accept the risk."),
  /** The policy has no rules for this site or family. */
  POLICY_MISSING(
      "The policy has no rules for this site or family.",
      "Add the site and the family to the policy."),
  /** The policy is marked as not reviewed. */
  POLICY_NOT_REVIEWED(
      "The policy is marked as not reviewed.", "Read the policy, then set reviewed to true."),
  /** The policy is outside its validity period. */
  POLICY_NOT_VALID("The policy is outside its validity period.", "Renew the policy."),
  /** The response is malformed, or its parts do not belong together. */
  ANSWER_MALFORMED(
      "The response is malformed, or its parts do not belong together.",
      "The sender must respond with one CPU entry and the entries that belong to it."),
  /** The evidence request is malformed. */
  REQUEST_MALFORMED(
      "The evidence request is malformed.",
      "The requesting site must send a request as the protocol defines it."),
  /** A site requests evidence more often than this site allows. */
  REQUESTED_TOO_OFTEN(
      "A site requests evidence more often than this site allows.",
      "The requesting site must wait; a challenge gets one response."),
  /** This site cannot accept the list of the job's round. */
  GROUP_REFUSED(
      "This site cannot accept the list of the job's round.",
      "The server must list itself and the job's sites, including this site with its latest nonce."),
  /** The response belongs to no pending challenge of this relying party. */
  CHALLENGE_UNKNOWN(
      "The response belongs to no pending challenge of this relying party.",
      "Request fresh evidence. A challenge is void after it expires, after it is answered, and after a restart."),
  /** The response comes from a site that was not challenged. */
  SUBJECT_MISMATCH(
      "The response comes from a site that was not challenged.",
      "Only the site that was challenged may respond."),
  /** This response or this evidence was already used. */
  ALREADY_ANSWERED(
      "This response or this evidence was already used.", "It may be a replay; check the sender."),
  /** The site's certificate does not lead to the project's root, or does not name one site. */
  SITE_CERTIFICATE_INVALID(
      "The site's certificate does not lead to the project's root, or does not name one site.",
      "The site must use the certificates of its startup kit."),
  /** The signature is not from the site's key. */
  SITE_SIGNATURE_INVALID(
      "The signature is not from the site's key.",
      "The message was altered, or another sender uses this site's name; check the sender."),
  /** The signature is not from the session key. */
  SESSION_SIGNATURE_INVALID(
      "The signature is not from the session key.",
      "The entry does not come from the attested process; request fresh evidence."),
  /** A family of evidence that the policy requires is missing. */
  EVIDENCE_MISSING(
      "A family of evidence that the policy requires is missing.",
      "The site must present every family that the policy names for it."),
  /** No verifier is configured for this family. */
  VERIFIER_MISSING(
      "No verifier is configured for this family.", "Add this family's authorizer to the manager."),
  /** Appraisal failed because of a defect in this library or in a verifier. */
  INTERNAL_ERROR(
      "Appraisal failed because of a defect in this library or in a verifier. If the whole"
          + " appraisal fails this way, the verdict is inconclusive: it neither admits nor rejects.",
      "Report this with the digest of the evidence.");

  private final String cause;
  private final String hint;

  ReasonCode(String cause, String hint) {
    this.cause = cause;
    this.hint = hint;
  }

  /**
   * {@return the cause in general; the check states the expected value and the value found: one
   * sentence}
   */
  public String cause() {
    return cause;
  }

  /** {@return the general remedy, one or two sentences} */
  public String hint() {
    return hint;
  }
}

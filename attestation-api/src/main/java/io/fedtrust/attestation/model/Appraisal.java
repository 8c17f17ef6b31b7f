// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What every verdict records, however it came out.
 *
 * @param subject name of the site that was appraised
 * @param form of its evidence
 * @param assurance what the exchange showed
 * @param evidenceDigest SHA-256 of the token, hex
 * @param policy by which it was appraised
 * @param collateral verified items it rests on
 * @param verifiedAt when it was appraised
 * @param expiresAt when it ends at the latest: the earliest end of evidence age, certificates,
 *     collateral, reference value and policy; {@code verifiedAt} unless trusted
 * @param prolongableUntil how far an inconclusive answer of the same process may prolong a trusted
 *     verdict: to the maximum age from {@code verifiedAt}, and to no end of a certificate,
 *     reference value or policy; {@code verifiedAt} unless trusted
 * @param confirmation SHA-256 of the session key that the evidence is bound to ({@code cnf}, RFC
 *     7800), hex
 * @param claims what the evidence says, if its signature verified
 * @param checks every check in the order made
 * @param notes what a reader must know
 */
public record Appraisal(
    String subject,
    EvidenceForm form,
    Assurance assurance,
    String evidenceDigest,
    PolicyIdentity policy,
    List<CollateralUse> collateral,
    Instant verifiedAt,
    Instant expiresAt,
    Instant prolongableUntil,
    Optional<String> confirmation,
    Optional<Claims> claims,
    List<Check> checks,
    List<String> notes) {
  /**
   * Copies the lists.
   *
   * @param subject name of the site that was appraised
   * @param form of its evidence
   * @param assurance what the exchange showed
   * @param evidenceDigest SHA-256 of the token, hex
   * @param policy by which it was appraised
   * @param collateral verified items it rests on
   * @param verifiedAt when it was appraised
   * @param expiresAt when it ends at the latest: the earliest end of evidence age, certificates,
   *     collateral, reference value and policy; {@code verifiedAt} unless trusted
   * @param prolongableUntil how far an inconclusive answer of the same process may prolong a
   *     trusted verdict: to the maximum age from {@code verifiedAt}, and to no end of a
   *     certificate, reference value or policy; {@code verifiedAt} unless trusted
   * @param confirmation SHA-256 of the session key that the evidence is bound to ({@code cnf}, RFC
   *     7800), hex
   * @param claims what the evidence says, if its signature verified
   * @param checks every check in the order made
   * @param notes what a reader must know
   */
  public Appraisal {
    collateral = List.copyOf(collateral);
    checks = List.copyOf(checks);
    notes = List.copyOf(notes);
  }

  /**
   * Leaves out what takes the most space: checks that passed, and claims beside the measurement.
   *
   * @return the rest
   */
  public Appraisal summary() {
    return new Appraisal(
        subject,
        form,
        assurance,
        evidenceDigest,
        policy,
        collateral,
        verifiedAt,
        expiresAt,
        prolongableUntil,
        confirmation,
        claims.map(all -> Claims.of(all.form(), all.measurement(), all.boundData()).build()),
        checks.stream().filter(check -> check.outcome() != Check.Outcome.PASSED).toList(),
        notes);
  }
}

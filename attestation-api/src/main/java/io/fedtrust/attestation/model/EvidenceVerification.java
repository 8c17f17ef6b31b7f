// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether evidence is genuine (docs/protocol/policy-model.md#two-questions). Applies no policy:
 * debug, privilege levels and TCB floors are matters of policy.
 */
public sealed interface EvidenceVerification {

  /**
   * {@return every check in the order made, with those that could not be made or were left out,
   * unmodifiable}
   */
  List<Check> checks();

  /** {@return the verified collateral that this rests on, unmodifiable} */
  List<CollateralUse> collateral();

  /**
   * {@return what a reader must know, for example that the platform is simulated: sentences,
   * unmodifiable}
   */
  List<String> notes();

  /**
   * {@return what the evidence says, if its own signature verified: the claims of genuine evidence,
   * and of undetermined evidence that has them}
   */
  default Optional<Claims> verifiedClaims() {
    if (this instanceof Genuine genuine) {
      return Optional.of(genuine.claims());
    }
    return this instanceof Undetermined undetermined ? undetermined.claims() : Optional.empty();
  }

  /**
   * Adds what a reader must know.
   *
   * @param note a sentence
   * @return the same result with one more note
   */
  default EvidenceVerification noting(String note) {
    List<String> more = new ArrayList<>(notes());
    more.add(note);
    if (this instanceof Genuine genuine) {
      return new Genuine(
          genuine.claims(),
          genuine.checks(),
          genuine.collateral(),
          more,
          genuine.expiresAt(),
          genuine.certificatesEnd());
    }
    return this instanceof Undetermined undetermined
        ? new Undetermined(
            undetermined.claims(),
            undetermined.checks(),
            undetermined.collateral(),
            more,
            undetermined.missing())
        : new NotGenuine(checks(), collateral(), more, ((NotGenuine) this).reason());
  }

  /**
   * The evidence is genuine.
   *
   * @param claims what it says
   * @param checks every check
   * @param collateral what this rests on
   * @param notes what a reader must know
   * @param expiresAt the earliest end of a certificate or collateral it rests on
   * @param certificatesEnd the earliest end of a certificate, never before {@code expiresAt}
   */
  record Genuine(
      Claims claims,
      List<Check> checks,
      List<CollateralUse> collateral,
      List<String> notes,
      Instant expiresAt,
      Instant certificatesEnd)
      implements EvidenceVerification {
    /**
     * Copies the lists.
     *
     * @param claims what it says
     * @param checks every check
     * @param collateral what this rests on
     * @param notes what a reader must know
     * @param expiresAt the earliest end of a certificate or collateral it rests on
     * @param certificatesEnd the earliest end of a certificate, never before {@code expiresAt}
     */
    public Genuine {
      checks = List.copyOf(checks);
      collateral = List.copyOf(collateral);
      notes = List.copyOf(notes);
    }
  }

  /**
   * A check failed.
   *
   * @param checks every check
   * @param collateral what was used
   * @param notes what a reader must know
   * @param reason of the first failed check
   */
  record NotGenuine(
      List<Check> checks, List<CollateralUse> collateral, List<String> notes, ReasonCode reason)
      implements EvidenceVerification {
    /**
     * Copies the lists.
     *
     * @param checks every check
     * @param collateral what was used
     * @param notes what a reader must know
     * @param reason of the first failed check
     */
    public NotGenuine {
      checks = List.copyOf(checks);
      collateral = List.copyOf(collateral);
      notes = List.copyOf(notes);
    }
  }

  /**
   * Nothing failed, but something is missing.
   *
   * @param claims what the evidence says, if its own signature verified
   * @param checks every check
   * @param collateral what was used
   * @param notes what a reader must know
   * @param missing reason of the first check that could not be made
   */
  record Undetermined(
      Optional<Claims> claims,
      List<Check> checks,
      List<CollateralUse> collateral,
      List<String> notes,
      ReasonCode missing)
      implements EvidenceVerification {
    /**
     * Copies the lists.
     *
     * @param claims what the evidence says, if its own signature verified
     * @param checks every check
     * @param collateral what was used
     * @param notes what a reader must know
     * @param missing reason of the first check that could not be made
     */
    public Undetermined {
      checks = List.copyOf(checks);
      collateral = List.copyOf(collateral);
      notes = List.copyOf(notes);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether evidence is genuine (docs/protocol/policy-model.md#two-questions). Has no opinions:
 * debug, privilege levels and TCB floors are policy.
 */
public sealed interface Authentication {

  /**
   * Returns every check in the order made, with those that could not be made or were left out.
   *
   * @return unmodifiable
   */
  List<Check> checks();

  /**
   * Returns the verified collateral that this rests on.
   *
   * @return unmodifiable
   */
  List<CollateralUse> collateral();

  /**
   * Returns what a reader must know, for example that the platform is simulated.
   *
   * @return sentences, unmodifiable
   */
  List<String> notes();

  /**
   * Returns what the evidence says, if its own signature verified.
   *
   * @return the claims of authentic evidence, and of undetermined evidence that has them
   */
  default Optional<Claims> verifiedClaims() {
    if (this instanceof Authentic authentic) {
      return Optional.of(authentic.claims());
    }
    return this instanceof Undetermined undetermined ? undetermined.claims() : Optional.empty();
  }

  /**
   * Adds what a reader must know.
   *
   * @param note a sentence
   * @return the same result with one more note
   */
  default Authentication noting(String note) {
    List<String> more = new ArrayList<>(notes());
    more.add(note);
    if (this instanceof Authentic authentic) {
      return new Authentic(
          authentic.claims(),
          authentic.checks(),
          authentic.collateral(),
          more,
          authentic.expiresAt(),
          authentic.certificatesEnd());
    }
    return this instanceof Undetermined undetermined
        ? new Undetermined(
            undetermined.claims(),
            undetermined.checks(),
            undetermined.collateral(),
            more,
            undetermined.missing())
        : new NotAuthentic(checks(), collateral(), more, ((NotAuthentic) this).reason());
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
  record Authentic(
      Claims claims,
      List<Check> checks,
      List<CollateralUse> collateral,
      List<String> notes,
      Instant expiresAt,
      Instant certificatesEnd)
      implements Authentication {
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
    public Authentic {
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
  record NotAuthentic(
      List<Check> checks, List<CollateralUse> collateral, List<String> notes, ReasonCode reason)
      implements Authentication {
    /**
     * Copies the lists.
     *
     * @param checks every check
     * @param collateral what was used
     * @param notes what a reader must know
     * @param reason of the first failed check
     */
    public NotAuthentic {
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
      implements Authentication {
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

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.family;

import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.collateral.Revocation;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a user chooses for a verifier.
 *
 * @param moreAnchors roots that are trusted in addition to the vendors' own
 * @param revocation whether revocation lists are required
 * @param options of {@link FamilyOption.Use#VERIFY}
 */
public record VerifierChoices(
    List<TrustAnchor> moreAnchors, Revocation revocation, OptionValues options) {
  /**
   * Copies the list.
   *
   * @param moreAnchors roots that are trusted in addition to the vendors' own
   * @param revocation whether revocation lists are required
   * @param options of {@link FamilyOption.Use#VERIFY}
   */
  public VerifierChoices {
    moreAnchors = List.copyOf(moreAnchors);
  }

  /**
   * Returns the choices of a user who trusts the vendors and requires revocation lists.
   *
   * @return no more anchors, no options
   */
  public static VerifierChoices standard() {
    return new VerifierChoices(List.of(), Revocation.REQUIRED, OptionValues.none());
  }

  /**
   * Returns all roots that are trusted.
   *
   * @param vendor the roots of the vendor
   * @return these and the user's
   */
  public List<TrustAnchor> anchors(List<TrustAnchor> vendor) {
    return Stream.concat(vendor.stream(), moreAnchors.stream()).toList();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.policy;

import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.Namespace;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The words in which policies speak of one family's evidence; its family brings it along. */
public interface PolicyVocabulary {
  /** The profile that all others are differences from. */
  String STRICT = "strict";

  /**
   * Returns the family.
   *
   * @return its namespace
   */
  Namespace namespace();

  /**
   * Returns the form that is accepted where a policy names none.
   *
   * @return one form of the family
   */
  EvidenceForm defaultForm();

  /**
   * Returns how long a measurement is.
   *
   * @return number of bytes; zero where the vendor's own manifests hold the measurements, and a
   *     policy names versions instead
   */
  int measurementBytes();

  /**
   * Tells what a policy must name beside measurements, or instead of them where the vendor's own
   * manifests hold them: without it everything is rejected.
   *
   * @param form of the evidence that is appraised
   * @param settings all settings by key
   * @return the options that are not set and should be, or empty
   */
  default Optional<String> missingReferences(EvidenceForm form, Map<String, Setting> settings) {
    return Optional.empty();
  }

  /**
   * Returns every option, in the order of its checks.
   *
   * @return options with distinct keys
   */
  List<PolicyOption> options();

  /**
   * Returns the options that name who or what a platform is: what a draft copies from evidence,
   * unlike options that would relax a default.
   *
   * @return some of {@link #options}
   */
  List<PolicyOption> identities();

  /**
   * Returns the kinds of values by which a policy can deny this family's evidence.
   *
   * @return options with distinct keys; none unless a family has some
   */
  default List<DenyOption> denials() {
    return List.of();
  }

  /**
   * Returns the named profiles.
   *
   * @return {@link #STRICT} first
   */
  List<Profile> profiles();

  /**
   * A named set of settings, documented and tested with evidence of the platform it is for.
   *
   * @param name of the profile
   * @param meaning whom it is for, and why it differs
   * @param settings of {@code strict} all that it demands, of any other the differences
   */
  record Profile(String name, String meaning, Map<String, Object> settings) {
    /**
     * Copies the settings.
     *
     * @param name of the profile
     * @param meaning whom it is for, and why it differs
     * @param settings of {@code strict} all that it demands, of any other the differences
     */
    public Profile {
      settings = Map.copyOf(settings);
    }
  }
}

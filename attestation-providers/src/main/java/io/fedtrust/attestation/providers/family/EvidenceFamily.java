// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.family;

import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.policy.PolicyVocabulary;
import java.util.List;

/**
 * A family of evidence. It is registered as a service; policies, commands and programs then find
 * it, and nothing else has to change. Implementations have a public constructor without parameters,
 * hold no state, and touch neither network nor files when they are constructed.
 */
public interface EvidenceFamily {
  /**
   * Returns the words in which policies speak of this family's evidence.
   *
   * @return the vocabulary, which also names the family
   */
  PolicyVocabulary vocabulary();

  /**
   * Returns the forms of evidence of this family, each of which belongs to its namespace.
   *
   * @return at least one, in the order in which they are listed
   */
  List<SupportedForm> forms();

  /**
   * Returns the services whose signing keys can be put into a collateral folder by hand.
   *
   * @return none unless a form of this family is a token of a service
   */
  default List<KeyService> keyServices() {
    return List.of();
  }

  /**
   * Returns the name of the family.
   *
   * @return the namespace of its vocabulary
   */
  default Namespace namespace() {
    return vocabulary().namespace();
  }
}

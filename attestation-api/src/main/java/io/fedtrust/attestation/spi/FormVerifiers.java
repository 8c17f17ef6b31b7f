// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.spi;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.ReasonCode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Verifiers of one family, each for forms of its own. */
final class FormVerifiers implements EvidenceVerifier {
  private final Map<EvidenceForm, EvidenceVerifier> verifiers = new TreeMap<>();

  private FormVerifiers() {}

  static EvidenceVerifier of(EvidenceVerifier first, EvidenceVerifier second) {
    FormVerifiers both = new FormVerifiers();
    first.forms().forEach(form -> both.verifiers.put(form, first));
    for (EvidenceForm form : second.forms()) {
      if (both.verifiers.put(form, second) != null) {
        throw new IllegalArgumentException("form: expected another form, was " + form + " again");
      }
    }
    if (both.verifiers.keySet().stream().map(EvidenceForm::namespace).distinct().count() != 1) {
      throw new IllegalArgumentException(
          "form: expected forms of one family, was " + both.verifiers.keySet());
    }
    return both;
  }

  @Override
  public Set<EvidenceForm> forms() {
    return Set.copyOf(verifiers.keySet());
  }

  /** The form is what the sender states; nothing tries another verifier. */
  @Override
  public EvidenceVerification verify(Evidence evidence, Collateral collateral, Instant at) {
    EvidenceVerifier verifier = verifiers.get(evidence.form());
    return verifier == null
        ? new EvidenceVerification.NotGenuine(
            List.of(
                Check.failed(
                    "evidence.form",
                    ReasonCode.VERIFIER_MISSING,
                    "one of " + verifiers.keySet(),
                    evidence.form(),
                    "docs/protocol/bindings.md#forms")),
            List.of(),
            List.of(),
            ReasonCode.VERIFIER_MISSING)
        : verifier.verify(evidence, collateral, at);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.spi;

import io.fedtrust.attestation.model.Namespace;
import java.util.Objects;
import java.util.Optional;

/** What {@link CCAuthorizer}'s factories make. */
record DefaultAuthorizer(
    Namespace namespace,
    Optional<EvidenceCollector> collector,
    Optional<EvidenceVerifier> verifier,
    CollateralSource collateral)
    implements CCAuthorizer {
  DefaultAuthorizer {
    Objects.requireNonNull(collateral, "source");
    verifier
        .flatMap(
            known ->
                known.forms().stream()
                    .filter(form -> !form.namespace().equals(namespace))
                    .findFirst())
        .ifPresent(
            form -> {
              throw new IllegalArgumentException(
                  "form: expected forms of " + namespace + ", was " + form);
            });
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.policy;

import io.fedtrust.attestation.model.Assurance;
import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.Bytes;
import java.time.Instant;
import java.util.Optional;

/**
 * What a relying party knows beside the evidence.
 *
 * @param subject name of the site that is appraised
 * @param at the instant for which to appraise
 * @param expectedBinding what the evidence must be bound to
 * @param exchange how it came; empty for stored evidence
 */
public record AppraisalContext(
    String subject, Instant at, Optional<Bytes> expectedBinding, Optional<Exchange> exchange) {

  /**
   * How evidence came.
   *
   * @param assurance what the exchange shows
   * @param challengedAt when this relying party issued its challenge
   * @param confirmation SHA-256 of the session key, hex, if the binding names one
   */
  public record Exchange(
      Assurance assurance, Instant challengedAt, Optional<String> confirmation) {}

  /**
   * Evidence without an exchange: stored, or handed over by other means. Its verdict says nothing
   * about who presents it.
   *
   * @param subject name of the site that is appraised
   * @param at the instant for which to appraise
   * @return the context
   */
  public static AppraisalContext evidenceAlone(String subject, Instant at) {
    return new AppraisalContext(subject, at, Optional.empty(), Optional.empty());
  }

  /**
   * Evidence that answers a challenge of this relying party.
   *
   * @param subject name of the site that is appraised
   * @param at the instant for which to appraise
   * @param binding recomputed by this relying party
   * @param exchange how it came
   * @return the context
   */
  public static AppraisalContext exchange(
      String subject, Instant at, Binding binding, Exchange exchange) {
    return new AppraisalContext(
        subject, at, Optional.of(Bytes.of(binding.hash())), Optional.of(exchange));
  }

  /**
   * Demands that the evidence carries a value.
   *
   * @param value what was given to the platform; zeros fill what is missing at its end
   * @return the context with that demand
   */
  public AppraisalContext expecting(byte[] value) {
    return new AppraisalContext(subject, at, Optional.of(Bytes.of(value)), exchange);
  }

  /** {@return what the exchange shows: {@link Assurance#UNBOUND} without an exchange} */
  public Assurance assurance() {
    return exchange.map(Exchange::assurance).orElse(Assurance.UNBOUND);
  }
}

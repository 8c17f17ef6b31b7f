// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Ask;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.Presence;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.SignedAsk;
import io.fedtrust.attestation.model.SiteCertificate;
import io.fedtrust.attestation.spi.Deadline;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * Answers asks with evidence of this process: verified, counted, then queued for the hardware
 * (docs/protocol/requests-and-refusals.md#checks-of-a-request).
 */
final class Prover {
  private static final String SOURCE = "docs/protocol/requests-and-refusals.md#checks-of-a-request";
  private static final Duration SKEW = Duration.ofSeconds(60);

  private final String self;
  private final SiteCertificates certificates;
  private final AskLimits limits;
  private final Attester attester;
  private final ReportQueue queue;
  private final LongSupplier nanoTime;
  private final RememberedAsks remembered = new RememberedAsks();

  Prover(
      String self,
      SiteCertificates certificates,
      AskLimits limits,
      Attester attester,
      ReportQueue queue,
      LongSupplier nanoTime) {
    this.self = self;
    this.certificates = certificates;
    this.limits = limits;
    this.attester = attester;
    this.queue = queue;
    this.nanoTime = nanoTime;
  }

  /**
   * Demands that an ask is genuine and meant for this site, before the hardware is touched.
   *
   * @param mode the only one that is answered here: a challenge of one kind must never be answered
   *     as one of another
   * @param purpose the only one of this topic
   * @return who asks
   * @throws MalformedEvidenceException saying what is wrong
   * @throws RefusedException if this site asked too often for this purpose
   */
  SiteCertificate verified(SignedAsk signed, Ask.Mode mode, Ask.Purpose purpose, Instant at)
      throws MalformedEvidenceException, RefusedException {
    Ask ask = signed.ask();
    if (ask.mode() != mode) {
      throw refused(ReasonCode.REQUEST_MALFORMED, mode.text(), ask.mode().text());
    }
    if (ask.purpose() != purpose) {
      throw refused(ReasonCode.REQUEST_MALFORMED, purpose.text(), ask.purpose().text());
    }
    Instant end = ask.issued().plus(ask.life()).plus(SKEW);
    if (at.isBefore(ask.issued().minus(SKEW)) || !at.isBefore(end)) {
      throw refused(ReasonCode.REQUEST_MALFORMED, "a request of now", ask.issued());
    }
    SiteCertificates.Proven asker = certificates.validate(signed.certificates(), at);
    if (!asker.site().name().equals(ask.verifier())) {
      throw refused(
          ReasonCode.SITE_CERTIFICATE_INVALID,
          "the certificate of " + ask.verifier(),
          asker.site().name());
    }
    if (!SiteSignatures.verifies(
        asker.key(), ask.signatureInput(asker.site().root().bytes()), signed.signature().bytes())) {
      throw refused(
          ReasonCode.SITE_SIGNATURE_INVALID, "a signature of " + ask.verifier(), "another");
    }
    if (ask.verifier().equals(self)) {
      throw refused(ReasonCode.REQUEST_MALFORMED, "another site as verifier", "this one");
    }
    if (!ask.subject().equals(self)) {
      throw refused(ReasonCode.SUBJECT_MISMATCH, self, ask.subject());
    }
    if (remembered.note(ask, end, at)) {
      count(ask);
    } else if (!remembered.isUnanswered(ask)) {
      throw refused(ReasonCode.ALREADY_ANSWERED, "a new challenge", "one that was sent before");
    }
    return asker.site();
  }

  private void count(Ask ask) throws RefusedException {
    try {
      limit(ask.verifier(), ask.purpose());
    } catch (RefusedException e) {
      remembered.forget(ask);
      throw e;
    }
  }

  /** An ask that was {@link #verified} is answered {@code BUSY}: the same may come again. */
  void postpone(Ask ask) {
    remembered.reopen(ask);
  }

  /**
   * Counts an ask of a site that is proven.
   *
   * @throws RefusedException if it asked too often for this purpose
   */
  void limit(String asker, Ask.Purpose purpose) throws RefusedException {
    limits.count(asker, purpose);
  }

  /**
   * Answers one ask that was {@link #verified}, or that this site makes itself.
   *
   * @param deadline the ask's own life may end before
   * @return the entries; completes with {@link RefusedException} if it cannot wait for its turn
   */
  CompletableFuture<List<CCToken>> answer(Ask ask, Deadline deadline) {
    Duration left = deadline.remaining();
    Deadline shorter =
        ask.life().compareTo(left) < 0 ? Deadline.in(ask.life(), nanoTime) : deadline;
    return remembered.once(ask, () -> queue.add(ask, shorter));
  }

  /** True for a site without evidence: it answers with its presence. */
  boolean isUnattested() {
    return attester.isUnattested();
  }

  /**
   * Answers for a site without evidence: its key is present now.
   *
   * @param verifier who asked; in a group {@link io.fedtrust.attestation.model.Binding#GROUP}
   */
  Presence here(String verifier, Optional<String> job, Challenge challenge) {
    return attester.here(verifier, job, challenge);
  }

  /**
   * Entries of NVFlare's own exchange, in which nobody is asked: the nonce is of this site's
   * choosing.
   */
  CompletableFuture<List<CCToken>> unasked(String peer, SecureRandom random, Deadline deadline) {
    Ask own =
        new Ask(
            Ask.Mode.PAIRWISE,
            Ask.Purpose.REGISTRATION,
            peer,
            self,
            Optional.empty(),
            Challenge.random(random),
            deadline.remaining(),
            Instant.EPOCH);
    return answer(own, deadline)
        .thenApply(
            entries ->
                entries.stream()
                    .map(
                        entry ->
                            new CCToken(
                                entry.token(),
                                entry.namespace(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()))
                    .toList());
  }

  private static MalformedEvidenceException refused(ReasonCode code, Object expected, Object was) {
    return MalformedEvidenceException.of("exchange.ask", code, expected, was, SOURCE);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Ask;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.SignedAsk;
import io.fedtrust.attestation.model.SiteCertificate;
import io.fedtrust.attestation.spi.Deadline;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * Answers asks with evidence of this process: verified, counted, then queued for the hardware
 * (trust protocol, second part, section 4).
 */
final class Prover {
  private static final String SOURCE = "trust protocol, second part, section 4";
  private static final Duration SKEW = Duration.ofSeconds(60);

  private final String self;
  private final SiteCertificates certificates;
  private final AskLimiter limiter;
  private final ReportQueue queue;
  private final LongSupplier nanoTime;
  private final RememberedAsks remembered = new RememberedAsks();

  Prover(
      String self,
      SiteCertificates certificates,
      AskLimiter limiter,
      ReportQueue queue,
      LongSupplier nanoTime) {
    this.self = self;
    this.certificates = certificates;
    this.limiter = limiter;
    this.queue = queue;
    this.nanoTime = nanoTime;
  }

  /**
   * Demands that an ask is genuine and meant for this site, before the hardware is touched.
   *
   * @param modes those that are answered here, each in its own way: a challenge of one kind must
   *     never be answered as one of another
   * @param purpose the only one of this topic
   * @return who asks
   * @throws MalformedEvidenceException saying what is wrong
   */
  SiteCertificate verified(
      SignedAsk signed, Set<Ask.Mode> modes, Ask.Purpose purpose, Instant at)
      throws MalformedEvidenceException {
    Ask ask = signed.ask();
    if (!modes.contains(ask.mode())) {
      throw refused(ReasonCode.REQUEST_MALFORMED, modes, ask.mode().text());
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
    } else if (!remembered.isBeingAnswered(ask)) {
      throw refused(ReasonCode.ALREADY_ANSWERED, "a new challenge", "one that was sent before");
    }
    return asker.site();
  }

  private void count(Ask ask) throws MalformedEvidenceException {
    try {
      limit(ask.verifier());
    } catch (MalformedEvidenceException e) {
      remembered.forget(ask);
      throw e;
    }
  }

  /**
   * Counts an ask of a site that is proven.
   *
   * @throws MalformedEvidenceException if it asked too often
   */
  void limit(String asker) throws MalformedEvidenceException {
    if (!limiter.admit(asker)) {
      throw refused(ReasonCode.REQUESTED_TOO_OFTEN, "fewer asks of " + asker, "one more");
    }
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

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.model.EvidencePurpose;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.SiteCertificate;
import io.fedtrust.attestation.protocol.EvidenceRequest;
import io.fedtrust.attestation.protocol.Presence;
import io.fedtrust.attestation.protocol.SignedEvidenceRequest;
import io.fedtrust.attestation.spi.Deadline;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * Answers requests with evidence of this process: verified, counted, then queued for the hardware
 * (docs/protocol/requests-and-refusals.md#checks-of-a-request).
 */
final class Attester {
  private static final String SOURCE = "docs/protocol/requests-and-refusals.md#checks-of-a-request";
  private static final Duration SKEW = Duration.ofSeconds(60);

  private final String self;
  private final SiteCertificates certificates;
  private final RequestLimits limits;
  private final EvidenceReporter reporter;
  private final ReportQueue queue;
  private final LongSupplier nanoTime;
  private final RememberedRequests remembered = new RememberedRequests();

  Attester(
      String self,
      SiteCertificates certificates,
      RequestLimits limits,
      EvidenceReporter reporter,
      ReportQueue queue,
      LongSupplier nanoTime) {
    this.self = self;
    this.certificates = certificates;
    this.limits = limits;
    this.reporter = reporter;
    this.queue = queue;
    this.nanoTime = nanoTime;
  }

  /**
   * Demands that an evidence request is genuine and meant for this site, before the hardware is
   * touched.
   *
   * @param mode the only one that is answered here: a challenge of one kind must never be answered
   *     as one of another
   * @param purpose the only one of this topic
   * @return the challenger
   * @throws MalformedEvidenceException saying what is wrong
   * @throws RefusedException if this site asked too often for this purpose
   */
  SiteCertificate verified(
      SignedEvidenceRequest signed, EvidenceRequest.Mode mode, EvidencePurpose purpose, Instant at)
      throws MalformedEvidenceException, RefusedException {
    EvidenceRequest request = signed.request();
    if (request.mode() != mode) {
      throw refused(ReasonCode.REQUEST_MALFORMED, mode.text(), request.mode().text());
    }
    if (request.purpose() != purpose) {
      throw refused(ReasonCode.REQUEST_MALFORMED, purpose.text(), request.purpose().text());
    }
    Instant end = request.issued().plus(request.life()).plus(SKEW);
    if (at.isBefore(request.issued().minus(SKEW)) || !at.isBefore(end)) {
      throw refused(ReasonCode.REQUEST_MALFORMED, "a request of now", request.issued());
    }
    SiteCertificates.Proven challenger = certificates.validate(signed.certificates(), at);
    if (!challenger.site().name().equals(request.verifier())) {
      throw refused(
          ReasonCode.SITE_CERTIFICATE_INVALID,
          "the certificate of " + request.verifier(),
          challenger.site().name());
    }
    if (!SiteSignatures.verifies(
        challenger.key(),
        request.signatureInput(challenger.site().root().bytes()),
        signed.signature().bytes())) {
      throw refused(
          ReasonCode.SITE_SIGNATURE_INVALID, "a signature of " + request.verifier(), "another");
    }
    if (request.verifier().equals(self)) {
      throw refused(ReasonCode.REQUEST_MALFORMED, "another site as verifier", "this one");
    }
    if (!request.subject().equals(self)) {
      throw refused(ReasonCode.SUBJECT_MISMATCH, self, request.subject());
    }
    if (remembered.note(request, end, at)) {
      count(request);
    } else if (!remembered.isUnanswered(request)) {
      throw refused(ReasonCode.ALREADY_ANSWERED, "a new challenge", "one that was sent before");
    }
    return challenger.site();
  }

  private void count(EvidenceRequest request) throws RefusedException {
    try {
      limit(request.verifier(), request.purpose());
    } catch (RefusedException e) {
      remembered.forget(request);
      throw e;
    }
  }

  /**
   * An evidence request that was {@link #verified} is answered {@code BUSY}: the same may come
   * again.
   */
  void postpone(EvidenceRequest request) {
    remembered.reopen(request);
  }

  /**
   * Counts an evidence request of a site that is proven.
   *
   * @throws RefusedException if it asked too often for this purpose
   */
  void limit(String challenger, EvidencePurpose purpose) throws RefusedException {
    limits.count(challenger, purpose);
  }

  /**
   * Answers one request that was {@link #verified}, or that this site makes itself.
   *
   * @param deadline the request's own life may end before
   * @return the entries; completes with {@link RefusedException} if it cannot wait for its turn
   */
  CompletableFuture<List<CCToken>> answer(EvidenceRequest request, Deadline deadline) {
    Duration left = deadline.remaining();
    Deadline shorter =
        request.life().compareTo(left) < 0 ? Deadline.in(request.life(), nanoTime) : deadline;
    return remembered.once(request, () -> queue.add(request, shorter));
  }

  /** True for a site without evidence: it answers with its presence. */
  boolean isUnattested() {
    return reporter.isUnattested();
  }

  /**
   * Answers for a site without evidence: its key is present now.
   *
   * @param verifier who asked; in a group {@link io.fedtrust.attestation.model.Binding#GROUP}
   */
  Presence here(String verifier, Optional<String> job, Challenge challenge) {
    return reporter.here(verifier, job, challenge);
  }

  /**
   * Entries of NVFlare's own exchange, in which nobody is asked: the nonce is of this site's
   * choosing.
   */
  CompletableFuture<List<CCToken>> unasked(String peer, SecureRandom random, Deadline deadline) {
    EvidenceRequest own =
        new EvidenceRequest(
            EvidenceRequest.Mode.PAIRWISE,
            EvidencePurpose.REGISTRATION,
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

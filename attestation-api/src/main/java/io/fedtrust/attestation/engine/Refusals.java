// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.protocol.SignedRefusal;
import io.fedtrust.attestation.spi.PeerMessage;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs this site's refusals, and verifies those of others: who refuses, whose request, which one,
 * and whether the code belongs to its topic (docs/protocol/requests-and-refusals.md#refusals).
 */
final class Refusals {
  private static final Logger LOG = LoggerFactory.getLogger("io.fedtrust.attestation");
  private static final String SOURCE = "docs/protocol/requests-and-refusals.md#refusals";
  private static final Set<String> NEED_EVIDENCE =
      Set.of(Topics.REGISTER, Topics.FRESH_TOKEN, Topics.JOB_LIST, Topics.CHECK_RESOURCE);
  private static final Set<String> REGISTERING = Set.of(Topics.CHALLENGE, Topics.REGISTER);
  private static final Set<String> JOB =
      Set.of(
          Topics.JOB_NONCE,
          Topics.JOB_LIST,
          Topics.CHECK_RESOURCE,
          Topics.JOB_DISPATCH,
          Topics.JOB_END);
  private static final Set<String> MAY_DECLINE =
      Set.of(Topics.REGISTER, Topics.JOB_NONCE, Topics.JOB_LIST, Topics.JOB_DISPATCH);

  private final Identities identities;
  private final String server;
  private final SiteCertificates certificates;

  Refusals(Identities identities, String server, SiteCertificates certificates) {
    this.identities = identities;
    this.server = server;
    this.certificates = certificates;
  }

  /** Gives a request a nonce of its own, by which a refusal names it. */
  static PeerMessage refusable(PeerMessage request, SecureRandom random) {
    Map<String, Object> body = new LinkedHashMap<>(request.body());
    body.put(Topics.REQUEST, Nonces.text(Bytes.of(Challenge.random(random).value())));
    return new PeerMessage(request.topic(), body);
  }

  private static Optional<Bytes> nonce(PeerMessage request) {
    return Nonces.read(request.body().get(Topics.REQUEST));
  }

  /**
   * Refuses a request; without a signature if it cannot be named, the code is not for it, or the
   * site key cannot sign.
   */
  PeerMessage reply(String challenger, PeerMessage request, Refusal refusal) {
    return nonce(request)
        .filter(any -> fits(refusal, request.topic(), identities.current().name()))
        .flatMap(nonce -> signedIfPossible(challenger, request.topic(), nonce, refusal))
        .orElseGet(() -> PeerMessage.refused(refusal.toString()));
  }

  /** The site key may be elsewhere, and out of reach for a while. */
  private Optional<PeerMessage> signedIfPossible(
      String challenger, String topic, Bytes nonce, Refusal refusal) {
    try {
      return Optional.of(signed(challenger, topic, nonce, refusal));
    } catch (RuntimeException | Error e) {
      LOG.error("a refusal is sent unsigned: {}", Failures.text(e));
      return Optional.empty();
    }
  }

  private PeerMessage signed(String challenger, String topic, Bytes nonce, Refusal refusal) {
    SiteIdentity self = identities.current();
    byte[] input =
        SignedRefusal.signatureInput(
            new SignedRefusal.Request(
                self.certificate().root(), self.project(), self.name(), challenger, topic, nonce),
            refusal.code(),
            refusal.retryAfter(),
            refusal.reason());
    return new PeerMessage(
        PeerMessage.REFUSED,
        new SignedRefusal(
                refusal.toString(),
                refusal.code(),
                refusal.retryAfter(),
                refusal.reason(),
                nonce,
                self.chain(),
                Bytes.of(SiteSignatures.sign(self.privateKey(), input)))
            .toMap());
  }

  /**
   * Demands that a refusal is one of this peer, of this request.
   *
   * @param peer who was asked
   * @param request as it was sent
   * @param body of the reply
   * @throws MalformedEvidenceException if it is not: then it is silence
   */
  Refusal verified(String peer, PeerMessage request, Map<?, ?> body, Instant at)
      throws MalformedEvidenceException {
    SignedRefusal signed = SignedRefusal.fromMap(body);
    Bytes nonce = nonce(request).orElseThrow();
    require("request", signed.request().equals(nonce), "the request that was sent", "another");
    Refusal refusal = new Refusal(signed.code(), signed.retryAfter(), signed.reason());
    require("code", fits(refusal, request.topic(), peer), "a code for " + request.topic(), refusal);
    SiteCertificates.Proven refuser = certificates.validate(signed.certificates(), at);
    require("refuser", refuser.site().name().equals(peer), peer, refuser.site().name());
    SiteIdentity self = identities.current();
    byte[] input =
        SignedRefusal.signatureInput(
            new SignedRefusal.Request(
                refuser.site().root(), self.project(), peer, self.name(), request.topic(), nonce),
            refusal.code(),
            refusal.retryAfter(),
            refusal.reason());
    if (!SiteSignatures.verifies(refuser.key(), input, signed.signature().bytes())) {
      throw MalformedEvidenceException.of(
          "exchange.refusal.signature",
          ReasonCode.SITE_SIGNATURE_INVALID,
          "a signature of " + peer,
          "another",
          SOURCE);
    }
    return refusal;
  }

  private boolean fits(Refusal refusal, String topic, String refuser) {
    return switch (refusal.code()) {
      case BUSY -> NEED_EVIDENCE.contains(topic) && refusal.retryAfter().isPresent();
      case NOT_STARTED -> true;
      case NOT_ADMITTED ->
          refuser.equals(server) ? !REGISTERING.contains(topic) : JOB.contains(topic);
      case DECLINED -> MAY_DECLINE.contains(topic) && refusal.reason().isPresent();
    };
  }

  private static void require(String what, boolean good, Object expected, Object was)
      throws MalformedEvidenceException {
    if (!good) {
      throw MalformedEvidenceException.of(
          "exchange.refusal." + what, ReasonCode.ANSWER_MALFORMED, expected, was, SOURCE);
    }
  }
}

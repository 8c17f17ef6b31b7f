// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Ask;
import io.fedtrust.attestation.model.CCInfo;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.SignedAsk;
import io.fedtrust.attestation.model.SiteCertificate;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.spi.Deadline;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The registration of a client, both ends of it (trust protocol, section 8). The server's ask
 * travels in its reply to the registration challenge; the client's entries and its own ask in the
 * registration; the server's entries in the reply. The host has authenticated the connection, and
 * says who is at its other end. Whoever is not trusted is not stored, and no reply goes to it.
 */
final class Registration {
  private static final String CLIENT = "client";

  private final Asker asker;
  private final Prover prover;
  private final Examiner examiner;
  private final SecureRandom random;
  private final String self;
  private final String nameForCompat;
  private final String project;
  private final Duration life;

  Registration(Settings settings, Asker asker, Prover prover, Examiner examiner) {
    this.self = settings.site().name();
    this.nameForCompat = settings.nameForCompat();
    this.project = settings.site().project();
    this.asker = asker;
    this.prover = prover;
    this.examiner = examiner;
    this.random = settings.random();
    this.life = settings.timing().challengeLife();
  }

  /** At the server: what goes to a client that wants to register. */
  Map<String, Object> challenge(String client, Instant now) {
    return Map.of(Topics.ASK, ask(client, now));
  }

  /** At the client: what goes to the server, which must be the one that the kit names. */
  CompletableFuture<Map<String, Object>> register(
      String server, Map<?, ?> challenge, Instant now, Deadline deadline)
      throws MalformedEvidenceException, RefusedException {
    return answer(asked(server, challenge, now), deadline)
        .thenApply(
            info -> {
              Map<String, Object> registration = new LinkedHashMap<>(info);
              registration.put(Topics.ASK, ask(server, now));
              return registration;
            });
  }

  /** At the client, of a server that speaks NVFlare's own exchange. */
  CompletableFuture<Map<String, Object>> unasked(String peer, Deadline deadline) {
    return prover
        .unasked(peer, random, deadline)
        .thenApply(entries -> Map.of(CCInfo.KEY, CCInfo.toMap(nameForCompat, entries)));
  }

  /**
   * At the server: judges a client, and answers its ask if it is trusted.
   *
   * @throws MalformedEvidenceException if it is no registration; what was known of the client stays
   * @throws RefusedException with the reason if the client is not trusted
   */
  CompletableFuture<Map<String, Object>> admit(
      String client, Map<?, ?> registration, Instant now, Deadline deadline)
      throws MalformedEvidenceException, RefusedException {
    if (examiner.isDenied(client)) {
      throw new RefusedException(Refusal.declined(ReasonCode.DENIED));
    }
    if (examiner.isCompat(client)) {
      accepted(judged(client, CLIENT, registration));
      return unasked(client, deadline);
    }
    // Both parts must be there before either is worth anything.
    Ask ask = asked(client, registration, now);
    accepted(judged(client, CLIENT, registration));
    return answer(ask, deadline);
  }

  private static void accepted(SiteVerdict verdict) throws RefusedException {
    if (!verdict.trusted()) {
      throw new RefusedException(
          Refusal.declined(verdict.reason().orElse(ReasonCode.INTERNAL_ERROR)));
    }
  }

  /**
   * At the client: judges the server by its reply.
   *
   * @throws MalformedEvidenceException if the reply is none
   */
  SiteVerdict confirm(String server, Map<?, ?> reply) throws MalformedEvidenceException {
    return judged(server, CCInfo.SERVER_ALIAS, reply);
  }

  private SiteVerdict judged(String site, String role, Map<?, ?> message)
      throws MalformedEvidenceException {
    return examiner.answered(Ask.Purpose.REGISTRATION, site, role, message, CCInfo.KEY).verdict();
  }

  private Map<String, Object> ask(String subject, Instant now) {
    return asker
        .ask(Ask.Mode.PAIRWISE, Ask.Purpose.REGISTRATION, subject, Optional.empty(), life, now)
        .toMap();
  }

  private CompletableFuture<Map<String, Object>> answer(Ask ask, Deadline deadline) {
    return prover.isUnattested()
        ? CompletableFuture.completedFuture(
            Map.of(Topics.HERE, prover.here(ask.verifier(), ask.job(), ask.challenge()).toMap()))
        : prover
            .answer(ask, deadline)
            .thenApply(entries -> Map.of(CCInfo.KEY, CCInfo.toMap(self, entries)));
  }

  private Ask asked(String by, Map<?, ?> message, Instant now)
      throws MalformedEvidenceException, RefusedException {
    SignedAsk signed = SignedAsk.of(message, Topics.ASK, project);
    SiteCertificate asking =
        prover.verified(signed, Ask.Mode.PAIRWISE, Ask.Purpose.REGISTRATION, now);
    if (!asking.name().equals(by)) {
      throw MalformedEvidenceException.of(
          "exchange.ask",
          ReasonCode.SUBJECT_MISMATCH,
          "an ask of " + by,
          asking.name(),
          "trust protocol, section 8");
    }
    return signed.ask();
  }
}

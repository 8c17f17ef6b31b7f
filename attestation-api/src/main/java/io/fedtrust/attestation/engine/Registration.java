// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Ask;
import io.fedtrust.attestation.model.CCInfo;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.SignedAsk;
import io.fedtrust.attestation.model.SiteCertificate;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.spi.CCEvent.Occasion;
import io.fedtrust.attestation.spi.Deadline;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The registration of a client, both ends of it (trust protocol, section 8). The server's ask
 * travels in its reply to the registration challenge; the client's entries and its own ask in the
 * registration; the server's entries in the reply. The host has authenticated the connection, and
 * says who is at its other end. Whoever is not trusted is not stored, and no reply goes to it.
 */
final class Registration {
  private static final String CLIENT = "client";
  private static final Set<Ask.Mode> PAIRWISE = EnumSet.of(Ask.Mode.PAIRWISE);
  private static final Set<Ask.Mode> PAIRWISE_OR_BATCH =
      EnumSet.of(Ask.Mode.PAIRWISE, Ask.Mode.BATCH);

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

  /**
   * What the server makes of a client.
   *
   * @param verdict on the client
   * @param reply to send to it; empty unless it is trusted
   */
  record Outcome(SiteVerdict verdict, Optional<CompletableFuture<Map<String, Object>>> reply) {}

  /** At the server: what goes to a client that wants to register. */
  Map<String, Object> challenge(String client, Instant now) {
    return Map.of(Topics.ASK, ask(Ask.Mode.PAIRWISE, client, now));
  }

  /** At the client: what goes to the server, which must be the one that the kit names. */
  CompletableFuture<Map<String, Object>> register(
      String server, Map<?, ?> challenge, Instant now, Deadline deadline)
      throws MalformedEvidenceException, RefusedException {
    Asked asked = asked(server, challenge, PAIRWISE, now);
    return answer(asked.ask(), deadline)
        .thenApply(
            info -> {
              Map<String, Object> registration = new LinkedHashMap<>(info);
              // Of the server's reports each answers many clients.
              registration.put(Topics.ASK, ask(Ask.Mode.BATCH, server, now));
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
   */
  Outcome admit(String client, Map<?, ?> registration, Instant now, Deadline deadline)
      throws MalformedEvidenceException, RefusedException {
    if (examiner.isCompat(client)) {
      SiteVerdict verdict = judged(client, CLIENT, registration, Optional.empty());
      return new Outcome(
          verdict, verdict.trusted() ? Optional.of(unasked(client, deadline)) : Optional.empty());
    }
    // Both parts must be there before either is worth anything.
    Asked asked = asked(client, registration, PAIRWISE_OR_BATCH, now);
    SiteVerdict verdict = judged(client, CLIENT, registration, Optional.of(asked.by().expiresAt()));
    return new Outcome(
        verdict, verdict.trusted() ? Optional.of(answer(asked.ask(), deadline)) : Optional.empty());
  }

  /**
   * At the client: judges the server by its reply.
   *
   * @throws MalformedEvidenceException if the reply is none
   */
  SiteVerdict confirm(String server, Map<?, ?> reply) throws MalformedEvidenceException {
    return judged(server, CCInfo.SERVER_ALIAS, reply, Optional.empty());
  }

  private SiteVerdict judged(
      String site, String role, Map<?, ?> message, Optional<Instant> certificateEnd)
      throws MalformedEvidenceException {
    List<CCToken> entries =
        examiner.isUnattested(site) ? List.of() : CCInfo.read(message.get(CCInfo.KEY), site, role);
    return examiner
        .examine(Occasion.REGISTRATION, site, entries, certificateEnd, List.of())
        .verdict();
  }

  private Map<String, Object> ask(Ask.Mode mode, String subject, Instant now) {
    return asker
        .ask(mode, Ask.Purpose.REGISTRATION, subject, Optional.empty(), life, now)
        .toMap();
  }

  private CompletableFuture<Map<String, Object>> answer(Ask ask, Deadline deadline) {
    return prover.answer(ask, deadline).thenApply(this::info);
  }

  private Map<String, Object> info(List<CCToken> entries) {
    return Map.of(CCInfo.KEY, CCInfo.toMap(self, entries));
  }

  /** An ask, and who signed it. */
  private record Asked(Ask ask, SiteCertificate by) {}

  /** The mode is the choice of the one who asks, where there is a choice. */
  private Asked asked(String by, Map<?, ?> message, Set<Ask.Mode> modes, Instant now)
      throws MalformedEvidenceException, RefusedException {
    SignedAsk signed = SignedAsk.of(message, Topics.ASK, project);
    Ask.Mode mode = modes.contains(signed.ask().mode()) ? signed.ask().mode() : Ask.Mode.PAIRWISE;
    SiteCertificate asking = prover.verified(signed, mode, Ask.Purpose.REGISTRATION, now);
    if (!asking.name().equals(by)) {
      throw MalformedEvidenceException.of(
          "exchange.ask",
          ReasonCode.SUBJECT_MISMATCH,
          "an ask of " + by,
          asking.name(),
          "trust protocol, section 8");
    }
    return new Asked(signed.ask(), asking);
  }
}

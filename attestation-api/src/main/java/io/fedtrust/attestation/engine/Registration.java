// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.EvidencePurpose;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.SiteCertificate;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.protocol.CCInfo;
import io.fedtrust.attestation.protocol.EvidenceRequest;
import io.fedtrust.attestation.protocol.SignedEvidenceRequest;
import io.fedtrust.attestation.spi.Deadline;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * The registration of a client, both ends of it (docs/protocol/exchange.md#registration). The
 * server's request travels in its reply to the registration challenge; the client's entries and its
 * own ask in the registration; the server's entries in the reply. The host has authenticated the
 * connection, and says who is at its other end. Whoever is not trusted is not stored, and no reply
 * goes to it.
 */
final class Registration {
  private static final String CLIENT = "client";
  private static final Set<EvidenceRequest.Mode> PAIRWISE =
      EnumSet.of(EvidenceRequest.Mode.PAIRWISE);
  private static final Set<EvidenceRequest.Mode> PAIRWISE_OR_BATCH =
      EnumSet.of(EvidenceRequest.Mode.PAIRWISE, EvidenceRequest.Mode.BATCH);

  private static final Duration JUDGED_LATE = Duration.ofSeconds(60);
  private static final Duration OVERTAKEN = Duration.ofSeconds(1);

  private final Challenger challenger;
  private final Attester attester;
  private final AdmissionControl admissionControl;
  private final SecureRandom random;
  private final String self;
  private final String nameForNvflare;
  private final String project;
  private final Duration life;
  private final InstantSource clock;
  private final SiteJudging judging;

  Registration(
      Settings settings,
      Challenger challenger,
      Attester attester,
      AdmissionControl admissionControl) {
    this.self = settings.site().name();
    this.nameForNvflare = settings.nameForNvflare();
    this.project = settings.site().project();
    this.challenger = challenger;
    this.attester = attester;
    this.admissionControl = admissionControl;
    this.random = settings.random();
    this.life = settings.timing().challengeLife();
    this.clock = settings.clock();
    this.judging = new SiteJudging(settings);
  }

  /** At the server: what goes to a client that wants to register. */
  Map<String, Object> challenge(String client, Instant now) {
    return Map.of(Topics.ASK, newRequest(EvidenceRequest.Mode.PAIRWISE, client, now));
  }

  /** At the client: what goes to the server, which must be the one that the kit names. */
  CompletableFuture<Map<String, Object>> register(
      String server, Map<?, ?> challenge, Instant now, Deadline deadline)
      throws MalformedEvidenceException, RefusedException {
    return answer(asked(server, challenge, PAIRWISE, now), deadline)
        .thenApply(
            info -> {
              Map<String, Object> registration = new LinkedHashMap<>(info);
              // Of the server's reports each answers many clients.
              registration.put(Topics.ASK, newRequest(EvidenceRequest.Mode.BATCH, server, now));
              return registration;
            });
  }

  /** At the client, of a server that speaks NVFlare's own exchange. */
  CompletableFuture<Map<String, Object>> unasked(String peer, Deadline deadline) {
    return attester
        .unasked(peer, random, deadline)
        .thenApply(entries -> Map.of(CCInfo.KEY, CCInfo.toMap(nameForNvflare, entries)));
  }

  /**
   * At the server: appraises a client, and answers its request if it is trusted.
   *
   * @return the reply; completes exceptionally with {@link RefusedException} and the reason if the
   *     client is not trusted, and with {@link MalformedEvidenceException} if it did not answer
   * @throws MalformedEvidenceException if it is no registration; what was known of the client stays
   * @throws RefusedException if the client is denied, or requests too often
   */
  CompletableFuture<Map<String, Object>> admit(
      String client, Map<?, ?> registration, Instant now, Deadline deadline)
      throws MalformedEvidenceException, RefusedException {
    if (admissionControl.isDenied(client)) {
      throw new RefusedException(Refusal.declined(ReasonCode.DENIED));
    }
    if (admissionControl.isNvflarePeer(client)) {
      attester.limit(client, EvidencePurpose.REGISTRATION);
      return judged(client, CLIENT, registration)
          .thenCompose(verdict -> accepted(client, verdict, () -> unasked(client, deadline)));
    }
    // Both parts must be there before either is worth anything.
    EvidenceRequest request = asked(client, registration, PAIRWISE_OR_BATCH, now);
    return judged(client, CLIENT, registration)
        .thenCompose(verdict -> accepted(client, verdict, () -> answer(request, deadline)));
  }

  /** Without a verdict in time the client may come again, and so it may if it was overtaken. */
  private CompletableFuture<Map<String, Object>> accepted(
      String client,
      Optional<SiteVerdict> verdict,
      Supplier<CompletableFuture<Map<String, Object>>> reply) {
    if (verdict.isEmpty()) {
      return CompletableFuture.failedFuture(new RefusedException(Refusal.busy(JUDGED_LATE)));
    }
    if (!verdict.get().trusted()) {
      return CompletableFuture.failedFuture(
          new RefusedException(
              Refusal.declined(verdict.get().reason().orElse(ReasonCode.INTERNAL_ERROR))));
    }
    // A later answer was rejected while this one was appraised.
    if (admissionControl.admissions().quarantine(client).isPresent()) {
      return CompletableFuture.failedFuture(new RefusedException(Refusal.busy(OVERTAKEN)));
    }
    return reply.get();
  }

  /**
   * At the client: appraises the server by its reply.
   *
   * @return the verdict, inconclusive if appraisal takes too long; completes exceptionally with
   *     {@link MalformedEvidenceException} if the reply is none
   */
  CompletableFuture<SiteVerdict> confirm(String server, Map<?, ?> reply) {
    return judged(server, SiteIdentity.SERVER_ALIAS, reply)
        .thenApply(
            verdict ->
                verdict.orElseGet(
                    () ->
                        SiteVerdict.undecided(
                            server, clock.instant(), "not appraised in " + judging.limit())));
  }

  private CompletableFuture<Optional<SiteVerdict>> judged(
      String site, String role, Map<?, ?> message) {
    return judging.judge(
        site,
        () ->
            admissionControl
                .answered(EvidencePurpose.REGISTRATION, site, role, message, CCInfo.KEY)
                .verdict());
  }

  private Map<String, Object> newRequest(EvidenceRequest.Mode mode, String subject, Instant now) {
    return challenger
        .request(mode, EvidencePurpose.REGISTRATION, subject, Optional.empty(), life, now)
        .toMap();
  }

  private CompletableFuture<Map<String, Object>> answer(
      EvidenceRequest request, Deadline deadline) {
    return attester.isUnattested()
        ? CompletableFuture.completedFuture(
            Map.of(
                Topics.HERE,
                attester.here(request.verifier(), request.job(), request.challenge()).toMap()))
        : attester
            .answer(request, deadline)
            .thenApply(entries -> Map.of(CCInfo.KEY, CCInfo.toMap(self, entries)));
  }

  /** The mode is the choice of the one who requests, where there is a choice. */
  private EvidenceRequest asked(
      String by, Map<?, ?> message, Set<EvidenceRequest.Mode> modes, Instant now)
      throws MalformedEvidenceException, RefusedException {
    SignedEvidenceRequest signed = SignedEvidenceRequest.of(message, Topics.ASK, project);
    EvidenceRequest.Mode mode =
        modes.contains(signed.request().mode())
            ? signed.request().mode()
            : EvidenceRequest.Mode.PAIRWISE;
    SiteCertificate asking = attester.verified(signed, mode, EvidencePurpose.REGISTRATION, now);
    if (!asking.name().equals(by)) {
      throw MalformedEvidenceException.of(
          "exchange.ask",
          ReasonCode.SUBJECT_MISMATCH,
          "an evidence request of " + by,
          asking.name(),
          "docs/protocol/exchange.md#registration");
    }
    return signed.request();
  }
}

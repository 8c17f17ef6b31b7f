// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.EvidencePurpose;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.RefusalCode;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.protocol.EvidenceRequest;
import io.fedtrust.attestation.protocol.SignedEvidenceRequest;
import io.fedtrust.attestation.spi.PeerMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/**
 * Answers what comes in: counted for each peer, then by its topic. What this site does not want to
 * answer it refuses with its signature, which is an answer, too; what is malformed or too much it
 * refuses without.
 */
final class Inbox {
  private static final int MESSAGES_AT_ONCE = 1024;
  private static final Duration MESSAGE_REFILL = Duration.ofMillis(10);
  private static final int PENDING = 256;

  private final Settings settings;
  private final Events events;
  private final Attester attester;
  private final AdmissionControl admissionControl;
  private final Registration registration;
  private final JobParticipation participation;
  private final JobScheduler scheduler;
  private final Refusals refusals;
  private final PeerLoad load = new PeerLoad(PENDING);
  private final RequestLimiter messages;
  private final Lifecycle lifecycle;

  Inbox(
      Settings settings,
      Events events,
      Attester attester,
      Lifecycle lifecycle,
      AdmissionControl admissionControl,
      Registration registration,
      JobParticipation participation,
      JobScheduler scheduler,
      Refusals refusals) {
    this.settings = settings;
    this.events = events;
    this.attester = attester;
    this.lifecycle = lifecycle;
    this.admissionControl = admissionControl;
    this.registration = registration;
    this.participation = participation;
    this.scheduler = scheduler;
    this.refusals = refusals;
    this.messages = new RequestLimiter(settings.nanoTime(), MESSAGES_AT_ONCE, MESSAGE_REFILL);
  }

  /**
   * Answers a message.
   *
   * @param peer whom the certificate at the other end names
   * @param message as received
   * @return the reply, a refusal if need be; never completes exceptionally
   */
  CompletableFuture<PeerMessage> receive(String peer, PeerMessage message) {
    if (!load.enter(peer)) {
      return CompletableFuture.completedFuture(
          PeerMessage.refused(ReasonCode.REQUESTED_TOO_OFTEN + ": too many messages at once"));
    }
    CompletableFuture<PeerMessage> reply;
    if (!messages.admit(peer)) {
      reply =
          CompletableFuture.completedFuture(
              PeerMessage.refused(ReasonCode.REQUESTED_TOO_OFTEN + ": too many messages"));
    } else if (lifecycle.state() == Lifecycle.State.CLOSED) {
      reply = CompletableFuture.completedFuture(closed(peer, message));
    } else {
      reply = worked(peer, message);
    }
    return reply
        .exceptionally(failure -> refused(peer, message, Failures.cause(failure)))
        .whenComplete((answer, failure) -> load.leave(peer));
  }

  /** As before a start, and in the thread of the caller: the pool may have stopped. */
  private PeerMessage closed(String peer, PeerMessage message) {
    return signed(peer, message, Refusal.of(RefusalCode.NOT_STARTED));
  }

  /** For whoever still waits when this site stops: there is no time to sign for all of them. */
  static PeerMessage stopped() {
    return PeerMessage.refused("this site has stopped");
  }

  private CompletableFuture<PeerMessage> worked(String peer, PeerMessage message) {
    try {
      return CompletableFuture.completedFuture(message)
          .thenComposeAsync(received -> answer(peer, received), settings.work());
    } catch (RejectedExecutionException e) {
      return CompletableFuture.completedFuture(closed(peer, message));
    }
  }

  private PeerMessage refused(String peer, PeerMessage message, Throwable failure) {
    Optional<Check> check =
        failure instanceof MalformedEvidenceException malformed
            ? Optional.of(malformed.check())
            : Optional.empty();
    Optional<Refusal> refusal =
        failure instanceof RefusedException refused
            ? Optional.of(refused.refusal())
            : Optional.empty();
    String problem =
        check
            .map(Object::toString)
            .or(() -> refusal.map(Refusal::toString))
            .orElseGet(() -> Failures.text(failure));
    events.tell(
        new CCEvent.MessageRefused(
            settings.clock().instant(),
            peer,
            message.topic(),
            refusal.map(Refusal::code),
            check,
            problem));
    // What failed inside this site is not told to others.
    return refusal
        .map(signed -> signed(peer, message, signed))
        .orElseGet(
            () ->
                PeerMessage.refused(
                    check.isPresent() ? problem : ReasonCode.INTERNAL_ERROR.name()));
  }

  /** NVFlare peers know no signed refusals. */
  private PeerMessage signed(String peer, PeerMessage message, Refusal refusal) {
    return admissionControl.isNvflarePeer(peer)
        ? PeerMessage.refused(refusal.toString())
        : refusals.reply(peer, message, refusal);
  }

  private CompletableFuture<PeerMessage> answer(String peer, PeerMessage message) {
    try {
      if (!lifecycle.isStarted()) {
        throw new RefusedException(Refusal.of(RefusalCode.NOT_STARTED));
      }
      return switch (message.topic()) {
        case Topics.FRESH_TOKEN -> freshToken(peer, message.body());
        case Topics.CHALLENGE -> done(message, challenge(peer));
        case Topics.REGISTER -> later(message, admit(peer, message.body()));
        case Topics.GET_SITES -> done(message, sites(peer));
        case Topics.JOB_NONCE ->
            done(message, participation.nonce(ofAdmittedServer(peer, message)));
        case Topics.JOB_LIST ->
            later(
                message,
                participation.list(ofAdmittedServer(peer, message), settings.collecting()));
        case Topics.CHECK_RESOURCE ->
            later(message, participation.decide(ofAdmittedServer(peer, message)));
        case Topics.JOB_DISPATCH ->
            later(message, participation.dispatch(ofAdmittedServer(peer, message)));
        case Topics.JOB_END -> done(message, participation.end(ofServer(peer, message)));
        case Topics.JOB_ENTRIES -> done(message, entries(peer, message.body()));
        default -> throw refusal("a known topic", "another");
      };
    } catch (MalformedEvidenceException | RefusedException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static CompletableFuture<PeerMessage> done(
      PeerMessage request, Map<String, Object> body) {
    return CompletableFuture.completedFuture(new PeerMessage(request.topic(), body));
  }

  private static CompletableFuture<PeerMessage> later(
      PeerMessage request, CompletableFuture<Map<String, Object>> body) {
    return body.thenApply(values -> new PeerMessage(request.topic(), values));
  }

  private Map<String, Object> ofServer(String peer, PeerMessage message)
      throws MalformedEvidenceException {
    if (!peer.equals(settings.server()) || settings.isServer()) {
      throw refusal("a message of " + settings.server(), peer);
    }
    return message.body();
  }

  private Map<String, Object> ofAdmittedServer(String peer, PeerMessage message)
      throws MalformedEvidenceException, RefusedException {
    Map<String, Object> body = ofServer(peer, message);
    requireAdmittedUnlessNvflare(peer);
    return body;
  }

  /** An NVFlare peer has no way to hear that it is to register again. */
  private void requireAdmittedUnlessNvflare(String peer) throws RefusedException {
    if (!admissionControl.isNvflarePeer(peer)) {
      requireAdmitted(peer);
    }
  }

  private void requireAdmitted(String peer) throws RefusedException {
    if (admissionControl.admissions().current(peer, settings.clock().instant()).isEmpty()) {
      throw new RefusedException(Refusal.of(RefusalCode.NOT_ADMITTED));
    }
  }

  private void atServer() throws MalformedEvidenceException {
    if (!settings.isServer()) {
      throw refusal("a message to the server", "one to " + settings.site().name());
    }
  }

  private static MalformedEvidenceException refusal(Object expected, Object was) {
    return MalformedEvidenceException.of(
        "exchange.message",
        ReasonCode.REQUEST_MALFORMED,
        expected,
        was,
        "docs/protocol/exchange.md#topics");
  }

  private Map<String, Object> challenge(String peer) throws MalformedEvidenceException {
    atServer();
    return registration.challenge(peer, settings.clock().instant());
  }

  private CompletableFuture<Map<String, Object>> admit(String peer, Map<String, Object> body)
      throws MalformedEvidenceException, RefusedException {
    atServer();
    return registration.admit(peer, body, settings.clock().instant(), settings.collecting());
  }

  private Map<String, Object> entries(String peer, Map<String, Object> body)
      throws MalformedEvidenceException, RefusedException {
    atServer();
    requireAdmittedUnlessNvflare(peer);
    return scheduler.entries(peer, body);
  }

  private Map<String, Object> sites(String peer)
      throws MalformedEvidenceException, RefusedException {
    atServer();
    requireAdmitted(peer);
    List<Object> pairs = new ArrayList<>();
    pairs.add(List.of(SiteIdentity.SERVER_ALIAS, settings.server()));
    admissionControl
        .admissions()
        .admitted(settings.clock().instant())
        .forEach(
            admission ->
                pairs.add(List.of(admission.verdict().site(), admission.verdict().site())));
    return Map.of(Topics.SITES, pairs);
  }

  private CompletableFuture<PeerMessage> freshToken(String peer, Map<String, Object> body)
      throws MalformedEvidenceException, RefusedException {
    if (admissionControl.isNvflarePeer(peer)) {
      attester.limit(peer, EvidencePurpose.CROSS_SITE);
      return attester
          .unasked(peer, settings.random(), settings.collecting())
          .thenApply(entries -> fresh(settings.nameForNvflare(), entries));
    }
    if (settings.isServer()) {
      requireAdmittedUnlessNvflare(peer);
    }
    SignedEvidenceRequest signed =
        SignedEvidenceRequest.of(body, Topics.ASK, settings.site().project());
    attester.verified(
        signed, EvidenceRequest.Mode.BATCH, EvidencePurpose.CROSS_SITE, settings.clock().instant());
    String self = settings.site().name();
    if (attester.isUnattested()) {
      EvidenceRequest request = signed.request();
      return CompletableFuture.completedFuture(
          new PeerMessage(
              Topics.FRESH_TOKEN,
              Map.of(
                  Topics.SITE_NAME,
                  self,
                  Topics.HERE,
                  attester.here(request.verifier(), request.job(), request.challenge()).toMap())));
    }
    return attester
        .answer(signed.request(), settings.collecting())
        .thenApply(entries -> fresh(self, entries));
  }

  private static PeerMessage fresh(String name, List<CCToken> entries) {
    return new PeerMessage(
        Topics.FRESH_TOKEN,
        Map.of(
            Topics.SITE_NAME,
            name,
            Topics.REPLY_INFO,
            entries.stream().map(CCToken::toMap).toList()));
  }
}

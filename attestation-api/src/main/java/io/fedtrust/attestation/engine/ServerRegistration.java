// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.spi.PeerMessage;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * At a client: the messages of one registration with the server, in both directions, and what its
 * refusals mean for the host (docs/protocol/exchange.md#registration).
 */
final class ServerRegistration {
  private final Settings settings;
  private final PeerCalls requests;
  private final Registration registration;
  private final AdmissionControl admissionControl;
  private final Runnable onTrusted;

  /**
   * Sends nothing yet.
   *
   * @param onTrusted called when the server has admitted this site, and this site the server
   */
  ServerRegistration(
      Settings settings,
      PeerCalls requests,
      Registration registration,
      AdmissionControl admissionControl,
      Runnable onTrusted) {
    this.settings = settings;
    this.requests = requests;
    this.registration = registration;
    this.admissionControl = admissionControl;
    this.onTrusted = onTrusted;
  }

  /** Once more if the server is busy, or has not started yet. */
  CompletableFuture<SiteVerdict> register() {
    return attempt()
        .exceptionallyCompose(
            failure ->
                waitAfter(failure)
                    .map(wait -> requests.pause(wait).thenCompose(over -> attempt()))
                    .orElseGet(() -> CompletableFuture.failedFuture(Failures.cause(failure))))
        .exceptionallyCompose(
            failure ->
                CompletableFuture.failedFuture(
                    Failures.cause(failure) instanceof RefusedException refused
                        ? refused(refused.refusal())
                        : Failures.cause(failure)));
  }

  private static Optional<Duration> waitAfter(Throwable failure) {
    return Failures.cause(failure) instanceof RefusedException refused
        ? refused.refusal().again()
        : Optional.empty();
  }

  private CompletableFuture<SiteVerdict> attempt() {
    String server = settings.server();
    return prepareRegistration(server)
        .thenCompose(
            body ->
                requests.send(
                    server,
                    new PeerMessage(Topics.REGISTER, body),
                    settings.timing().collectionTimeout()))
        .thenCompose(ServerRegistration::answered)
        .thenCompose(
            reply ->
                registration
                    .confirm(server, reply.body())
                    .exceptionallyCompose(
                        failure -> CompletableFuture.failedFuture(unconfirmed(failure))))
        .thenApply(
            verdict -> {
              if (verdict.trusted()) {
                onTrusted.run();
              }
              return verdict;
            });
  }

  private static Throwable unconfirmed(Throwable failure) {
    Throwable cause = Failures.cause(failure);
    return cause instanceof MalformedEvidenceException malformed
        ? unanswered(malformed.check().toString())
        : cause;
  }

  private CompletableFuture<Map<String, Object>> prepareRegistration(String server) {
    if (admissionControl.isNvflarePeer(server)) {
      return registration.unasked(server, settings.collecting());
    }
    return requests
        .send(
            server,
            new PeerMessage(Topics.CHALLENGE, Map.of(Topics.REQUESTER, settings.site().name())),
            settings.timing().requestTimeout())
        .thenCompose(ServerRegistration::answered)
        .thenCompose(
            reply -> {
              try {
                return registration.register(
                    server, reply.body(), settings.clock().instant(), settings.collecting());
              } catch (MalformedEvidenceException e) {
                throw unanswered(e.check().toString());
              } catch (RefusedException e) {
                throw unanswered("the server requests evidence too often: " + e.refusal());
              }
            });
  }

  private static CompletableFuture<PeerMessage> answered(Reply reply) {
    if (reply instanceof Reply.Answered answered) {
      return CompletableFuture.completedFuture(answered.message());
    }
    return CompletableFuture.failedFuture(
        reply instanceof Reply.Refused refused
            ? new RefusedException(refused.refusal())
            : unanswered(reply.problem()));
  }

  private static AttestationException refused(Refusal refusal) {
    return switch (refusal.code()) {
      case DECLINED ->
          AttestationException.of(
              ErrorCode.REGISTRATION_DECLINED,
              "server",
              "the server declined: " + refusal.reason().map(Enum::name).orElse("no reason given"));
      case NOT_STARTED ->
          AttestationException.of(
              ErrorCode.NOT_STARTED, "server", "the server has not started: " + refusal);
      case BUSY ->
          AttestationException.of(
              ErrorCode.SERVER_BUSY, "server", "the server is busy: " + refusal);
      case NOT_ADMITTED -> unanswered(refusal.toString());
    };
  }

  private static AttestationException unanswered(String problem) {
    return AttestationException.of(
        ErrorCode.SERVER_SILENT, "server", "no valid response: " + problem);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.event.CCEvent.Occasion;
import io.fedtrust.attestation.model.RefusalCode;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.PeerMessage;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Requests of one attempt to its clients. A busy client is asked again once, if its time allows. No
 * silence in a job counts against anybody (docs/protocol/requests-and-refusals.md#silence).
 */
final class JobClients {
  private final JobServices services;
  private final String job;

  JobClients(JobServices services, String job) {
    this.services = services;
    this.job = job;
  }

  /** Sends a request, and the same again after a while if the client is busy. */
  CompletableFuture<Reply> send(String client, Supplier<PeerMessage> message, Duration time) {
    Deadline deadline = Deadline.in(time, services.settings().nanoTime());
    return once(client, message.get(), deadline)
        .thenCompose(
            reply ->
                again(reply)
                    .filter(wait -> wait.compareTo(deadline.remaining()) < 0)
                    .map(
                        wait ->
                            services
                                .requests()
                                .pause(wait)
                                .thenCompose(now -> once(client, message.get(), deadline)))
                    .orElseGet(() -> CompletableFuture.completedFuture(reply)))
        .thenApply(
            reply -> {
              note(client, reply);
              return reply;
            });
  }

  CompletableFuture<Reply> once(String client, PeerMessage message, Deadline deadline) {
    return services
        .requests()
        .send(client, message, deadline.remaining())
        .thenApply(
            reply -> {
              if (message.topic().equals(Topics.JOB_LIST) && isBusy(reply)) {
                services.ends().again(job, client);
              }
              return reply;
            });
  }

  private static boolean isBusy(Reply reply) {
    return reply instanceof Reply.Refused refused && refused.refusal().code() == RefusalCode.BUSY;
  }

  private static Optional<Duration> again(Reply reply) {
    return reply instanceof Reply.Refused refused ? refused.refusal().again() : Optional.empty();
  }

  /** Says that a client did not answer; that changes nothing else. */
  void note(String client, Reply reply) {
    if (reply instanceof Reply.Refused refused) {
      services
          .events()
          .tell(
              new CCEvent.PeerRefused(
                  services.settings().clock().instant(),
                  Occasion.JOB,
                  client,
                  refused.refusal().code(),
                  refused.refusal().reason()));
    } else if (reply instanceof Reply.Silent) {
      unanswered(client, reply.problem());
    }
  }

  void unanswered(String client, String problem) {
    services
        .events()
        .tell(
            new CCEvent.Unanswered(
                services.settings().clock().instant(), Occasion.JOB, client, problem));
  }
}

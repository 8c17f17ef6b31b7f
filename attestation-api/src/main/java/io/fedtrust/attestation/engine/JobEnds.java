// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.JobEnd;
import io.fedtrust.attestation.model.JobOutcome;
import io.fedtrust.attestation.spi.PeerMessage;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Tells the clients to whom a set went that it is over, again and again until they take note or ten
 * minutes have passed (trust protocol, second part, section 4c, step 7).
 */
final class JobEnds implements AutoCloseable {
  private static final int MAX_JOBS = 1024;
  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
  private static final Duration LIFE = Duration.ofMinutes(10);

  private final Settings settings;
  private final Requests requests;
  private final Supplier<ProcessKeys> keys;
  private final Map<String, Notice> latest = new LinkedHashMap<>();
  private volatile boolean closed;

  JobEnds(Settings settings, Requests requests, Supplier<ProcessKeys> keys) {
    this.settings = settings;
    this.requests = requests;
    this.keys = keys;
  }

  /** What the clients of an ended set are told. */
  private record Notice(PeerMessage message, Set<String> clients) {}

  /** The set of a job is over. */
  void send(String job, Bytes set, JobOutcome outcome, Collection<String> clients) {
    Notice notice = new Notice(message(job, set, outcome), Set.copyOf(clients));
    synchronized (this) {
      latest.remove(job);
      if (latest.size() == MAX_JOBS) {
        latest.remove(latest.keySet().iterator().next());
      }
      latest.put(job, notice);
    }
    clients.forEach(client -> send(client, notice.message(), FIRST_WAIT, Duration.ZERO));
  }

  /** A client does not answer a list because it believes that the job still runs. */
  void again(String job, String client) {
    Optional<Notice> notice;
    synchronized (this) {
      notice = Optional.ofNullable(latest.get(job));
    }
    notice
        .filter(former -> former.clients().contains(client))
        .ifPresent(former -> send(client, former.message(), FIRST_WAIT, Duration.ZERO));
  }

  private PeerMessage message(String job, Bytes set, JobOutcome outcome) {
    ProcessKeys now = keys.get();
    JobEnd end =
        new JobEnd(
            set,
            outcome,
            now.identity().chain(),
            now.sign(JobEnd.signatureInput(now.context(settings.server(), job), set, outcome)));
    return new PeerMessage(Topics.JOB_END, Map.of(Topics.JOB, job, Topics.END, end.toMap()));
  }

  private void send(String client, PeerMessage message, Duration wait, Duration waited) {
    if (closed) {
      return;
    }
    var unused =
        requests
            .send(client, message, settings.timing().requestTimeout())
            .thenAccept(
                reply -> {
                  if (!(reply instanceof Reply.Answered) && waited.compareTo(LIFE) < 0) {
                    Duration longer = wait.multipliedBy(2);
                    settings.after(
                        wait,
                        () ->
                            send(
                                client,
                                message,
                                longer.compareTo(LONGEST_WAIT) < 0 ? longer : LONGEST_WAIT,
                                waited.plus(wait).plus(settings.timing().requestTimeout())));
                  }
                });
  }

  @Override
  public void close() {
    closed = true;
  }
}

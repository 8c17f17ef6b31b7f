// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.job.JobOutcome;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.protocol.JobEnd;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.PeerMessage;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Tells the clients to whom a set went that it is over, again and again until they take note or ten
 * minutes have passed (docs/protocol/jobs.md#end).
 */
final class JobEnds implements AutoCloseable {
  private static final int MAX_JOBS = 1024;
  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
  private static final Duration LIFE = Duration.ofMinutes(10);

  private final Settings settings;
  private final PeerCalls requests;
  private final Supplier<ProcessKeys> keys;

  /** By job and client what the client was told last: of sets before that it needs to know none. */
  private final Map<String, Map<String, Notice>> latest = new LinkedHashMap<>();

  private volatile boolean closed;

  JobEnds(Settings settings, PeerCalls requests, Supplier<ProcessKeys> keys) {
    this.settings = settings;
    this.requests = requests;
    this.keys = keys;
  }

  /** The set of a job is over. */
  void send(String job, Bytes set, JobOutcome outcome, Collection<String> clients) {
    PeerMessage message = message(job, set, outcome);
    clients.forEach(client -> begin(new Notice(job, client, message)));
  }

  /** A client does not answer a list because it believes that the job still runs. */
  void again(String job, String client) {
    Notice former;
    synchronized (this) {
      former = latest.getOrDefault(job, Map.of()).get(client);
    }
    if (former != null) {
      begin(new Notice(job, client, former.message));
    }
  }

  /** In place of what this client was told before of this job. */
  private void begin(Notice notice) {
    synchronized (this) {
      Map<String, Notice> ofJob = latest.remove(notice.job);
      if (ofJob == null) {
        ofJob = new HashMap<>();
        if (latest.size() == MAX_JOBS) {
          latest.remove(latest.keySet().iterator().next());
        }
      }
      ofJob.put(notice.client, notice);
      latest.put(notice.job, ofJob);
    }
    notice.send(FIRST_WAIT);
  }

  private synchronized boolean isLatest(Notice notice) {
    return latest.getOrDefault(notice.job, Map.of()).get(notice.client) == notice;
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

  /** What one client is told until it takes note, or is told something else of this job. */
  private final class Notice {
    private final String job;
    private final String client;
    private final PeerMessage message;
    private final Deadline deadline = Deadline.in(LIFE, settings.nanoTime());

    Notice(String job, String client, PeerMessage message) {
      this.job = job;
      this.client = client;
      this.message = message;
    }

    private void send(Duration wait) {
      if (closed || !isLatest(this)) {
        return;
      }
      var unused =
          requests
              .send(client, message, settings.timing().requestTimeout())
              .thenAccept(
                  reply -> {
                    if (!(reply instanceof Reply.Answered)
                        && wait.compareTo(deadline.remaining()) < 0) {
                      settings.after(wait, () -> send(longer(wait)));
                    }
                  });
    }

    private static Duration longer(Duration wait) {
      Duration twice = wait.multipliedBy(2);
      return twice.compareTo(LONGEST_WAIT) < 0 ? twice : LONGEST_WAIT;
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}

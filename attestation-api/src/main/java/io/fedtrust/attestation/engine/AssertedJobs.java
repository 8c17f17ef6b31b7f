// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.event.CCEvent.Occasion;
import io.fedtrust.attestation.job.JobDecision;
import io.fedtrust.attestation.job.JobOutcome;
import io.fedtrust.attestation.job.JobRequirements;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.SiteVerdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * A client's part in jobs of a server that speaks NVFlare's own exchange: nobody signs who takes
 * part, and the job runs from this site's yes until the host says that it is over
 * (docs/protocol/jobs.md#nvflare-peers-in-a-job).
 */
final class AssertedJobs implements AutoCloseable {
  /** What a verdict says of participants that nobody signed. */
  static final String ASSERTED = "participants: asserted by server";

  private static final int MAX_JOBS = 1024;
  private static final String UNDECIDED = "this site could not decide";

  private final ClientServices services;
  private final Map<String, Job> jobs = new HashMap<>();
  private boolean closed;

  AssertedJobs(ClientServices services) {
    this.services = services;
  }

  private record Job(JobMembers members, JobReservation reservation) {}

  /** Accepts, or declines saying why; whatever fails on the way declines. */
  CompletableFuture<Map<String, Object>> decide(String job, ShownEntries shown) {
    end(job, JobOutcome.SUPERSEDED);
    return services
        .host()
        .call(
            "definition of a job",
            () -> Optional.of(services.settings().hooks().definition(job)),
            Optional.<Optional<JobRequirements>>empty())
        .thenCompose(
            found ->
                found
                    .map(definition -> judged(job, definition, shown))
                    .orElseGet(() -> answer(job, Optional.of(UNDECIDED))));
  }

  private CompletableFuture<Map<String, Object>> judged(
      String job, Optional<JobRequirements> definition, ShownEntries shown) {
    Membership membership = Membership.of(services.server(), definition);
    Map<String, Optional<String>> sessions = new TreeMap<>();
    Map<String, String> bad = new TreeMap<>();
    try {
      membership.require(shown.entries().keySet());
      Membership.check(
          "participants",
          shown.entries().containsKey(services.self()),
          services.self(),
          "a set without it");
    } catch (MalformedEvidenceException e) {
      return answer(job, Optional.of(JobDecision.VERIFY_ERROR + e.check()));
    }
    List<String> notes = new ArrayList<>(List.of(ASSERTED));
    if (membership.asserted()) {
      notes.add(Membership.ASSERTED);
    }
    shown
        .entries()
        .forEach(
            (site, entries) -> {
              if (!site.equals(services.self())) {
                problem(site, entries, notes, sessions).ifPresent(why -> bad.put(site, why));
              }
            });
    if (!bad.isEmpty()) {
      return answer(
          job, Optional.of(JobDecision.Retry.because(JobDecision.VERIFY_ERROR, bad).reason()));
    }
    JobReservation reservation = new JobReservation(services, job);
    return reservation
        .reserve(shown.entries().keySet(), UNDECIDED)
        .thenCompose(
            why -> {
              if (why.isPresent()
                  || !begin(job, new Job(services.members(job, sessions), reservation))) {
                reservation.release(JobOutcome.NOT_DISPATCHED);
                return answer(job, why.or(() -> Optional.of(UNDECIDED)));
              }
              return answer(job, Optional.empty());
            });
  }

  private Optional<String> problem(
      String site,
      List<CCToken> entries,
      List<String> notes,
      Map<String, Optional<String>> sessions) {
    try {
      SiteVerdict verdict =
          services
              .admissionControl()
              .examine(Occasion.JOB, site, entries, Optional.empty(), notes)
              .verdict();
      sessions.put(site, verdict.confirmation());
      return verdict.trusted()
          ? Optional.empty()
          : Optional.of(verdict.reason().map(Enum::name).orElse("not trusted"));
    } catch (MalformedEvidenceException e) {
      // The set came by way of the server: it says nothing against the site it speaks of.
      services
          .events()
          .tell(
              new CCEvent.Unanswered(
                  services.settings().clock().instant(), Occasion.JOB, site, e.check().toString()));
      return Optional.of(e.check().code().map(Enum::name).orElse("malformed"));
    }
  }

  private synchronized boolean begin(String job, Job begun) {
    if (closed || jobs.size() >= MAX_JOBS || jobs.containsKey(job)) {
      return false;
    }
    jobs.put(job, begun);
    return true;
  }

  private CompletableFuture<Map<String, Object>> answer(String job, Optional<String> declined) {
    services
        .events()
        .tell(new CCEvent.JobAnswered(services.settings().clock().instant(), job, declined));
    return CompletableFuture.completedFuture(
        Map.of(Topics.ENOUGH, declined.isEmpty(), Topics.RESERVE_TOKEN, declined.orElse("")));
  }

  Optional<SortedSet<String>> participants(String job) {
    Optional<Job> running;
    synchronized (this) {
      running = Optional.ofNullable(jobs.get(job));
    }
    return running.map(known -> known.members().names());
  }

  void lost(String site, String reason) {
    List<Job> all;
    synchronized (this) {
      all = List.copyOf(jobs.values());
    }
    all.forEach(running -> running.members().lost(site, reason));
  }

  void end(String job, JobOutcome outcome) {
    Optional<Job> over;
    synchronized (this) {
      over = Optional.ofNullable(jobs.remove(job));
    }
    over.ifPresent(
        ended -> {
          ended.reservation().release(outcome);
          services
              .events()
              .tell(new CCEvent.JobEnded(services.settings().clock().instant(), job, outcome));
        });
  }

  @Override
  public void close() {
    List<String> names;
    synchronized (this) {
      closed = true;
      names = List.copyOf(jobs.keySet());
    }
    names.forEach(job -> end(job, JobOutcome.CLOSED));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.job.JobDecision;
import io.fedtrust.attestation.job.JobRequirements;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Whether an attempt to schedule a job can go on with the clients that are left
 * (docs/protocol/jobs.md#clients-that-do-not-take-part). Pure: what is known goes in, a decision
 * comes out.
 */
final class JobScheduling {
  private JobScheduling() {}

  /**
   * Who is asked in an attempt, and who is not.
   *
   * @param clients to ask: admitted, and in the deploy map
   * @param problems of the others
   */
  record Roster(SortedSet<String> clients, SortedMap<String, ClientProblem> problems) {}

  /**
   * Sorts the clients of the deploy map.
   *
   * @param admitted clients that are admitted now
   * @param standing why a client that is not admitted is not; only those that are in quarantine
   *     because of a verdict count where the job names no clients
   * @param known clients that are or were admitted
   * @param patience of this job
   */
  static Roster roster(
      JobRequirements job,
      Set<String> admitted,
      Set<String> known,
      Function<String, ClientProblem> standing,
      JobPatience patience) {
    SortedSet<String> clients = new TreeSet<>();
    SortedMap<String, ClientProblem> problems = new TreeMap<>();
    for (String client : job.deployMap().orElse(known)) {
      if (patience.exhausted(client)) {
        problems.put(
            client,
            new ClientProblem(
                ClientProblem.Kind.GIVEN_UP, "this job has waited for it for too long"));
      } else if (admitted.contains(client)) {
        clients.add(client);
      } else {
        ClientProblem problem = standing.apply(client);
        if (job.deployMap().isPresent() || problem.kind().untrusted()) {
          problems.put(client, problem);
        }
      }
    }
    return new Roster(clients, problems);
  }

  /**
   * Decides whether the attempt ends here.
   *
   * @param clients that still take part
   * @param problems of the others
   * @param waiting those of them for whom the job waits
   * @return why the job is tried again later, or empty if the attempt goes on
   */
  static Optional<JobDecision.Retry> retry(
      JobRequirements job,
      Set<String> clients,
      SortedMap<String, ClientProblem> problems,
      Set<String> waiting) {
    Map<String, String> reasons = reasons(problems);
    if (!waiting.isEmpty()) {
      boolean untrusted = waiting.stream().anyMatch(site -> problems.get(site).kind().untrusted());
      return Optional.of(
          JobDecision.Retry.because(
              untrusted ? JobDecision.VERIFY_ERROR : "clients do not answer: " + waiting, reasons));
    }
    SortedSet<String> missing = new TreeSet<>(job.mandatoryClients());
    missing.removeAll(clients);
    if (!missing.isEmpty()) {
      return Optional.of(
          JobDecision.Retry.because("mandatory clients missing: " + missing, reasons));
    }
    return clients.size() < job.minimumClients()
        ? Optional.of(
            JobDecision.Retry.because(
                clients.size() + " of at least " + job.minimumClients() + " clients", reasons))
        : Optional.empty();
  }

  static SortedMap<String, String> reasons(SortedMap<String, ClientProblem> problems) {
    SortedMap<String, String> reasons = new TreeMap<>();
    problems.forEach((site, problem) -> reasons.put(site, problem.reason()));
    return reasons;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.spi.CCEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * With whom this site may exchange models of a job that runs: those who are admitted with the
 * process that was judged. It only ever shrinks (trust protocol, second part, section 4c, step 6).
 */
final class JobMembers {
  private final ClientServices services;
  private final String job;
  private final Map<String, Optional<String>> sessions;

  /**
   * Begins with everybody.
   *
   * @param job the job's id
   * @param sessions SHA-256 of each one's session key, hex, without this site; empty for one
   *     without
   */
  JobMembers(ClientServices services, String job, Map<String, Optional<String>> sessions) {
    this.services = services;
    this.job = job;
    this.sessions = new TreeMap<>(sessions);
  }

  /** Those who are left, this site among them. */
  SortedSet<String> names() {
    leave("it is not admitted any more");
    synchronized (this) {
      SortedSet<String> names = new TreeSet<>(sessions.keySet());
      names.add(services.self());
      return names;
    }
  }

  /** Takes note that somebody's admission has changed: whoever is not admitted now is out. */
  void leave(String reason) {
    List<String> lost = new ArrayList<>();
    synchronized (this) {
      sessions
          .entrySet()
          .removeIf(
              each ->
                  !isAdmitted(services, each.getKey(), each.getValue()) && lost.add(each.getKey()));
    }
    lost.forEach(
        site ->
            services
                .events()
                .tell(
                    new CCEvent.ParticipantLost(
                        services.settings().clock().instant(), job, site, reason)));
  }

  /**
   * Whether a site is admitted here now with a process; of one that the policy names with {@code
   * attestation: none}, and that showed none when it was admitted, the process does not count.
   */
  static boolean isAdmitted(ClientServices services, String site, Optional<String> session) {
    return services
        .examiner()
        .admissions()
        .current(site, services.settings().clock().instant())
        .map(JobMembers::process)
        .filter(
            process ->
                process.equals(session)
                    || (process.isEmpty() && services.examiner().isUnattested(site)))
        .isPresent();
  }

  /** A verdict by {@code attestation: none} does not name the process; the answer does. */
  private static Optional<String> process(Admissions.Admission admission) {
    return admission
        .verdict()
        .confirmation()
        .or(() -> admission.answer().flatMap(AnswerReader.Answer::confirmation));
  }
}

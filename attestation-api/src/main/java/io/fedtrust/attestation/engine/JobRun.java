// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.spi.CCEvent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * At the server: with whom models of a running job may be exchanged (trust protocol, second part,
 * section 4c, step 6). It only ever shrinks: whoever restarts or is in quarantine for a moment is
 * out until a new round.
 */
final class JobRun {
  private final String job;
  private final String server;
  private final Settings settings;
  private final Examiner examiner;
  private final Events events;
  private final Map<String, JobMember> members = new TreeMap<>();

  /**
   * Begins with those who started.
   *
   * @param members clients as they showed themselves in the round
   */
  JobRun(
      Settings settings,
      Examiner examiner,
      Events events,
      String job,
      Map<String, JobMember> members) {
    this.settings = settings;
    this.server = settings.server();
    this.examiner = examiner;
    this.events = events;
    this.job = job;
    // Their entries are no longer of use.
    members.forEach(
        (name, member) ->
            this.members.put(
                name,
                new JobMember(
                    member.kind(),
                    List.of(),
                    Optional.empty(),
                    Optional.empty(),
                    member.sessionKey())));
  }

  /** The server, and the clients that are still what they were when the job was dispatched. */
  SortedSet<String> participants() {
    check();
    synchronized (this) {
      SortedSet<String> names = new TreeSet<>(members.keySet());
      names.add(server);
      return names;
    }
  }

  /** A site is no longer admitted, or another process of it is: it is out for good. */
  void lost(String site, String reason) {
    boolean member;
    synchronized (this) {
      member = members.remove(site) != null;
    }
    if (member) {
      tell(site, reason);
    }
  }

  /** Takes out whoever is no longer admitted with the key of the round. */
  private void check() {
    Map<String, String> lost = new TreeMap<>();
    synchronized (this) {
      members.forEach(
          (name, member) -> problem(name, member).ifPresent(why -> lost.put(name, why)));
      members.keySet().removeAll(lost.keySet());
    }
    lost.forEach(this::tell);
  }

  private void tell(String site, String reason) {
    events.tell(new CCEvent.ParticipantLost(settings.clock().instant(), job, site, reason));
  }

  private Optional<String> problem(String name, JobMember member) {
    Optional<Admissions.Admission> admission =
        examiner.admissions().current(name, settings.clock().instant());
    if (admission.isEmpty()) {
      return Optional.of("it is no longer admitted");
    }
    return member.isAdmittedBy(admission.get(), examiner.isUnattested(name))
        ? Optional.empty()
        : Optional.of("its session key is another");
  }
}

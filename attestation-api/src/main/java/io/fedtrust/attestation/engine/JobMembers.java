// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.event.CCEvent;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * With whom this site may exchange models of a job that runs, at the server and at a client: those
 * who are admitted with the process that was appraised. It only ever shrinks: whoever restarts or
 * is in quarantine for a moment is out until a new round (docs/protocol/jobs.md#participants).
 */
final class JobMembers {
  private final Settings settings;
  private final AdmissionControl admissionControl;
  private final Events events;
  private final String job;
  private final Map<String, Optional<String>> sessions;

  /**
   * Begins with everybody.
   *
   * @param job the job's id
   * @param sessions SHA-256 of each one's session key, hex, without this site; empty for one
   *     without
   */
  JobMembers(
      Settings settings,
      AdmissionControl admissionControl,
      Events events,
      String job,
      Map<String, Optional<String>> sessions) {
    this.settings = settings;
    this.admissionControl = admissionControl;
    this.events = events;
    this.job = job;
    this.sessions = new TreeMap<>(sessions);
  }

  /** Those who are left, this site among them. */
  SortedSet<String> names() {
    check();
    synchronized (this) {
      SortedSet<String> names = new TreeSet<>(sessions.keySet());
      names.add(settings.site().name());
      return names;
    }
  }

  /** A site is no longer admitted, or another process of it is: it is out for good. */
  void lost(String site, String reason) {
    boolean member;
    synchronized (this) {
      member = sessions.remove(site) != null;
    }
    if (member) {
      tell(site, reason);
    }
  }

  /** Takes out whoever is no longer admitted with the process of the round. */
  private void check() {
    Map<String, String> lost = new TreeMap<>();
    synchronized (this) {
      sessions.forEach(
          (site, session) ->
              problem(settings, admissionControl, site, session)
                  .ifPresent(why -> lost.put(site, why)));
      sessions.keySet().removeAll(lost.keySet());
    }
    lost.forEach(this::tell);
  }

  private void tell(String site, String reason) {
    events.tell(new CCEvent.ParticipantLost(settings.clock().instant(), job, site, reason));
  }

  /**
   * Finds why a site is no member now.
   *
   * @param session SHA-256 of the session key of the process that was appraised, hex
   * @return empty if that process is admitted
   */
  static Optional<String> problem(
      Settings settings, AdmissionControl admissionControl, String site, Optional<String> session) {
    Optional<Admissions.Admission> admission =
        admissionControl.admissions().current(site, settings.clock().instant());
    if (admission.isEmpty()) {
      return Optional.of("it is no longer admitted");
    }
    return admission.get().isOf(session, admissionControl.isUnattested(site))
        ? Optional.empty()
        : Optional.of("its session key is another");
  }
}

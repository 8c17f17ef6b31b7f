// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Wakes up when an admission ends: one instant a site, the last that was set. */
final class Lapses {
  /** Clocks are corrected meanwhile: far ends are looked at again now and then. */
  private static final Duration LONGEST_WAIT = Duration.ofDays(1);

  private final Alarms alarms;
  private final InstantSource clock;
  private final Consumer<String> lapsed;
  private final Map<String, Alarms.Alarm> bySite = new HashMap<>();

  /**
   * Watches nothing yet.
   *
   * @param alarms for this alone
   * @param clock of the wall, by which admissions end
   * @param lapsed is given the site whose end has passed
   */
  Lapses(Alarms alarms, InstantSource clock, Consumer<String> lapsed) {
    this.alarms = alarms;
    this.clock = clock;
    this.lapsed = lapsed;
  }

  synchronized void watch(String site, Instant end) {
    Instant now = clock.instant();
    Instant far = now.plus(LONGEST_WAIT);
    Duration wait = end.isBefore(far) ? Duration.between(now, end) : LONGEST_WAIT;
    Alarms.Alarm former = bySite.put(site, alarms.after(wait, () -> due(site, end)));
    if (former != null) {
      former.cancel();
    }
  }

  synchronized void forget(String site) {
    Alarms.Alarm alarm = bySite.remove(site);
    if (alarm != null) {
      alarm.cancel();
    }
  }

  private void due(String site, Instant end) {
    if (clock.instant().isBefore(end)) {
      watch(site, end);
    } else {
      forget(site);
      lapsed.accept(site);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.job;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The attempts to schedule a job, as NVFlare records them in the job's metadata.
 *
 * @param count attempts so far ({@code schedule_count})
 * @param lastAttempt when the last one was ({@code last_schedule_time})
 * @param lines one for each, with its time in UTC ({@code schedule_history})
 */
public record ScheduleHistory(int count, Optional<Instant> lastAttempt, List<String> lines) {
  /** The history of a job that was never tried. */
  public static final ScheduleHistory NONE = new ScheduleHistory(0, Optional.empty(), List.of());

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);

  /**
   * Copies the list.
   *
   * @param count attempts so far ({@code schedule_count})
   * @param lastAttempt when the last one was ({@code last_schedule_time})
   * @param lines one for each, with its time in UTC ({@code schedule_history})
   */
  public ScheduleHistory {
    lines = List.copyOf(lines);
  }

  /**
   * Adds an attempt.
   *
   * @param at when
   * @param result of the attempt
   * @return the longer history
   */
  public ScheduleHistory with(Instant at, String result) {
    List<String> longer = new ArrayList<>(lines);
    longer.add(TIME.format(at) + ": " + result);
    return new ScheduleHistory(count + 1, Optional.of(at), longer);
  }
}

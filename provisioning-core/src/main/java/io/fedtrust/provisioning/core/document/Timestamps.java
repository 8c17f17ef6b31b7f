// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.document;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** {@code YYYY-MM-DDTHH:MM:SSZ}, as every document writes instants. */
public final class Timestamps {
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss'Z'").withZone(ZoneOffset.UTC);

  private Timestamps() {}

  /** Writes an instant; fractions of a second are cut. */
  public static String text(Instant instant) {
    return SECONDS.format(instant);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.document;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.regex.Pattern;

/** {@code YYYY-MM-DDTHH:MM:SSZ}, as every document writes instants. */
public final class Timestamps {
  private static final Pattern RFC_3339 =
      Pattern.compile(
          "[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]{1,9})?"
              + "(?:[Zz]|[-+][0-9]{2}:[0-9]{2})");

  private Timestamps() {}

  /** Tells whether text is a date and time of RFC 3339 that exists. */
  static boolean isRfc3339(String text) {
    if (!RFC_3339.matcher(text).matches()) {
      return false;
    }
    try {
      OffsetDateTime.parse(text);
      return true;
    } catch (DateTimeParseException e) {
      return false;
    }
  }

  /** Writes an instant; fractions of a second are cut. */
  public static String text(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}

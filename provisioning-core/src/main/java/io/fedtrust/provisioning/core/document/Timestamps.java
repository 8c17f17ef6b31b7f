// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.document;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** {@code YYYY-MM-DDTHH:MM:SSZ}, as every document writes instants. */
public final class Timestamps {
  private Timestamps() {}

  /** Writes an instant; fractions of a second are cut. */
  public static String text(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.error.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Validities and instants as the command line writes them. */
public final class Days {
  private static final int LONGEST = 36_500;

  private Days() {}

  public static Duration validity(String option, int days) {
    return within(option, days, 1);
  }

  /** How far to look ahead; 0 for the present. */
  public static Duration ahead(String option, int days) {
    return within(option, days, 0);
  }

  private static Duration within(String option, int days, int least) {
    if (days < least || days > LONGEST) {
      throw refuse(ErrorCode.INVALID_ARGS, option)
          .expected(least + " to " + LONGEST + " days")
          .actual(days)
          .build();
    }
    return Duration.ofDays(days);
  }

  public static String text(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}

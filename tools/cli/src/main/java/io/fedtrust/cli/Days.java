// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.error.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Validities and instants as the command line writes them. */
final class Days {
  private static final int LONGEST = 36_500;

  private Days() {}

  static Duration validity(String option, int days) {
    if (days < 1 || days > LONGEST) {
      throw refuse(ErrorCode.INVALID_ARGS, option)
          .expected("1 to " + LONGEST + " days")
          .actual(days)
          .build();
    }
    return Duration.ofDays(days);
  }

  static String text(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}

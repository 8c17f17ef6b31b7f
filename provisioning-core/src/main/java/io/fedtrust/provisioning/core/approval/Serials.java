// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.error.ErrorCode;
import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Pattern;

/** Certificate serial numbers as people write them. */
public final class Serials {
  private static final Pattern HEX = Pattern.compile("0[xX][0-9a-fA-F]{1,40}");

  private Serials() {}

  /** Tells whether a text is a serial number and no name. */
  public static boolean isSerial(String text) {
    return HEX.matcher(text.strip()).matches();
  }

  /** Returns {@code 0x} and lower-case hex without leading zeros. */
  public static String canonical(String text) {
    if (!isSerial(text)) {
      throw refuse(ErrorCode.INVALID_ARGS, "serial number")
          .expected("0x and up to 40 hex digits")
          .actual(text)
          .build();
    }
    return "0x"
        + new BigInteger(text.strip().substring(2), 16).toString(16).toLowerCase(Locale.ROOT);
  }
}

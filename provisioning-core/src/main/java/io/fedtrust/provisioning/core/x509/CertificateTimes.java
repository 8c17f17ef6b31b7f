// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.x509;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1UTCTime;
import org.bouncycastle.asn1.DERGeneralizedTime;
import org.bouncycastle.asn1.DERUTCTime;
import org.bouncycastle.asn1.x509.Time;

/**
 * Validity dates (RFC 5280 section 4.1.2.5): whole seconds in UTC, UTCTime through 2049. The
 * library's own conversion loads the locale data of date formats, a tenth of a short process.
 */
final class CertificateTimes {
  private static final int LAST_UTC_YEAR = 2049;
  private static final int FIRST_UTC_YEAR = 1950;
  private static final Pattern SECONDS = Pattern.compile("[0-9]{14}Z");

  private CertificateTimes() {}

  static Time time(Instant instant) {
    // YYYY-MM-DDTHH:MM:SSZ without its separators.
    String iso = instant.truncatedTo(ChronoUnit.SECONDS).toString();
    String text = iso.replace("-", "").replace(":", "").replace("T", "");
    int year = number(text, 0, 4);
    return year <= LAST_UTC_YEAR && year >= FIRST_UTC_YEAR
        ? new Time(new DERUTCTime(text.substring(2)))
        : new Time(new DERGeneralizedTime(text));
  }

  /**
   * Reads a date.
   *
   * @throws IllegalArgumentException if it is not written as RFC 5280 says
   */
  static Instant instant(Time time) {
    String text;
    if (time.toASN1Primitive() instanceof ASN1UTCTime utc) {
      String digits = utc.toString();
      text = (digits.compareTo("50") < 0 ? "20" : "19") + digits;
    } else if (time.toASN1Primitive() instanceof ASN1GeneralizedTime general) {
      text = general.getTimeString();
    } else {
      throw new IllegalArgumentException("not a date");
    }
    if (!SECONDS.matcher(text).matches()) {
      throw new IllegalArgumentException("not a date of whole seconds in UTC");
    }
    try {
      return LocalDateTime.of(
              number(text, 0, 4),
              number(text, 4, 6),
              number(text, 6, 8),
              number(text, 8, 10),
              number(text, 10, 12),
              number(text, 12, 14))
          .toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("not a date", e);
    }
  }

  private static int number(String text, int from, int to) {
    return Integer.parseInt(text.substring(from, to));
  }
}

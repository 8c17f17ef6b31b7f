// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.x509;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
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

  private CertificateTimes() {}

  static Time time(Instant instant) {
    String text = instant.truncatedTo(ChronoUnit.SECONDS).toString().replaceAll("[-:T]", "");
    int year = Integer.parseInt(text.substring(0, 4));
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
    if (!text.matches("[0-9]{14}Z")) {
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

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.collateral;

import io.fedtrust.attestation.providers.snp.format.EndorsementKey;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.format.SnpField;
import io.fedtrust.attestation.providers.snp.format.SnpReport;
import java.util.HexFormat;

/** The names of collateral items of this family. */
public final class SnpItems {
  /** A VCEK in DER; its subject is {@link #chip}. */
  public static final String VCEK = "snp-vcek";

  /** A VLEK in DER; its subject is free. */
  public static final String VLEK = "snp-vlek";

  /** ASK or ASVK, then ARK, in PEM; its subject is {@link #issuer}. */
  public static final String CHAIN = "snp-chain";

  /** A revocation list in DER; its subject is {@link #issuer}. */
  public static final String CRL = "snp-crl";

  private SnpItems() {}

  /**
   * Returns the subject of items of an issuer of endorsement keys.
   *
   * @param key the kind it issues
   * @param line product line
   * @return for example {@code vcek-Milan}
   */
  public static String issuer(EndorsementKey key, ProductLine line) {
    return key.path() + "-" + line.text();
  }

  /**
   * Returns the subject for the chip and TCB of a report: all its bytes, so that no two VCEKs share
   * a subject.
   *
   * @param report whose VCEK it is
   * @return hex of CHIP_ID and REPORTED_TCB
   */
  public static String chip(SnpReport report) {
    HexFormat hex = HexFormat.of();
    return hex.formatHex(report.bytes(SnpField.CHIP_ID))
        + "-"
        + hex.formatHex(report.bytes(SnpField.REPORTED_TCB));
  }
}

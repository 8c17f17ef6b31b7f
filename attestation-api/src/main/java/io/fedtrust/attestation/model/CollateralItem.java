// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import io.fedtrust.attestation.encoding.Hashes;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Something a verifier needs beside the evidence: a certificate, a chain, a revocation list. What
 * it says about itself is not believed; its content proves it.
 */
public final class CollateralItem {
  private final String kind;
  private final String subject;
  private final byte[] bytes;
  private final String sha256;

  private CollateralItem(String kind, String subject, byte[] bytes) {
    this.kind = kind;
    this.subject = subject;
    this.bytes = bytes;
    this.sha256 = HexFormat.of().formatHex(Hashes.sha256(bytes));
  }

  /**
   * Takes an item.
   *
   * @param kind what it is, a name of its family, for example {@code snp-crl}
   * @param subject what it is for: a product line, an FMSPC, a driver
   * @param bytes the item
   * @return the item
   */
  public static CollateralItem of(String kind, String subject, byte[] bytes) {
    return new CollateralItem(kind, subject, bytes.clone());
  }

  /** {@return the name of its kind in its family} */
  public String kind() {
    return kind;
  }

  /** {@return what it is for, for example a product line} */
  public String subject() {
    return subject;
  }

  /** {@return the item, a copy} */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** {@return the digest under which verdicts name it: SHA-256, 64 lower-case hex digits} */
  public String sha256() {
    return sha256;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CollateralItem that
        && kind.equals(that.kind)
        && subject.equals(that.subject)
        && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return kind + " " + subject;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.fetch;

import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.providers.codec.UnreadableException;
import io.fedtrust.attestation.providers.collateral.CollateralEntry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.time.Instant;
import java.util.Optional;

/** Parsers for responses that are the same for every vendor. */
public final class CollateralParsers {
  private CollateralParsers() {}

  /** Returns an item that does not expire in the folder, such as a certificate. */
  public static CollateralEntry permanent(
      String kind, String subject, byte[] bytes, URI source, Instant now) {
    return new CollateralEntry(
        CollateralItem.of(kind, subject, bytes),
        source.toString(),
        now,
        Optional.empty(),
        Optional.empty());
  }

  /**
   * Returns a revocation list with its times.
   *
   * @throws IOException if it is no revocation list, or has no nextUpdate field
   */
  public static CollateralEntry revocationList(
      String kind, String subject, byte[] der, URI source, Instant now) throws IOException {
    try {
      X509CRL list =
          (X509CRL)
              CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
      if (list.getNextUpdate() == null) {
        throw new UnreadableException("the revocation list has no nextUpdate field");
      }
      return new CollateralEntry(
          CollateralItem.of(kind, subject, der),
          source.toString(),
          now,
          Optional.of(list.getThisUpdate().toInstant()),
          Optional.of(list.getNextUpdate().toInstant()));
    } catch (GeneralSecurityException e) {
      throw new UnreadableException("not a revocation list", e);
    }
  }
}

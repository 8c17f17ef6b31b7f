// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.pki;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;

/** Extensions in which vendors say what a certificate is for (RFC 5280 section 4.1). */
public final class Extensions {
  private Extensions() {}

  /** Returns the value of an extension, without the OCTET STRING that is around every one. */
  public static Optional<byte[]> value(X509Certificate certificate, String oid) {
    return Optional.ofNullable(certificate.getExtensionValue(oid))
        .flatMap(Extensions::asn1)
        .filter(ASN1OctetString.class::isInstance)
        .map(octets -> ((ASN1OctetString) octets).getOctets());
  }

  /** Reads one value in DER; empty for anything else. */
  public static Optional<ASN1Primitive> asn1(byte[] der) {
    try {
      return Optional.ofNullable(ASN1Primitive.fromByteArray(der));
    } catch (IOException | RuntimeException e) {
      // A malformed structure is any kind of unchecked exception of the library.
      return Optional.empty();
    }
  }
}

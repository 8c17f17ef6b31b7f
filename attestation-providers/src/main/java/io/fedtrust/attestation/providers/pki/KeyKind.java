// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.pki;

import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;

/** Describes keys and certificates in checks, for readers. */
public final class KeyKind {
  private static final int CERT_SIGN = 5;
  private static final int CRL_SIGN = 6;

  private KeyKind() {}

  /** Returns kind and length of a key, for example {@code an EC key of 256 bits}. */
  public static String of(PublicKey key) {
    if (key instanceof ECPublicKey point) {
      return "an EC key of " + point.getParams().getCurve().getField().getFieldSize() + " bits";
    }
    return key instanceof RSAPublicKey rsa
        ? "an RSA key of " + rsa.getModulus().bitLength() + " bits"
        : "a key of another kind";
  }

  /** Returns the kind of a key that is not on a curve of so many bits, or not on its own curve. */
  public static String notOnCurve(PublicKey key, int bits) {
    return Signatures.isOnCurve(key, bits) ? "a point that is not on the curve" : of(key);
  }

  /** Returns what a certificate allows its key, for example {@code ..., no CA, keyCertSign}. */
  public static String ofIssuer(X509Certificate issuer) {
    int length = issuer.getBasicConstraints();
    StringBuilder text = new StringBuilder(of(issuer.getPublicKey()));
    if (length < 0) {
      text.append(", no CA");
    } else if (length == Integer.MAX_VALUE) {
      text.append(", a CA of any path length");
    } else {
      text.append(", a CA of path length ").append(length);
    }
    return text.append(allows(issuer, CERT_SIGN) ? ", keyCertSign" : ", no keyCertSign")
        .append(allows(issuer, CRL_SIGN) ? ", cRLSign" : ", no cRLSign")
        .toString();
  }

  private static boolean allows(X509Certificate certificate, int use) {
    boolean[] usage = certificate.getKeyUsage();
    return usage != null && usage[use];
  }
}

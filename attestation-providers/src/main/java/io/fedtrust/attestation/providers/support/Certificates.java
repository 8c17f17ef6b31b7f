// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.support;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * Certificates from outside, each with exactly one accepted spelling: DER that encodes to itself
 * again, PEM that is what its bytes encode to (trust protocol, section 12).
 */
public final class Certificates {
  private static final String CHECK = "certificate.encoding";
  private static final String SOURCE = "RFC 5280 section 4.1; trust protocol, section 12";
  private static final String BEGIN = "-----BEGIN CERTIFICATE-----\n";
  private static final String END = "-----END CERTIFICATE-----\n";
  private static final int PEM_LINE = 64;
  private static final int MAX_CERTIFICATES = 8;

  private Certificates() {}

  /**
   * Reads a certificate.
   *
   * @param der at most 16 KiB
   * @throws MalformedEvidenceException if it is not exactly one certificate in DER
   */
  public static X509Certificate parse(byte[] der) throws MalformedEvidenceException {
    return parse(SignedAsn1.parse(der));
  }

  /**
   * Reads a certificate whose outer shape is known.
   *
   * @throws MalformedEvidenceException if it is none
   */
  public static X509Certificate parse(SignedAsn1 signed) throws MalformedEvidenceException {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(signed.der()));
    } catch (CertificateException e) {
      throw malformed("an X.509 certificate", "bytes that are none");
    }
  }

  /**
   * Reads the certificates of a PEM file (RFC 7468, strict).
   *
   * @param pem nothing but certificates, lines of 64 characters, line feeds
   * @return their bytes, in order
   * @throws MalformedEvidenceException if any other byte is there
   */
  public static List<byte[]> parsePem(byte[] pem) throws MalformedEvidenceException {
    if (pem.length == 0 || pem.length > MAX_CERTIFICATES * 2 * SignedAsn1.MAX_BYTES) {
      throw malformed("PEM of a bounded size", pem.length);
    }
    String text = new String(pem, StandardCharsets.US_ASCII);
    List<byte[]> certificates = new ArrayList<>();
    StringBuilder again = new StringBuilder(text.length());
    for (int from = 0; from < text.length(); ) {
      if (certificates.size() == MAX_CERTIFICATES) {
        throw malformed("at most " + MAX_CERTIFICATES + " certificates", "more");
      }
      int end = text.indexOf(END, from);
      int to = end < 0 ? text.length() : end + END.length();
      byte[] der = block(text.substring(from, to));
      certificates.add(der);
      again.append(pem(der));
      from = to;
    }
    if (!Arrays.equals(again.toString().getBytes(StandardCharsets.US_ASCII), pem)) {
      throw malformed("certificates in strict PEM", "another spelling");
    }
    return certificates;
  }

  private static byte[] block(String block) throws MalformedEvidenceException {
    if (!block.startsWith(BEGIN) || !block.endsWith(END)) {
      throw malformed("a PEM block CERTIFICATE", "something else");
    }
    try {
      return Base64.getDecoder()
          .decode(block.substring(BEGIN.length(), block.length() - END.length()).replace("\n", ""));
    } catch (IllegalArgumentException e) {
      throw malformed("base64", "other characters");
    }
  }

  /** Writes a certificate as PEM. */
  public static String pem(byte[] der) {
    return BEGIN
        + Base64.getMimeEncoder(PEM_LINE, new byte[] {'\n'}).encodeToString(der)
        + "\n"
        + END;
  }

  private static MalformedEvidenceException malformed(Object expected, Object actual) {
    return MalformedEvidenceException.of(
        CHECK, ReasonCode.ENDORSEMENT_INVALID, expected, actual, SOURCE);
  }
}

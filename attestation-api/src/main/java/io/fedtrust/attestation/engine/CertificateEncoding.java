// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;

/**
 * Writes a certificate around what its signature covers (RFC 5280 section 4.1). The JDK reads more
 * than one spelling of the rest: a count of unused bits, other parameters of the algorithm.
 */
final class CertificateEncoding {
  private static final int SEQUENCE = 0x30;
  private static final int BIT_STRING = 0x03;
  private static final int VERSION = 0xA0;
  private static final int SHORT_LENGTHS = 0x80;

  private CertificateEncoding() {}

  /**
   * Writes a certificate in the one way there is.
   *
   * @param certificate parsed, so that what is signed is known to be well formed
   */
  static byte[] of(X509Certificate certificate) throws CertificateEncodingException {
    byte[] content = certificate.getTBSCertificate();
    ByteArrayOutputStream bits = new ByteArrayOutputStream();
    bits.write(0);
    bits.writeBytes(certificate.getSignature());
    ByteArrayOutputStream parts = new ByteArrayOutputStream();
    parts.writeBytes(content);
    parts.writeBytes(algorithm(content));
    parts.writeBytes(value(BIT_STRING, bits.toByteArray()));
    return value(SEQUENCE, parts.toByteArray());
  }

  /** After version, if written out, and serial number. */
  private static byte[] algorithm(byte[] content) {
    ByteBuffer in = ByteBuffer.wrap(content);
    in.get();
    length(in);
    if ((in.get(in.position()) & 0xFF) == VERSION) {
      skip(in);
    }
    skip(in);
    int start = in.position();
    skip(in);
    return Arrays.copyOfRange(content, start, in.position());
  }

  private static void skip(ByteBuffer in) {
    in.get();
    int length = length(in);
    in.position(in.position() + length);
  }

  private static int length(ByteBuffer in) {
    int first = in.get() & 0xFF;
    if (first < SHORT_LENGTHS) {
      return first;
    }
    int length = 0;
    for (int i = 0; i < first - SHORT_LENGTHS; i++) {
      length = (length << Byte.SIZE) | (in.get() & 0xFF);
    }
    return length;
  }

  private static byte[] value(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (content.length < SHORT_LENGTHS) {
      out.write(content.length);
    } else {
      byte[] length = BigInteger.valueOf(content.length).toByteArray();
      int from = length[0] == 0 ? 1 : 0;
      out.write(SHORT_LENGTHS + length.length - from);
      out.write(length, from, length.length - from);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }
}

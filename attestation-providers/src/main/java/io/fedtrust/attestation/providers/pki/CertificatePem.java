// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.pki;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * Certificates in PEM (RFC 7468): any line ends and line widths, but nothing except certificates,
 * and base64 in its one canonical form. The decoders of the JDK skip foreign bytes, so lines are
 * read here one by one.
 */
public final class CertificatePem {
  /** Largest input, in bytes. */
  public static final int MAX_BYTES = 64 << 10;

  /** Most certificates of one input. */
  public static final int MAX_CERTIFICATES = 8;

  private static final String CHECK = "certificate.encoding";
  private static final String SOURCE = "RFC 7468";
  private static final String LABEL = "CERTIFICATE";
  private static final String DASHES = "-----";
  private static final String BEGIN = DASHES + "BEGIN ";
  private static final String END = DASHES + "END ";
  private static final int WRITTEN_COLUMNS = 64;
  private static final int MAX_COLUMNS = 4096;
  private static final int MAX_NULS = 16;
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final List<byte[]> certificates = new ArrayList<>();
  private final StringBuilder base64 = new StringBuilder();
  private boolean inside;
  private boolean emptyLine;
  private int line;

  private CertificatePem() {}

  /**
   * Reads certificates.
   *
   * @param pem 1 to 8 certificates, at most 64 KiB
   * @return DER of each, in order; not parsed
   * @throws MalformedEvidenceException naming the line and what is wrong with it
   */
  public static List<byte[]> read(byte[] pem) throws MalformedEvidenceException {
    if (pem.length == 0 || pem.length > MAX_BYTES) {
      throw malformed("PEM of 1 to " + MAX_BYTES + " bytes", pem.length + " bytes");
    }
    CertificatePem reader = new CertificatePem();
    reader.lines(pem, hasByteOrderMark(pem) ? BYTE_ORDER_MARK.length : 0, end(pem));
    return reader.finished();
  }

  /**
   * Reads an exact number of certificates.
   *
   * @param pem at most 64 KiB
   * @param count how many there must be
   * @return DER of each, in order; not parsed
   * @throws MalformedEvidenceException naming the line and what is wrong with it
   */
  public static List<byte[]> read(byte[] pem, int count) throws MalformedEvidenceException {
    List<byte[]> certificates = read(pem);
    if (certificates.size() != count) {
      throw malformed(count + " certificates", certificates.size());
    }
    return certificates;
  }

  /**
   * Writes certificates in canonical form: 64 columns, line feeds, a line feed at the end.
   *
   * @param certificates DER of each
   * @return the text in ASCII
   */
  public static byte[] write(List<byte[]> certificates) {
    StringBuilder pem = new StringBuilder();
    for (byte[] der : certificates) {
      pem.append(BEGIN)
          .append(LABEL)
          .append(DASHES)
          .append('\n')
          .append(Base64.getMimeEncoder(WRITTEN_COLUMNS, new byte[] {'\n'}).encodeToString(der))
          .append('\n')
          .append(END)
          .append(LABEL)
          .append(DASHES)
          .append('\n');
    }
    return pem.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static boolean hasByteOrderMark(byte[] pem) {
    return pem.length >= BYTE_ORDER_MARK.length
        && Arrays.equals(pem, 0, BYTE_ORDER_MARK.length, BYTE_ORDER_MARK, 0, 3);
  }

  /** C programs end text with NUL bytes, and some count them. */
  private static int end(byte[] pem) throws MalformedEvidenceException {
    int end = pem.length;
    while (end > 0 && pem[end - 1] == 0) {
      end--;
    }
    if (pem.length - end > MAX_NULS) {
      throw malformed("at most " + MAX_NULS + " NUL bytes at the end", pem.length - end);
    }
    return end;
  }

  private void lines(byte[] pem, int from, int end) throws MalformedEvidenceException {
    int start = from;
    for (int at = from; at <= end; at++) {
      if (at == end || pem[at] == '\n' || pem[at] == '\r') {
        line++;
        line(text(pem, start, at));
        // CR LF is one line end.
        if (at + 1 < end && pem[at] == '\r' && pem[at + 1] == '\n') {
          at++;
        }
        start = at + 1;
      }
    }
  }

  /** Returns a line without blanks at its end. */
  private String text(byte[] pem, int from, int to) throws MalformedEvidenceException {
    int end = to;
    while (end > from && (pem[end - 1] == ' ' || pem[end - 1] == '\t')) {
      end--;
    }
    for (int at = from; at < end; at++) {
      if (pem[at] < ' ' || pem[at] > '~') {
        throw wrong("a byte that is not printable ASCII");
      }
    }
    return new String(pem, from, end - from, StandardCharsets.US_ASCII);
  }

  private void line(String text) throws MalformedEvidenceException {
    if (inside) {
      inner(text);
    } else if (!text.isEmpty()) {
      begin(text);
    }
  }

  private void begin(String text) throws MalformedEvidenceException {
    if (text.startsWith(END)) {
      throw wrong("an END line without BEGIN");
    }
    if (!text.startsWith(BEGIN)) {
      throw wrong("text outside a certificate");
    }
    if (text.endsWith("PRIVATE KEY" + DASHES)) {
      throw wrong("a private key; this file holds a private key and must not be shared");
    }
    if (!text.equals(BEGIN + LABEL + DASHES)) {
      throw wrong("another label than " + LABEL);
    }
    if (certificates.size() == MAX_CERTIFICATES) {
      throw wrong("more than " + MAX_CERTIFICATES + " certificates");
    }
    inside = true;
    emptyLine = false;
    base64.setLength(0);
  }

  private void inner(String text) throws MalformedEvidenceException {
    if (text.isEmpty()) {
      // Directly after BEGIN an empty line is a leftover of RFC 1421; before END it is harmless.
      emptyLine = !base64.isEmpty();
    } else if (text.startsWith(DASHES)) {
      end(text);
    } else if (emptyLine) {
      throw wrong("base64 after an empty line");
    } else if (text.length() > MAX_COLUMNS) {
      throw wrong("a line of more than " + MAX_COLUMNS + " characters");
    } else {
      requireBase64(text);
      base64.append(text);
    }
  }

  private void requireBase64(String text) throws MalformedEvidenceException {
    if (text.indexOf(':') >= 0) {
      throw wrong("a header line");
    }
    for (int at = 0; at < text.length(); at++) {
      char found = text.charAt(at);
      if (found == ' ' || found == '\t') {
        throw wrong("a blank before or within base64");
      }
      if (!isBase64(found)) {
        throw wrong("a character that is not base64");
      }
    }
  }

  private static boolean isBase64(char found) {
    return (found >= 'A' && found <= 'Z')
        || (found >= 'a' && found <= 'z')
        || (found >= '0' && found <= '9')
        || found == '+'
        || found == '/'
        || found == '=';
  }

  private void end(String text) throws MalformedEvidenceException {
    if (text.startsWith(BEGIN)) {
      throw wrong("a BEGIN line within a certificate");
    }
    if (!text.equals(END + LABEL + DASHES)) {
      throw wrong("an END line that does not match BEGIN");
    }
    certificates.add(decoded());
    inside = false;
  }

  /** One certificate has one encoding: what the decoder lets pass must encode to the same text. */
  private byte[] decoded() throws MalformedEvidenceException {
    String text = base64.toString();
    try {
      byte[] der = Base64.getDecoder().decode(text);
      if (der.length > 0 && Base64.getEncoder().encodeToString(der).equals(text)) {
        return der;
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw wrong("the end of a certificate whose base64 is empty or not canonical");
  }

  private List<byte[]> finished() throws MalformedEvidenceException {
    if (inside) {
      throw wrong("the end of the text within a certificate");
    }
    if (certificates.isEmpty()) {
      throw malformed("a certificate in PEM", "none");
    }
    return List.copyOf(certificates);
  }

  private MalformedEvidenceException wrong(String what) {
    return malformed("certificates in PEM", "line " + line + ": " + what);
  }

  private static MalformedEvidenceException malformed(Object expected, Object actual) {
    return MalformedEvidenceException.of(
        CHECK, ReasonCode.ENDORSEMENT_INVALID, expected, actual, SOURCE);
  }
}

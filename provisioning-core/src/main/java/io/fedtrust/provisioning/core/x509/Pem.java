// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.x509;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/** PEM text (RFC 7468): 64 columns, LF. */
public final class Pem {
  /** Label of a certificate. */
  public static final String CERTIFICATE = "CERTIFICATE";

  /** Readers of certificates know an older label too. */
  private static final Set<String> CERTIFICATES = Set.of(CERTIFICATE, "X509 CERTIFICATE");

  /** Label of a PKCS#10 request. */
  public static final String CERTIFICATE_REQUEST = "CERTIFICATE REQUEST";

  private static final String BEGIN = "-----BEGIN ";

  /** Possessive throughout, so that no text makes it go back. */
  private static final Pattern BLOCK =
      Pattern.compile(
          "[ \\t\\r\\n]*+-----BEGIN ([A-Z0-9 ]++)-----\\r?+\\n([A-Za-z0-9+/=\\r\\n]++)"
              + "-----END ([A-Z0-9 ]++)-----[ \\t\\r\\n]*+");

  private static final Base64.Encoder COLUMNS = Base64.getMimeEncoder(64, new byte[] {'\n'});

  private Pem() {}

  /** Writes one block with a trailing newline. */
  public static byte[] encode(String label, byte[] der) {
    String text =
        "-----BEGIN "
            + label
            + "-----\n"
            + COLUMNS.encodeToString(der)
            + "\n-----END "
            + label
            + "-----\n";
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Returns the content of the only block. Some readers, such as OpenSSL's, take every block of a
   * file of trusted certificates, others the first one: a file of one block means the same to all.
   *
   * @throws IOException if there is more or other text than one block with this label and white
   *     space; its message says which
   */
  public static byte[] only(byte[] pem, String label) throws IOException {
    String text = new String(pem, StandardCharsets.ISO_8859_1);
    if (text.indexOf(BEGIN) != text.lastIndexOf(BEGIN)) {
      throw new IOException("more than one PEM block");
    }
    return onlyBlocks(text, label).get(0);
  }

  /**
   * Returns the contents of the blocks, in order, of which there is one at least: a chain that
   * means the same to all readers.
   *
   * @throws IOException if there is more or other text than blocks with this label and white space;
   *     its message says which
   */
  public static List<byte[]> onlyBlocks(byte[] pem, String label) throws IOException {
    return onlyBlocks(new String(pem, StandardCharsets.ISO_8859_1), label);
  }

  private static List<byte[]> onlyBlocks(String text, String label) throws IOException {
    if (!text.contains(BEGIN)) {
      throw new IOException("no PEM block");
    }
    List<byte[]> contents = new ArrayList<>();
    Matcher block = BLOCK.matcher(text);
    while (block.regionStart() < text.length()) {
      if (!block.lookingAt() || !block.group(1).equals(label) || !block.group(3).equals(label)) {
        throw new IOException("text outside the block, or another block than " + label);
      }
      contents.add(decode(block.group(2)));
      block.region(block.end(), text.length());
    }
    return List.copyOf(contents);
  }

  private static byte[] decode(String lines) throws IOException {
    String base64 = lines.replaceAll("[\\r\\n]", "");
    // The JDK does without padding, other readers do not.
    if (base64.isEmpty() || base64.length() % 4 != 0) {
      throw new IOException("malformed base64");
    }
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new IOException("malformed base64", e);
    }
  }

  /** Returns the content of the first block with one of these labels. */
  public static Optional<PemObject> first(byte[] pem, String... labels) throws IOException {
    List<String> wanted = List.of(labels);
    return blocks(pem).stream().filter(block -> wanted.contains(block.getType())).findFirst();
  }

  /** Returns the contents of all blocks with a label, in order. */
  public static List<byte[]> all(byte[] pem, String label) throws IOException {
    return blocks(pem).stream()
        .filter(block -> block.getType().equals(label))
        .map(PemObject::getContent)
        .toList();
  }

  /** Returns the certificates of a file that may hold more, under either label, in order. */
  public static List<byte[]> certificates(byte[] pem) throws IOException {
    return blocks(pem).stream()
        .filter(block -> CERTIFICATES.contains(block.getType()))
        .map(PemObject::getContent)
        .toList();
  }

  /** Tells whether bytes contain the begin line of any private key. */
  public static boolean holdsPrivateKey(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    for (int at = text.indexOf(BEGIN); at >= 0; at = text.indexOf(BEGIN, at + 1)) {
      int end = text.indexOf("-----", at + 11);
      if (end > 0 && end - at < 64 && text.substring(at, end).endsWith("PRIVATE KEY")) {
        return true;
      }
    }
    return false;
  }

  private static List<PemObject> blocks(byte[] pem) throws IOException {
    List<PemObject> blocks = new ArrayList<>();
    try (PemReader reader =
        new PemReader(new StringReader(new String(pem, StandardCharsets.ISO_8859_1)))) {
      for (PemObject block = reader.readPemObject();
          block != null;
          block = reader.readPemObject()) {
        blocks.add(block);
      }
    } catch (RuntimeException e) {
      throw new IOException("malformed PEM", e);
    }
    return blocks;
  }
}

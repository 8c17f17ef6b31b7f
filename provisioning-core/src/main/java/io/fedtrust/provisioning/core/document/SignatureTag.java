// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.document;

import java.nio.charset.StandardCharsets;

/**
 * What stands before a document where it is signed, so that its signature is none over another
 * document. Neither JSON nor DER begins like a tag.
 *
 * @param text ASCII, with a line feed at its end
 */
record SignatureTag(String text) {
  /** Returns what is signed: the tag, then the document. */
  byte[] before(byte[] document) {
    byte[] start = text.getBytes(StandardCharsets.US_ASCII);
    byte[] all = new byte[start.length + document.length];
    System.arraycopy(start, 0, all, 0, start.length);
    System.arraycopy(document, 0, all, start.length, document.length);
    return all;
  }
}

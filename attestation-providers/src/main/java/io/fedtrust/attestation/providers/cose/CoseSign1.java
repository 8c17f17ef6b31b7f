// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.cose;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.codec.JsonObject;
import java.util.List;
import java.util.Map;

/**
 * A document with one signature (RFC 9052 section 4.2). The unprotected header must be there and is
 * ignored: it is not signed.
 *
 * @param header the protected one
 * @param signed the bytes that are signed, {@code Sig_structure}
 * @param payload what the document says
 * @param signature in the algorithm that the header names
 */
public record CoseSign1(CborMap header, byte[] signed, byte[] payload, byte[] signature) {
  /** Label of the algorithm. */
  public static final Long ALGORITHM = 1L;

  /** Label of what a reader must understand. */
  public static final Long CRITICAL = 2L;

  /** Label of the content type. */
  public static final Long CONTENT_TYPE = 3L;

  /** Label of CWT claims (RFC 9597). */
  public static final Long CWT_CLAIMS = 15L;

  /** Label of a certificate chain (RFC 9360). */
  public static final Long X5CHAIN = 33L;

  /** Label of a certificate's digest (RFC 9360). */
  public static final Long X5T = 34L;

  private static final int TAG = 18;
  private static final int PARTS = 4;

  /**
   * Reads a document. Nothing is verified.
   *
   * @param kind for refusals
   * @throws MalformedEvidenceException if it is not exactly one such document with its payload
   */
  public static CoseSign1 parse(JsonObject.Kind kind, byte[] cbor, int maxBytes)
      throws MalformedEvidenceException {
    if (StrictCbor.read(kind, cbor, maxBytes) instanceof StrictCbor.Tagged tagged
        && tagged.tag() == TAG
        && tagged.item() instanceof List<?> parts
        && parts.size() == PARTS
        && parts.get(0) instanceof byte[] protectedHeader
        && parts.get(1) instanceof Map<?, ?>
        && parts.get(2) instanceof byte[] payload
        && parts.get(3) instanceof byte[] signature) {
      CborMap header = CborMap.of(kind, StrictCbor.read(kind, protectedHeader, maxBytes));
      if (header.has(CRITICAL)) {
        throw kind.refused("a header without crit", "one");
      }
      return new CoseSign1(
          header,
          StrictCbor.write(List.of("Signature1", protectedHeader, new byte[0], payload)),
          payload,
          signature);
    }
    throw kind.refused("a COSE_Sign1 with tag 18", "another item");
  }
}

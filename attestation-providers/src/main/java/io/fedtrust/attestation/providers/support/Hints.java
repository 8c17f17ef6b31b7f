// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.support;

import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * What a sender presents beside its evidence: {@code {"certificates": [DER in base64, ...]}} (trust
 * protocol, section 5). Revocation lists are not among it: those come from the verifier's own
 * sources.
 */
public final class Hints {
  private static final String CHECK = "evidence.endorsements";
  private static final String SOURCE = "trust protocol, section 5";
  private static final String CERTIFICATES = "certificates";
  private static final int MAX_CERTIFICATES = 16;

  private Hints() {}

  /**
   * Reads the certificates.
   *
   * @return their bytes, unverified
   * @throws MalformedEvidenceException if the hints are of another shape
   */
  public static List<byte[]> certificates(Evidence evidence) throws MalformedEvidenceException {
    if (evidence.endorsements().isEmpty()) {
      return List.of();
    }
    Map<String, ?> hints;
    try {
      hints = StrictJson.read(evidence.endorsements().orElseThrow(), CCToken.MAX_ENDORSEMENT_BYTES);
    } catch (IOException e) {
      throw malformed("one JSON object", "something else");
    }
    if (!hints.keySet().equals(java.util.Set.of(CERTIFICATES))
        || !(hints.get(CERTIFICATES) instanceof List<?> list)
        || list.size() > MAX_CERTIFICATES) {
      throw malformed("a list of at most " + MAX_CERTIFICATES + " certificates", hints.keySet());
    }
    List<byte[]> certificates = new ArrayList<>();
    for (Object item : list) {
      certificates.add(base64(item instanceof String text ? text : ""));
    }
    return certificates;
  }

  private static byte[] base64(String text) throws MalformedEvidenceException {
    return Base64Text.decode(text)
        .filter(bytes -> bytes.length > 0 && bytes.length <= SignedAsn1.MAX_BYTES)
        .orElseThrow(() -> malformed("certificates in canonical base64", "something else"));
  }

  /** Writes certificates as hints. */
  public static byte[] of(List<byte[]> certificates) {
    return StrictJson.writeLine(
            Map.of(
                CERTIFICATES,
                certificates.stream().map(Base64.getEncoder()::encodeToString).toList()))
        .getBytes(StandardCharsets.UTF_8);
  }

  private static MalformedEvidenceException malformed(Object expected, Object actual) {
    return MalformedEvidenceException.of(
        CHECK, ReasonCode.EVIDENCE_MALFORMED, expected, actual, SOURCE);
  }
}

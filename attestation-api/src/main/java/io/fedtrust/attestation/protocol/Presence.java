// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.protocol;

import io.fedtrust.attestation.encoding.Hashes;
import io.fedtrust.attestation.encoding.LengthPrefixed;
import io.fedtrust.attestation.encoding.SignatureFields;
import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a site without evidence answers a request for evidence, {@code _cc_here}: it shows that its
 * key is present now (docs/protocol/exchange.md#presence). Nothing of it has been verified.
 *
 * @param certificates DER, leaf first, root excluded
 * @param signature of the site's key over {@link #signatureInput}
 */
public record Presence(List<Bytes> certificates, Bytes signature) {
  private static final String SOURCE = "docs/protocol/exchange.md#presence";

  /**
   * Copies the list.
   *
   * @param certificates DER, leaf first, root excluded
   * @param signature of the site's key over {@link #signatureInput}
   */
  public Presence {
    certificates = List.copyOf(certificates);
  }

  /**
   * Returns what the site's key signs.
   *
   * @param root DER of the root certificate at which the site's chain ends
   * @param project the project's name
   * @param site who is present
   * @param verifier who asked; in a group {@link Binding#GROUP}
   * @param job the job's id, if it was asked for one
   * @param challenge what was asked; in a group the group challenge
   * @return the bytes to sign
   */
  public static byte[] signatureInput(
      Bytes root,
      String project,
      String site,
      String verifier,
      Optional<String> job,
      Challenge challenge) {
    return new LengthPrefixed()
        .add("FLCC-HERE-1")
        .add(Hashes.sha256(root.bytes()))
        .add(project)
        .add(site)
        .add(verifier)
        .addText(job)
        .add(challenge.value())
        .bytes();
  }

  /** {@return the answer as plain values: names of the wire and their values} */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(SignatureFields.CERTIFICATES, WireText.base64(certificates));
    map.put(SignatureFields.SIGNATURE, WireText.base64(signature.bytes()));
    return map;
  }

  /**
   * Reads an answer.
   *
   * @param map names of the wire and their values; others are left aside
   * @return the answer, unverified
   * @throws MalformedEvidenceException if it has not that shape
   */
  public static Presence fromMap(Map<?, ?> map) throws MalformedEvidenceException {
    WireText wire = new WireText(map, ReasonCode.ANSWER_MALFORMED, SOURCE);
    return new Presence(
        wire.certificates(),
        wire.bytes(SignatureFields.SIGNATURE, SignatureFields.MAX_SIGNATURE_BYTES));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.protocol;

import io.fedtrust.attestation.encoding.Hashes;
import io.fedtrust.attestation.encoding.SignatureFields;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import java.util.Map;

/**
 * The word of a client that a job starts there, {@code _cc_start} (docs/protocol/jobs.md#start).
 * Nothing of it has been verified.
 *
 * @param signature of the client's session key over {@link #signatureInput}; of its site key for a
 *     site without evidence
 */
public record JobStart(Bytes signature) {
  private static final String SOURCE = "docs/protocol/jobs.md#start";

  /**
   * Returns what the client signs.
   *
   * @param context with the client's own root
   * @param client who starts
   * @param dispatch what the server signed of the order to start
   * @return the bytes to sign
   */
  public static byte[] signatureInput(JobContext context, String client, byte[] dispatch) {
    return context.ofClient("FLCC-START-1", client).add(Hashes.sha256(dispatch)).bytes();
  }

  /** {@return the word as plain values: names of the wire and their values} */
  public Map<String, Object> toMap() {
    return Map.of(SignatureFields.SIGNATURE, WireText.base64(signature.bytes()));
  }

  /**
   * Reads the word.
   *
   * @param map names of the wire and their values; others are left aside
   * @return the word, unverified
   * @throws MalformedEvidenceException if it has not that shape
   */
  public static JobStart fromMap(Map<?, ?> map) throws MalformedEvidenceException {
    WireText wire = new WireText(map, ReasonCode.ANSWER_MALFORMED, SOURCE);
    return new JobStart(wire.bytes(SignatureFields.SIGNATURE, SignatureFields.MAX_SIGNATURE_BYTES));
  }
}

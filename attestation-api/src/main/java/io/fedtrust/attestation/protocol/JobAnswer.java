// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.protocol;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a client answers to a set, {@code _cc_answer} (docs/protocol/jobs.md#answer). Nothing of it
 * has been verified.
 *
 * @param set digest of the set that is answered
 * @param accepts whether the client takes part
 * @param reason why not, if there is a code for it
 * @param signatures of the client's keys over {@link #signatureInput}
 */
public record JobAnswer(
    Bytes set, boolean accepts, Optional<ReasonCode> reason, KeySignatures signatures) {
  private static final String SOURCE = "docs/protocol/jobs.md#answer";
  private static final String ANSWER = "answer";
  private static final String REASON = "reason";
  private static final String ACCEPT = "accept";
  private static final String DECLINE = "decline";

  /**
   * Returns what both keys of the client sign.
   *
   * @param context with the client's own root
   * @param client who answers
   * @param set digest of the set that is answered
   * @param accepts whether the client takes part
   * @param reason why not, if there is a code for it
   * @return the bytes to sign
   */
  public static byte[] signatureInput(
      JobContext context, String client, Bytes set, boolean accepts, Optional<ReasonCode> reason) {
    return context
        .ofClient("FLCC-ANSWER-1", client)
        .add(set.bytes())
        .add(accepts ? ACCEPT : DECLINE)
        .addText(reason.map(Enum::name))
        .bytes();
  }

  /** {@return the answer as plain values: names of the wire and their values} */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(JobSet.SET, WireText.base64(set.bytes()));
    map.put(ANSWER, accepts ? ACCEPT : DECLINE);
    reason.ifPresent(code -> map.put(REASON, code.name()));
    map.putAll(signatures.toMap());
    return map;
  }

  /**
   * Reads an answer.
   *
   * @param map names of the wire and their values; others are left aside
   * @return the answer, unverified
   * @throws MalformedEvidenceException if it has not that shape, or accepts for a reason
   */
  public static JobAnswer fromMap(Map<?, ?> map) throws MalformedEvidenceException {
    WireText wire = new WireText(map, ReasonCode.ANSWER_MALFORMED, SOURCE);
    String text = wire.text(ANSWER, WireText.MAX_CODE_CHARACTERS);
    if (!text.equals(ACCEPT) && !text.equals(DECLINE)) {
      throw wire.malformed(ANSWER, ACCEPT + " or " + DECLINE, "another text");
    }
    Optional<ReasonCode> reason = wire.optionalReason(REASON);
    if (text.equals(ACCEPT) && reason.isPresent()) {
      throw wire.malformed(REASON, "none beside " + ACCEPT, reason.get());
    }
    return new JobAnswer(
        wire.digest(JobSet.SET), text.equals(ACCEPT), reason, KeySignatures.fromMap(wire));
  }
}

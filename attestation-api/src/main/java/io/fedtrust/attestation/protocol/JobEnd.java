// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.protocol;

import io.fedtrust.attestation.encoding.SignatureFields;
import io.fedtrust.attestation.job.JobOutcome;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The word of the server that an attempt, or the job, is over, {@code _cc_end}
 * (docs/protocol/jobs.md#end). Nothing of it has been verified.
 *
 * @param set digest of the set that ends
 * @param outcome {@code NOT_DISPATCHED}, {@code CANCELLED} or {@code FINISHED}
 * @param certificates DER of the server's present chain, leaf first, root excluded
 * @param signatures of the server's keys over {@link #signatureInput}
 */
public record JobEnd(
    Bytes set, JobOutcome outcome, List<Bytes> certificates, KeySignatures signatures) {
  private static final String SOURCE = "docs/protocol/jobs.md#end";
  private static final String OUTCOME = "outcome";

  /** The others are a site's own. */
  private static final Set<JobOutcome> OF_SERVER =
      EnumSet.of(JobOutcome.NOT_DISPATCHED, JobOutcome.CANCELLED, JobOutcome.FINISHED);

  /**
   * Copies the list.
   *
   * @param set digest of the set that ends
   * @param outcome {@code NOT_DISPATCHED}, {@code CANCELLED} or {@code FINISHED}
   * @param certificates DER of the server's present chain, leaf first, root excluded
   * @param signatures of the server's keys over {@link #signatureInput}
   */
  public JobEnd {
    certificates = List.copyOf(certificates);
  }

  /**
   * Returns what both keys of the server sign.
   *
   * @param context with the root of the server's present chain
   * @param set digest of the set that ends
   * @param outcome how
   * @return the bytes to sign
   */
  public static byte[] signatureInput(JobContext context, Bytes set, JobOutcome outcome) {
    return context.ofServer("FLCC-END-1").add(set.bytes()).add(outcome.text()).bytes();
  }

  /** {@return the word as plain values: names of the wire and their values} */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(JobSet.SET, WireText.base64(set.bytes()));
    map.put(OUTCOME, outcome.text());
    map.put(SignatureFields.CERTIFICATES, WireText.base64(certificates));
    map.putAll(signatures.toMap());
    return map;
  }

  /**
   * Reads the word.
   *
   * @param map names of the wire and their values; others are left aside
   * @return the word, unverified
   * @throws MalformedEvidenceException if it has not that shape, or an outcome that no server signs
   */
  public static JobEnd fromMap(Map<?, ?> map) throws MalformedEvidenceException {
    WireText wire = new WireText(map, ReasonCode.REQUEST_MALFORMED, SOURCE);
    JobOutcome outcome =
        wire.oneOf(
            OUTCOME,
            wire.text(OUTCOME, WireText.MAX_CODE_CHARACTERS),
            OF_SERVER.toArray(JobOutcome[]::new),
            JobOutcome::text);
    return new JobEnd(
        wire.digest(JobSet.SET), outcome, wire.certificates(), KeySignatures.fromMap(wire));
  }
}

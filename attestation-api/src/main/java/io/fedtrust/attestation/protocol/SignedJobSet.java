// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.protocol;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import java.util.Map;

/**
 * A set of participants as it travels, {@code _cc_set} (docs/protocol/jobs.md#set). Nothing of it
 * has been verified.
 *
 * @param set who takes part
 * @param signatures of the server's keys over {@link JobSet#signatureInput}
 */
public record SignedJobSet(JobSet set, KeySignatures signatures) {
  private static final String SOURCE = "docs/protocol/jobs.md#set";

  /** {@return the set as plain values: names of the wire and their values} */
  public Map<String, Object> toMap() {
    Map<String, Object> map = set.toMap();
    map.putAll(signatures.toMap());
    return map;
  }

  /**
   * Reads a set.
   *
   * @param map names of the wire and their values; others are left aside
   * @return the set, unverified
   * @throws MalformedEvidenceException if it has not that shape, or names do not ascend
   */
  public static SignedJobSet fromMap(Map<?, ?> map) throws MalformedEvidenceException {
    WireText wire = new WireText(map, ReasonCode.REQUEST_MALFORMED, SOURCE);
    return new SignedJobSet(JobSet.fromMap(wire), KeySignatures.fromMap(wire));
  }
}

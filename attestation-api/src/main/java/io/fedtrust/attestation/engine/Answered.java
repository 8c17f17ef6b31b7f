// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.protocol.CCInfo;
import io.fedtrust.attestation.protocol.JobContext;
import io.fedtrust.attestation.protocol.JobSet;
import io.fedtrust.attestation.protocol.KeySignatures;
import java.util.Map;

/**
 * What this client answered to a set, to be said again in the same bytes.
 *
 * @param challenge of the round
 * @param set digest of the set
 * @param context in which the server signed it
 * @param server the keys that signed it
 * @param own what this client signed
 * @param body of the reply
 * @param endNanos when the set ends, by the monotonic clock
 */
record Answered(
    Challenge challenge,
    Bytes set,
    JobContext context,
    PeerKeys server,
    KeySignatures own,
    Map<String, Object> body,
    long endNanos) {
  private static final long REST_BYTES = 1024;

  boolean isOf(JobSet other) {
    return other.digest(context).equals(set);
  }

  long bytes() {
    return CCInfo.jsonBytes(body) + REST_BYTES;
  }
}

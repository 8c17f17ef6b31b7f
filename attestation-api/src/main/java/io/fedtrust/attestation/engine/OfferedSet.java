// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.protocol.JobSet;

/**
 * A set that the server's keys signed for a round of this client; its participants have not been
 * appraised.
 *
 * @param set who takes part
 * @param digest its name in later messages
 * @param server the keys that signed it
 * @param endNanos when it ends, by the monotonic clock
 */
record OfferedSet(JobSet set, Bytes digest, PeerKeys server, long endNanos) {}

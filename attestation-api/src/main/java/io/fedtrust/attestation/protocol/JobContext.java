// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.protocol;

import io.fedtrust.attestation.encoding.Hashes;
import io.fedtrust.attestation.encoding.LengthPrefixed;
import io.fedtrust.attestation.model.Bytes;

/**
 * In which project, of which server and for which job something is signed
 * (docs/protocol/jobs.md#common-bytes).
 *
 * @param root DER of the root certificate at which the signer's chain ends
 * @param project the project's name
 * @param server the server's name
 * @param job the job's id
 */
public record JobContext(Bytes root, String project, String server, String job) {
  /** What a server signs begins so. */
  LengthPrefixed ofServer(String tag) {
    return begun(tag).add(server).add(job);
  }

  /** What a client signs begins so. */
  LengthPrefixed ofClient(String tag, String client) {
    return begun(tag).add(client).add(server).add(job);
  }

  private LengthPrefixed begun(String tag) {
    return new LengthPrefixed().add(tag).add(Hashes.sha256(root.bytes())).add(project);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.spi;

import java.util.concurrent.CompletionStage;

/**
 * How the host reaches other sites. A channel authenticates both ends by the certificates of the
 * project: what it says of a peer's name, here and to {@code CCManager.receive}, is what the
 * certificate at the other end says.
 */
public interface PeerChannel {
  /**
   * Sends a message and waits for the reply without blocking the caller.
   *
   * @param peer common name of the certificate that must be at the other end
   * @param message what to send
   * @param deadline after which the reply is of no use
   * @return the reply; completes exceptionally if there is none. Whoever cancels its future no
   *     longer waits.
   */
  CompletionStage<PeerMessage> request(String peer, PeerMessage message, Deadline deadline);
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.spi.PeerMessage;

/** What came of a request to a peer (docs/protocol/requests-and-refusals.md#silence). */
sealed interface Reply {

  /** Why there is no answer, for a log. */
  String problem();

  /**
   * The peer answered.
   *
   * @param message its reply
   */
  record Answered(PeerMessage message) implements Reply {
    @Override
    public String problem() {
      return "";
    }
  }

  /**
   * The peer signed that it does not answer, with a code that belongs to this topic: an answer, and
   * no miss.
   *
   * @param refusal whose signature was verified
   */
  record Refused(Refusal refusal) implements Reply {
    @Override
    public String problem() {
      return refusal.toString();
    }
  }

  /**
   * Nothing came that counts: no reply in time, a failure of the channel, a refusal that is not
   * signed or does not fit.
   *
   * @param problem in words for a log
   */
  record Silent(String problem) implements Reply {}
}

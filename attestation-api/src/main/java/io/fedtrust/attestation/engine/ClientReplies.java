// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.protocol.GroupRound;
import io.fedtrust.attestation.protocol.JobAnswer;
import io.fedtrust.attestation.protocol.JobContext;
import io.fedtrust.attestation.protocol.JobStart;
import io.fedtrust.attestation.protocol.KeySignatures;
import java.util.Map;
import java.util.Optional;

/** What a client signs in one attempt: its answer to a set, and that a job has started. */
final class ClientReplies {
  private final ClientServices services;
  private final String job;
  private final Challenge challenge;

  ClientReplies(ClientServices services, GroupRound round) {
    this.services = services;
    this.job = round.job();
    this.challenge = round.challenge(services.project());
  }

  /** The challenge of the round. */
  Challenge challenge() {
    return challenge;
  }

  Answered accepted(OfferedSet offered, ProcessKeys keys) {
    return answered(offered, keys, true, Optional.empty(), "");
  }

  /** The reason code is signed; the text is for logs. */
  Answered declined(OfferedSet offered, ProcessKeys keys, Optional<ReasonCode> code, String why) {
    return answered(offered, keys, false, code, why);
  }

  private Answered answered(
      OfferedSet offered,
      ProcessKeys keys,
      boolean accepts,
      Optional<ReasonCode> code,
      String why) {
    KeySignatures signatures =
        keys.sign(
            JobAnswer.signatureInput(
                keys.context(services.server(), job),
                services.self(),
                offered.digest(),
                accepts,
                code));
    return new Answered(
        challenge,
        offered.digest(),
        new JobContext(offered.server().root(), services.project(), services.server(), job),
        offered.server(),
        signatures,
        Map.of(
            Topics.ENOUGH,
            accepts,
            Topics.RESERVE_TOKEN,
            why,
            Topics.ANSWER,
            new JobAnswer(offered.digest(), accepts, code, signatures).toMap()),
        offered.endNanos());
  }

  /**
   * The job has started.
   *
   * @param dispatch what the server signed of the order
   */
  Map<String, Object> started(ProcessKeys keys, Bytes dispatch) {
    byte[] message =
        JobStart.signatureInput(
            keys.context(services.server(), job), services.self(), dispatch.bytes());
    JobStart start =
        new JobStart(
            keys.attested() ? keys.sessionSignature(message) : keys.siteSignature(message));
    return Map.of(Topics.START, start.toMap());
  }
}

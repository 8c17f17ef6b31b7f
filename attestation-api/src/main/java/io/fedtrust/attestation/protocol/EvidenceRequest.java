// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.protocol;

import io.fedtrust.attestation.encoding.Hashes;
import io.fedtrust.attestation.encoding.LengthPrefixed;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.model.EvidencePurpose;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * A relying party's request for evidence
 * (docs/protocol/requests-and-refusals.md#evidence-requests).
 *
 * @param mode how the challenge came about
 * @param purpose on which occasion it is asked; a request with another topic refuses it
 * @param verifier common name of the one who asks
 * @param subject name of the one who is asked
 * @param job id of the job it is for, if any
 * @param challenge what the evidence must contain; in a group the group challenge
 * @param life how long an answer is accepted; whole seconds
 * @param issued when it was asked, by the wall clock of the one who asks; whole seconds
 */
public record EvidenceRequest(
    Mode mode,
    EvidencePurpose purpose,
    String verifier,
    String subject,
    Optional<String> job,
    Challenge challenge,
    Duration life,
    Instant issued) {

  /**
   * Cuts the instant to whole seconds.
   *
   * @param mode how the challenge came about
   * @param purpose on which occasion it is asked
   * @param verifier common name of the one who asks
   * @param subject name of the one who is asked
   * @param job id of the job it is for, if any
   * @param challenge what the evidence must contain; in a group the group challenge
   * @param life how long an answer is accepted; whole seconds
   * @param issued when it was asked
   */
  public EvidenceRequest {
    issued = issued.truncatedTo(ChronoUnit.SECONDS);
  }

  /** How a challenge came about. */
  public enum Mode {
    /** One asks one. */
    PAIRWISE("pairwise"),
    /** All candidates of a job together. */
    GROUP("group"),
    /** One report answers many. */
    BATCH("batch");

    private final String text;

    Mode(String text) {
      this.text = text;
    }

    /** {@return the name on the wire, for example {@code pairwise}} */
    public String text() {
      return text;
    }
  }

  /**
   * Returns what the asking site's key signs as {@code _cc_sig} of an evidence request.
   *
   * @param rootCertificate DER of the project's root certificate
   * @return the bytes to sign
   */
  public byte[] signatureInput(byte[] rootCertificate) {
    return new LengthPrefixed()
        .add("FLCC-ASK-2")
        .add(Hashes.sha256(rootCertificate))
        .add(mode.text())
        .add(purpose.text())
        .add(verifier)
        .add(subject)
        .addText(job)
        .add(challenge.value())
        .addInt(life.toSeconds())
        .addLong(issued.getEpochSecond())
        .bytes();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import java.time.Duration;
import java.util.Optional;

/**
 * A relying party's request for evidence (trust protocol, section 4).
 *
 * @param mode how the challenge came about
 * @param verifier common name of the one who asks
 * @param subject name of the one who is asked
 * @param job id of the job it is for, if any
 * @param challenge what the evidence must contain; in a group the group challenge
 * @param life how long an answer is accepted; whole seconds
 */
public record Ask(
    Mode mode,
    String verifier,
    String subject,
    Optional<String> job,
    Challenge challenge,
    Duration life) {

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

    /**
     * Returns the name on the wire.
     *
     * @return for example {@code pairwise}
     */
    public String text() {
      return text;
    }
  }

  /**
   * Returns what the asking site's key signs as {@code _cc_sig} of an ask.
   *
   * @param rootCertificate DER of the project's root certificate
   * @return the bytes to sign
   */
  public byte[] signatureInput(byte[] rootCertificate) {
    return new LengthPrefixed()
        .add("FLCC-ASK-1")
        .add(Hashes.sha256(rootCertificate))
        .add(mode.text())
        .add(verifier)
        .add(subject)
        .addText(job)
        .add(challenge.value())
        .addInt(life.toSeconds())
        .bytes();
  }
}

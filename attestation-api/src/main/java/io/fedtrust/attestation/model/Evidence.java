// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import io.fedtrust.attestation.encoding.Hashes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Evidence as it travels: the text of a token and untrusted attachments beside it. Nothing about it
 * has been checked, not even that it has the stated form.
 */
public final class Evidence {
  private final EvidenceForm form;
  private final String token;
  private final byte[] endorsements;

  private Evidence(EvidenceForm form, String token, byte[] endorsements) {
    this.form = form;
    this.token = token;
    this.endorsements = endorsements;
  }

  /**
   * Takes a token.
   *
   * @param form as stated beside it
   * @param token as carried in {@code _cc_token}
   * @return the evidence, without attachments
   */
  public static Evidence of(EvidenceForm form, String token) {
    return new Evidence(form, token, new byte[0]);
  }

  /**
   * Adds attachments: certificates and signed reference manifests that the sender presents
   * (docs/protocol/exchange.md#attachments). They are believed only as far as their own signatures
   * go.
   *
   * @param json the decoded bytes of {@code _cc_endorsements}: one JSON object
   * @return evidence with these attachments
   */
  public Evidence withEndorsements(byte[] json) {
    return new Evidence(form, token, json.clone());
  }

  /** {@return the stated form} */
  public EvidenceForm form() {
    return form;
  }

  /** {@return the token, as carried} */
  public String token() {
    return token;
  }

  /** {@return the attachments of the sender, a copy of the JSON, or empty} */
  public Optional<byte[]> endorsements() {
    return endorsements.length == 0 ? Optional.empty() : Optional.of(endorsements.clone());
  }

  /**
   * {@return the digest under which logs and verdicts name this evidence: SHA-256 of the token's
   * UTF-8 bytes, 64 lower-case hex digits}
   */
  public String digest() {
    return HexFormat.of().formatHex(Hashes.sha256(token.getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Evidence that
        && form.equals(that.form)
        && token.equals(that.token)
        && Arrays.equals(endorsements, that.endorsements);
  }

  @Override
  public int hashCode() {
    return token.hashCode();
  }

  @Override
  public String toString() {
    return form + " " + digest();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import io.fedtrust.attestation.encoding.Hashes;
import io.fedtrust.attestation.encoding.LengthPrefixed;
import io.fedtrust.attestation.encoding.Utf8Order;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The 32 bytes that a relying party requires evidence to contain
 * (docs/protocol/exchange.md#challenges).
 */
public final class Challenge {
  /** Length of a challenge and of a nonce, in bytes. */
  public static final int BYTES = 32;

  private static final int ID_BYTES = 16;

  private final byte[] value;

  private Challenge(byte[] value) {
    this.value = value;
  }

  /**
   * Takes a challenge as it was received.
   *
   * @param value exactly 32 bytes
   * @return the challenge
   * @throws IllegalArgumentException for another length
   */
  public static Challenge of(byte[] value) {
    return new Challenge(exactly("challenge", value));
  }

  /**
   * Makes a fresh challenge.
   *
   * @param random a strong source
   * @return 32 random bytes
   */
  public static Challenge random(SecureRandom random) {
    byte[] value = new byte[BYTES];
    random.nextBytes(value);
    return new Challenge(value);
  }

  /**
   * Computes the challenge of a group round.
   *
   * @param project the project's name
   * @param job the job's id
   * @param jobDigest SHA-256 of the job's definition, if it is known
   * @param expiry end of the round; whole seconds count
   * @param nonces each member's nonce of 32 bytes, by the member's name
   * @return the challenge
   * @throws IllegalArgumentException if nobody is in the group or a nonce is not 32 bytes
   */
  public static Challenge ofGroup(
      String project,
      String job,
      Optional<byte[]> jobDigest,
      Instant expiry,
      Map<String, byte[]> nonces) {
    if (nonces.isEmpty()) {
      throw new IllegalArgumentException("a group has at least one member");
    }
    SortedMap<String, byte[]> ascending = new TreeMap<>(Utf8Order.INSTANCE);
    ascending.putAll(nonces);
    LengthPrefixed bytes =
        new LengthPrefixed()
            .add("FLCC-GROUP-1")
            .add(project)
            .add(job)
            .add(jobDigest)
            .addLong(expiry.getEpochSecond())
            .addInt(ascending.size());
    ascending.forEach((name, nonce) -> bytes.add(name).add(exactly("nonce", nonce)));
    return new Challenge(Hashes.sha256(bytes.bytes()));
  }

  private static byte[] exactly(String what, byte[] value) {
    if (value.length != BYTES) {
      throw new IllegalArgumentException(
          what + ": expected " + BYTES + " bytes, was " + value.length);
    }
    return value.clone();
  }

  /** {@return the challenge: 32 bytes, a copy} */
  public byte[] value() {
    return value.clone();
  }

  /**
   * {@return the name of this challenge on the wire, {@code _cc_challenge_id}: the first 16 bytes
   * of its SHA-256, 32 lower-case hex digits}
   */
  public String id() {
    return HexFormat.of().formatHex(Hashes.sha256(value), 0, ID_BYTES);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Challenge that && Arrays.equals(value, that.value);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(value);
  }

  @Override
  public String toString() {
    return "challenge " + id();
  }
}

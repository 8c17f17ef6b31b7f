// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.format;

import io.fedtrust.attestation.providers.codec.Base64Text;
import io.fedtrust.attestation.providers.codec.Digests;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The data whose digest is in a container group's report: {@code {"nonce":"..."}} with a
 * challenge's hash in unpadded base64url (docs/protocol/bindings.md#aci-raw). Azure's services take
 * JSON only.
 */
public final class RuntimeData {
  /** Bytes that a challenge is bound by. */
  public static final int HASH_BYTES = 32;

  private static final int REPORT_DATA_BYTES = 64;
  private static final Pattern NONCE = Pattern.compile("\\{\"nonce\":\"([A-Za-z0-9_-]{43})\"\\}");

  private RuntimeData() {}

  /**
   * Writes runtime data.
   *
   * @param hash 32 bytes
   * @return JSON, in the one spelling there is
   */
  public static byte[] of(byte[] hash) {
    return ("{\"nonce\":\"" + nonce(hash) + "\"}").getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Writes a hash as its nonce.
   *
   * @param hash 32 bytes
   * @return 43 characters of base64url
   */
  public static String nonce(byte[] hash) {
    if (hash.length != HASH_BYTES) {
      throw new IllegalArgumentException("hash: expected 32 bytes, was " + hash.length);
    }
    return Base64Text.encodeUrl(hash);
  }

  /**
   * Finds the hash in runtime data.
   *
   * @param json runtime data
   * @return 32 bytes, or empty if it is of another shape
   */
  public static Optional<byte[]> hash(byte[] json) {
    Matcher shape = NONCE.matcher(new String(json, StandardCharsets.ISO_8859_1));
    return shape.matches() ? ofNonce(shape.group(1)) : Optional.empty();
  }

  /**
   * Finds the hash that a nonce is.
   *
   * @param nonce text
   * @return 32 bytes, or empty if it is no such nonce
   */
  public static Optional<byte[]> ofNonce(String nonce) {
    return Base64Text.decodeUrl(nonce).filter(hash -> hash.length == HASH_BYTES);
  }

  /**
   * Computes the report data for runtime data.
   *
   * @param runtimeData any bytes
   * @return SHA-256, then 32 zeros
   */
  public static byte[] reportData(byte[] runtimeData) {
    return Arrays.copyOf(Digests.sha256Bytes(runtimeData), REPORT_DATA_BYTES);
  }
}

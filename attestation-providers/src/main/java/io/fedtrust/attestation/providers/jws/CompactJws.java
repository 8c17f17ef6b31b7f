// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.jws;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.util.Base64URL;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.codec.Base64Text;
import io.fedtrust.attestation.providers.codec.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Set;

/**
 * A signed token in compact form (RFC 7515 section 3.1; docs/protocol/README.md#one-spelling). Its
 * header is never used to find keys: {@code jku}, {@code jwk}, {@code x5u} and {@code x5c} are
 * ignored.
 *
 * @param text as received
 * @param header its members
 * @param payload its members
 */
public record CompactJws(String text, JsonObject header, JsonObject payload) {
  /** Longest token. */
  public static final int MAX_CHARACTERS = 256 << 10;

  private static final int MAX_HEADER = 16_384;
  private static final int MAX_SIGNATURE = 2048;

  /**
   * Parses a token. Nothing is verified.
   *
   * @param kind for refusals
   * @param members that its header may have
   * @throws MalformedEvidenceException unless it has exactly three parts in canonical base64url, of
   *     which header and payload are JSON objects, and a header without unknown members
   */
  public static CompactJws parse(JsonObject.Kind kind, String text, Set<String> members)
      throws MalformedEvidenceException {
    int first = text.indexOf('.');
    int last = text.lastIndexOf('.');
    if (text.length() > MAX_CHARACTERS
        || first < 1
        || first > MAX_HEADER
        || text.indexOf('.', first + 1) != last
        || text.length() - last - 1 > MAX_SIGNATURE) {
      throw kind.refused(
          "a compact JWS of at most " + MAX_CHARACTERS + " characters",
          "another shape, of " + text.length());
    }
    JsonObject header =
        JsonObject.read(kind, decoded(kind, text.substring(0, first)), MAX_CHARACTERS);
    JsonObject payload =
        JsonObject.read(kind, decoded(kind, text.substring(first + 1, last)), MAX_CHARACTERS);
    decoded(kind, text.substring(last + 1));
    if (!members.containsAll(header.names())) {
      throw kind.refused("a header with only " + members, header.names());
    }
    return new CompactJws(text, header, payload);
  }

  private static byte[] decoded(JsonObject.Kind kind, String part)
      throws MalformedEvidenceException {
    return Base64Text.decodeUrl(part)
        .filter(bytes -> bytes.length > 0)
        .orElseThrow(() -> kind.refused("canonical base64url", "something else"));
  }

  /** Returns {@code alg} of the header, which is not verified. */
  public String algorithm() throws MalformedEvidenceException {
    return header.text("alg");
  }

  /** Returns the signed bytes: header and payload as they were written, in ASCII. */
  public byte[] signingInput() {
    return text.substring(0, text.lastIndexOf('.')).getBytes(StandardCharsets.US_ASCII);
  }

  /** Tells whether a key signed this, in the algorithm that the header names. */
  public boolean isSignedBy(PublicKey key) {
    int last = text.lastIndexOf('.');
    try {
      return verifier(key)
          .verify(
              new JWSHeader(JWSAlgorithm.parse(algorithm())),
              signingInput(),
              new Base64URL(text.substring(last + 1)));
    } catch (JOSEException | MalformedEvidenceException | IllegalArgumentException e) {
      return false;
    }
  }

  private static JWSVerifier verifier(PublicKey key) throws JOSEException {
    if (key instanceof RSAPublicKey rsa) {
      return new RSASSAVerifier(rsa);
    }
    if (key instanceof ECPublicKey curve) {
      return new ECDSAVerifier(curve);
    }
    throw new JOSEException("expected an RSA or elliptic-curve key");
  }

  /** {@return the length of the token; who has the whole of it can present it} */
  @Override
  public String toString() {
    return "JWS of " + text.length() + " characters";
  }
}

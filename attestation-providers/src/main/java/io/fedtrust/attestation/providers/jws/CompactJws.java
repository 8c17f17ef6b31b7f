// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.jws;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.support.JsonObject;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.text.ParseException;
import java.util.Base64;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A signed token in compact form (RFC 7515 section 3.1; trust protocol, section 12). Nothing about
 * where keys come from is believed from its header: {@code jku}, {@code jwk}, {@code x5u} and
 * {@code x5c} name keys for nobody here.
 *
 * @param text as received
 * @param header its members
 * @param payload its members
 */
public record CompactJws(String text, JsonObject header, JsonObject payload) {
  /** Longest token. */
  public static final int MAX_CHARACTERS = 256 << 10;

  private static final Pattern PATTERN =
      Pattern.compile("[A-Za-z0-9_-]{1,16384}\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]{1,2048}");

  /**
   * Parses a token. Nothing is verified.
   *
   * @param kind for refusals
   * @param members that its header may have
   * @throws MalformedEvidenceException unless it has exactly three parts in canonical base64url, of
   *     which header and payload are JSON objects, and a header that says nothing unknown
   */
  public static CompactJws parse(JsonObject.Kind kind, String text, Set<String> members)
      throws MalformedEvidenceException {
    if (text.length() > MAX_CHARACTERS || !PATTERN.matcher(text).matches()) {
      throw kind.refused(
          "a compact JWS of at most " + MAX_CHARACTERS + " characters", text.length() + " others");
    }
    String[] parts = text.split("\\.", -1);
    JsonObject header = JsonObject.read(kind, decoded(kind, parts[0]), MAX_CHARACTERS);
    JsonObject payload = JsonObject.read(kind, decoded(kind, parts[1]), MAX_CHARACTERS);
    decoded(kind, parts[2]);
    if (!members.containsAll(header.names())) {
      throw kind.refused("a header with only " + members, header.names());
    }
    return new CompactJws(text, header, payload);
  }

  /** One spelling: no padding, and no bits that are cut off. */
  private static byte[] decoded(JsonObject.Kind kind, String part)
      throws MalformedEvidenceException {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(part);
      if (Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(part)) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      throw kind.refused("base64url", "other characters");
    }
    throw kind.refused("canonical base64url", "another spelling");
  }

  /** Tells whether a key signed this, in the algorithm that the header names. */
  public boolean isSignedBy(PublicKey key) {
    try {
      return JWSObject.parse(text).verify(verifier(key));
    } catch (ParseException | JOSEException | IllegalStateException e) {
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
}

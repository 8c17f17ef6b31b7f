// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.mock;

import com.nimbusds.jose.util.JSONObjectUtils;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;

/**
 * The format: bytes in, a record out, no cryptography. The token is {@code payload.signature}, both
 * in base64url; the payload is a JSON object with {@code image}, {@code nonce} and {@code debug}.
 */
record MockNote(byte[] payload, byte[] signature, String image, byte[] nonce, boolean debug) {
  private static final int MAX_CHARACTERS = 4096;

  static MockNote parse(String token) throws MalformedEvidenceException {
    String[] parts = token.split("\\.", -1);
    if (token.length() > MAX_CHARACTERS || parts.length != 2) {
      throw malformed(
          "payload.signature in at most " + MAX_CHARACTERS + " characters",
          token.length() + " characters in " + parts.length + " parts");
    }
    try {
      byte[] payload = Base64.getUrlDecoder().decode(parts[0]);
      Map<String, Object> json = JSONObjectUtils.parse(new String(payload, StandardCharsets.UTF_8));
      String image = JSONObjectUtils.getString(json, "image");
      if (image == null || !image.matches("[0-9a-f]{64}")) {
        throw malformed(
            "an image of 64 lower-case hex digits",
            image == null ? "none" : image.length() + " characters");
      }
      return new MockNote(
          payload,
          Base64.getUrlDecoder().decode(parts[1]),
          image,
          HexFormat.of().parseHex(String.valueOf(json.get("nonce"))),
          JSONObjectUtils.getBoolean(json, "debug"));
    } catch (ParseException | IllegalArgumentException e) {
      throw malformed(
          "JSON with image, nonce and debug", token.length() + " characters of other content");
    }
  }

  private static MalformedEvidenceException malformed(String expected, String actual) {
    return MalformedEvidenceException.of(
        "mock.format", ReasonCode.EVIDENCE_MALFORMED, expected, actual, "docs/adding-a-family.md");
  }
}

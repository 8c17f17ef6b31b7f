// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.format;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.codec.JsonObject;
import io.fedtrust.attestation.providers.codec.StrictJson;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * An answer of Intel's provisioning service, taken apart (Intel PCS API version 4): the object, and
 * the signature over its very bytes. What is verified and what is read are the same bytes.
 *
 * @param object from its brace to the matching one
 * @param signature r and s, 32 bytes each
 */
public record SignedAnswer(byte[] object, byte[] signature) {
  private static final String SIGNATURE = "signature";
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{128}");

  /**
   * Parses a response about a kind of platform.
   *
   * @param body {@code {"tcbInfo":{...},"signature":"..."}}, at most 256 KiB
   * @return both members
   * @throws MalformedEvidenceException if there is anything else
   */
  public static SignedAnswer tcbInfo(byte[] body) throws MalformedEvidenceException {
    return parse(TcbInfo.KIND, "tcbInfo", body, TcbInfo.MAX_BYTES);
  }

  /**
   * Parses a response about the TD quoting enclave.
   *
   * @param body {@code {"enclaveIdentity":{...},"signature":"..."}}, at most 64 KiB
   * @return both members
   * @throws MalformedEvidenceException if there is anything else
   */
  public static SignedAnswer qeIdentity(byte[] body) throws MalformedEvidenceException {
    return parse(QeIdentity.KIND, "enclaveIdentity", body, QeIdentity.MAX_BYTES);
  }

  /**
   * Parses a response: one object with exactly both members, in either order, and nothing else but
   * spaces and line feeds between them.
   */
  private static SignedAnswer parse(JsonObject.Kind kind, String member, byte[] body, int maxBytes)
      throws MalformedEvidenceException {
    JsonObject whole = JsonObject.read(kind, body, maxBytes);
    if (!whole.names().equals(Set.of(member, SIGNATURE))) {
      throw kind.refused(member + " and " + SIGNATURE, whole.names());
    }
    String signature = whole.text(SIGNATURE);
    if (!HEX.matcher(signature).matches()) {
      throw kind.refused("a signature of 64 bytes in lower-case hex", "another");
    }
    byte[] object = StrictJson.memberBytes(body, member);
    if (!isFramed(body, member, object, signature)) {
      throw kind.refused("nothing beside " + member + " and " + SIGNATURE, "another spelling");
    }
    return new SignedAnswer(object, HexFormat.of().parseHex(signature));
  }

  /**
   * The text outside the signed bytes has one spelling, except for spaces and line feeds, so that
   * no bit of it can change unnoticed.
   */
  private static boolean isFramed(byte[] body, String member, byte[] object, String signature) {
    String signed = "\"" + member + "\":";
    String signing = "\"" + SIGNATURE + "\":\"" + signature + "\"";
    int from = indexOf(body, object);
    String before = text(Arrays.copyOf(body, from));
    String after = text(Arrays.copyOfRange(body, from + object.length, body.length));
    return (before.equals("{" + signed) && after.equals("," + signing + "}"))
        || (before.equals("{" + signing + "," + signed) && after.equals("}"));
  }

  private static String text(byte[] frame) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(frame))
          .toString()
          .replaceAll("[ \n]", "");
    } catch (CharacterCodingException e) {
      return "";
    }
  }

  private static int indexOf(byte[] body, byte[] object) {
    int from = 0;
    while (!Arrays.equals(body, from, from + object.length, object, 0, object.length)) {
      from++;
    }
    return from;
  }

  @Override
  public String toString() {
    return "signed document of " + Digests.summary(object);
  }
}

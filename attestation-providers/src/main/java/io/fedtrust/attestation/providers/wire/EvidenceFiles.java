// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.wire;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.codec.Base64Text;
import io.fedtrust.attestation.providers.codec.BoundedFile;
import io.fedtrust.attestation.providers.codec.StrictJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;

/**
 * Stored evidence. The name of a file says what is in it: {@code .bin} the binary evidence itself,
 * {@code .json} an entry in NVFlare's format, anything else the token's text.
 */
public final class EvidenceFiles {
  private static final int MAX_BYTES = 8 << 20;

  private EvidenceFiles() {}

  /**
   * Reads evidence. Nothing of it is verified.
   *
   * @param file to read
   * @param form of the evidence, unless an entry states another
   * @return the evidence
   * @throws AttestationException {@code EVIDENCE_UNREADABLE} if the file is not what its name says
   */
  public static Evidence read(Path file, EvidenceForm form) {
    try {
      byte[] bytes = BoundedFile.read(file, MAX_BYTES);
      String name = file.toString();
      if (name.endsWith(".bin")) {
        return Evidence.of(form, Base64.getEncoder().encodeToString(bytes));
      }
      if (name.endsWith(".json") && !isList(bytes)) {
        return CCToken.fromMap(StrictJson.read(bytes, MAX_BYTES))
            .evidence(form)
            .orElseThrow(
                () ->
                    new AttestationException(
                        ErrorCode.EVIDENCE_UNREADABLE, name, "a known form and family", "others"));
      }
      return Evidence.of(form, new String(bytes, StandardCharsets.UTF_8).strip());
    } catch (IOException | MalformedEvidenceException e) {
      throw AttestationException.because(ErrorCode.EVIDENCE_UNREADABLE, file.toString(), e);
    }
  }

  /**
   * Returns binary evidence, whose token is its base64.
   *
   * @param evidence of a binary form
   * @return what a {@code .bin} file of it contains
   * @throws AttestationException {@code EVIDENCE_UNREADABLE} if the token is not base64
   */
  public static byte[] bytes(Evidence evidence) {
    return Base64Text.decode(evidence.token())
        .orElseThrow(
            () ->
                AttestationException.of(
                    ErrorCode.EVIDENCE_UNREADABLE, "evidence", "the token is not base64"));
  }

  /** Evidence of devices is a list in JSON by itself; an entry is an object. */
  private static boolean isList(byte[] json) {
    return new String(json, StandardCharsets.UTF_8).stripLeading().startsWith("[");
  }

  /**
   * Writes evidence as an entry.
   *
   * @param evidence to write
   * @return JSON for a file whose name ends with {@code .json}
   */
  public static String write(Evidence evidence) {
    return StrictJson.write(CCToken.of(evidence).toMap());
  }
}

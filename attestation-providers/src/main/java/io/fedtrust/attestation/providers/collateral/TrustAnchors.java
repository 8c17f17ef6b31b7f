// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.collateral;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.codec.BoundedFile;
import io.fedtrust.attestation.providers.codec.StrictJson;
import io.fedtrust.attestation.providers.codec.UnreadableException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.security.auth.x500.X500Principal;

/** Trust anchors as a file: {@code {"anchors": [{...}]}}, for private and simulated roots. */
public final class TrustAnchors {
  private static final int MAX_BYTES = 1 << 20;
  private static final Set<String> KEYS =
      Set.of(
          "family",
          "productLine",
          "role",
          "subject",
          "certificateSha256",
          "publicKeySha256",
          "origin");

  private TrustAnchors() {}

  /**
   * Reads records.
   *
   * @param file JSON
   * @return the anchors
   * @throws AttestationException {@code ANCHORS_INVALID} if it has another shape
   */
  public static List<TrustAnchor> read(Path file) {
    try {
      Map<String, ?> document = StrictJson.read(BoundedFile.read(file, MAX_BYTES), MAX_BYTES);
      if (!document.keySet().equals(Set.of("anchors"))
          || !(document.get("anchors") instanceof List<?> records)) {
        throw new UnreadableException("expected a list of anchors alone, was " + document.keySet());
      }
      List<TrustAnchor> anchors = new ArrayList<>();
      for (Object item : records) {
        if (!(item instanceof Map<?, ?> fields) || !fields.keySet().equals(KEYS)) {
          throw new UnreadableException("anchors: expected maps with exactly " + KEYS);
        }
        anchors.add(anchor(fields));
      }
      return anchors;
    } catch (IOException e) {
      throw AttestationException.because(ErrorCode.ANCHORS_INVALID, file.toString(), e);
    } catch (IllegalArgumentException e) {
      throw AttestationException.because(
          ErrorCode.ANCHORS_INVALID,
          file.toString(),
          "a record has an unknown origin, a subject that is no X.500 name, or a malformed digest",
          e);
    }
  }

  private static TrustAnchor anchor(Map<?, ?> fields) throws IOException {
    if (!(fields.get("certificateSha256") instanceof List<?> digests)) {
      throw new UnreadableException("certificateSha256: expected a list");
    }
    TrustAnchor.Origin origin = TrustAnchor.Origin.valueOf(text(fields, "origin"));
    if (origin == TrustAnchor.Origin.VENDOR) {
      throw new UnreadableException("origin: expected PRIVATE or SIMULATED; vendors' are built in");
    }
    return new TrustAnchor(
        text(fields, "family"),
        text(fields, "productLine"),
        text(fields, "role"),
        new X500Principal(text(fields, "subject")),
        digests.stream().map(String::valueOf).collect(Collectors.toSet()),
        text(fields, "publicKeySha256"),
        origin);
  }

  private static String text(Map<?, ?> fields, String name) throws IOException {
    if (fields.get(name) instanceof String text) {
      return text;
    }
    throw new UnreadableException(name + ": expected text");
  }

  /**
   * Writes records.
   *
   * @param anchors to write
   * @return JSON
   */
  public static String write(List<TrustAnchor> anchors) {
    List<Map<String, Object>> records = new ArrayList<>();
    for (TrustAnchor anchor : anchors) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("family", anchor.family());
      fields.put("productLine", anchor.productLine());
      fields.put("role", anchor.role());
      fields.put("subject", anchor.subject().getName());
      fields.put("certificateSha256", anchor.certificateSha256().stream().sorted().toList());
      fields.put("publicKeySha256", anchor.publicKeySha256());
      fields.put("origin", anchor.origin().name());
      records.add(fields);
    }
    return StrictJson.write(Map.of("anchors", records));
  }
}

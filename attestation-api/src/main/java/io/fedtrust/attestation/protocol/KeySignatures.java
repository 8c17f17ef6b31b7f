// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.protocol;

import io.fedtrust.attestation.encoding.SignatureFields;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the two keys of a site signed over the same bytes (docs/protocol/README.md#signatures).
 * Nothing of it has been verified.
 *
 * @param site by the site's key, {@code _cc_sig}
 * @param session by the key of the attested process, {@code _cc_session_sig}; absent for a site
 *     without evidence
 */
public record KeySignatures(Bytes site, Optional<Bytes> session) {
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(SignatureFields.SIGNATURE, WireText.base64(site.bytes()));
    session.ifPresent(
        value -> map.put(SignatureFields.SESSION_SIGNATURE, WireText.base64(value.bytes())));
    return map;
  }

  static KeySignatures fromMap(WireText wire) throws MalformedEvidenceException {
    return new KeySignatures(
        wire.bytes(SignatureFields.SIGNATURE, SignatureFields.MAX_SIGNATURE_BYTES),
        wire.optionalBytes(SignatureFields.SESSION_SIGNATURE, SignatureFields.MAX_SIGNATURE_BYTES));
  }
}

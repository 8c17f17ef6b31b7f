// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import io.fedtrust.attestation.encoding.PlainMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Fields of an entry. */
final class EntryFields extends PlainMap<MalformedEvidenceException> {
  EntryFields(Map<?, ?> map, String source) {
    super(
        map,
        (field, expected, actual) ->
            MalformedEvidenceException.of(
                field, ReasonCode.EVIDENCE_MALFORMED, expected, actual, source));
  }

  Bytes bytes(String field, int maxBytes) throws MalformedEvidenceException {
    return Bytes.of(base64(field, maxBytes));
  }

  Optional<Bytes> optionalBytes(String field, int maxBytes) throws MalformedEvidenceException {
    return has(field) ? Optional.of(bytes(field, maxBytes)) : Optional.empty();
  }

  List<Bytes> listOfBytes(String field, int maxItems, int maxBytes)
      throws MalformedEvidenceException {
    return listOfBase64(field, maxItems, maxBytes).stream().map(Bytes::of).toList();
  }

  List<Bytes> certificates() throws MalformedEvidenceException {
    return encodedCertificates().stream().map(Bytes::of).toList();
  }

  static List<String> base64(List<Bytes> items) {
    return items.stream().map(item -> base64(item.bytes())).toList();
  }
}

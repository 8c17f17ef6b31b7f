// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.protocol;

import io.fedtrust.attestation.encoding.PlainMap;
import io.fedtrust.attestation.encoding.Utf8Order;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Function;

/** Fields that messages of the protocol have in common. */
final class WireText extends PlainMap<MalformedEvidenceException> {
  static final int MAX_NAME_CHARACTERS = 256;
  static final int MAX_CODE_CHARACTERS = 64;
  private static final long MAX_EPOCH_SECOND = 253_402_300_799L;

  WireText(Map<?, ?> map, ReasonCode code, String source) {
    super(
        map,
        (field, expected, actual) ->
            MalformedEvidenceException.of(field, code, expected, actual, source));
  }

  Bytes bytes(String field, int maxBytes) throws MalformedEvidenceException {
    return Bytes.of(base64(field, maxBytes));
  }

  Optional<Bytes> optionalBytes(String field, int maxBytes) throws MalformedEvidenceException {
    return has(field) ? Optional.of(bytes(field, maxBytes)) : Optional.empty();
  }

  Bytes bytesAt(String field, List<?> list, int index, int maxBytes)
      throws MalformedEvidenceException {
    return Bytes.of(base64At(field, list, index, maxBytes));
  }

  /** A list of bytes, which may be empty. */
  List<Bytes> listOfBytes(String field, int maxItems, int maxBytes)
      throws MalformedEvidenceException {
    return listOfBase64(field, maxItems, maxBytes).stream().map(Bytes::of).toList();
  }

  /** A chain, leaf first, root excluded. */
  List<Bytes> certificates() throws MalformedEvidenceException {
    return encodedCertificates().stream().map(Bytes::of).toList();
  }

  /** A SHA-256 or a nonce. */
  Bytes digest(String field) throws MalformedEvidenceException {
    return digest(field, bytes(field, Challenge.BYTES));
  }

  Bytes digestAt(String field, List<?> list, int index) throws MalformedEvidenceException {
    return digest(field, bytesAt(field, list, index, Challenge.BYTES));
  }

  private Bytes digest(String field, Bytes bytes) throws MalformedEvidenceException {
    if (bytes.size() != Challenge.BYTES) {
      throw malformed(field, Challenge.BYTES + " bytes", bytes.size());
    }
    return bytes;
  }

  /** Names ascend by their UTF-8 bytes, and none comes twice. */
  String nextName(String field, SortedMap<String, ?> before, List<?> list)
      throws MalformedEvidenceException {
    String name = textAt(field, list, 0, MAX_NAME_CHARACTERS);
    if (name.isEmpty()
        || (!before.isEmpty() && Utf8Order.INSTANCE.compare(before.lastKey(), name) >= 0)) {
      throw malformed(field, "names that ascend without repetition", "another order");
    }
    return name;
  }

  String name(String field) throws MalformedEvidenceException {
    String name = text(field, MAX_NAME_CHARACTERS);
    if (name.isEmpty()) {
      throw malformed(field, "a name", "nothing");
    }
    return name;
  }

  Instant instant(String field) throws MalformedEvidenceException {
    return Instant.ofEpochSecond(number(field, MAX_EPOCH_SECOND));
  }

  /** The value with this name on the wire. */
  <V extends Enum<V>> V oneOf(String field, String text, V[] known, Function<V, String> names)
      throws MalformedEvidenceException {
    for (V value : known) {
      if (names.apply(value).equals(text)) {
        return value;
      }
    }
    throw malformed(field, "a name that is known here", "another");
  }

  Optional<ReasonCode> optionalReason(String field) throws MalformedEvidenceException {
    return has(field)
        ? Optional.of(
            oneOf(field, text(field, MAX_CODE_CHARACTERS), ReasonCode.values(), ReasonCode::name))
        : Optional.empty();
  }

  static List<String> base64(List<Bytes> items) {
    return items.stream().map(item -> base64(item.bytes())).toList();
  }
}

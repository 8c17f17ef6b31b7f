// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import io.fedtrust.attestation.encoding.Hashes;
import io.fedtrust.attestation.encoding.LengthPrefixed;
import io.fedtrust.attestation.encoding.Utf8Order;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One entry of NVFlare's {@code _cc_info}: a token under a namespace
 * (docs/protocol/exchange.md#entries). The wire shape is a plain map, so that any serializer can
 * carry it.
 *
 * @param token text of the token
 * @param namespace family, as written; not necessarily one known here
 * @param form stated form; absent is NVFlare's own
 * @param endorsements decoded bytes of the attachments of the sender
 * @param proof whose it is and what it answers; absent is NVFlare's own exchange
 */
public record CCToken(
    String token,
    String namespace,
    Optional<String> form,
    Optional<Bytes> endorsements,
    Optional<EntryProof> proof) {
  /** Most characters of a token. */
  public static final int MAX_TOKEN_CHARACTERS = 4 * 1024 * 1024;

  /** Most bytes of endorsements. */
  public static final int MAX_ENDORSEMENT_BYTES = 256 * 1024;

  private static final int MAX_NAME_CHARACTERS = 64;
  private static final String TOKEN = "_cc_token";
  private static final String NAMESPACE = "_cc_namespace";
  private static final String VALIDATED = "_cc_token_validated";
  private static final String FORM = "_cc_form";
  private static final String ENDORSEMENTS = "_cc_endorsements";
  private static final String SOURCE = "docs/protocol/exchange.md#entries";

  /**
   * Wraps evidence for the wire.
   *
   * @param evidence to send
   * @return the entry
   */
  public static CCToken of(Evidence evidence) {
    return new CCToken(
        evidence.token(),
        evidence.form().namespace().text(),
        Optional.of(evidence.form().text()),
        evidence.endorsements().map(Bytes::of),
        Optional.empty());
  }

  /**
   * Adds whose it is and what it answers.
   *
   * @param shown certificates and signatures
   * @return the entry with it
   */
  public CCToken with(EntryProof shown) {
    return new CCToken(token, namespace, form, endorsements, Optional.of(shown));
  }

  /**
   * Returns the evidence in this entry.
   *
   * @param fallback form that an entry without a stated form has: NVFlare's own
   * @return the evidence, or empty if form or namespace are unknown or do not belong together
   */
  public Optional<Evidence> evidence(EvidenceForm fallback) {
    return form.map(EvidenceForm::of)
        .orElse(Optional.of(fallback))
        .filter(known -> known.namespace().text().equals(namespace))
        .map(known -> Evidence.of(known, form.isPresent() ? token : withoutLineEnd(token)))
        .map(bare -> endorsements.map(hints -> bare.withEndorsements(hints.bytes())).orElse(bare));
  }

  /** NVFlare's TDXAuthorizer hands over the first line of a tool's output, with its end. */
  private static String withoutLineEnd(String line) {
    return line.endsWith("\n") ? line.substring(0, line.length() - 1) : line;
  }

  /** {@return the entry as NVFlare carries it, with our keys beside, which it ignores} */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(TOKEN, token);
    map.put(NAMESPACE, namespace);
    map.put(VALIDATED, false);
    form.ifPresent(text -> map.put(FORM, text));
    endorsements.ifPresent(hints -> map.put(ENDORSEMENTS, EntryFields.base64(hints.bytes())));
    proof.ifPresent(shown -> map.putAll(shown.toMap()));
    return map;
  }

  /**
   * Reads an entry. Keys that are not known here are left aside; whether the sender calls the token
   * validated does not matter. NVFlare's SEV-SNP authorizer sends a byte string, which is accepted.
   *
   * @param map names of the wire and their values
   * @return the entry
   * @throws MalformedEvidenceException if it has not that shape or is too large
   */
  public static CCToken fromMap(Map<?, ?> map) throws MalformedEvidenceException {
    EntryFields wire = new EntryFields(map, SOURCE);
    return new CCToken(
        wire.text(TOKEN, MAX_TOKEN_CHARACTERS),
        wire.text(NAMESPACE, MAX_NAME_CHARACTERS),
        wire.optionalText(FORM, MAX_NAME_CHARACTERS),
        wire.optionalBytes(ENDORSEMENTS, MAX_ENDORSEMENT_BYTES),
        EntryProof.fromMap(map, SOURCE));
  }

  /**
   * Computes the digest over device entries that a CPU entry is bound to
   * (docs/protocol/bindings.md#device-digest).
   *
   * @param devices every other entry, known or not, in any order
   * @return 32 bytes, or empty if there is no other entry
   */
  public static Optional<byte[]> deviceDigest(Collection<CCToken> devices) {
    if (devices.isEmpty()) {
      return Optional.empty();
    }
    List<byte[]> items =
        devices.stream().map(CCToken::deviceItem).sorted(Arrays::compareUnsigned).toList();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    items.forEach(bytes::writeBytes);
    return Optional.of(Hashes.sha256(bytes.toByteArray()));
  }

  private byte[] deviceItem() {
    return new LengthPrefixed()
        .add(namespace)
        .addText(form)
        .add(Hashes.sha256(token.getBytes(StandardCharsets.UTF_8)))
        .bytes();
  }

  /**
   * Computes the digest by which a signed set names the entries of a site
   * (docs/protocol/jobs.md#entries-digest).
   *
   * @param entries of one site, in any order; none for a site without evidence
   * @return 32 bytes
   */
  public static Bytes entriesDigest(Collection<CCToken> entries) {
    LengthPrefixed bytes = new LengthPrefixed().add("FLCC-ENTRIES-1").addInt(entries.size());
    entries.stream()
        .sorted(Comparator.comparing(CCToken::namespace, Utf8Order.INSTANCE))
        .forEach(entry -> entry.addTo(bytes));
    return Bytes.of(Hashes.sha256(bytes.bytes()));
  }

  private void addTo(LengthPrefixed bytes) {
    bytes
        .add(namespace)
        .addText(form)
        .add(Hashes.sha256(token.getBytes(StandardCharsets.UTF_8)))
        .add(hash(endorsements))
        .add(hash(proof.map(EntryProof::signature)))
        .add(hash(proof.flatMap(EntryProof::session).map(EntryProof.Session::signature)));
  }

  private static Optional<byte[]> hash(Optional<Bytes> value) {
    return value.map(bytes -> Hashes.sha256(bytes.bytes()));
  }
}

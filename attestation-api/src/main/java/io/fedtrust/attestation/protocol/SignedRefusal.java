// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.protocol;

import io.fedtrust.attestation.encoding.Hashes;
import io.fedtrust.attestation.encoding.LengthPrefixed;
import io.fedtrust.attestation.encoding.SignatureFields;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.RefusalCode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A refusal as it travels, signed by the site that refuses
 * (docs/protocol/requests-and-refusals.md#refusals). Nothing of it has been verified.
 *
 * @param text for logs; it is not signed, and never decides
 * @param code what whoever asked may do
 * @param retryAfter when it may ask again; whole seconds, 1 to 600
 * @param reason why the site declined
 * @param request the 32 bytes of the request that is refused, {@code _cc_request}
 * @param certificates DER, leaf first, root excluded
 * @param signature of the refusing site's key over {@link #signatureInput}
 */
public record SignedRefusal(
    String text,
    RefusalCode code,
    Optional<Duration> retryAfter,
    Optional<ReasonCode> reason,
    Bytes request,
    List<Bytes> certificates,
    Bytes signature) {
  /** The longest wait that a refusal may ask for. */
  public static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

  private static final String SOURCE = "docs/protocol/requests-and-refusals.md#refusals";
  private static final String TEXT = "reason";
  private static final String CODE = "code";
  private static final String RETRY_AFTER = "retry_after";
  private static final String REASON_CODE = "reason_code";
  private static final String REQUEST = "_cc_request";
  private static final int MAX_TEXT_CHARACTERS = 2048;

  /**
   * Copies the list.
   *
   * @param text for logs; it is not signed, and never decides
   * @param code what whoever asked may do
   * @param retryAfter when it may ask again; whole seconds, 1 to 600
   * @param reason why the site declined
   * @param request the 32 bytes of the request that is refused, {@code _cc_request}
   * @param certificates DER, leaf first, root excluded
   * @param signature of the refusing site's key over {@link #signatureInput}
   */
  public SignedRefusal {
    certificates = List.copyOf(certificates);
  }

  /**
   * Whose request is refused by whom.
   *
   * @param root DER of the root certificate at which the refusing site's chain ends
   * @param project the project's name
   * @param refuser who refuses
   * @param challenger whose request it is
   * @param topic of the request
   * @param nonce 32 bytes of the request, {@code _cc_request}
   */
  public record Request(
      Bytes root, String project, String refuser, String challenger, String topic, Bytes nonce) {}

  /**
   * Returns what the site's key signs.
   *
   * @param request whose request is refused by whom
   * @param code what whoever asked may do
   * @param retryAfter when it may ask again
   * @param reason why the site declined
   * @return the bytes to sign
   */
  public static byte[] signatureInput(
      Request request,
      RefusalCode code,
      Optional<Duration> retryAfter,
      Optional<ReasonCode> reason) {
    return new LengthPrefixed()
        .add("FLCC-REFUSE-1")
        .add(Hashes.sha256(request.root().bytes()))
        .add(request.project())
        .add(request.refuser())
        .add(request.challenger())
        .add(request.topic())
        .add(request.nonce().bytes())
        .add(code.name())
        .addInt(retryAfter.map(Duration::toSeconds).orElse(0L))
        .addText(reason.map(Enum::name))
        .bytes();
  }

  /** {@return the refusal as plain values: names of the wire and their values} */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(TEXT, text);
    map.put(CODE, code.name());
    retryAfter.ifPresent(wait -> map.put(RETRY_AFTER, wait.toSeconds()));
    reason.ifPresent(why -> map.put(REASON_CODE, why.name()));
    map.put(REQUEST, WireText.base64(request.bytes()));
    map.put(SignatureFields.CERTIFICATES, WireText.base64(certificates));
    map.put(SignatureFields.SIGNATURE, WireText.base64(signature.bytes()));
    return map;
  }

  /**
   * Reads a refusal.
   *
   * @param map names of the wire and their values; others are left aside
   * @return the refusal, unverified
   * @throws MalformedEvidenceException if it has not that shape; an unsigned refusal has not
   */
  public static SignedRefusal fromMap(Map<?, ?> map) throws MalformedEvidenceException {
    WireText wire = new WireText(map, ReasonCode.ANSWER_MALFORMED, SOURCE);
    Optional<Duration> retryAfter = Optional.empty();
    if (wire.has(RETRY_AFTER)) {
      long seconds = wire.number(RETRY_AFTER, LONGEST_WAIT.toSeconds());
      if (seconds == 0) {
        throw wire.malformed(RETRY_AFTER, "1 to " + LONGEST_WAIT.toSeconds(), seconds);
      }
      retryAfter = Optional.of(Duration.ofSeconds(seconds));
    }
    return new SignedRefusal(
        wire.text(TEXT, MAX_TEXT_CHARACTERS),
        wire.oneOf(
            CODE,
            wire.text(CODE, WireText.MAX_CODE_CHARACTERS),
            RefusalCode.values(),
            RefusalCode::name),
        retryAfter,
        wire.optionalReason(REASON_CODE),
        wire.digest(REQUEST),
        wire.certificates(),
        wire.bytes(SignatureFields.SIGNATURE, SignatureFields.MAX_SIGNATURE_BYTES));
  }
}

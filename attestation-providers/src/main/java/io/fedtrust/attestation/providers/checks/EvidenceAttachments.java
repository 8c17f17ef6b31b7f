// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.checks;

import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.codec.Base64Text;
import io.fedtrust.attestation.providers.codec.JsonObject;
import io.fedtrust.attestation.providers.codec.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The attachments that a sender presents with its evidence: {@code {"certificates": [DER in base64,
 * ...]}} (docs/protocol/exchange.md#attachments), of TDX and of a TPM {@code "eventLog"}, the log
 * in base64, which the evidence's own registers prove, and of NVIDIA {@code "manifests"}, reference
 * manifests in base64, which their own signatures prove. Revocation lists are not among it: those
 * come from the verifier's own sources.
 *
 * @param certificates their bytes, unverified
 * @param eventLog unverified
 * @param manifests unverified
 */
public record EvidenceAttachments(
    List<byte[]> certificates, Optional<byte[]> eventLog, List<byte[]> manifests) {
  private static final JsonObject.Kind KIND =
      new JsonObject.Kind(
          "evidence.endorsements",
          ReasonCode.EVIDENCE_MALFORMED,
          "docs/protocol/exchange.md#attachments");
  private static final String CERTIFICATES = "certificates";
  private static final String EVENT_LOG = "eventLog";
  private static final String MANIFESTS = "manifests";
  private static final int MAX_ITEMS = 16;

  /** The largest certificate that is looked at. */
  public static final int MAX_CERTIFICATE_BYTES = 16 * 1024;

  /**
   * Copies the lists.
   *
   * @param certificates their bytes, unverified
   * @param eventLog unverified
   * @param manifests unverified
   */
  public EvidenceAttachments {
    manifests = List.copyOf(manifests);
    certificates = List.copyOf(certificates);
  }

  /**
   * Reads certificates and an event log.
   *
   * @throws MalformedEvidenceException if the attachments have another shape
   */
  public static EvidenceAttachments withEventLog(Evidence evidence)
      throws MalformedEvidenceException {
    return read(evidence, Set.of(CERTIFICATES, EVENT_LOG));
  }

  /**
   * Attaches the certificates to evidence that is part of other evidence. An event log stays
   * behind: it explains registers of the whole.
   */
  public Evidence certify(Evidence part) {
    return certificates.isEmpty() ? part : part.withEndorsements(of(certificates));
  }

  /**
   * Reads certificates for a family that accepts nothing else; attachments of another shape count
   * as absent.
   *
   * @return their bytes, unverified
   */
  public static List<byte[]> certificates(Evidence evidence, CheckRecorder recorder) {
    return readable(evidence, Set.of(CERTIFICATES), recorder).certificates();
  }

  /** Reads certificates and an event log; attachments of another shape count as absent. */
  public static EvidenceAttachments withEventLog(Evidence evidence, CheckRecorder recorder) {
    return readable(evidence, Set.of(CERTIFICATES, EVENT_LOG), recorder);
  }

  /**
   * Reads reference manifests for a family that accepts nothing else; attachments of another shape
   * count as absent.
   *
   * @return their bytes, unverified
   */
  public static List<byte[]> manifests(Evidence evidence, CheckRecorder recorder) {
    return readable(evidence, Set.of(MANIFESTS), recorder).manifests();
  }

  private static EvidenceAttachments readable(
      Evidence evidence, Set<String> known, CheckRecorder recorder) {
    try {
      return read(evidence, known);
    } catch (MalformedEvidenceException e) {
      recorder.leftAside(KIND.check(), "what the sender attached", e);
      return new EvidenceAttachments(List.of(), Optional.empty(), List.of());
    }
  }

  private static EvidenceAttachments read(Evidence evidence, Set<String> known)
      throws MalformedEvidenceException {
    if (evidence.endorsements().isEmpty()) {
      return new EvidenceAttachments(List.of(), Optional.empty(), List.of());
    }
    JsonObject attachments =
        JsonObject.read(KIND, evidence.endorsements().orElseThrow(), CCToken.MAX_ENDORSEMENT_BYTES);
    if (attachments.names().isEmpty() || !known.containsAll(attachments.names())) {
      throw KIND.refused("some of " + known, attachments.names());
    }
    Optional<String> log = attachments.findText(EVENT_LOG);
    return new EvidenceAttachments(
        all(attachments.texts(CERTIFICATES, MAX_ITEMS), MAX_CERTIFICATE_BYTES),
        log.isPresent()
            ? Optional.of(base64(log.get(), CCToken.MAX_ENDORSEMENT_BYTES))
            : Optional.empty(),
        all(attachments.texts(MANIFESTS, MAX_ITEMS), CCToken.MAX_ENDORSEMENT_BYTES));
  }

  private static List<byte[]> all(List<String> texts, int maxBytes)
      throws MalformedEvidenceException {
    List<byte[]> items = new ArrayList<>();
    for (String text : texts) {
      items.add(base64(text, maxBytes));
    }
    return items;
  }

  private static byte[] base64(String text, int maxBytes) throws MalformedEvidenceException {
    return Base64Text.decode(text)
        .filter(bytes -> bytes.length > 0 && bytes.length <= maxBytes)
        .orElseThrow(() -> KIND.refused("canonical base64 of a bounded size", "something else"));
  }

  /** Writes certificates as an attachment. */
  public static byte[] of(List<byte[]> certificates) {
    return new EvidenceAttachments(certificates, Optional.empty(), List.of()).json();
  }

  /**
   * Writes what a host gives its guests for certificates, usable or not: a verifier names what it
   * cannot use.
   *
   * @param blobs the first 16 are taken, those that are empty or too large for a certificate are
   *     not
   * @return empty if nothing is left
   */
  public static Optional<byte[]> ofHost(List<byte[]> blobs) {
    List<byte[]> sized =
        blobs.stream()
            .filter(blob -> blob.length > 0 && blob.length <= MAX_CERTIFICATE_BYTES)
            .limit(MAX_ITEMS)
            .toList();
    return sized.isEmpty() ? Optional.empty() : Optional.of(of(sized));
  }

  /** Writes an event log as an attachment. */
  public static byte[] ofEventLog(byte[] log) {
    return new EvidenceAttachments(List.of(), Optional.of(log), List.of()).json();
  }

  /** Writes reference manifests as an attachment. */
  public static byte[] ofManifests(List<byte[]> manifests) {
    return new EvidenceAttachments(List.of(), Optional.empty(), manifests).json();
  }

  private byte[] json() {
    Map<String, Object> members = new LinkedHashMap<>();
    put(members, CERTIFICATES, certificates);
    put(members, MANIFESTS, manifests);
    eventLog.ifPresent(log -> members.put(EVENT_LOG, Base64.getEncoder().encodeToString(log)));
    return StrictJson.writeLine(members).getBytes(StandardCharsets.UTF_8);
  }

  private static void put(Map<String, Object> members, String name, List<byte[]> items) {
    if (!items.isEmpty()) {
      members.put(name, items.stream().map(Base64.getEncoder()::encodeToString).toList());
    }
  }
}

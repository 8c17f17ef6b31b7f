// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.protocol;

import io.fedtrust.attestation.encoding.SignatureFields;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.model.EvidencePurpose;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An evidence request as it travels, with the certificates and the signature of the site that asks
 * (docs/protocol/requests-and-refusals.md#evidence-requests). Nothing of it has been verified.
 *
 * @param request what is asked; in a group its challenge is computed from the round
 * @param round the list of a group, and of nothing else
 * @param certificates DER, leaf first, root excluded
 * @param signature of the asking site's key over {@link EvidenceRequest#signatureInput}
 */
public record SignedEvidenceRequest(
    EvidenceRequest request,
    Optional<GroupRound> round,
    List<Bytes> certificates,
    Bytes signature) {
  private static final String MODE = "mode";
  private static final String PURPOSE = "purpose";
  private static final String ISSUED = "issued";
  private static final String VERIFIER = "verifier";
  private static final String SUBJECT = "subject";
  private static final String JOB = "job";
  private static final String LIFE = "life";
  private static final String CHALLENGE = "challenge";
  private static final int MAX_LIFE_SECONDS = 3600;

  /**
   * Copies the list.
   *
   * @param request what is asked; in a group its challenge is computed from the round
   * @param round the list of a group, and of nothing else
   * @param certificates DER, leaf first, root excluded
   * @param signature of the asking site's key over {@link EvidenceRequest#signatureInput}
   */
  public SignedEvidenceRequest {
    certificates = List.copyOf(certificates);
  }

  /** {@return the request as plain values: names of the wire and their values} */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(MODE, request.mode().text());
    map.put(PURPOSE, request.purpose().text());
    map.put(VERIFIER, request.verifier());
    map.put(SUBJECT, request.subject());
    request.job().ifPresent(job -> map.put(JOB, job));
    map.put(LIFE, request.life().toSeconds());
    map.put(ISSUED, request.issued().getEpochSecond());
    round.ifPresentOrElse(
        list -> map.putAll(list.toMap()),
        () -> map.put(CHALLENGE, WireText.base64(request.challenge().value())));
    map.put(SignatureFields.CERTIFICATES, WireText.base64(certificates));
    map.put(SignatureFields.SIGNATURE, WireText.base64(signature.bytes()));
    return map;
  }

  /**
   * Reads the request that a message carries.
   *
   * @param message names of the wire and their values
   * @param member the one that holds the request
   * @param project this site's project
   * @return the request, unverified
   * @throws MalformedEvidenceException if the request is missing or malformed
   */
  public static SignedEvidenceRequest of(Map<?, ?> message, String member, String project)
      throws MalformedEvidenceException {
    if (message.get(member) instanceof Map<?, ?> map) {
      return fromMap(map, project);
    }
    throw MalformedEvidenceException.of(
        member,
        ReasonCode.REQUEST_MALFORMED,
        "a signed evidence request",
        "none",
        "docs/protocol/requests-and-refusals.md#evidence-requests");
  }

  /**
   * Reads an evidence request.
   *
   * @param map names of the wire and their values; others are left aside
   * @param project this site's project, for the challenge of a group
   * @return the request, unverified
   * @throws MalformedEvidenceException if it is malformed
   */
  public static SignedEvidenceRequest fromMap(Map<?, ?> map, String project)
      throws MalformedEvidenceException {
    WireText wire =
        new WireText(
            map,
            ReasonCode.REQUEST_MALFORMED,
            "docs/protocol/requests-and-refusals.md#evidence-requests");
    String text = wire.text(MODE, WireText.MAX_NAME_CHARACTERS);
    EvidenceRequest.Mode mode =
        Arrays.stream(EvidenceRequest.Mode.values())
            .filter(known -> known.text().equals(text))
            .findFirst()
            .orElseThrow(() -> wire.malformed(MODE, "pairwise, group or batch", text));
    String occasion = wire.text(PURPOSE, WireText.MAX_NAME_CHARACTERS);
    EvidencePurpose purpose =
        Arrays.stream(EvidencePurpose.values())
            .filter(known -> known.text().equals(occasion))
            .findFirst()
            .orElseThrow(
                () -> wire.malformed(PURPOSE, "registration, job or cross-site", occasion));
    Optional<GroupRound> round =
        mode == EvidenceRequest.Mode.GROUP
            ? Optional.of(GroupRound.fromMap(map))
            : Optional.empty();
    return new SignedEvidenceRequest(
        new EvidenceRequest(
            mode,
            purpose,
            wire.text(VERIFIER, WireText.MAX_NAME_CHARACTERS),
            wire.text(SUBJECT, WireText.MAX_NAME_CHARACTERS),
            wire.optionalText(JOB, WireText.MAX_NAME_CHARACTERS),
            round.isPresent()
                ? round.get().challenge(project)
                : Challenge.of(wire.digest(CHALLENGE).bytes()),
            Duration.ofSeconds(wire.number(LIFE, MAX_LIFE_SECONDS)),
            wire.instant(ISSUED)),
        round,
        wire.listOfBytes(
            SignatureFields.CERTIFICATES,
            SignatureFields.MAX_CERTIFICATES,
            SignatureFields.MAX_CERTIFICATE_BYTES),
        wire.bytes(SignatureFields.SIGNATURE, SignatureFields.MAX_SIGNATURE_BYTES));
  }
}

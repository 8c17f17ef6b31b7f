// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.format;

import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.codec.Base64Text;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.codec.JsonObject;
import io.fedtrust.attestation.providers.codec.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The evidence of a container group (form {@code aci-raw}; docs/protocol/bindings.md#token-bytes):
 * base64 of a JSON object with {@code report}, {@code endorsement} and, where there are any, {@code
 * runtimeData} and {@code policy}, each in base64. The certificates of its processor travel as
 * hints.
 */
public final class AciEvidence {
  private static final JsonObject.Kind KIND =
      new JsonObject.Kind(
          "aci.format", ReasonCode.EVIDENCE_MALFORMED, "docs/protocol/bindings.md#token-bytes");
  private static final Set<String> MEMBERS =
      Set.of("report", "endorsement", "runtimeData", "policy");
  private static final int MAX_BYTES = CCToken.MAX_TOKEN_CHARACTERS / 4 * 3;
  private static final int REPORT_BYTES = 1184;

  private final byte[] report;
  private final byte[] endorsement;
  private final Optional<byte[]> runtimeData;
  private final Optional<byte[]> policy;

  private AciEvidence(
      byte[] report, byte[] endorsement, Optional<byte[]> runtimeData, Optional<byte[]> policy) {
    this.report = report;
    this.endorsement = endorsement;
    this.runtimeData = runtimeData;
    this.policy = policy;
  }

  /**
   * Creates a bundle.
   *
   * @param report of the processor, 1184 bytes
   * @param endorsement of the utility VM
   * @return a bundle that is bound to no challenge
   */
  public static AciEvidence of(byte[] report, byte[] endorsement) {
    return new AciEvidence(report.clone(), endorsement.clone(), Optional.empty(), Optional.empty());
  }

  /**
   * Adds what the report hashes.
   *
   * @param bytes whose SHA-256 is in REPORT_DATA
   * @return a bundle with it
   */
  public AciEvidence runtimeData(byte[] bytes) {
    return new AciEvidence(report, endorsement, Optional.of(bytes.clone()), policy);
  }

  /**
   * Adds the container policy.
   *
   * @param rego whose SHA-256 is in HOST_DATA
   * @return a bundle with it
   */
  public AciEvidence policy(byte[] rego) {
    return new AciEvidence(report, endorsement, runtimeData, Optional.of(rego.clone()));
  }

  /**
   * Reads a bundle. Nothing is verified.
   *
   * @param token base64 of JSON
   * @return the bundle
   * @throws MalformedEvidenceException if it is of another shape
   */
  public static AciEvidence parse(String token) throws MalformedEvidenceException {
    JsonObject json =
        JsonObject.read(
            KIND,
            Base64Text.decode(token)
                .orElseThrow(() -> KIND.refused("canonical base64", "something else")),
            MAX_BYTES);
    if (!MEMBERS.containsAll(json.names())) {
      throw KIND.refused("nothing but " + MEMBERS.stream().sorted().toList(), json.names());
    }
    byte[] report = json.base64("report");
    if (report.length != REPORT_BYTES) {
      throw KIND.refused("a report of " + REPORT_BYTES + " bytes", report.length);
    }
    return new AciEvidence(
        report,
        json.base64("endorsement"),
        json.has("runtimeData") ? Optional.of(json.base64("runtimeData")) : Optional.empty(),
        json.has("policy") ? Optional.of(json.base64("policy")) : Optional.empty());
  }

  /**
   * Wraps it.
   *
   * @return evidence without attachments
   */
  public Evidence evidence() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("report", base64(report));
    members.put("endorsement", base64(endorsement));
    runtimeData.ifPresent(bytes -> members.put("runtimeData", base64(bytes)));
    policy.ifPresent(bytes -> members.put("policy", base64(bytes)));
    return Evidence.of(
        EvidenceForm.ACI_RAW,
        base64(StrictJson.writeLine(members).getBytes(StandardCharsets.UTF_8)));
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /**
   * {@return the report as separate evidence without attachments, for example to fetch AMD's
   * certificates for it}
   */
  public Evidence report() {
    return Evidence.of(EvidenceForm.SNP_REPORT, base64(report));
  }

  /**
   * Returns the report in a bundle as separate evidence, with the bundle's attachments: a client of
   * AMD's service can fetch for it.
   *
   * @param bundle evidence of form {@code aci-raw}
   * @return the report, or the bundle as it is if it is malformed
   */
  public static Evidence reportIn(Evidence bundle) {
    try {
      Evidence report = parse(bundle.token()).report();
      return bundle.endorsements().map(report::withEndorsements).orElse(report);
    } catch (MalformedEvidenceException e) {
      return bundle;
    }
  }

  /** {@return the endorsement, COSE_Sign1} */
  public byte[] endorsement() {
    return endorsement.clone();
  }

  /** {@return the data whose digest the report should contain; any bytes, or empty} */
  public Optional<byte[]> runtimeData() {
    return runtimeData.map(byte[]::clone);
  }

  /**
   * {@return the container policy that is presented, in Rego, or empty; its digest tells whether it
   * is enforced}
   */
  public Optional<byte[]> policy() {
    return policy.map(byte[]::clone);
  }

  @Override
  public String toString() {
    return "container group: report of "
        + Digests.summary(report)
        + "; endorsement of "
        + endorsement.length
        + " bytes"
        + policy.map(bytes -> "; policy of " + bytes.length + " bytes").orElse("");
  }
}

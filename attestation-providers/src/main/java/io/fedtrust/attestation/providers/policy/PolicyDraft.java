// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.policy;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.ClaimValue;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.policy.AppraisalContext;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.policy.PolicyOption;
import io.fedtrust.attestation.policy.PolicyVocabulary;
import io.fedtrust.attestation.providers.codec.StrictYaml;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A policy drafted from evidence: its measurement and identities, under a profile that is left as
 * it is. Nobody has reviewed it, so it accepts nothing until somebody says so.
 *
 * @param yaml the draft as a file
 * @param wouldRefuse checks that this very evidence would fail if the draft were in force
 */
public record PolicyDraft(String yaml, List<Check> wouldRefuse) {
  private static final String HEADER =
      """
      # Drafted from one piece of evidence. Read it, add where each measurement comes from
      # (source, computedBy, buildDigest) and until when it holds, then set reviewed to true.
      """;

  /**
   * Copies the list.
   *
   * @param yaml the draft as a file
   * @param wouldRefuse checks that this very evidence would fail if the draft were in force
   */
  public PolicyDraft {
    wouldRefuse = List.copyOf(wouldRefuse);
  }

  /**
   * Drafts a policy.
   *
   * @param id name of the policy
   * @param evidence as received
   * @param verification what its verifier says
   * @param profile of the family, for example {@code strict}
   * @param at the instant for which to appraise
   * @return the draft
   * @throws AttestationException {@code EVIDENCE_NOT_GENUINE} unless the evidence is genuine
   */
  public static PolicyDraft of(
      String id, Evidence evidence, EvidenceVerification verification, String profile, Instant at) {
    if (!(verification instanceof EvidenceVerification.Genuine genuine)) {
      throw new AttestationException(
          ErrorCode.EVIDENCE_NOT_GENUINE,
          "evidence " + evidence.digest(),
          "authentic evidence",
          verification.checks().stream()
              .filter(check -> check.code().isPresent())
              .findFirst()
              .map(Check::toString)
              .orElse("other"));
    }
    Namespace namespace = evidence.form().namespace();
    PolicyVocabulary vocabulary =
        FederationPolicies.vocabularies().stream()
            .filter(known -> known.namespace().equals(namespace))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no vocabulary of " + namespace));
    String yaml =
        HEADER + StrictYaml.write(document(id, evidence, genuine.claims(), vocabulary, profile));
    FederationPolicy policy = FederationPolicies.yaml(yaml);
    List<Check> refusing =
        policy
            .find(FederationPolicy.ANY_SITE, namespace)
            .orElseThrow()
            .appraise(evidence, verification, AppraisalContext.evidenceAlone("draft", at))
            .checks()
            .stream()
            .filter(check -> check.outcome() == Check.Outcome.FAILED)
            .filter(check -> !check.name().equals("policy.reviewed"))
            .toList();
    return new PolicyDraft(yaml, refusing);
  }

  private static Map<String, Object> document(
      String id, Evidence evidence, Claims claims, PolicyVocabulary vocabulary, String profile) {
    Map<String, Object> rules = new LinkedHashMap<>();
    rules.put("profile", profile);
    if (!evidence.form().equals(vocabulary.defaultForm())) {
      rules.put("forms", List.of(evidence.form().text()));
    }
    if (vocabulary.measurementBytes() > 0) {
      Map<String, Object> measurement = new LinkedHashMap<>();
      measurement.put("name", "drafted from evidence " + evidence.digest().substring(0, 16));
      measurement.put("measurement", claims.measurement());
      rules.put("measurements", List.of(measurement));
    }
    for (PolicyOption option : vocabulary.identities()) {
      identity(claims, option).ifPresent(value -> rules.put(option.key(), value));
    }
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("id", id);
    document.put("version", "1");
    document.put("reviewed", false);
    document.put(
        "sites", Map.of(FederationPolicy.ANY_SITE, Map.of(vocabulary.namespace().text(), rules)));
    return document;
  }

  /** All zero means that nobody set it. */
  private static Optional<Object> identity(Claims claims, PolicyOption option) {
    Optional<ClaimValue> claim = claims.find(option.claim());
    if (claim.isPresent() && claim.get() instanceof ClaimValue.Texts texts) {
      List<String> several = texts.texts().stream().distinct().sorted().toList();
      return Optional.<Object>of(several).filter(ignored -> !several.isEmpty());
    }
    return claim.map(ClaimValue::text).filter(text -> !text.matches("0*")).map(text -> text);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.policy;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.policy.PolicyVocabulary;
import io.fedtrust.attestation.providers.codec.BoundedFile;
import io.fedtrust.attestation.providers.codec.StrictJson;
import io.fedtrust.attestation.providers.codec.StrictYaml;
import io.fedtrust.attestation.providers.family.EvidenceFamilies;
import io.fedtrust.attestation.providers.family.EvidenceFamily;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads policies. The words of each family are those of {@link EvidenceFamilies}. */
public final class FederationPolicies {
  /** Largest policy file, in bytes. */
  public static final int MAX_BYTES = 1 << 20;

  private FederationPolicies() {}

  /**
   * Returns the vocabularies of all families that are here.
   *
   * @return in the order of their families
   */
  public static List<PolicyVocabulary> vocabularies() {
    return EvidenceFamilies.installed().all().stream().map(EvidenceFamily::vocabulary).toList();
  }

  /**
   * Reads a policy from a file.
   *
   * @param file YAML, or JSON if its name ends with {@code .json}
   * @return the policy
   * @throws AttestationException {@code POLICY_INVALID} naming the place
   */
  public static FederationPolicy read(Path file) {
    try {
      byte[] bytes = BoundedFile.read(file, MAX_BYTES);
      return file.toString().endsWith(".json") ? parseJson(bytes) : parseYaml(bytes);
    } catch (IOException e) {
      throw AttestationException.because(ErrorCode.POLICY_INVALID, file.toString(), e);
    }
  }

  /**
   * Reads a policy from YAML.
   *
   * @param yaml the text
   * @return the policy
   * @throws AttestationException {@code POLICY_INVALID} naming the place
   */
  public static FederationPolicy yaml(String yaml) {
    return parseYaml(yaml.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads a policy from JSON.
   *
   * @param json the text
   * @return the policy
   * @throws AttestationException {@code POLICY_INVALID} naming the place
   */
  public static FederationPolicy json(String json) {
    return parseJson(json.getBytes(StandardCharsets.UTF_8));
  }

  private static FederationPolicy parseYaml(byte[] yaml) {
    try {
      return parse(StrictYaml.read(yaml, MAX_BYTES));
    } catch (IOException e) {
      throw AttestationException.because(ErrorCode.POLICY_INVALID, "policy", e);
    }
  }

  private static FederationPolicy parseJson(byte[] json) {
    try {
      return parse(StrictJson.read(json, MAX_BYTES));
    } catch (IOException e) {
      throw AttestationException.because(ErrorCode.POLICY_INVALID, "policy", e);
    }
  }

  private static FederationPolicy parse(Map<String, @Nullable Object> document) {
    return new PolicyDocument(vocabularies()).read(document);
  }
}

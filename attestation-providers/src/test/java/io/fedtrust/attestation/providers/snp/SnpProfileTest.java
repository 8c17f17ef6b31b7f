// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.model.Verdict;
import io.fedtrust.attestation.policy.AppraisalContext;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.policy.PolicyVocabulary;
import io.fedtrust.attestation.policy.ReferenceValue;
import io.fedtrust.attestation.providers.collateral.Revocation;
import io.fedtrust.attestation.providers.snp.Vectors.Vector;
import io.fedtrust.attestation.providers.snp.policy.SnpPolicy;
import io.fedtrust.attestation.providers.snp.policy.SnpVocabulary;
import io.fedtrust.attestation.providers.snp.verifier.SnpVerifier;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every profile against the real evidence of its cloud, and strict against all of it. */
class SnpProfileTest {
  @BeforeAll
  static void vectors() {
    Vectors.assume();
  }

  private static Verdict verdict(Vector vector, String profile) {
    FederationPolicy policy =
        FederationPolicy.named("profiles", "1")
            .anySite(
                SnpPolicy.profile(profile)
                    .measurement(
                        ReferenceValue.of(
                            "of the vector", (String) vector.map("report").get("measurement")))
                    .build())
            .build();
    return policy
        .find(vector.name(), Namespace.SNP)
        .orElseThrow()
        .appraise(
            vector.evidence(),
            SnpVerifier.builder()
                .revocation(Revocation.NOT_CHECKED)
                .build()
                .verify(vector.evidence(), vector.collateral(), vector.time()),
            AppraisalContext.evidenceAlone(vector.name(), vector.time()));
  }

  @ParameterizedTest(name = "{0} under {1}: {2}")
  @CsvSource({
    "milan-v2-a, strict, policy.debug",
    "milan-v2-b, strict, policy.committed",
    "milan-v2-b, azure-aci, ''",
    "milan-v2-c, strict, ''",
    "milan-v3-azure-a, strict, ''",
    "milan-v3-azure-a, azure-aci, ''",
    "milan-v3-azure-b, azure-aci, ''",
    "genoa-v3-azure, azure-aci, ''",
    "milan-v3-oak, strict, ''",
    "milan-v4-gcp, strict, ''",
    "milan-v4-gcp, gcp, ''",
    "milan-v2-c, gcp, policy.platform-alias-check",
    "milan-v3-vlek-aws, strict, policy.signer",
    "milan-v3-vlek-aws, aws-vlek, ''",
    "milan-v4-gcp, aws-vlek, policy.signer",
    "genoa-v5-oak, strict, ''",
    "turin-v5-oak, strict, ''"
  })
  @DisplayName("the verdict that a profile gives on real evidence")
  void verdicts(String name, String profile, String firstBroken) {
    Verdict verdict = verdict(Vector.of(name), profile);
    assertThat(
            verdict.checks().stream()
                .filter(check -> check.code().isPresent())
                .findFirst()
                .map(check -> check.name())
                .orElse(""))
        .as(verdict.explain())
        .isEqualTo(firstBroken);
    assertThat(verdict.trusted()).isEqualTo(firstBroken.isEmpty());
  }

  @Test
  @DisplayName("every profile but strict states only what differs")
  void differences() {
    List<PolicyVocabulary.Profile> profiles = new SnpVocabulary().profiles();
    PolicyVocabulary.Profile strict = profiles.get(0);
    assertThat(strict.name()).isEqualTo(PolicyVocabulary.STRICT);
    for (PolicyVocabulary.Profile profile : profiles.subList(1, profiles.size())) {
      assertThat(profile.meaning()).isNotBlank();
      profile
          .settings()
          .forEach(
              (key, value) ->
                  assertThat(value)
                      .as("%s %s", profile.name(), key)
                      .isNotEqualTo(strict.settings().get(key)));
    }
  }
}

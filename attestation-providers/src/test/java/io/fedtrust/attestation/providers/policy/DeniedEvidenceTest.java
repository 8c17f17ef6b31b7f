// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.ClaimValue;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.policy.DenyList;
import io.fedtrust.attestation.policy.DenyOption;
import io.fedtrust.attestation.policy.PolicyVocabulary;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What each family's evidence can be denied by. */
class DeniedEvidenceTest {
  private static final String MEASURED = "ab".repeat(48);
  private static final String CHIP = "cd".repeat(64);
  private static final String PPID = "ef".repeat(16);

  /** Claims of every identity, whatever the family. */
  private static Claims claims(EvidenceForm form) {
    return Claims.of(form, MEASURED, new byte[0])
        .put("chip-id", new ClaimValue.Octets(CHIP))
        .put("ppid", new ClaimValue.Octets(PPID))
        .put("ueids", new ClaimValue.Texts(List.of("41", "42")))
        .put("vm-id", new ClaimValue.Text("A80B7FE7-5B93-4027-9971-6CCEE468C2B3"))
        .build();
  }

  static Stream<Arguments> denials() {
    return Stream.of(
        Arguments.of(Namespace.SNP, "chipIds", CHIP, "dc".repeat(64)),
        Arguments.of(Namespace.SNP, "measurements", MEASURED, "ba".repeat(48)),
        Arguments.of(Namespace.TDX, "ppids", PPID, "fe".repeat(16)),
        Arguments.of(Namespace.TDX, "measurements", MEASURED, "ba".repeat(48)),
        Arguments.of(Namespace.NVIDIA_GPU, "ueids", "42", "4"),
        Arguments.of(Namespace.AZURE_ACI, "chipIds", CHIP, "dc".repeat(64)),
        Arguments.of(Namespace.AZURE_ACI, "measurements", MEASURED, "ba".repeat(48)),
        Arguments.of(
            Namespace.AZURE_CVM, "vmIds", "a80b7fe7-5b93-4027-9971-6ccee468c2b3", "a80b7fe7"),
        Arguments.of(
            Namespace.AZURE_CVM, "vmIds", "A80B7FE7-5B93-4027-9971-6CCEE468C2B3", "A80B7FE7"),
        Arguments.of(Namespace.AZURE_CVM, "chipIds", CHIP, "dc".repeat(64)),
        Arguments.of(Namespace.AZURE_CVM, "ppids", PPID, "fe".repeat(16)),
        Arguments.of(Namespace.AZURE_CVM, "measurements", MEASURED, "ba".repeat(48)));
  }

  private static PolicyVocabulary vocabulary(Namespace namespace) {
    return FederationPolicies.vocabularies().stream()
        .filter(known -> known.namespace().equals(namespace))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @MethodSource("denials")
  @DisplayName("a denied value is found in every form of its family, another value is not")
  void found(Namespace namespace, String key, String denied, String other) {
    PolicyVocabulary words = vocabulary(namespace);
    DenyList both = DenyList.builder().evidence(words, key, List.of(denied, other)).build();
    DenyList another = DenyList.builder().evidence(words, key, other).build();
    for (EvidenceForm form : EvidenceForm.all()) {
      if (form.namespace().equals(namespace)) {
        assertThat(both.refusal(claims(form)).flatMap(Check::code)).contains(ReasonCode.DENIED);
        assertThat(another.refusal(claims(form))).isEmpty();
        assertThat(both.refusal(Claims.of(form, "", new byte[0]).build())).isEmpty();
      } else {
        assertThat(both.refusal(claims(form))).as("another family").isEmpty();
      }
    }
  }

  @Test
  @DisplayName("every kind of value that can be denied is tested here")
  void complete() {
    assertThat(denials().map(row -> Arrays.asList(row.get()).subList(0, 2)).distinct())
        .containsExactlyInAnyOrderElementsOf(
            FederationPolicies.vocabularies().stream()
                .flatMap(
                    words ->
                        words.denials().stream()
                            .map(DenyOption::key)
                            .map(key -> List.<Object>of(words.namespace(), key)))
                .toList());
  }
}

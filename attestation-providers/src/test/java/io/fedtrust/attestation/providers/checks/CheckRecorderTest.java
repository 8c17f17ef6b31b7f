// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.checks;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.ReasonCode;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a verifier that fails says about evidence. */
class CheckRecorderTest {
  private static EvidenceVerification failing(RuntimeException defect) {
    return CheckRecorder.judged(
        "snp.verifier",
        Evidence.of(EvidenceForm.SNP_REPORT, "report"),
        () -> {
          throw defect;
        });
  }

  @Test
  @DisplayName("a verifier that fails decides nothing: it neither admits nor rejects")
  void undetermined() {
    assertThat(failing(new IllegalStateException("defect")))
        .isInstanceOfSatisfying(
            EvidenceVerification.Undetermined.class,
            result -> {
              assertThat(result.missing()).isEqualTo(ReasonCode.INTERNAL_ERROR);
              assertThat(result.claims()).isEmpty();
              assertThat(result.checks())
                  .singleElement()
                  .satisfies(check -> assertThat(check.name()).isEqualTo("snp.verifier"));
            });
  }
}

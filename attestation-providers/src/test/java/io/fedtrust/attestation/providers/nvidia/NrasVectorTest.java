// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia;

import static io.fedtrust.attestation.providers.nvidia.Answers.claim;
import static io.fedtrust.attestation.providers.nvidia.Answers.claims;
import static io.fedtrust.attestation.providers.nvidia.Answers.code;
import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.collateral.ServiceKeys;
import io.fedtrust.attestation.providers.nvidia.nras.NrasItems;
import io.fedtrust.attestation.providers.nvidia.nras.NrasVerifier;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The service's real answer gives what it says, at its time alone. */
class NrasVectorTest {
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

  private static final Instant THEN = Instant.parse("2025-06-11T01:00:00Z");

  private static String bundle() {
    GpuVectors.assume();
    return new String(
        GpuVectors.bytes("nras/hopperClaimsv3_detached_eat.json"), StandardCharsets.UTF_8);
  }

  private static EvidenceVerification judge(String token, Instant at, NrasVerifier verifier) {
    return verifier.verify(
        Evidence.of(EvidenceForm.NRAS_EAT, token),
        Collateral.of(
            List.of(
                ServiceKeys.of(
                        NrasItems.ISSUER,
                        Instant.parse("2026-12-31T00:00:00Z"),
                        ServiceKeys.Trust.CONFIGURED,
                        GpuVectors.bytes("nras/nras-prod-jwks-recovered.json"))
                    .item(NrasItems.KEYS, NrasItems.NVIDIA))),
        at);
  }

  @Test
  @DisplayName("a recorded answer is authentic at its time, and says driver and VBIOS")
  void recorded() {
    EvidenceVerification verification = judge(bundle(), THEN, NrasVerifier.builder().build());
    assertThat(claim(claims(verification), "driver-version")).isEqualTo("550.90.07");
    assertThat(claim(claims(verification), "vbios-versions")).isEqualTo("96.00.9F.00.01");
    assertThat(claim(claims(verification), "ueids"))
        .isEqualTo("478176379286082186618948445787393647364802107249");
    assertThat(claim(claims(verification), "hardware-models")).isEqualTo("GH100 A01 GSP BROM");
    assertThat(claim(claims(verification), "sample-nonce")).isEqualTo("true");
    assertThat(((EvidenceVerification.Genuine) verification).expiresAt())
        .isEqualTo(Instant.ofEpochSecond(1_749_605_458));
  }

  @Test
  @DisplayName("the same answer is refused later, of another issuer, and with any part changed")
  void refused() {
    NrasVerifier verifier = NrasVerifier.builder().build();
    assertThat(code(judge(bundle(), NOW, verifier), "nras.overall-times"))
        .contains(ReasonCode.TOKEN_NOT_VALID);
    assertThat(
            code(
                judge(
                    bundle(),
                    THEN,
                    NrasVerifier.builder()
                        .issuer("https://nras.attestation-stg.nvidia.com")
                        .build()),
                "nras.overall-issuer"))
        .contains(ReasonCode.ISSUER_UNKNOWN);
    String bundle = bundle();
    for (int i = 0; i < bundle.length(); i += 13) {
      char changed = bundle.charAt(i) == 'A' ? 'B' : 'A';
      String other = bundle.substring(0, i) + changed + bundle.substring(i + 1);
      assertThat(judge(other, THEN, verifier)).isNotInstanceOf(EvidenceVerification.Genuine.class);
    }
  }

  @Test
  @DisplayName("the real answer survives the form of NVFlare's own authorizer")
  void inside() {
    String peer = "[[\"JWT\",\"e30.e30.AA\"],{\"REMOTE_GPU_CLAIMS\":" + bundle() + "}]";
    assertThat(judge(peer, THEN, NrasVerifier.builder().build()))
        .isInstanceOf(EvidenceVerification.Genuine.class);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia;

import static io.fedtrust.attestation.providers.nvidia.Answers.check;
import static io.fedtrust.attestation.providers.nvidia.Answers.claim;
import static io.fedtrust.attestation.providers.nvidia.Answers.claims;
import static io.fedtrust.attestation.providers.nvidia.Answers.code;
import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.collateral.ServiceKeys;
import io.fedtrust.attestation.providers.nvidia.nras.NrasItems;
import io.fedtrust.attestation.providers.nvidia.nras.NrasVerifier;
import io.fedtrust.attestation.simulated.SimulatedBundle;
import io.fedtrust.attestation.simulated.SimulatedNras;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Simulated answers of NVIDIA's remote attestation service: what is wrong with them is named. */
class NrasVerifierTest {
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
  private static final byte[] NONCE = Digests.sha256Bytes(new byte[] {7});
  private static final SimulatedNras SERVICE = SimulatedNras.create(new SecureRandom());

  private static Collateral keys() {
    return Collateral.of(
        List.of(SERVICE.keys(NOW.plusSeconds(86_400)).item(NrasItems.KEYS, NrasItems.NVIDIA)));
  }

  private static EvidenceVerification judge(Evidence evidence) {
    return NrasVerifier.builder().build().verify(evidence, keys(), NOW);
  }

  private static EvidenceVerification judge(SimulatedBundle bundle) {
    return judge(SERVICE.evidence(bundle));
  }

  private static SimulatedBundle good() {
    return SERVICE.bundle(NONCE, NOW);
  }

  @Test
  @DisplayName("a good answer is authentic, of claims version 3 or 2, about one or several GPUs")
  void accepted() {
    assertThat(claim(claims(judge(good())), "gpus")).isEqualTo("1");
    assertThat(claims(judge(good())).isBoundTo(NONCE)).isTrue();
    assertThat(claim(claims(judge(good().gpu().gpu())), "gpus")).isEqualTo("3");
    assertThat(claim(claims(judge(good().version2())), "claims-version")).isEqualTo("2.0");
    assertThat(judge(good()).notes()).anyMatch(note -> note.startsWith("SIMULATED"));
  }

  static Stream<Map.Entry<String, Consumer<SimulatedBundle>>> badFindings() {
    Stream<String> flags =
        Stream.of(
            "secboot",
            "x-nvidia-gpu-arch-check",
            "x-nvidia-gpu-attestation-report-parsed",
            "x-nvidia-gpu-attestation-report-nonce-match",
            "x-nvidia-gpu-attestation-report-signature-verified",
            "x-nvidia-gpu-attestation-report-cert-chain-fwid-match",
            "x-nvidia-gpu-driver-rim-fetched",
            "x-nvidia-gpu-driver-rim-schema-validated",
            "x-nvidia-gpu-driver-rim-signature-verified",
            "x-nvidia-gpu-driver-rim-version-match",
            "x-nvidia-gpu-driver-rim-measurements-available",
            "x-nvidia-gpu-vbios-rim-fetched",
            "x-nvidia-gpu-vbios-rim-schema-validated",
            "x-nvidia-gpu-vbios-rim-signature-verified",
            "x-nvidia-gpu-vbios-rim-version-match",
            "x-nvidia-gpu-vbios-rim-measurements-available",
            "x-nvidia-gpu-vbios-index-no-conflict");
    Stream<Map.Entry<String, Consumer<SimulatedBundle>>> plain =
        flags.flatMap(
            name ->
                Stream.of("false", "null", "")
                    .map(
                        value ->
                            Map.entry(
                                name + " " + value,
                                bundle -> bundle.device("GPU-0", name, value))));
    Stream<Map.Entry<String, Consumer<SimulatedBundle>>> others =
        Stream.of(
            finding("measres", "\"fail\""),
            finding("measres", "\"comparison-successful\""),
            finding("measres", ""),
            finding("dbgstat", "\"enabled\""),
            finding("x-nvidia-error-details", "{\"code\":1}"),
            finding("x-nvidia-mismatch-measurement-records", "[{\"index\":9}]"),
            chain("expired", "good", "null", ""),
            chain("valid", "revoked", "null", ""),
            chain("valid", "unknown", "null", ""),
            chain("valid", "good", "\"certificateHold\"", ""),
            chain("valid", "good", "null", ",\"x-nvidia-cert-ocsp-nonce-matches\":false"),
            chain("valid", "good", "null", ",\"x-nvidia-cert-ocsp-response-valid\":false"));
    return Stream.concat(plain, others);
  }

  private static Map.Entry<String, Consumer<SimulatedBundle>> finding(String name, String value) {
    return Map.entry(name + " " + value, bundle -> bundle.device("GPU-0", name, value));
  }

  private static Map.Entry<String, Consumer<SimulatedBundle>> chain(
      String status, String ocsp, String reason, String more) {
    return finding(
        "x-nvidia-gpu-vbios-rim-cert-chain",
        "{\"x-nvidia-cert-status\":\""
            + status
            + "\",\"x-nvidia-cert-ocsp-status\":\""
            + ocsp
            + "\",\"x-nvidia-cert-revocation-reason\":"
            + reason
            + more
            + "}");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badFindings")
  @DisplayName("an overall result of true does not help a device with any bad finding")
  void findings(Map.Entry<String, Consumer<SimulatedBundle>> bad) {
    SimulatedBundle bundle = good();
    bad.getValue().accept(bundle);
    EvidenceVerification verification = judge(bundle);
    assertThat(code(verification, "nras.gpu-0-findings")).contains(ReasonCode.REFERENCE_MISMATCH);
    assertThat(verification).isInstanceOf(EvidenceVerification.NotGenuine.class);
  }

  @Test
  @DisplayName("an overall result of false does not help good devices")
  void overall() {
    assertThat(code(judge(good().overall("x-nvidia-overall-att-result", "false")), "nras.result"))
        .contains(ReasonCode.REFERENCE_MISMATCH);
  }

  static Stream<Map.Entry<String, Consumer<SimulatedBundle>>> structures() {
    return Stream.of(
        structure("nras.submodules", bundle -> bundle.gpu().present("GPU-1", "")),
        structure("nras.submodules", bundle -> bundle.gpu().undigested("GPU-1")),
        structure("nras.gpu-1-digest", bundle -> bundle.gpu().undigested("GPU-1")),
        structure("nras.submodules", bundle -> bundle.present("GPU-0", "GPU-1")),
        structure(
            "nras.gpu-0-digest",
            bundle -> bundle.gpu().present("GPU-0", "GPU-1").present("GPU-1", "GPU-0")),
        structure("nras.subject", bundle -> bundle.overall("sub", "\"ANOTHER\"")),
        structure("nras.claims-version", bundle -> bundle.overall("x-nvidia-ver", "\"1.0\"")),
        structure(
            "nras.gpu-0-nonce",
            bundle -> bundle.device("GPU-0", "eat_nonce", "\"" + "00".repeat(32) + "\"")),
        structure("nras.gpu-0-manufacturer", bundle -> bundle.device("GPU-0", "oemid", "\"1\"")),
        structure(
            "nras.gpu-0-issuer",
            bundle -> bundle.device("GPU-0", "iss", "\"https://example.org\"")),
        structure("nras.gpu-0-times", bundle -> bundle.device("GPU-0", "exp", "1749605458")),
        structure("nras.overall-times", bundle -> bundle.overall("exp", "1749605458")),
        structure("nras.overall-times", bundle -> bundle.overall("nbf", "1999605458")),
        structure("nras.devices", bundle -> bundle.gpu().device("GPU-1", "ueid", "\"10000\"")),
        structure(
            "nras.devices",
            bundle -> bundle.gpu().device("GPU-1", "x-nvidia-gpu-driver-version", "\"1.0\"")),
        structure("nras.overall-algorithm", bundle -> bundle.header("alg", "\"ES256\"")),
        structure("nras.overall-algorithm", bundle -> bundle.header("alg", "\"none\"")),
        structure("nras.format", bundle -> bundle.header("jku", "\"https://example.org\"")),
        structure("nras.format", bundle -> bundle.header("x5c", "[\"AA==\"]")),
        structure("nras.format", bundle -> bundle.header("jwk", "{}")),
        structure("nras.format", bundle -> bundle.present("GPU-0", "")),
        structure("nras.format", bundle -> bundle.present("GPU-0", "LOCAL-0")),
        structure(
            "nras.format", bundle -> bundle.device("GPU-0", "ueid", "\"10000\",\"ueid\":\"2\"")));
  }

  private static Map.Entry<String, Consumer<SimulatedBundle>> structure(
      String check, Consumer<SimulatedBundle> change) {
    return Map.entry(check, change);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("structures")
  @DisplayName("tokens that are dropped, renamed, swapped, stale or of somebody else are refused")
  void structure(Map.Entry<String, Consumer<SimulatedBundle>> bad) {
    SimulatedBundle bundle = good();
    bad.getValue().accept(bundle);
    EvidenceVerification verification = judge(bundle);
    assertThat(check(verification, bad.getKey()).code()).isPresent();
    assertThat(verification).isInstanceOf(EvidenceVerification.NotGenuine.class);
  }

  @Test
  @DisplayName("a key that the service does not publish signs nothing, and keys end")
  void keysCount() {
    SimulatedNras other = SERVICE.rotated();
    assertThat(code(judge(other.evidence(other.bundle(NONCE, NOW))), "nras.keys"))
        .contains(ReasonCode.COLLATERAL_UNAVAILABLE);
    EvidenceVerification none =
        NrasVerifier.builder().build().verify(SERVICE.evidence(good()), Collateral.NONE, NOW);
    assertThat(none)
        .isInstanceOfSatisfying(
            EvidenceVerification.Undetermined.class,
            undetermined -> assertThat(undetermined.claims()).isEmpty());
    assertThat(
            code(
                NrasVerifier.builder()
                    .pins(Set.of("00".repeat(32)))
                    .build()
                    .verify(SERVICE.evidence(good()), keys(), NOW),
                "nras.verifier-pins"))
        .contains(ReasonCode.COLLATERAL_UNAVAILABLE);
    SimulatedNras impostor = SimulatedNras.create(new SecureRandom());
    assertThat(
            code(judge(impostor.evidence(impostor.bundle(NONCE, NOW))), "nras.overall-signature"))
        .contains(ReasonCode.SIGNATURE_INVALID);
  }

  @Test
  @DisplayName("a key that comes as a certificate alone signs as long as that is valid")
  void certified() {
    for (Instant from : List.of(NOW.minusSeconds(60), NOW.plusSeconds(60))) {
      Collateral certified =
          Collateral.of(
              List.of(
                  ServiceKeys.of(
                          NrasItems.ISSUER,
                          NOW.plusSeconds(86_400),
                          ServiceKeys.Trust.CONFIGURED,
                          SERVICE.certifiedJwks(from))
                      .item(NrasItems.KEYS, NrasItems.NVIDIA)));
      EvidenceVerification verification =
          NrasVerifier.builder().build().verify(SERVICE.evidence(good()), certified, NOW);
      if (from.isBefore(NOW)) {
        assertThat(verification).isInstanceOf(EvidenceVerification.Genuine.class);
      } else {
        assertThat(code(verification, "nras.key-validity")).contains(ReasonCode.COLLATERAL_EXPIRED);
      }
    }
  }

  @Test
  @DisplayName("a bundle that is signed with the public key as a secret is refused")
  void publicKeyAsSecret() throws Exception {
    String header = part("{\"kid\":\"simulated-1\",\"alg\":\"HS256\"}");
    String bundle = SERVICE.sign(good());
    String overall = bundle.substring(bundle.indexOf(',') + 2, bundle.indexOf("\"]"));
    String payload = overall.split("\\.", -1)[1];
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SERVICE.jwks(), "HmacSHA256"));
    String forged =
        header
            + "."
            + payload
            + "."
            + Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(
                    mac.doFinal((header + "." + payload).getBytes(StandardCharsets.US_ASCII)));
    assertThat(
            code(
                judge(Evidence.of(EvidenceForm.NRAS_EAT, bundle.replace(overall, forged))),
                "nras.overall-algorithm"))
        .contains(ReasonCode.ALGORITHM_NOT_ALLOWED);
  }

  private static String part(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[[],{}]",
        "\"[[],{}]\"",
        "{}",
        "[]",
        "[[\"JWT\",\"a.b.c\"],{}]",
        "[[\"JWT\",\"e30.e30.AA\"],{\"LOCAL_GPU_CLAIMS\":[[\"JWT\",\"e30.e30.AA\"],{\"GPU-0\":\"e30.e30.AA\"}]}]",
        "[[\"JWT\",\"e30.e30.AA\"],{\"REMOTE_GPU_CLAIMS\":[[],{}]}]",
        "[[\"JWT\",\"e30.e30.AA\"],{\"REMOTE_GPU_CLAIMS\":[[],{}],\"LOCAL_GPU_CLAIMS\":[]}]",
        "[[\"JWT\",\"e30.e30.AA\"],{\"REMOTE_GPU_CLAIMS\":\"text\"}]"
      })
  @DisplayName("what NVFlare presents on failure, and the attester's own claims, are refused")
  void malformed(String token) {
    assertThat(judge(Evidence.of(EvidenceForm.NRAS_EAT, token)))
        .isInstanceOfSatisfying(
            EvidenceVerification.NotGenuine.class,
            refused -> assertThat(refused.reason()).isEqualTo(ReasonCode.EVIDENCE_MALFORMED));
  }

  @Test
  @DisplayName("a GPU that names switches is not of a complete board: the answer is about GPUs")
  void switches() {
    SimulatedBundle bundle =
        good().device("GPU-0", "x-nvidia-gpu-switch-pdis", "[\"0800EDD91AB33E20\"]");
    assertThat(claim(claims(judge(bundle)), "fabric-complete")).isEqualTo("false");
    SimulatedBundle warned =
        good().device("GPU-0", "x-nvidia-attestation-warning", "\"certificate on hold\"");
    assertThat(claim(claims(judge(warned)), "warnings")).isEqualTo("GPU-0: certificate on hold");
  }
}

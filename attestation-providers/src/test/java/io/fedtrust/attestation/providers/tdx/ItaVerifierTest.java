// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx;

import static io.fedtrust.attestation.providers.Judged.claim;
import static io.fedtrust.attestation.providers.Judged.genuine;
import static io.fedtrust.attestation.providers.Judged.notGenuine;
import static io.fedtrust.attestation.providers.Judged.undetermined;
import static io.fedtrust.attestation.providers.tdx.SimulatedTdx.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.Verdict;
import io.fedtrust.attestation.policy.AppraisalContext;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.policy.ReferenceValue;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.collateral.ServiceKeys;
import io.fedtrust.attestation.providers.tdx.ita.ItaItems;
import io.fedtrust.attestation.providers.tdx.ita.ItaVerifier;
import io.fedtrust.attestation.providers.tdx.policy.TdxOptions;
import io.fedtrust.attestation.providers.tdx.policy.TdxPolicy;
import io.fedtrust.attestation.simulated.SimulatedToken;
import io.fedtrust.attestation.simulated.SimulatedTrustAuthority;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.SecureRandom;
import java.security.spec.RSAPublicKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens of Intel Trust Authority, one thing wrong at a time. */
class ItaVerifierTest {
  private static final SimulatedTrustAuthority SERVICE =
      SimulatedTrustAuthority.create(new SecureRandom());
  private static final Instant END = NOW.plus(Duration.ofDays(1));
  private static final byte[] HELD = Digests.sha384("held".getBytes(StandardCharsets.UTF_8));
  private static final byte[] MRTD = new byte[48];
  private static final ItaVerifier VERIFIER = ItaVerifier.builder().build();

  private static byte[] held() {
    return java.util.Arrays.copyOf(HELD, 32);
  }

  private static SimulatedToken good() {
    return SERVICE.token(NOW).bound(held(), SimulatedTrustAuthority.reportData(held()));
  }

  private static Collateral keys(ServiceKeys keys) {
    return Collateral.of(List.of(keys.item(ItaItems.KEYS, ItaItems.INTEL)));
  }

  private static Collateral keys() {
    return keys(SERVICE.keys(END));
  }

  private static EvidenceVerification judged(SimulatedToken token) {
    return judged(SERVICE.evidence(token), NOW);
  }

  private static EvidenceVerification judged(Evidence evidence, Instant at) {
    return VERIFIER.verify(evidence, keys(), at);
  }

  @Test
  @DisplayName("a good token of either version is authentic and says SIMULATED")
  void good_tokens() {
    for (SimulatedToken token :
        List.of(
            good(),
            SERVICE.flatToken(NOW).bound(held(), SimulatedTrustAuthority.reportData(held())))) {
      EvidenceVerification result = judged(token);
      genuine(result);
      assertThat(result.notes()).anyMatch(note -> note.contains("SIMULATED"));
      assertThat(result.verifiedClaims().orElseThrow().isBoundTo(held())).isTrue();
      assertThat(claim(result, "tcb-status")).isEqualTo("UpToDate");
      assertThat(((EvidenceVerification.Genuine) result).expiresAt())
          .isEqualTo(NOW.plusSeconds(300).truncatedTo(java.time.temporal.ChronoUnit.SECONDS));
    }
  }

  @Test
  @DisplayName("a nonce of the service is hashed before the attester's data")
  void serviceNonce() {
    byte[] value = {1, 2, 3};
    byte[] time = {4, 5};
    genuine(
        judged(
            SERVICE
                .token(NOW)
                .bound(
                    held(), SimulatedTrustAuthority.reportData(value, time, held()), value, time)));
    notGenuine(
        ReasonCode.BINDING_MISMATCH,
        "ita.report-data",
        judged(
            SERVICE
                .token(NOW)
                .bound(
                    held(), SimulatedTrustAuthority.reportData(time, value, held()), value, time)));
  }

  @Test
  @DisplayName("the attester's data is a binding if it has 32 bytes, and no other length")
  void heldLength() {
    byte[] longer = java.util.Arrays.copyOf(held(), 64);
    EvidenceVerification result =
        judged(SERVICE.token(NOW).bound(longer, SimulatedTrustAuthority.reportData(longer)));
    genuine(result);
    assertThat(result.verifiedClaims().orElseThrow().isBoundTo(held())).isFalse();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"\"none\"", "\"HS256\"", "\"PS256\"", "\"ES384\"", "\"ps384\""})
  @DisplayName("no algorithm but PS384 and RS256")
  void algorithms(String algorithm) {
    notGenuine(
        ReasonCode.ALGORITHM_NOT_ALLOWED, "ita.algorithm", judged(good().header("alg", algorithm)));
  }

  @Test
  @DisplayName(
      "an algorithm that the key is not for is refused, and so is one that is switched off")
  void algorithmOfTheKey() {
    notGenuine(
        ReasonCode.ALGORITHM_NOT_ALLOWED,
        "ita.key-algorithm",
        judged(good().header("alg", "\"RS256\"")));
    notGenuine(
        ReasonCode.ALGORITHM_NOT_ALLOWED,
        "ita.algorithm",
        ItaVerifier.builder()
            .algorithms(Set.of("RS256"))
            .build()
            .verify(SERVICE.evidence(good()), keys(), NOW));
    assertThatThrownBy(() -> ItaVerifier.builder().algorithms(Set.of("none")))
        .isInstanceOf(IllegalArgumentException.class);
    ServiceKeys any =
        ServiceKeys.of(
            ItaItems.ISSUER,
            END,
            ServiceKeys.Trust.CONFIGURED,
            new String(SERVICE.jwks(), StandardCharsets.UTF_8)
                .replace("\"alg\":\"PS384\",", "")
                .getBytes(StandardCharsets.UTF_8));
    genuine(VERIFIER.verify(SERVICE.evidence(good().header("alg", "\"RS256\"")), keys(any), NOW));
  }

  @Test
  @DisplayName("a header that brings its own key is refused; jku is ignored")
  void headers() {
    for (String name : List.of("jwk", "x5c", "x5u", "crit", "b64", "zip")) {
      notGenuine(ReasonCode.EVIDENCE_MALFORMED, "ita.format", judged(good().header(name, "\"x\"")));
    }
    genuine(judged(good().header("jku", "\"https://attacker.invalid/certs\"")));
  }

  @Test
  @DisplayName("times: begun, not ended, sixty seconds of skew on beginnings alone")
  void times() {
    Evidence evidence = SERVICE.evidence(good());
    genuine(judged(evidence, NOW.minusSeconds(60)));
    notGenuine(ReasonCode.TOKEN_NOT_VALID, "ita.times", judged(evidence, NOW.minusSeconds(61)));
    genuine(judged(evidence, NOW.plusSeconds(299)));
    notGenuine(ReasonCode.TOKEN_NOT_VALID, "ita.times", judged(evidence, NOW.plusSeconds(300)));
    for (String name : List.of("exp", "iat", "iss", "ver")) {
      notGenuine(ReasonCode.EVIDENCE_MALFORMED, "ita.format", judged(good().without(name)));
    }
  }

  @Test
  @DisplayName("issuer, attester and revoked platforms")
  void claimsOfOthers() {
    notGenuine(ReasonCode.ISSUER_UNKNOWN, "ita.issuer", judged(good().common("iss", "\"Intel\"")));
    notGenuine(
        ReasonCode.EVIDENCE_MALFORMED,
        "ita.attester",
        judged(good().tdx("attester_type", "\"SEVSNP\"")));
    notGenuine(
        ReasonCode.TCB_REVOKED,
        "ita.tcb-status",
        judged(good().tdx("attester_tcb_status", "\"Revoked\"")));
    notGenuine(
        ReasonCode.EVIDENCE_MALFORMED,
        "ita.format",
        judged(good().tdx("tdx_is_debuggable", "true")));
  }

  @Test
  @DisplayName("claims of one level are never taken for those of another")
  void levels() {
    notGenuine(
        ReasonCode.EVIDENCE_MALFORMED,
        "ita.format",
        judged(
            good().without("attester_tcb_status").common("attester_tcb_status", "\"UpToDate\"")));
  }

  @Test
  @DisplayName("keys: none, another's, ended, of another issuer, unreadable")
  void keySets() {
    Evidence evidence = SERVICE.evidence(good());
    undetermined(
        ReasonCode.COLLATERAL_UNAVAILABLE,
        "ita.keys",
        VERIFIER.verify(evidence, Collateral.NONE, NOW));
    notGenuine(
        ReasonCode.SIGNATURE_INVALID,
        "ita.signature",
        VERIFIER.verify(
            evidence, keys(SimulatedTrustAuthority.create(new SecureRandom()).keys(END)), NOW));
    undetermined(
        ReasonCode.COLLATERAL_EXPIRED,
        "ita.keys",
        VERIFIER.verify(evidence, keys(SERVICE.keys(NOW)), NOW));
    undetermined(
        ReasonCode.COLLATERAL_UNAVAILABLE,
        "ita.keys",
        VERIFIER.verify(
            evidence,
            keys(ServiceKeys.of("Somebody", END, ServiceKeys.Trust.CONFIGURED, SERVICE.jwks())),
            NOW));
    undetermined(
        ReasonCode.COLLATERAL_UNAVAILABLE,
        "ita.keys",
        VERIFIER.verify(
            evidence,
            Collateral.of(List.of(CollateralItem.of(ItaItems.KEYS, "x", new byte[] {'{', '}'}))),
            NOW));
    notGenuine(ReasonCode.EVIDENCE_MALFORMED, "ita.format", judged(good().without("kid")));
  }

  @Test
  @DisplayName("pins of the key set and of the verifier are both demanded")
  void pins() throws Exception {
    Map<?, ?> key = (Map<?, ?>) ((List<?>) SERVICE.keys(END).jwks().get("keys")).get(0);
    String pin =
        Digests.sha256(
            KeyFactory.getInstance("RSA")
                .generatePublic(new RSAPublicKeySpec(number(key.get("n")), number(key.get("e"))))
                .getEncoded());
    Evidence evidence = SERVICE.evidence(good());
    genuine(
        ItaVerifier.builder()
            .pins(Set.of(pin))
            .build()
            .verify(evidence, keys(SERVICE.keys(END).pinned(Set.of(pin))), NOW));
    String other = "0".repeat(64);
    undetermined(
        ReasonCode.COLLATERAL_UNAVAILABLE,
        "ita.verifier-pins",
        ItaVerifier.builder().pins(Set.of(other)).build().verify(evidence, keys(), NOW));
    undetermined(
        ReasonCode.COLLATERAL_UNAVAILABLE,
        "ita.key-pins",
        VERIFIER.verify(evidence, keys(SERVICE.keys(END).pinned(Set.of(other))), NOW));
  }

  private static java.math.BigInteger number(Object text) {
    return new java.math.BigInteger(1, Base64.getUrlDecoder().decode((String) text));
  }

  @Test
  @DisplayName("key sets are read whole or refused")
  void keySetDocuments() {
    ServiceKeys keys = SERVICE.keys(END);
    assertThat(ServiceKeys.read(keys.item("k", "s").bytes())).isEqualTo(keys);
    for (String wrong : List.of("", "{}", "[]", "{\"keys\":1}")) {
      assertThatThrownBy(
              () ->
                  ServiceKeys.of(
                      "i",
                      END,
                      ServiceKeys.Trust.CONFIGURED,
                      wrong.getBytes(StandardCharsets.UTF_8)))
          .isInstanceOfSatisfying(
              AttestationException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.SERVICE_KEYS_INVALID));
    }
  }

  @Test
  @DisplayName("no bit of a token can change without being noticed")
  void flips() {
    byte[] token = SERVICE.sign(good()).getBytes(StandardCharsets.ISO_8859_1);
    Collateral keys = keys();
    for (int bit = 0; bit < token.length * Byte.SIZE; bit++) {
      byte[] flipped = token.clone();
      flipped[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
      assertThat(
              VERIFIER.verify(
                  Evidence.of(
                      EvidenceForm.ITA_JWT, new String(flipped, StandardCharsets.ISO_8859_1)),
                  keys,
                  NOW))
          .as("%s", bit)
          .isNotInstanceOf(EvidenceVerification.Genuine.class);
    }
  }

  @Test
  @DisplayName("NVFlare's x-tdx entry, which states no form, is such a token")
  void peersEntry() throws Exception {
    // The peer takes a line of its tool's output as it is, with its end.
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("_cc_token", SERVICE.sign(good()) + "\n");
    line.put("_cc_namespace", "x-tdx");
    line.put("_cc_token_validated", false);
    Evidence evidence =
        CCToken.fromMap(line)
            .evidence(EvidenceForm.ofPeer(Namespace.of("x-tdx").orElseThrow()).orElseThrow())
            .orElseThrow();
    assertThat(evidence.form()).isEqualTo(EvidenceForm.ITA_JWT);
    genuine(judged(evidence, NOW));
    line.put("_cc_form", "ita-jwt");
    notGenuine(
        ReasonCode.EVIDENCE_MALFORMED,
        "ita.format",
        judged(CCToken.fromMap(line).evidence(EvidenceForm.ITA_JWT).orElseThrow(), NOW));
  }

  private static Verdict verdict(SimulatedToken token, String... policies) {
    var rules =
        TdxPolicy.strict()
            .forms(Set.of(EvidenceForm.ITA_JWT))
            .measurement(ReferenceValue.of("nothing", java.util.HexFormat.of().formatHex(MRTD)));
    if (policies.length > 0) {
      rules.set(TdxOptions.SERVICE_POLICIES, List.of(policies));
    }
    Evidence evidence = SERVICE.evidence(token);
    return FederationPolicy.named("ita", "1")
        .anySite(rules.build())
        .build()
        .find("site", Namespace.TDX)
        .orElseThrow()
        .appraise(
            evidence,
            judged(evidence, NOW),
            AppraisalContext.evidenceAlone("site", NOW).expecting(held()));
  }

  @Test
  @DisplayName("the relying party's own policy judges a token too")
  void policies() {
    assertThat(verdict(good()).trusted()).as(verdict(good()).explain()).isTrue();
    assertThat(verdict(good().tdx("attester_tcb_status", "\"OutOfDate\"")).trusted()).isFalse();
    String matched = "[{\"id\":\"p1\",\"version\":\"v1\"}]";
    assertThat(verdict(good().common("policy_ids_matched", matched), "p1").trusted()).isTrue();
    assertThat(verdict(good(), "p1").trusted()).isFalse();
    assertThat(
            verdict(
                    good()
                        .common("policy_ids_matched", matched)
                        .common("policy_ids_unmatched", matched),
                    "p1")
                .trusted())
        .isFalse();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.model.Assurance;
import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.Verdict;
import io.fedtrust.attestation.policy.AppraisalContext;
import io.fedtrust.attestation.policy.AppraisalContext.Exchange;
import io.fedtrust.attestation.policy.AppraisalRules;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.policy.ReferenceValue;
import io.fedtrust.attestation.providers.snp.Simulated.Case;
import io.fedtrust.attestation.providers.snp.collateral.SnpItems;
import io.fedtrust.attestation.providers.snp.format.SnpField;
import io.fedtrust.attestation.providers.snp.policy.SnpOptions;
import io.fedtrust.attestation.providers.snp.policy.SnpPolicy;
import io.fedtrust.attestation.providers.wire.VerdictJson;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** From authentication to verdict: what decides, in which order, and until when it holds. */
class AppraisalTest {
  private static final Instant NOW = Simulated.NOW;
  private static final String SESSION = "ab".repeat(32);
  private static final Binding BINDING = binding("server");
  private static final Case BOUND =
      Case.of(
          Simulated.milan(), Simulated.milan().report().set(SnpField.REPORT_DATA, BINDING.hash()));

  private static Binding binding(String audience) {
    return Binding.forEvidence(EvidenceForm.SNP_REPORT)
        .challenge(Challenge.of(new byte[Challenge.BYTES]))
        .project("p", new byte[1])
        .site("site-1", "client", new byte[1])
        .audience(audience)
        .build();
  }

  private static AppraisalRules.Builder rules() {
    return SnpPolicy.strict().measurement(ReferenceValue.of("zeros", "0".repeat(96)));
  }

  private static FederationPolicy.Builder policy(AppraisalRules rules) {
    return FederationPolicy.named("test", "1").anySite(rules);
  }

  private static AppraisalContext exchange(Assurance assurance, Instant challengedAt) {
    return AppraisalContext.exchange(
        "site-1", NOW, BINDING, new Exchange(assurance, challengedAt, Optional.of(SESSION)));
  }

  private static Verdict verdict(FederationPolicy policy, AppraisalContext context) {
    return verdict(policy, BOUND, context);
  }

  private static Verdict verdict(FederationPolicy policy, Case given, AppraisalContext context) {
    return policy
        .find("site-1", Namespace.SNP)
        .orElseThrow()
        .appraise(given.evidence(), given.verify(context.at()), context);
  }

  private static void rejected(ReasonCode reason, Verdict verdict) {
    assertThat(verdict)
        .as(verdict.explain())
        .isInstanceOfSatisfying(
            Verdict.Rejected.class, no -> assertThat(no.reason()).isEqualTo(reason));
    assertThat(verdict.appraisal().expiresAt()).isEqualTo(verdict.appraisal().verifiedAt());
    assertThat(verdict.explain()).startsWith("REJECTED").contains(reason.hint());
  }

  @Test
  @DisplayName("an exchange that shows enough, fresh and bound, is trusted with its session key")
  void trusted() {
    Instant challenged = NOW.minusSeconds(10);
    Verdict verdict =
        verdict(policy(rules().build()).build(), exchange(Assurance.SESSION_NAMED, challenged));
    assertThat(verdict.trusted()).as(verdict.explain()).isTrue();
    assertThat(verdict.appraisal().confirmation()).contains(SESSION);
    assertThat(verdict.appraisal().assurance()).isEqualTo(Assurance.SESSION_NAMED);
    assertThat(verdict.appraisal().expiresAt())
        .isEqualTo(challenged.plus(AppraisalRules.DEFAULT_MAXIMUM_AGE));
    assertThat(verdict.appraisal().prolongableUntil())
        .isEqualTo(NOW.plus(AppraisalRules.DEFAULT_MAXIMUM_AGE));
    assertThat(verdict.appraisal().notes()).noneMatch(note -> note.contains("evidence alone"));
    assertThat(verdict.explain()).startsWith("TRUSTED  site-1  snp-report").contains("until    ");
    assertThat(verdict.checks())
        .filteredOn(check -> check.outcome() == Check.Outcome.PASSED)
        .extracting(Check::name)
        .contains("policy.assurance", "policy.maximum-age", "policy.binding");
  }

  @Test
  @DisplayName("assurance below what the policy demands is rejected, more is not")
  void assurance() {
    FederationPolicy policy = policy(rules().assurance(Assurance.SESSION_NAMED).build()).build();
    for (Assurance shown : Assurance.values()) {
      Verdict verdict = verdict(policy, exchange(shown, NOW));
      if (shown.atLeast(Assurance.SESSION_NAMED)) {
        assertThat(verdict.trusted()).isTrue();
      } else {
        rejected(ReasonCode.ASSURANCE_TOO_LOW, verdict);
      }
    }
  }

  @Test
  @DisplayName("evidence as old as the maximum age is too old")
  void maximumAge() {
    FederationPolicy policy = policy(rules().maximumAge(Duration.ofMinutes(1)).build()).build();
    assertThat(verdict(policy, exchange(Assurance.SESSION_BOUND, NOW.minusSeconds(59))).trusted())
        .isTrue();
    rejected(
        ReasonCode.EVIDENCE_TOO_OLD,
        verdict(policy, exchange(Assurance.SESSION_BOUND, NOW.minusSeconds(60))));
  }

  @Test
  @DisplayName("evidence bound to another audience, or to nothing, is rejected")
  void otherBinding() {
    FederationPolicy policy = policy(rules().build()).build();
    AppraisalContext other =
        AppraisalContext.exchange(
            "site-1",
            NOW,
            binding("another server"),
            new Exchange(Assurance.SESSION_NAMED, NOW, Optional.empty()));
    rejected(ReasonCode.BINDING_MISMATCH, verdict(policy, other));
    rejected(
        ReasonCode.BINDING_MISMATCH,
        verdict(policy, Case.good(), exchange(Assurance.SESSION_NAMED, NOW)));
  }

  @Test
  @DisplayName("a nonce shorter than its field is filled with zeros; a longer one never matches")
  void nonces() {
    FederationPolicy policy = policy(rules().build()).build();
    Case nonce =
        Case.of(
            Simulated.milan(),
            Simulated.milan().report().set(SnpField.REPORT_DATA, new byte[] {1, 2}));
    AppraisalContext alone = AppraisalContext.evidenceAlone("site-1", NOW);
    assertThat(verdict(policy, nonce, alone.expecting(new byte[] {1, 2})).trusted()).isTrue();
    for (byte[] wrong : List.of(new byte[] {1}, new byte[] {1, 2, 3}, new byte[65])) {
      rejected(ReasonCode.BINDING_MISMATCH, verdict(policy, nonce, alone.expecting(wrong)));
    }
  }

  @Test
  @DisplayName("a policy that is a draft, not yet valid or ended accepts nothing")
  void policyItself() {
    AppraisalContext context = exchange(Assurance.SESSION_NAMED, NOW);
    rejected(
        ReasonCode.POLICY_NOT_REVIEWED,
        verdict(policy(rules().build()).reviewed(false).build(), context));
    rejected(
        ReasonCode.POLICY_NOT_VALID,
        verdict(policy(rules().build()).validity(NOW.plusSeconds(1), null).build(), context));
    rejected(
        ReasonCode.POLICY_NOT_VALID,
        verdict(policy(rules().build()).validity(null, NOW).build(), context));
    Verdict last =
        verdict(policy(rules().build()).validity(NOW, NOW.plusSeconds(1)).build(), context);
    assertThat(last.trusted()).isTrue();
    assertThat(last.appraisal().expiresAt()).isEqualTo(NOW.plusSeconds(1));
  }

  @Test
  @DisplayName("what is missing makes it inconclusive; what is broken besides, rejected")
  void missing() {
    FederationPolicy policy = policy(rules().build()).build();
    AppraisalContext context = exchange(Assurance.SESSION_NAMED, NOW);
    Verdict open = verdict(policy, BOUND.without(SnpItems.CRL), context);
    assertThat(open)
        .isInstanceOfSatisfying(
            Verdict.Inconclusive.class,
            no -> assertThat(no.missing()).isEqualTo(ReasonCode.COLLATERAL_UNAVAILABLE));
    assertThat(open.explain()).startsWith("INCONCLUSIVE");
    assertThat(open.appraisal().claims()).isPresent();
    rejected(
        ReasonCode.POLICY_VIOLATION,
        verdict(
            policy(rules().set(SnpOptions.PRODUCTS, "Genoa").build()).build(),
            BOUND.without(SnpItems.CRL),
            context));
    Verdict bare = verdict(policy, BOUND.without(SnpItems.VCEK), context);
    assertThat(bare).isInstanceOf(Verdict.Inconclusive.class);
    assertThat(bare.checks()).extracting(Check::name).contains("policy.rules");
  }

  @Test
  @DisplayName("what is not genuine is rejected for that, whatever the policy says")
  void notGenuine() {
    FederationPolicy policy = policy(rules().build()).build();
    Verdict verdict =
        verdict(policy, BOUND.report(new byte[5]), exchange(Assurance.SESSION_NAMED, NOW));
    rejected(ReasonCode.EVIDENCE_MALFORMED, verdict);
    assertThat(verdict.appraisal().claims()).isEmpty();
  }

  @Test
  @DisplayName("a form that the policy does not accept is rejected")
  void otherForm() {
    FederationPolicy policy = policy(rules().build()).build();
    Evidence stated = Evidence.of(EvidenceForm.TDX_QUOTE, BOUND.evidence().token());
    EvidenceVerification genuine = BOUND.verify();
    Verdict verdict =
        policy
            .find("site-1", Namespace.SNP)
            .orElseThrow()
            .appraise(stated, genuine, exchange(Assurance.SESSION_NAMED, NOW));
    rejected(ReasonCode.FORM_NOT_ACCEPTED, verdict);
  }

  @Test
  @DisplayName("a verdict never outlives a certificate, a list, the policy or the reference value")
  void expiry() {
    AppraisalRules longLived = rules().maximumAge(Duration.ofDays(4000)).build();
    Verdict verdict = verdict(policy(longLived).build(), exchange(Assurance.SESSION_NAMED, NOW));
    assertThat(verdict.appraisal().expiresAt())
        .isEqualTo(Simulated.LISTED.plus(Duration.ofDays(60)));
  }

  @Test
  @DisplayName("two relying parties with different policies judge one token differently")
  void twoPolicies() {
    AppraisalContext context = exchange(Assurance.SESSION_NAMED, NOW);
    assertThat(verdict(policy(rules().build()).build(), context).trusted()).isTrue();
    assertThat(
            verdict(policy(rules().set(SnpOptions.ALLOW_SMT, false).build()).build(), context)
                .trusted())
        .isFalse();
  }

  @Test
  @DisplayName("unbound evidence counts for the site that the policy names so, and says it")
  void acceptUnbound() {
    FederationPolicy named =
        FederationPolicy.named("test", "1")
            .site("site-1", rules().build())
            .acceptUnbound("site-1")
            .build();
    Verdict verdict = verdict(named, exchange(Assurance.UNBOUND, NOW));
    assertThat(verdict.trusted()).as(verdict.explain()).isTrue();
    assertThat(verdict.appraisal().assurance()).isEqualTo(Assurance.UNBOUND);
    rejected(ReasonCode.ASSURANCE_TOO_LOW, verdict(named, exchange(Assurance.IDENTITY_ONLY, NOW)));
    FederationPolicy another =
        FederationPolicy.named("test", "1")
            .anySite(rules().build())
            .site("site-2", rules().build())
            .acceptUnbound("site-2")
            .build();
    rejected(ReasonCode.ASSURANCE_TOO_LOW, verdict(another, exchange(Assurance.UNBOUND, NOW)));
  }

  @Test
  @DisplayName("a verdict as JSON has claims, checks, policy, collateral and session key")
  void json() {
    Map<String, Object> map =
        VerdictJson.toMap(
            verdict(policy(rules().build()).build(), exchange(Assurance.SESSION_NAMED, NOW)));
    assertThat(map)
        .containsEntry("verdict", "trusted")
        .containsEntry("namespace", "x-snp")
        .containsEntry("assurance", "SESSION_NAMED")
        .containsEntry("cnf", Map.of("spki_sha256", SESSION))
        .doesNotContainKey("reason")
        .containsKeys("policy", "checks", "claims", "collateral", "expires_at");
    assertThat((List<?>) map.get("collateral")).hasSize(1);
    assertThat(map.get("claims").toString())
        .contains("debug=false", "reported-tcb={bootloader=4", "measurement=000");
    assertThat(
            VerdictJson.write(
                verdict(
                    policy(rules().build()).build(),
                    Case.good(),
                    exchange(Assurance.UNBOUND, NOW))))
        .contains("\"reason\" : \"ASSURANCE_TOO_LOW\"", "\"outcome\" : \"skipped\"");
  }
}

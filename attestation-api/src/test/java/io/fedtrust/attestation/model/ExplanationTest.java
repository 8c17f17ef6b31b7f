// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Verdicts as people read them. */
class ExplanationTest {
  private static final Instant AT = Instant.parse("2026-11-21T10:00:00.123456789Z");
  private static final Instant END = Instant.parse("2026-11-21T11:00:00.987654321Z");
  private static final Check PASSED = Check.passed("snp.signature", "valid", "valid", "AMD 7.3");
  private static final Check FAILED =
      Check.failed("policy.debug", ReasonCode.POLICY_VIOLATION, false, true, "section 11");
  private static final Check MISSING =
      Check.missing("snp.crl", ReasonCode.COLLATERAL_UNAVAILABLE, "a list", "none", "AMD 4.5");
  private static final Check SKIPPED = Check.skipped("policy.csp", "not asked for", "section 11");

  private static Appraisal appraisal(Check... checks) {
    return new Appraisal(
        "hospital-a",
        EvidenceForm.SNP_REPORT,
        Assurance.UNBOUND,
        "ab12",
        new PolicyIdentity("site", "3", "cd34"),
        List.of(new CollateralUse("amd/crl", "ef56", Optional.of(BigInteger.ONE), AT, END)),
        AT,
        END,
        END,
        Optional.empty(),
        Optional.empty(),
        List.of(checks),
        List.of("SIMULATED platform"));
  }

  @Test
  @DisplayName("a rejection: cause, check and remedy first, then other failures, then a count")
  void rejected() {
    Verdict verdict =
        new Verdict.Rejected(
            appraisal(SKIPPED, PASSED, MISSING, FAILED, SKIPPED), ReasonCode.POLICY_VIOLATION);
    assertThat(verdict.explain())
        .isEqualTo(
            """
            REJECTED  hospital-a  snp-report
            because  POLICY_VIOLATION: A rule of the policy is broken.
            check    FAIL policy.debug  expected false, was true  [POLICY_VIOLATION; section 11]
            remedy   Correct the platform; relax the rule only if you accept the risk.
            MISS snp.crl  expected a list, was none  [COLLATERAL_UNAVAILABLE; AMD 4.5]
            policy   site 3 (sha256 cd34)
            evidence sha256 ab12
            verified 2026-11-21T10:00:00Z, assurance UNBOUND
            note     SIMULATED platform
            checks   1 passed, 2 skipped""");
  }

  @Test
  @DisplayName("with all detail collateral and each other check are listed, and nothing is counted")
  void all() {
    Verdict verdict = new Verdict.Trusted(appraisal(SKIPPED, PASSED));
    assertThat(verdict.explain(Detail.ALL))
        .endsWith(
            """
            used     amd/crl sha256 ef56 until 2026-11-21T11:00:00Z
            note     SIMULATED platform
            PASS snp.signature  expected valid, was valid  [AMD 7.3]
            SKIP policy.csp  not asked for  [section 11]""")
        .doesNotContain("skipped");
    assertThat(verdict.explain())
        .endsWith("checks   1 passed, 1 skipped")
        .doesNotContain("PASS", "SKIP", "used ");
  }

  @Test
  @DisplayName("a trusted verdict says until when, to the second, and has no reason")
  void trusted() {
    Verdict verdict = new Verdict.Trusted(appraisal(PASSED));
    assertThat(verdict.explain())
        .startsWith(
            """
            TRUSTED  hospital-a  snp-report
            until    2026-11-21T11:00:00Z
            """)
        .doesNotContain("because", "remedy", ".123", ".987");
    assertThat(verdict.decisive()).isEmpty();
  }

  @Test
  @DisplayName("an inconclusive verdict names the missing check, not a failed one")
  void inconclusive() {
    Verdict verdict =
        new Verdict.Inconclusive(appraisal(MISSING), ReasonCode.COLLATERAL_UNAVAILABLE);
    assertThat(verdict.decisive()).contains(MISSING);
    assertThat(verdict.explain())
        .contains(
            "because  COLLATERAL_UNAVAILABLE: " + ReasonCode.COLLATERAL_UNAVAILABLE.cause() + "\n",
            "check    MISS snp.crl",
            "remedy   " + ReasonCode.COLLATERAL_UNAVAILABLE.hint() + "\n");
  }

  @Test
  @DisplayName("a failed check decides a rejection although one with its code was missing before")
  void decisive() {
    Check missing =
        Check.missing("a", ReasonCode.CERT_REVOKED, "expected", "none", "RFC 5280 section 5");
    Check failed =
        Check.failed("b", ReasonCode.CERT_REVOKED, "expected", "revoked", "RFC 5280 section 5");
    Verdict verdict = new Verdict.Rejected(appraisal(missing, failed), ReasonCode.CERT_REVOKED);
    assertThat(verdict.decisive()).contains(failed);
    SiteVerdict site = site(SiteVerdict.Outcome.REJECTED, ReasonCode.CERT_REVOKED, verdict);
    assertThat(site.decisive()).contains(failed);
  }

  private static SiteVerdict site(
      SiteVerdict.Outcome outcome, ReasonCode reason, Verdict... verdicts) {
    return new SiteVerdict(
        "hospital-a",
        outcome,
        Optional.of(reason),
        List.of(verdicts),
        List.of(PASSED, SKIPPED),
        Optional.empty(),
        AT,
        AT,
        AT,
        List.of());
  }

  @Test
  @DisplayName("a verdict on a site: its decision, its checks, then each entry the same way")
  void ofASite() {
    SiteVerdict verdict =
        site(
            SiteVerdict.Outcome.REJECTED,
            ReasonCode.POLICY_VIOLATION,
            new Verdict.Rejected(appraisal(FAILED, SKIPPED), ReasonCode.POLICY_VIOLATION));
    assertThat(verdict.explain())
        .startsWith(
            """
            REJECTED  hospital-a
            because  POLICY_VIOLATION: A rule of the policy is broken.
            check    FAIL policy.debug  expected false, was true  [POLICY_VIOLATION; section 11]
            remedy   Correct the platform; relax the rule only if you accept the risk.
            verified 2026-11-21T10:00:00Z
            checks   1 passed, 1 skipped

            REJECTED  hospital-a  snp-report
            because  POLICY_VIOLATION""")
        .endsWith("checks   0 passed, 1 skipped");
    assertThat(verdict.explain(Detail.ALL)).contains("SKIP policy.csp").doesNotContain("skipped");
  }

  @Test
  @DisplayName("a check shows times to the second")
  void times() {
    assertThat(Check.passed("a", "before " + END.getEpochSecond(), AT, "s").actual())
        .isEqualTo("2026-11-21T10:00:00Z");
    assertThat(Check.failed("a", ReasonCode.CLOCK_BEHIND, END, AT, "s").expected())
        .isEqualTo("2026-11-21T11:00:00Z");
    assertThat(Check.missing("a", ReasonCode.CLOCK_BEHIND, END, AT, "s").actual())
        .isEqualTo("2026-11-21T10:00:00Z");
  }

  @Test
  @DisplayName("every reason has a cause and a remedy, which differ and end with a full stop")
  void reasons() {
    assertThat(ReasonCode.values())
        .allSatisfy(
            code ->
                assertThat(code.cause())
                    .endsWith(".")
                    .isNotEqualTo(code.hint())
                    .doesNotContain("at hand"))
        .allSatisfy(code -> assertThat(code.hint()).endsWith("."))
        .extracting(ReasonCode::cause)
        .doesNotHaveDuplicates();
  }
}

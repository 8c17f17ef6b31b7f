// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.ClaimValue;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.Verdict;
import io.fedtrust.attestation.policy.AppraisalContext;
import io.fedtrust.attestation.policy.AppraisalRules;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.policy.PolicyOption;
import io.fedtrust.attestation.policy.ReferenceValue;
import io.fedtrust.attestation.providers.snp.format.EndorsementKey;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.format.SnpField;
import io.fedtrust.attestation.providers.snp.format.SnpReport;
import io.fedtrust.attestation.providers.snp.policy.SnpOptions;
import io.fedtrust.attestation.providers.snp.policy.SnpPolicy;
import io.fedtrust.attestation.providers.snp.verifier.SnpClaims;
import io.fedtrust.attestation.simulated.SimulatedReport;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every option of SEV-SNP policies, kept and broken, set and not set. */
class SnpPolicyTest {
  private static final String ZEROS = "0".repeat(96);
  private static final String ONES = "1".repeat(96);
  private static final byte[] TCB = {4, 0, 0, 0, 0, 0, 24, (byte) 219};
  private static final byte[] LOWER = {4, 0, 0, 0, 0, 0, 23, (byte) 220};

  private static SimulatedReport good() {
    return Simulated.milan().report();
  }

  private static UnaryOperator<SimulatedReport> same() {
    return UnaryOperator.identity();
  }

  private static UnaryOperator<SimulatedReport> with(SnpField field, long value) {
    return report -> report.set(field, value);
  }

  private static UnaryOperator<SimulatedReport> with(SnpField field, byte[] value) {
    return report -> report.set(field, value);
  }

  private static UnaryOperator<SimulatedReport> policyBit(int bit) {
    return with(SnpField.POLICY, 0x20000L | 1L << bit);
  }

  private static UnaryOperator<SimulatedReport> platformBit(int bit) {
    return with(SnpField.PLATFORM_INFO, 1L << bit);
  }

  private static byte[] filled(int size) {
    byte[] bytes = new byte[size];
    java.util.Arrays.fill(bytes, (byte) 0x11);
    return bytes;
  }

  private static Arguments allow(PolicyOption option, UnaryOperator<SimulatedReport> set) {
    return arguments(option, false, (UnaryOperator<SimulatedReport>) SnpPolicyTest::bare, set);
  }

  private static SimulatedReport bare(SimulatedReport report) {
    return report.set(SnpField.POLICY, 0x20000).set(SnpField.PLATFORM_INFO, 0);
  }

  private static Arguments require(PolicyOption option, UnaryOperator<SimulatedReport> set) {
    return arguments(option, true, set, (UnaryOperator<SimulatedReport>) SnpPolicyTest::bare);
  }

  private static Arguments value(PolicyOption option, String hex, SnpField field) {
    return arguments(option, hex, with(field, filled(field.size())), with(field, 2));
  }

  private static Map<String, Map<String, Integer>> floor(String component, int level) {
    return Map.of("Milan", Map.of(component, level));
  }

  /** Option, setting, a report that fulfils it, a report that does not. */
  static Stream<Arguments> options() {
    String hex = "1".repeat(192);
    return Stream.of(
        arguments(SnpOptions.PRODUCTS, "Milan", same(), null),
        arguments(SnpOptions.SIGNERS, "VCEK", same(), with(SnpField.KEY_INFO, 0b100)),
        arguments(SnpOptions.CSP_IDS, List.of("CN=cloud"), null, same()),
        allow(SnpOptions.ALLOW_MASKED_CHIP_ID, with(SnpField.CHIP_ID, new byte[64])),
        arguments(
            SnpOptions.CHIP_IDS, hex.substring(0, 128), with(SnpField.CHIP_ID, filled(64)), same()),
        arguments(
            SnpOptions.VMPL, List.of("0", "1"), with(SnpField.VMPL, 1), with(SnpField.VMPL, 2)),
        arguments(SnpOptions.VMPL, "0", same(), with(SnpField.VMPL, 0xFFFFFFFFL)),
        allow(SnpOptions.ALLOW_DEBUG, policyBit(19)),
        allow(SnpOptions.ALLOW_MIGRATION, policyBit(18)),
        allow(SnpOptions.ALLOW_SMT, policyBit(16)),
        allow(SnpOptions.ALLOW_CXL, policyBit(21)),
        require(SnpOptions.REQUIRE_SINGLE_SOCKET, policyBit(20)),
        require(SnpOptions.REQUIRE_MEM_AES256_XTS, policyBit(22)),
        require(SnpOptions.REQUIRE_RAPL_DISABLED, policyBit(23)),
        require(SnpOptions.REQUIRE_CIPHERTEXT_HIDING, policyBit(24)),
        require(SnpOptions.REQUIRE_PAGE_SWAP_DISABLED, policyBit(25)),
        arguments(
            SnpOptions.MINIMUM_ABI,
            "1.51",
            with(SnpField.POLICY, 0x20000 | 0x0133),
            with(SnpField.POLICY, 0x20000 | 0x0132)),
        arguments(
            SnpOptions.MINIMUM_ABI,
            "1.51",
            with(SnpField.POLICY, 0x20000 | 0x0200),
            with(SnpField.POLICY, 0x20000 | 0x00FF)),
        allow(SnpOptions.ALLOW_PLATFORM_SMT, platformBit(0)),
        allow(SnpOptions.ALLOW_PLATFORM_TSME, platformBit(1)),
        allow(SnpOptions.ALLOW_PLATFORM_TIO, platformBit(7)),
        require(SnpOptions.REQUIRE_PLATFORM_ECC, platformBit(2)),
        require(SnpOptions.REQUIRE_PLATFORM_RAPL_DISABLED, platformBit(3)),
        require(SnpOptions.REQUIRE_PLATFORM_CIPHERTEXT_HIDING, platformBit(4)),
        require(SnpOptions.REQUIRE_PLATFORM_ALIAS_CHECK, platformBit(5)),
        allow(SnpOptions.ALLOW_RESERVED_BITS, with(SnpField.RESERVED_208, 1)),
        arguments(
            SnpOptions.MINIMUM_REPORTED_TCB,
            floor("snp", 24),
            with(SnpField.REPORTED_TCB, TCB),
            with(SnpField.REPORTED_TCB, LOWER)),
        arguments(
            SnpOptions.MINIMUM_CURRENT_TCB,
            floor("snp", 24),
            with(SnpField.CURRENT_TCB, TCB),
            with(SnpField.CURRENT_TCB, LOWER)),
        arguments(
            SnpOptions.MINIMUM_COMMITTED_TCB,
            floor("snp", 24),
            with(SnpField.COMMITTED_TCB, TCB),
            with(SnpField.COMMITTED_TCB, LOWER)),
        arguments(
            SnpOptions.MINIMUM_LAUNCH_TCB,
            floor("snp", 24),
            with(SnpField.LAUNCH_TCB, TCB),
            with(SnpField.LAUNCH_TCB, LOWER)),
        arguments(
            SnpOptions.MINIMUM_LAUNCH_TCB,
            Map.of("Genoa", Map.of("snp", 1)),
            null,
            with(SnpField.LAUNCH_TCB, TCB)),
        arguments(
            SnpOptions.ALLOW_PROVISIONAL_FIRMWARE,
            false,
            same(),
            with(SnpField.COMMITTED_TCB, LOWER)),
        arguments(
            SnpOptions.ALLOW_PROVISIONAL_FIRMWARE,
            false,
            same(),
            with(SnpField.COMMITTED_BUILD, 28)),
        arguments(
            SnpOptions.ALLOW_PROVISIONAL_FIRMWARE,
            true,
            with(SnpField.COMMITTED_BUILD, 28),
            with(SnpField.COMMITTED_BUILD, 30)),
        arguments(
            SnpOptions.ALLOW_PROVISIONAL_FIRMWARE,
            true,
            with(SnpField.CURRENT_TCB, new byte[] {4, 0, 0, 0, 0, 0, 25, (byte) 220}),
            with(SnpField.CURRENT_TCB, LOWER)),
        arguments(SnpOptions.MINIMUM_VERSION, "1.55", same(), with(SnpField.CURRENT_MINOR, 54)),
        arguments(SnpOptions.MINIMUM_VERSION, "2.0", with(SnpField.CURRENT_MAJOR, 2), same()),
        arguments(SnpOptions.MINIMUM_BUILD, 29, same(), with(SnpField.CURRENT_BUILD, 28)),
        arguments(
            SnpOptions.MINIMUM_GUEST_SVN,
            3,
            with(SnpField.GUEST_SVN, 3),
            with(SnpField.GUEST_SVN, 2)),
        arguments(
            SnpOptions.MINIMUM_GUEST_SVN,
            4294967295L,
            with(SnpField.GUEST_SVN, 0xFFFFFFFFL),
            with(SnpField.GUEST_SVN, 0x7FFFFFFFL)),
        value(SnpOptions.HOST_DATA, hex.substring(0, 64), SnpField.HOST_DATA),
        value(SnpOptions.REPORT_DATA, hex.substring(0, 128), SnpField.REPORT_DATA),
        value(SnpOptions.FAMILY_IDS, hex.substring(0, 32), SnpField.FAMILY_ID),
        value(SnpOptions.IMAGE_IDS, hex.substring(0, 32), SnpField.IMAGE_ID),
        value(SnpOptions.REPORT_IDS, hex.substring(0, 64), SnpField.REPORT_ID),
        value(SnpOptions.REPORT_ID_MAS, hex.substring(0, 64), SnpField.REPORT_ID_MA),
        value(SnpOptions.ID_KEY_DIGESTS, ONES, SnpField.ID_KEY_DIGEST),
        arguments(
            SnpOptions.AUTHOR_KEY_DIGESTS,
            ONES,
            (UnaryOperator<SimulatedReport>)
                report ->
                    report.set(SnpField.AUTHOR_KEY_DIGEST, filled(48)).set(SnpField.KEY_INFO, 1),
            with(SnpField.AUTHOR_KEY_DIGEST, filled(48))),
        arguments(
            SnpOptions.REQUIRED_LAUNCH_MITIGATIONS,
            "0x5",
            with(SnpField.LAUNCH_MIT_VECTOR, 7),
            with(SnpField.LAUNCH_MIT_VECTOR, 4)),
        arguments(
            SnpOptions.REQUIRED_MITIGATIONS,
            "0x5",
            with(SnpField.CURRENT_MIT_VECTOR, 7),
            (UnaryOperator<SimulatedReport>)
                report -> report.set(SnpField.CURRENT_MIT_VECTOR, 0).version(4)));
  }

  private static Verdict verdict(AppraisalRules rules, SimulatedReport report) {
    return verdict(rules, report, Optional.empty());
  }

  private static Verdict verdict(
      AppraisalRules rules, SimulatedReport report, Optional<String> cloud) {
    try {
      byte[] bytes = Simulated.milan().sign(report);
      Claims said = SnpClaims.unverified(SnpReport.parse(bytes), ProductLine.MILAN);
      Claims.Builder claims =
          Claims.of(EvidenceForm.SNP_REPORT, said.measurement(), said.boundData());
      said.values().forEach(claims::put);
      claims.put("csp-id", cloud.map(ClaimValue.Text::new));
      return FederationPolicy.named("test", "1")
          .anySite(rules)
          .build()
          .find("site-1", Namespace.SNP)
          .orElseThrow()
          .appraise(
              Vectors.evidence(bytes),
              new EvidenceVerification.Genuine(
                  claims.build(), List.of(), List.of(), List.of(), Instant.MAX, Instant.MAX),
              AppraisalContext.evidenceAlone("site-1", Simulated.NOW));
    } catch (MalformedEvidenceException e) {
      throw new IllegalStateException(e);
    }
  }

  private static AppraisalRules.Builder rules() {
    return SnpPolicy.strict().measurement(ReferenceValue.of("zeros", ZEROS));
  }

  private static Check check(Verdict verdict, PolicyOption option) {
    return verdict.checks().stream()
        .filter(check -> check.name().equals(option.check()))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("options")
  @DisplayName("an option that is set is kept or broken")
  void keptAndBroken(
      PolicyOption option,
      Object setting,
      UnaryOperator<SimulatedReport> keeps,
      UnaryOperator<SimulatedReport> breaks) {
    AppraisalRules rules = rules().set(option, setting).build();
    if (keeps != null) {
      assertThat(check(verdict(rules, keeps.apply(good())), option).outcome())
          .isEqualTo(Check.Outcome.PASSED);
    }
    if (breaks != null) {
      Verdict broken = verdict(rules, breaks.apply(good()));
      assertThat(check(broken, option).code()).contains(ReasonCode.POLICY_VIOLATION);
      assertThat(broken).isInstanceOf(Verdict.Rejected.class);
    }
  }

  @Test
  @DisplayName("a cloud that the policy names is kept, another is not")
  void clouds() {
    AppraisalRules rules = rules().set(SnpOptions.CSP_IDS, List.of("CN=one", "CN=two")).build();
    assertThat(verdict(rules, good(), Optional.of("CN=two")).trusted()).isTrue();
    assertThat(check(verdict(rules, good(), Optional.of("CN=three")), SnpOptions.CSP_IDS).code())
        .contains(ReasonCode.POLICY_VIOLATION);
  }

  static Stream<Arguments> switches() {
    return options()
        .filter(row -> row.get()[1] instanceof Boolean)
        .filter(row -> !row.get()[0].equals(SnpOptions.ALLOW_PROVISIONAL_FIRMWARE));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("switches")
  @DisplayName("a switch in its other setting asks for nothing")
  void otherSetting(
      PolicyOption option,
      boolean setting,
      UnaryOperator<SimulatedReport> keeps,
      UnaryOperator<SimulatedReport> breaks) {
    AppraisalRules rules = rules().set(option, !setting).build();
    assertThat(check(verdict(rules, breaks.apply(good())), option).outcome())
        .isEqualTo(Check.Outcome.SKIPPED);
  }

  @Test
  @DisplayName("the table above names every option but those of the ID block, which follow")
  void tableIsComplete() {
    Set<String> tested =
        options().map(row -> ((PolicyOption) row.get()[0]).key()).collect(Collectors.toSet());
    Set<String> all = SnpOptions.ALL.stream().map(PolicyOption::key).collect(Collectors.toSet());
    all.removeAll(tested);
    assertThat(all).containsExactlyInAnyOrder("requireIdBlock", "requireAuthorKey");
  }

  @Test
  @DisplayName("an ID block is required by its key, or by the author key that vouches for it")
  void idBlock() {
    UnaryOperator<SimulatedReport> authored =
        report -> report.set(SnpField.AUTHOR_KEY_DIGEST, filled(48)).set(SnpField.KEY_INFO, 1);
    AppraisalRules byEither =
        rules()
            .set(SnpOptions.REQUIRE_ID_BLOCK, true)
            .set(SnpOptions.ID_KEY_DIGESTS, "2".repeat(96))
            .set(SnpOptions.AUTHOR_KEY_DIGESTS, ONES)
            .build();
    assertThat(verdict(byEither, authored.apply(good())).trusted()).isTrue();
    assertThat(verdict(byEither, good()).trusted()).isFalse();

    AppraisalRules byAuthor =
        rules()
            .set(SnpOptions.REQUIRE_AUTHOR_KEY, true)
            .set(SnpOptions.AUTHOR_KEY_DIGESTS, ONES)
            .build();
    assertThat(verdict(byAuthor, authored.apply(good())).trusted()).isTrue();
    assertThat(verdict(byAuthor, good().set(SnpField.AUTHOR_KEY_DIGEST, filled(48))).trusted())
        .isFalse();

    AppraisalRules byNobody = rules().set(SnpOptions.REQUIRE_ID_BLOCK, true).build();
    assertThat(verdict(byNobody, good().set(SnpField.ID_KEY_DIGEST, filled(48))).trusted())
        .isFalse();
    for (PolicyOption option :
        List.of(SnpOptions.REQUIRE_ID_BLOCK, SnpOptions.REQUIRE_AUTHOR_KEY)) {
      assertThat(verdict(rules().set(option, false).build(), good()).trusted()).isTrue();
    }
  }

  @Test
  @DisplayName("the good report fulfils strict; each option has a check, asked or not")
  void strictIsFulfilled() {
    Verdict verdict = verdict(rules().build(), good());
    assertThat(verdict.trusted()).as(verdict.explain()).isTrue();
    List<String> names = verdict.checks().stream().map(Check::name).toList();
    assertThat(names).doesNotHaveDuplicates();
    SnpOptions.ALL.forEach(option -> assertThat(names).contains(option.check()));
    assertThat(new HashSet<>(SnpOptions.ALL.stream().map(PolicyOption::key).toList()))
        .hasSameSizeAs(SnpOptions.ALL);
  }

  @Test
  @DisplayName("strict refuses a VLEK, a masked chip, debugging and what else it should")
  void strictRefuses() {
    assertThat(verdict(rules().build(), Simulated.milan().report(EndorsementKey.VLEK)).trusted())
        .isFalse();
    for (UnaryOperator<SimulatedReport> change :
        List.of(policyBit(19), policyBit(18), policyBit(21), with(SnpField.VMPL, 1))) {
      assertThat(verdict(rules().build(), change.apply(good())).trusted()).isFalse();
    }
  }

  @Test
  @DisplayName("no reference values: rejected")
  void noReferenceValues() {
    assertThat(verdict(SnpPolicy.strict().build(), good()))
        .isInstanceOfSatisfying(
            Verdict.Rejected.class,
            rejected -> assertThat(rejected.reason()).isEqualTo(ReasonCode.NO_REFERENCE_VALUES));
  }

  @Test
  @DisplayName("reference values: unknown, not yet valid, ended, overlapping")
  void referenceValues() {
    ReferenceValue other = ReferenceValue.of("other", ONES);
    ReferenceValue ended = ReferenceValue.of("old", ZEROS).within(Instant.EPOCH, Simulated.NOW);
    ReferenceValue coming =
        ReferenceValue.of("next", ZEROS)
            .within(Simulated.NOW.plusSeconds(1), Simulated.NOW.plusSeconds(9));
    ReferenceValue now =
        ReferenceValue.of("now", ZEROS).within(Simulated.NOW, Simulated.NOW.plusSeconds(60));
    assertThat(reason(other)).contains(ReasonCode.MEASUREMENT_UNKNOWN);
    assertThat(reason(ended)).contains(ReasonCode.MEASUREMENT_NOT_VALID);
    assertThat(reason(other, coming)).contains(ReasonCode.MEASUREMENT_NOT_VALID);
    assertThat(reason(other, ended, now)).isEmpty();
    Verdict trusted = verdict(SnpPolicy.strict().measurement(now).build(), good());
    assertThat(trusted.appraisal().expiresAt()).isEqualTo(Simulated.NOW.plusSeconds(60));
  }

  private static Optional<ReasonCode> reason(ReferenceValue... values) {
    AppraisalRules.Builder rules = SnpPolicy.strict();
    for (ReferenceValue value : values) {
      rules.measurement(value);
    }
    return verdict(rules.build(), good()) instanceof Verdict.Rejected rejected
        ? Optional.of(rejected.reason())
        : Optional.empty();
  }

  @Test
  @DisplayName("what cannot be a setting is refused when it is set")
  void badSettings() {
    for (Object[] wrong :
        new Object[][] {
          {"nonsense", true},
          {"allowDebug", "yes"},
          {"vmpl", "4"},
          {"vmpl", List.of()},
          {"vmpl", List.of("1", "1")},
          {"products", "Rome"},
          {"hostData", "11"},
          {"hostData", "1".repeat(63) + "G"},
          {"minimumGuestSvn", 4294967296L},
          {"minimumGuestSvn", -1},
          {"minimumBuild", "1e1"},
          {"minimumVersion", "1"},
          {"minimumVersion", "01.2"},
          {"requiredMitigations", "5"},
          {"minimumReportedTcb", Map.of("Milan", Map.of("fmc", 1))},
          {"minimumReportedTcb", Map.of("Rome", Map.of("snp", 1))},
          {"minimumReportedTcb", Map.of("Milan", Map.of())},
          {"minimumReportedTcb", Map.of("Milan", Map.of("snp", 256))},
          {"minimumReportedTcb", Map.of()},
          {"minimumReportedTcb", "snp"}
        }) {
      assertThatThrownBy(() -> SnpPolicy.strict().set((String) wrong[0], wrong[1]))
          .as("%s %s", wrong)
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> rules().set("allowDebug", true).set("allowDebug", true))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SnpPolicy.profile("lax")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> rules().measurement(ReferenceValue.of("short", "11".repeat(32))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> rules().measurement(ReferenceValue.of("zeros", ONES)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> rules().forms(Set.of(EvidenceForm.TDX_QUOTE)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> rules().forms(Set.of())).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @DisplayName("evidence without an exchange says nothing about who presents it")
  void evidenceAlone() {
    Verdict verdict = verdict(rules().build(), good());
    assertThat(verdict.appraisal().notes())
        .anyMatch(note -> note.startsWith("only the evidence was appraised: who presents it"));
    assertThat(verdict.appraisal().assurance())
        .isEqualTo(io.fedtrust.attestation.model.Assurance.UNBOUND);
  }
}

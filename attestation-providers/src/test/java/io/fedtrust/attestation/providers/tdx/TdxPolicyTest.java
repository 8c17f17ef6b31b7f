// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx;

import static io.fedtrust.attestation.providers.tdx.SimulatedTdx.NOW;
import static io.fedtrust.attestation.providers.tdx.SimulatedTdx.PLATFORM;
import static io.fedtrust.attestation.providers.tdx.SimulatedTdx.PROCESSOR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.Verdict;
import io.fedtrust.attestation.policy.AppraisalContext;
import io.fedtrust.attestation.policy.AppraisalRules;
import io.fedtrust.attestation.policy.DenyList;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.policy.PolicyOption;
import io.fedtrust.attestation.policy.PolicyVocabulary;
import io.fedtrust.attestation.policy.ReferenceValue;
import io.fedtrust.attestation.providers.checks.EvidenceAttachments;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.policy.FederationPolicies;
import io.fedtrust.attestation.providers.policy.PolicyDraft;
import io.fedtrust.attestation.providers.tdx.SimulatedTdx.Case;
import io.fedtrust.attestation.providers.tdx.TdxVectors.Vector;
import io.fedtrust.attestation.providers.tdx.collateral.TdxItems;
import io.fedtrust.attestation.providers.tdx.format.TcbStatus;
import io.fedtrust.attestation.providers.tdx.format.TdReportType;
import io.fedtrust.attestation.providers.tdx.format.TdxField;
import io.fedtrust.attestation.providers.tdx.format.TrailingBytes;
import io.fedtrust.attestation.providers.tdx.policy.TdxOptions;
import io.fedtrust.attestation.providers.tdx.policy.TdxPolicy;
import io.fedtrust.attestation.providers.tdx.policy.TdxVocabulary;
import io.fedtrust.attestation.providers.tdx.verifier.TdxVerifier;
import io.fedtrust.attestation.simulated.SimulatedQuote;
import io.fedtrust.attestation.simulated.SimulatedTcb;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a relying party can demand of TDX evidence, every option in both settings. */
class TdxPolicyTest {
  private static final String ZEROS = "00".repeat(48);
  private static final String ONES = "01" + "00".repeat(47);

  private static AppraisalRules.Builder rules(String profile) {
    return TdxPolicy.profile(profile).measurement(ReferenceValue.of("nothing", ZEROS));
  }

  private static Verdict judged(AppraisalRules.Builder rules, Case some) {
    return judged(rules, some.evidence(), some.verify());
  }

  private static Verdict judged(
      AppraisalRules.Builder rules, Evidence evidence, EvidenceVerification verification) {
    return FederationPolicy.named("tdx", "1")
        .anySite(rules.build())
        .build()
        .find("site", Namespace.TDX)
        .orElseThrow()
        .appraise(evidence, verification, AppraisalContext.evidenceAlone("site", NOW));
  }

  private static String firstBroken(Verdict verdict) {
    return verdict.checks().stream()
        .filter(check -> check.code().isPresent())
        .findFirst()
        .map(check -> check.name())
        .orElse("");
  }

  @Test
  @DisplayName("a good quote is trusted by strict, and by no policy without a measurement")
  void strict() {
    Verdict verdict = judged(rules("strict"), Case.good());
    assertThat(verdict.trusted()).as(verdict.explain()).isTrue();
    assertThat(firstBroken(judged(TdxPolicy.strict(), Case.good())))
        .isEqualTo("policy.measurement");
    assertThat(judged(rules("strict"), Case.of(PLATFORM.quote(TdReportType.TD_1_5))).trusted())
        .isTrue();
  }

  @Test
  @DisplayName("mrServiceTds of the policy rejects a TD report 1.0, which has no such field")
  void serviceTdsOfOldReports() {
    Verdict old = judged(rules("strict").set(TdxOptions.MR_SERVICE_TDS, ZEROS), Case.good());
    assertThat(firstBroken(old)).isEqualTo("policy.mrservicetd");
    assertThat(old.explain()).contains("was not claimed");
    Case present = Case.of(PLATFORM.quote(TdReportType.TD_1_5));
    assertThat(judged(rules("strict").set(TdxOptions.MR_SERVICE_TDS, ZEROS), present).trusted())
        .isTrue();
    assertThat(judged(rules("strict"), Case.good()).checks())
        .anyMatch(
            check ->
                check.name().equals("policy.mrservicetd")
                    && check.actual().equals("tdx-quote does not say it"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"INTEL-SA-0837", "intel-sa-00837", "INTEL-SA-00837 ", "CVE-2023-22655", ""})
  @DisplayName("an advisory that Intel cannot have named is refused when the policy is read")
  void unknownAdvisories(String name) {
    assertThatThrownBy(() -> TdxPolicy.strict().set(TdxOptions.REFUSED_ADVISORIES, name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("INTEL-SA-00837");
    TdxPolicy.strict().set(TdxOptions.REFUSED_ADVISORIES, List.of("INTEL-SA-00837"));
    TdxPolicy.strict().set(TdxOptions.REFUSED_ADVISORIES, "INTEL-DOC-10000");
  }

  @Test
  @DisplayName("the verdict names a refused advisory that Intel's documents never name")
  void advisoriesNeverSeen() {
    Case advised = Case.of(SimulatedTcb.of(TcbStatus.UP_TO_DATE, List.of("INTEL-SA-00001")));
    Verdict verdict =
        judged(
            rules("strict")
                .set(TdxOptions.REFUSED_ADVISORIES, List.of("INTEL-SA-00001", "INTEL-SA-99999")),
            advised);
    assertThat(verdict.explain())
        .contains(
            "FAIL policy.refused-advisories",
            "(never seen in Intel's documents: [INTEL-SA-99999])");
    Verdict spelled =
        judged(rules("strict").set(TdxOptions.REFUSED_ADVISORIES, "INTEL-SA-00001"), advised);
    assertThat(spelled.explain()).doesNotContain("never seen");
  }

  @Test
  @DisplayName("a denied PPID or measurement rejects a genuine quote of any site")
  void denied() {
    Case good = Case.good();
    String ppid = good.verify().verifiedClaims().orElseThrow().find("ppid").orElseThrow().text();
    TdxVocabulary words = new TdxVocabulary();
    for (DenyList list :
        List.of(
            DenyList.builder().evidence(words, "ppids", List.of("01".repeat(16), ppid)).build(),
            DenyList.builder().site("site").build())) {
      Verdict verdict =
          FederationPolicy.named("tdx", "1")
              .anySite(rules("strict").build())
              .deny(list)
              .build()
              .find("site", Namespace.TDX)
              .orElseThrow()
              .appraise(
                  good.evidence(), good.verify(), AppraisalContext.evidenceAlone("site", NOW));
      assertThat(verdict)
          .isInstanceOfSatisfying(
              Verdict.Rejected.class, no -> assertThat(no.reason()).isEqualTo(ReasonCode.DENIED));
      assertThat(firstBroken(verdict)).isEqualTo("policy.deny");
    }
  }

  /** An option, a setting that refuses, one that accepts, and evidence to tell them apart. */
  record Setting(PolicyOption option, Object refusing, Object accepting, Case some) {
    @Override
    public String toString() {
      return option.key();
    }
  }

  private static Case attributes(long bits) {
    return Case.of(PLATFORM.quote().set(TdxField.TDATTRIBUTES, bits));
  }

  private static Case field(TdxField field) {
    SimulatedQuote quote =
        field == TdxField.MRSERVICETD ? PLATFORM.quote(TdReportType.TD_1_5) : PLATFORM.quote();
    return Case.of(quote.set(field, new byte[] {1}));
  }

  private static Case logged() {
    EventLogTest.Written event = EventLogTest.Written.of(2, 4, new byte[] {7});
    byte[] both = new byte[96];
    System.arraycopy(event.digest(), 0, both, 48, 48);
    Evidence evidence =
        PLATFORM
            .evidence(PLATFORM.quote().set(TdxField.RTMR1, Digests.sha384(both)))
            .withEndorsements(EvidenceAttachments.ofEventLog(EventLogTest.log(List.of(event))));
    return Case.good().evidence(evidence);
  }

  static Stream<Setting> settings() {
    String event = HexFormat.of().formatHex(Digests.sha384(new byte[] {7}));
    Case good = Case.good();
    Case old = Case.of(SimulatedTcb.of(TcbStatus.OUT_OF_DATE, List.of("INTEL-SA-1")));
    Case advised = Case.of(SimulatedTcb.of(TcbStatus.UP_TO_DATE, List.of("INTEL-SA-00001")));
    List<Setting> settings = new ArrayList<>();
    settings.add(
        new Setting(TdxOptions.TCB_STATUSES, "UpToDate", List.of("UpToDate", "OutOfDate"), old));
    settings.add(new Setting(TdxOptions.TCB_GRACE_DAYS, 191, 192, old));
    settings.add(
        new Setting(
            TdxOptions.ACCEPTED_ADVISORIES, "INTEL-SA-00002", List.of("INTEL-SA-00001"), advised));
    settings.add(
        new Setting(TdxOptions.REFUSED_ADVISORIES, "INTEL-SA-00001", "INTEL-SA-00002", advised));
    settings.add(new Setting(TdxOptions.MINIMUM_TCB_EVALUATION_DATA_NUMBER, 18, 17, good));
    settings.add(new Setting(TdxOptions.MAXIMUM_COLLATERAL_AGE_DAYS, 19, 20, good));
    settings.add(new Setting(TdxOptions.FMSPCS, "00906ed50000", "fedfed000000", good));
    settings.add(new Setting(TdxOptions.MINIMUM_PCE_SVN, 12, 11, good));
    settings.add(new Setting(TdxOptions.MINIMUM_QE_SVN, 7, 6, good));
    settings.add(
        new Setting(
            TdxOptions.MINIMUM_TEE_TCB_SVN,
            "04010701000000000000000000000000",
            List.of("ff010700000000000000000000000000", "04000700000000000000000000000000"),
            good));
    settings.add(new Setting(TdxOptions.ALLOW_SMT, false, true, good));
    settings.add(new Setting(TdxOptions.ALLOW_DEBUG, false, true, attributes(0x1000_0001L)));
    settings.add(new Setting(TdxOptions.ALLOW_MIGRATION, false, true, attributes(0x3000_0000L)));
    settings.add(new Setting(TdxOptions.ALLOW_PKS, false, true, attributes(0x5000_0000L)));
    settings.add(new Setting(TdxOptions.ALLOW_KEY_LOCKER, false, true, attributes(0x9000_0000L)));
    settings.add(
        new Setting(TdxOptions.ALLOW_PERFMON, false, true, attributes(1L << 63 | 0x1000_0000L)));
    settings.add(new Setting(TdxOptions.REQUIRE_SEPT_VE_DISABLE, true, false, attributes(0)));
    settings.add(
        new Setting(TdxOptions.ALLOW_RESERVED_BITS, false, true, attributes(0x1000_0080L)));
    settings.add(new Setting(TdxOptions.TD_ATTRIBUTES, "00".repeat(8), "0000001000000000", good));
    settings.add(new Setting(TdxOptions.XFAMS, "e700060000000000", "e702060000000000", good));
    Map<PolicyOption, TdxField> fields =
        new TreeMap<>(java.util.Comparator.comparing(PolicyOption::key));
    fields.put(TdxOptions.MR_SEAMS, TdxField.MRSEAM);
    fields.put(TdxOptions.MR_CONFIG_IDS, TdxField.MRCONFIGID);
    fields.put(TdxOptions.MR_OWNERS, TdxField.MROWNER);
    fields.put(TdxOptions.MR_OWNER_CONFIGS, TdxField.MROWNERCONFIG);
    fields.put(TdxOptions.MR_SERVICE_TDS, TdxField.MRSERVICETD);
    fields.put(TdxOptions.RTMR0, TdxField.RTMR0);
    fields.put(TdxOptions.RTMR1, TdxField.RTMR1);
    fields.put(TdxOptions.RTMR2, TdxField.RTMR2);
    fields.put(TdxOptions.RTMR3, TdxField.RTMR3);
    fields.forEach(
        (option, name) ->
            settings.add(new Setting(option, ZEROS, List.of(ZEROS, ONES), field(name))));
    settings.add(
        new Setting(
            TdxOptions.REPORT_DATA,
            "00".repeat(64),
            "01" + "00".repeat(63),
            field(TdxField.REPORTDATA)));
    settings.add(new Setting(TdxOptions.REQUIRE_EVENT_LOG, true, false, good));
    settings.add(new Setting(TdxOptions.REQUIRED_EVENTS, ONES, event, logged()));
    return settings.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("settings")
  @DisplayName("an option refuses in one setting and accepts in the other")
  void bothSettings(Setting setting) {
    Verdict refused =
        judged(rules("strict").set(setting.option(), setting.refusing()), setting.some());
    assertThat(firstBroken(refused))
        .isEqualTo(
            setting.option().equals(TdxOptions.TCB_GRACE_DAYS)
                ? "policy.tcb-status"
                : setting.option().check());
    assertThat(refused).isInstanceOf(Verdict.Rejected.class);
    Verdict accepted =
        judged(rules("strict").set(setting.option(), setting.accepting()), setting.some());
    assertThat(accepted.trusted()).as(accepted.explain()).isTrue();
  }

  @Test
  @DisplayName("the platform's own flags: registered platforms claim them, others claim nothing")
  void platformFlags() {
    for (PolicyOption option :
        List.of(TdxOptions.ALLOW_DYNAMIC_PLATFORM, TdxOptions.ALLOW_CACHED_KEYS)) {
      assertThat(judged(rules("strict").set(option, false), Case.good()).trusted()).isTrue();
      Case processor = Case.of(PROCESSOR, PROCESSOR.quote(), SimulatedTcb.upToDate());
      assertThat(firstBroken(judged(rules("strict").set(option, false), processor)))
          .isEqualTo(option.check());
      assertThat(judged(rules("strict").set(option, true), processor).trusted()).isTrue();
    }
  }

  @Test
  @DisplayName("every option is tested here, or with the tokens it is for")
  void complete() {
    List<String> tested = new ArrayList<>(settings().map(Setting::toString).toList());
    tested.addAll(List.of("allowDynamicPlatform", "allowCachedKeys", "servicePolicies"));
    assertThat(TdxOptions.ALL)
        .extracting(PolicyOption::key)
        .containsExactlyInAnyOrderElementsOf(tested)
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest(name = "{0} under {1}: {2}")
  @CsvSource({
    "OUT_OF_DATE, UpToDate, true",
    "OUT_OF_DATE_CONFIGURATION_NEEDED, UpToDate, false",
    "OUT_OF_DATE_CONFIGURATION_NEEDED, ConfigurationNeeded, true",
    "CONFIGURATION_NEEDED, UpToDate, false",
    "SW_HARDENING_NEEDED, UpToDate, false"
  })
  @DisplayName("a grace period is for updates alone, not for what no update changes")
  void grace(TcbStatus status, String accepted, boolean trusted) {
    assertThat(
            judged(
                    rules("strict")
                        .set(TdxOptions.TCB_STATUSES, accepted)
                        .set(TdxOptions.TCB_GRACE_DAYS, 365),
                    Case.of(SimulatedTcb.of(status, List.of())))
                .trusted())
        .isEqualTo(trusted);
  }

  @Test
  @DisplayName("without collateral a verdict is inconclusive; a rule that is broken still rejects")
  void withoutCollateral() {
    Case bare = Case.good().without(TdxItems.TCB_INFO);
    Verdict verdict =
        judged(
            rules("strict")
                .set(TdxOptions.MINIMUM_TCB_EVALUATION_DATA_NUMBER, 1)
                .set(TdxOptions.MAXIMUM_COLLATERAL_AGE_DAYS, 100)
                .set(TdxOptions.REFUSED_ADVISORIES, "INTEL-SA-00001")
                .set(TdxOptions.ACCEPTED_ADVISORIES, "INTEL-SA-00001"),
            bare);
    assertThat(verdict)
        .as(verdict.explain())
        .isInstanceOfSatisfying(
            Verdict.Inconclusive.class,
            open -> assertThat(open.missing()).isEqualTo(ReasonCode.COLLATERAL_UNAVAILABLE));
    assertThat(judged(TdxPolicy.strict().measurement(ReferenceValue.of("x", ONES)), bare))
        .isInstanceOf(Verdict.Rejected.class);
  }

  @Test
  @DisplayName("a draft copies measurement and identities, relaxes nothing, and accepts nothing")
  void draft() {
    Case some =
        Case.of(PLATFORM.quote().set(TdxField.RTMR1, new byte[] {5}).set(TdxField.TDATTRIBUTES, 0));
    PolicyDraft draft = PolicyDraft.of("drafted", some.evidence(), some.verify(), "strict", NOW);
    assertThat(draft.yaml())
        .contains("reviewed: false")
        .contains("rtmr1: '05" + "00".repeat(47) + "'")
        .doesNotContain("rtmr0")
        .doesNotContain("requireSeptVeDisable");
    assertThat(draft.wouldRefuse())
        .extracting(check -> check.name())
        .containsExactly("policy.sept-ve-disable");
    assertThat(FederationPolicies.yaml(draft.yaml())).isNotNull();
  }

  @Test
  @DisplayName("policies as text know x-tdx, its forms and its options")
  void text() {
    FederationPolicy policy =
        FederationPolicies.yaml(
            """
            id: p
            version: "1"
            reviewed: true
            sites:
              "*":
                x-tdx:
                  profile: azure-cvm
                  forms: [tdx-quote, ita-jwt]
                  tcbStatuses: [UpToDate, SWHardeningNeeded]
                  tcbGraceDays: 90
                  measurements:
                    - name: m
                      measurement: "%s"
            """
                .formatted(ZEROS));
    assertThat(
            policy
                .find("any", Namespace.TDX)
                .orElseThrow()
                .appraise(
                    attributes(0).evidence(),
                    attributes(0).verify(),
                    AppraisalContext.evidenceAlone("any", NOW))
                .trusted())
        .isTrue();
  }

  @ParameterizedTest(name = "{0} under {1}: {2}")
  @CsvSource({
    "v4-oak, strict, ''",
    "v4-oak, gcp, ''",
    "v4-oak, azure-cvm, ''",
    "v4-gcp-cos113, strict, ''",
    "v4-gcp-cos113, gcp, ''",
    "v4-outofdate, gcp, policy.tcb-status",
    "v4-emr-tdx03, gcp, policy.tcb-status",
    "v4-debug-td, strict, policy.tcb-status",
    "v5-alibaba-td15, strict, policy.mrservicetd",
    "v5-spr-td15-a, strict, ''",
    "v5-old-tcb-td15, strict, tdx.tcb-level",
    "v4-phala, strict, ''"
  })
  @DisplayName("the verdict that a profile gives on real evidence")
  void realEvidence(String name, String profile, String expected) {
    TdxVectors.assume();
    Vector vector = Vector.of(name);
    Verdict verdict = real(vector, profile);
    assertThat(firstBroken(verdict)).as(verdict.explain()).isEqualTo(expected);
    assertThat(verdict.trusted()).isEqualTo(expected.isEmpty());
  }

  private static Verdict real(Vector vector, String profile) {
    Map<String, ?> body = Vector.map(vector.fields(), "body");
    AppraisalRules.Builder rules =
        TdxPolicy.profile(profile)
            .measurement(ReferenceValue.of("of the vector", (String) body.get("mr_td")));
    return FederationPolicy.named("profiles", "1")
        .anySite(rules.build())
        .build()
        .find("site", Namespace.TDX)
        .orElseThrow()
        .appraise(
            vector.evidence(),
            TdxVerifier.builder()
                .trailing(TrailingBytes.IGNORED)
                .build()
                .verify(vector.evidence(), vector.collateral(), vector.time()),
            AppraisalContext.evidenceAlone("site", vector.time()));
  }

  @Test
  @DisplayName("a real TD that can be debugged is refused, whatever its TCB is")
  void debug() {
    TdxVectors.assume();
    assertThat(real(Vector.of("v4-debug-td"), "strict").checks())
        .anyMatch(check -> check.name().equals("policy.debug") && check.code().isPresent());
  }

  @Test
  @DisplayName("every profile but strict states only what differs")
  void differences() {
    List<PolicyVocabulary.Profile> profiles = new TdxVocabulary().profiles();
    PolicyVocabulary.Profile strict = profiles.get(0);
    assertThat(strict.name()).isEqualTo(PolicyVocabulary.STRICT);
    for (PolicyVocabulary.Profile profile : profiles.subList(1, profiles.size())) {
      assertThat(profile.meaning()).isNotBlank();
      profile
          .settings()
          .forEach((key, value) -> assertThat(value).isNotEqualTo(strict.settings().get(key)));
    }
    assertThat(Arrays.asList("gcp", "azure-cvm"))
        .isSubsetOf(profiles.stream().map(PolicyVocabulary.Profile::name).toList());
  }
}

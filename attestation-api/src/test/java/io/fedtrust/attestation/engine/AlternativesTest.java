// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.model.Assurance;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.SiteCertificate;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.model.SiteVerdict.Outcome;
import io.fedtrust.attestation.policy.AppraisalRules;
import io.fedtrust.attestation.policy.DenyList;
import io.fedtrust.attestation.policy.DenyOption;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.policy.PolicyOption;
import io.fedtrust.attestation.policy.PolicyVocabulary;
import io.fedtrust.attestation.policy.ReferenceValue;
import io.fedtrust.attestation.spi.CCAuthorizer;
import io.fedtrust.attestation.spi.EvidenceCollector;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Alternatives and the deny list of a policy, whatever a site presents. */
class AlternativesTest {
  private static final String SITE = "hospital-a";
  private static final BigInteger SERIAL = BigInteger.valueOf(0x1234);
  private static final Instant NOW = TestProject.NOW;

  private static final Set<Namespace> SNP = Set.of(Namespace.SNP);
  private static final Set<Namespace> TDX = Set.of(Namespace.TDX);
  private static final Set<Namespace> SNP_GPU = Set.of(Namespace.SNP, Namespace.NVIDIA_GPU);
  private static final Set<Namespace> TDX_GPU = Set.of(Namespace.TDX, Namespace.NVIDIA_GPU);

  private static final SiteAppraisal APPRAISAL =
      new SiteAppraisal(
          List.of(
              new Family(EvidenceForm.SNP_REPORT),
              new Family(EvidenceForm.TDX_QUOTE),
              new Family(EvidenceForm.NV_EVIDENCE)));

  /** What a site presents of a family. */
  enum Shown {
    GOOD("aa"),
    OTHER_SOFTWARE("bb"),
    COLLATERAL_UNAVAILABLE("aa");

    private final String measurement;

    Shown(String octet) {
      this.measurement = octet.repeat(48);
    }
  }

  /** A family whose evidence is the name of what is shown. */
  private record Family(EvidenceForm form)
      implements CCAuthorizer, EvidenceVerifier, PolicyVocabulary {
    @Override
    public Namespace namespace() {
      return form.namespace();
    }

    @Override
    public Optional<EvidenceCollector> collector() {
      return Optional.empty();
    }

    @Override
    public Optional<EvidenceVerifier> verifier() {
      return Optional.of(this);
    }

    @Override
    public Set<EvidenceForm> forms() {
      return Set.of(form);
    }

    @Override
    public EvidenceVerification verify(Evidence evidence, Collateral collateral, Instant at) {
      Shown shown = Shown.valueOf(evidence.token());
      Claims claims = Claims.of(form, shown.measurement, new byte[0]).build();
      return shown == Shown.COLLATERAL_UNAVAILABLE
          ? new EvidenceVerification.Undetermined(
              Optional.of(claims),
              List.of(
                  Check.missing(
                      "test.list", ReasonCode.COLLATERAL_UNAVAILABLE, "a list", "none", "")),
              List.of(),
              List.of(),
              ReasonCode.COLLATERAL_UNAVAILABLE)
          : new EvidenceVerification.Genuine(
              claims, List.of(), List.of(), List.of(), Instant.MAX, Instant.MAX);
    }

    @Override
    public EvidenceForm defaultForm() {
      return form;
    }

    @Override
    public int measurementBytes() {
      return 48;
    }

    @Override
    public List<PolicyOption> options() {
      return List.of();
    }

    @Override
    public List<PolicyOption> identities() {
      return List.of();
    }

    @Override
    public List<DenyOption> denials() {
      return List.of(DenyOption.measurements(48));
    }

    @Override
    public List<Profile> profiles() {
      return List.of(new Profile(STRICT, "all there is", Map.of()));
    }

    AppraisalRules rules() {
      return AppraisalRules.of(this)
          .measurement(ReferenceValue.of("good", Shown.GOOD.measurement))
          .build();
    }
  }

  private static Family family(Namespace namespace) {
    return new Family(
        EvidenceForm.all().stream()
            .filter(form -> form.namespace().equals(namespace))
            .findFirst()
            .orElseThrow());
  }

  private static FederationPolicy.Builder policy(List<Set<Namespace>> alternatives) {
    return policy(FederationPolicy.ANY_SITE, alternatives, Set.of());
  }

  private static FederationPolicy.Builder policy(
      String site, List<Set<Namespace>> alternatives, Set<Namespace> always) {
    Set<Namespace> families = new TreeSet<>();
    alternatives.forEach(families::addAll);
    families.addAll(always);
    FederationPolicy.Builder policy = FederationPolicy.named("choice", "1");
    families.forEach(namespace -> policy.site(site, family(namespace).rules()));
    return policy.anyOf(site, alternatives);
  }

  private static SiteVerdict judge(FederationPolicy policy, Map<Namespace, Shown> shown) {
    List<AnswerReader.Bound> entries = new ArrayList<>();
    shown.forEach(
        (namespace, what) ->
            entries.add(
                new AnswerReader.Bound(
                    Evidence.of(family(namespace).form(), what.name()), Optional.empty())));
    Bytes none = Bytes.of(new byte[0]);
    return APPRAISAL.judge(
        new AnswerReader.Answer(
            SITE,
            Instant.MAX,
            NOW,
            Assurance.SESSION_NAMED,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            entries,
            List.of(),
            Optional.of(new SiteCertificate(SITE, "client", none, none, Instant.MAX, SERIAL))),
        policy,
        NOW);
  }

  private static void rejected(ReasonCode code, SiteVerdict verdict) {
    assertThat(verdict.outcome()).as(verdict.explain()).isEqualTo(Outcome.REJECTED);
    assertThat(verdict.reason()).contains(code);
  }

  @Test
  @DisplayName("a site is trusted with either alternative, and rejected with none of them complete")
  void eitherAlternative() {
    FederationPolicy choice = policy(List.of(SNP, TDX_GPU)).build();
    assertThat(choice.alternatives(SITE)).containsExactly(SNP, TDX_GPU);
    assertThat(judge(choice, Map.of(Namespace.SNP, Shown.GOOD)).trusted()).isTrue();
    assertThat(
            judge(choice, Map.of(Namespace.TDX, Shown.GOOD, Namespace.NVIDIA_GPU, Shown.GOOD))
                .trusted())
        .isTrue();
    SiteVerdict incomplete = judge(choice, Map.of(Namespace.TDX, Shown.GOOD));
    rejected(ReasonCode.EVIDENCE_MISSING, incomplete);
    assertThat(incomplete.explain())
        .contains("one of [[x-snp], [x-tdx, x-nv-gpu]] completely", "was [x-tdx]");
  }

  @Test
  @DisplayName("a family in no alternative is always required")
  void alwaysRequired() {
    FederationPolicy choice = policy(SITE, List.of(SNP, TDX), Set.of(Namespace.NVIDIA_GPU)).build();
    assertThat(choice.alternatives(SITE)).containsExactly(SNP_GPU, TDX_GPU);
    rejected(ReasonCode.EVIDENCE_MISSING, judge(choice, Map.of(Namespace.TDX, Shown.GOOD)));
    assertThat(
            judge(choice, Map.of(Namespace.TDX, Shown.GOOD, Namespace.NVIDIA_GPU, Shown.GOOD))
                .trusted())
        .isTrue();
  }

  @Test
  @DisplayName("evidence that is presented but not needed is noted if it is inconclusive")
  void notNeeded() {
    SiteVerdict verdict =
        judge(
            policy(List.of(SNP, SNP_GPU)).build(),
            Map.of(Namespace.SNP, Shown.GOOD, Namespace.NVIDIA_GPU, Shown.COLLATERAL_UNAVAILABLE));
    assertThat(verdict.trusted()).as(verdict.explain()).isTrue();
    assertThat(verdict.reason()).isEmpty();
    assertThat(verdict.expiresAt()).isAfter(NOW);
    assertThat(verdict.notes())
        .contains("x-nv-gpu: presented but not needed, and not shown to be trusted");
  }

  @Test
  @DisplayName("a denied measurement rejects even where the policy has no rules for its family")
  void deniedWithoutRules() {
    DenyList deny =
        DenyList.builder()
            .evidence(family(Namespace.NVIDIA_GPU), "measurements", Shown.GOOD.measurement)
            .build();
    FederationPolicy policy = policy(List.of(SNP)).deny(deny).build();
    rejected(
        ReasonCode.DENIED,
        judge(policy, Map.of(Namespace.SNP, Shown.GOOD, Namespace.NVIDIA_GPU, Shown.GOOD)));
    assertThat(judge(policy, Map.of(Namespace.SNP, Shown.GOOD)).trusted()).isTrue();
  }

  @Provide
  Arbitrary<List<Set<Namespace>>> alternatives() {
    return Arbitraries.of(SNP, TDX, SNP_GPU, TDX_GPU).list().uniqueElements().ofMinSize(1);
  }

  @Provide
  Arbitrary<Map<Namespace, Shown>> presented() {
    Arbitrary<Optional<Shown>> shown = Arbitraries.of(Shown.class).optional(0.7);
    return Combinators.combine(shown, shown, shown)
        .as(
            (snp, tdx, gpu) -> {
              Map<Namespace, Shown> map = new TreeMap<>();
              snp.ifPresent(what -> map.put(Namespace.SNP, what));
              tdx.ifPresent(what -> map.put(Namespace.TDX, what));
              gpu.ifPresent(what -> map.put(Namespace.NVIDIA_GPU, what));
              return map;
            });
  }

  @Property
  @Label("a site is trusted if one alternative is complete and trusted, and no entry is rejected")
  void outcome(
      @ForAll("alternatives") List<Set<Namespace>> alternatives,
      @ForAll("presented") Map<Namespace, Shown> presented) {
    FederationPolicy policy = policy(alternatives).build();
    boolean refused =
        presented.entrySet().stream()
            .anyMatch(
                entry ->
                    entry.getValue() == Shown.OTHER_SOFTWARE
                        && policy.find(SITE, entry.getKey()).isPresent());
    boolean complete =
        alternatives.stream().anyMatch(families -> presented.keySet().containsAll(families));
    boolean proven =
        alternatives.stream()
            .anyMatch(
                families ->
                    families.stream().allMatch(family -> presented.get(family) == Shown.GOOD));
    Outcome expected =
        refused || !complete ? Outcome.REJECTED : proven ? Outcome.TRUSTED : Outcome.INCONCLUSIVE;
    assertThat(judge(policy, presented).outcome()).isEqualTo(expected);
  }

  @Property
  @Label("more alternatives never accept an entry that the rules reject")
  void moreAlternatives(
      @ForAll("alternatives") List<Set<Namespace>> some,
      @ForAll("alternatives") List<Set<Namespace>> others,
      @ForAll("presented") Map<Namespace, Shown> presented) {
    List<Set<Namespace>> more = new ArrayList<>(some);
    others.stream().filter(each -> !some.contains(each)).forEach(more::add);
    FederationPolicy former = policy(some).build();
    SiteVerdict before = judge(former, presented);
    SiteVerdict after = judge(policy(more).build(), presented);
    boolean refused =
        before.verdicts().stream()
            .anyMatch(io.fedtrust.attestation.model.Verdict.Rejected.class::isInstance);
    if (refused) {
      assertThat(after.outcome()).isEqualTo(Outcome.REJECTED);
    }
  }

  @Property
  @Label("what is denied by name, certificate or measurement is rejected, whatever else is there")
  void denyWins(
      @ForAll("alternatives") List<Set<Namespace>> alternatives,
      @ForAll("presented") Map<Namespace, Shown> presented,
      @ForAll boolean named,
      @ForAll boolean unbound) {
    String key = named || unbound ? SITE : FederationPolicy.ANY_SITE;
    List<DenyList> lists = new ArrayList<>();
    lists.add(DenyList.builder().site(SITE).build());
    lists.add(DenyList.builder().siteCertificate("0x1234").build());
    presented.forEach(
        (namespace, shown) ->
            lists.add(
                DenyList.builder()
                    .evidence(family(namespace), "measurements", shown.measurement)
                    .build()));
    for (DenyList list : lists) {
      FederationPolicy.Builder policy = policy(key, alternatives, Set.of()).deny(list);
      if (unbound) {
        policy.acceptUnbound(SITE);
      }
      SiteVerdict verdict = judge(policy.build(), presented);
      assertThat(verdict.outcome()).as("%s", list).isEqualTo(Outcome.REJECTED);
      assertThat(verdict.admits(NOW)).isFalse();
      assertThat(
              verdict.checks().stream()
                      .anyMatch(check -> check.code().filter(ReasonCode.DENIED::equals).isPresent())
                  || verdict.verdicts().stream()
                      .flatMap(each -> each.checks().stream())
                      .anyMatch(
                          check -> check.code().filter(ReasonCode.DENIED::equals).isPresent()))
          .as(verdict.explain())
          .isTrue();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Appraisal;
import io.fedtrust.attestation.model.Assurance;
import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.model.SiteVerdict.Outcome;
import io.fedtrust.attestation.model.Verdict;
import io.fedtrust.attestation.policy.AppraisalContext;
import io.fedtrust.attestation.policy.AppraisalPolicy;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.spi.CCAuthorizer;
import io.fedtrust.attestation.spi.CollateralSource;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last four checks of an answer, entry by entry, and the verdict on the site
 * (docs/protocol/policy-model.md#verdict-on-a-site): genuine, bound to this exchange, accepted by
 * this relying party's policy.
 */
final class SiteAppraisal {
  private static final String SOURCE = "docs/protocol/policy-model.md#verdict-on-a-site";
  private static final String UNBOUND =
      "the site chose the nonce itself: its evidence may be stored or relayed";

  private static final Logger LOG = LoggerFactory.getLogger(SiteAppraisal.class);

  private final Map<Namespace, Judge> judges;

  SiteAppraisal(Collection<CCAuthorizer> authorizers) {
    Map<Namespace, Judge> verifying = new TreeMap<>();
    for (CCAuthorizer authorizer : authorizers) {
      authorizer
          .verifier()
          .ifPresent(
              verifier ->
                  verifying.put(
                      authorizer.namespace(), new Judge(verifier, authorizer.collateral())));
    }
    this.judges = Map.copyOf(verifying);
  }

  /** A verifier of one family and where its collateral comes from. */
  private record Judge(EvidenceVerifier verifier, CollateralSource source) {
    EvidenceVerification verify(Evidence evidence, Instant at) {
      Collateral collateral;
      try {
        collateral = source.collateral(evidence);
      } catch (Throwable e) {
        // A source that fails says nothing about the site:
        // docs/protocol/collateral.md#missing-collateral
        LOG.warn("collateral source of {} failed", evidence.form(), e);
        return verifier
            .verify(evidence, Collateral.NONE, at)
            .noting("the source of collateral failed: " + e.getClass().getSimpleName());
      }
      return collateral == null
          ? verifier
              .verify(evidence, Collateral.NONE, at)
              .noting("the source of collateral returned nothing")
          : verifier.verify(evidence, collateral, at);
    }
  }

  /** Looks at all that is genuine in an answer before any of it is appraised. */
  @FunctionalInterface
  interface GenuineCheck {
    /**
     * Makes the check.
     *
     * @param genuine what the entries say whose own signature verified
     * @throws MalformedEvidenceException if this is no answer
     */
    void check(List<Claims> genuine) throws MalformedEvidenceException;
  }

  /** Appraises again what was checked before. */
  SiteVerdict judge(AnswerReader.Answer answer, FederationPolicy policy, Instant at) {
    return appraise(answer, verify(answer, at), policy, at);
  }

  /**
   * Appraises an answer.
   *
   * @throws MalformedEvidenceException if the check finds that it is none
   */
  SiteVerdict judge(
      AnswerReader.Answer answer, FederationPolicy policy, Instant at, GenuineCheck check)
      throws MalformedEvidenceException {
    Map<Namespace, EvidenceVerification> authenticated = verify(answer, at);
    check.check(
        authenticated.values().stream()
            .flatMap(verification -> verification.verifiedClaims().stream())
            .toList());
    return appraise(answer, authenticated, policy, at);
  }

  private Map<Namespace, EvidenceVerification> verify(AnswerReader.Answer answer, Instant at) {
    Map<Namespace, EvidenceVerification> authenticated = new TreeMap<>();
    for (AnswerReader.Bound entry : answer.entries()) {
      Evidence evidence = entry.evidence();
      Namespace namespace = evidence.form().namespace();
      Optional.ofNullable(judges.get(namespace))
          .filter(judge -> judge.verifier().forms().contains(evidence.form()))
          .ifPresent(judge -> authenticated.put(namespace, judge.verify(evidence, at)));
    }
    return authenticated;
  }

  private static SiteVerdict appraise(
      AnswerReader.Answer answer,
      Map<Namespace, EvidenceVerification> authenticated,
      FederationPolicy policy,
      Instant at) {
    String site = answer.site();
    if (policy.denies(site) || answer.certificate().filter(policy::denies).isPresent()) {
      return SiteVerdict.denied(site, at);
    }
    List<Set<Namespace>> alternatives = policy.alternatives(site);
    List<Verdict> verdicts = new ArrayList<>();
    List<Check> checks = new ArrayList<>(answer.checks());
    Set<Namespace> present = new HashSet<>();
    for (AnswerReader.Bound entry : answer.entries()) {
      Namespace namespace = entry.evidence().form().namespace();
      present.add(namespace);
      Optional<AppraisalPolicy> rules = policy.find(site, namespace);
      Optional<EvidenceVerification> verification =
          Optional.ofNullable(authenticated.get(namespace));
      if (rules.isEmpty()) {
        checks.add(unasked(entry, verification, policy));
      } else if (verification.isEmpty()) {
        checks.add(
            Check.failed(
                "exchange." + namespace,
                ReasonCode.VERIFIER_MISSING,
                "a verifier of " + entry.evidence().form(),
                "none",
                SOURCE));
      } else {
        verdicts.add(appraise(answer, entry, verification.get(), rules.get(), at));
      }
    }
    checks.addAll(missing(alternatives, present));
    if (alternatives.stream().flatMap(Set::stream).noneMatch(Namespace::cpu)) {
      checks.add(
          Check.failed(
              "exchange.policy",
              ReasonCode.POLICY_MISSING,
              "rules for a CPU family of " + site,
              "none",
              SOURCE));
    }
    return verdict(answer, alternatives, verdicts, checks, at);
  }

  /** One alternative must be presented completely. */
  private static List<Check> missing(List<Set<Namespace>> alternatives, Set<Namespace> present) {
    if (alternatives.stream().anyMatch(present::containsAll)) {
      return List.of();
    }
    String name = "exchange.required";
    return alternatives.size() == 1
        ? alternatives.get(0).stream()
            .filter(namespace -> !present.contains(namespace))
            .map(
                namespace ->
                    Check.failed(name, ReasonCode.EVIDENCE_MISSING, namespace, "none", SOURCE))
            .toList()
        : alternatives.isEmpty()
            ? List.of()
            : List.of(
                Check.failed(
                    name,
                    ReasonCode.EVIDENCE_MISSING,
                    "one of " + alternatives + " completely",
                    present,
                    SOURCE));
  }

  /** What the policy does not ask for need not be there, but must not be false. */
  private static Check unasked(
      AnswerReader.Bound entry, Optional<EvidenceVerification> found, FederationPolicy policy) {
    String name = "exchange." + entry.evidence().form().namespace();
    if (found.isEmpty()) {
      return Check.skipped(name, "the policy does not ask for it", SOURCE);
    }
    EvidenceVerification verification = found.get();
    if (verification instanceof EvidenceVerification.NotGenuine wrong) {
      return Check.failed(name, wrong.reason(), "genuine evidence or none", "not genuine", SOURCE);
    }
    Optional<Check> denied = verification.verifiedClaims().flatMap(policy.deny()::refusal);
    if (denied.isPresent()) {
      return denied.get();
    }
    return verification
        .verifiedClaims()
        .filter(
            claims ->
                entry.binding().filter(binding -> !claims.isBoundTo(binding.hash())).isPresent())
        .map(
            claims ->
                Check.failed(
                    name,
                    ReasonCode.BINDING_MISMATCH,
                    "evidence of this exchange or none",
                    "of another",
                    SOURCE))
        .orElseGet(() -> Check.skipped(name, "the policy does not ask for it", SOURCE));
  }

  private static Verdict appraise(
      AnswerReader.Answer answer,
      AnswerReader.Bound entry,
      EvidenceVerification verification,
      AppraisalPolicy rules,
      Instant at) {
    AppraisalContext.Exchange exchange =
        new AppraisalContext.Exchange(
            answer.assurance(), answer.challengedAt(), answer.confirmation());
    return rules.appraise(
        entry.evidence(),
        verification,
        entry
            .binding()
            .map(binding -> AppraisalContext.exchange(answer.site(), at, binding, exchange))
            .orElseGet(
                () ->
                    new AppraisalContext(
                        answer.site(), at, Optional.empty(), Optional.of(exchange))));
  }

  private static SiteVerdict verdict(
      AnswerReader.Answer answer,
      List<Set<Namespace>> alternatives,
      List<Verdict> verdicts,
      List<Check> checks,
      Instant at) {
    Optional<ReasonCode> failed =
        checks.stream()
            .filter(check -> check.outcome() == Check.Outcome.FAILED)
            .flatMap(check -> check.code().stream())
            .findFirst()
            .or(
                () ->
                    verdicts.stream()
                        .flatMap(
                            verdict ->
                                verdict instanceof Verdict.Rejected rejected
                                    ? Stream.of(rejected.reason())
                                    : Stream.of())
                        .findFirst());
    Optional<ReasonCode> missing =
        verdicts.stream()
            .flatMap(
                verdict ->
                    verdict instanceof Verdict.Inconclusive open
                        ? Stream.of(open.missing())
                        : Stream.of())
            .findFirst();
    List<Verdict> trusted = verdicts.stream().filter(Verdict.Trusted.class::isInstance).toList();
    Set<Namespace> proven = families(trusted);
    Outcome outcome =
        failed.isPresent()
            ? Outcome.REJECTED
            : alternatives.stream().anyMatch(proven::containsAll)
                ? Outcome.TRUSTED
                : missing.isPresent() ? Outcome.INCONCLUSIVE : Outcome.REJECTED;
    boolean admits = outcome == Outcome.TRUSTED;
    return new SiteVerdict(
        answer.site(),
        outcome,
        admits ? Optional.empty() : failed.or(() -> missing).or(SiteAppraisal::unexplained),
        verdicts,
        checks,
        answer.confirmation(),
        at,
        admits ? earliest(answer, trusted, Appraisal::expiresAt) : at,
        admits ? earliest(answer, trusted, Appraisal::prolongableUntil) : at,
        notes(answer, verdicts, outcome));
  }

  private static Optional<ReasonCode> unexplained() {
    return Optional.of(ReasonCode.INTERNAL_ERROR);
  }

  private static Set<Namespace> families(List<Verdict> verdicts) {
    return verdicts.stream()
        .map(verdict -> verdict.appraisal().form().namespace())
        .collect(Collectors.toUnmodifiableSet());
  }

  /** What a reader must know who sees a device beside a CPU: only software has put it there. */
  private static List<String> notes(
      AnswerReader.Answer answer, List<Verdict> verdicts, Outcome outcome) {
    List<String> notes = new ArrayList<>();
    boolean unbound = answer.assurance() == Assurance.UNBOUND;
    if (unbound) {
      notes.add(UNBOUND);
    }
    if (outcome == Outcome.TRUSTED) {
      verdicts.stream()
          .filter(Verdict.Inconclusive.class::isInstance)
          .map(verdict -> verdict.appraisal().form().namespace())
          .map(namespace -> namespace + ": presented but not needed, and not shown to be trusted")
          .forEach(notes::add);
    }
    if (verdicts.stream().anyMatch(verdict -> !verdict.appraisal().form().namespace().cpu())) {
      notes.add(
          verdicts.stream()
              .map(Verdict::appraisal)
              .filter(appraisal -> !unbound && appraisal.form().namespace().cpu())
              .flatMap(appraisal -> appraisal.claims().stream())
              .findFirst()
              .map(cpu -> "devices: co-located as asserted by CPU measurement " + cpu.measurement())
              .orElse("devices: nothing shows that they belong to this CPU"));
    }
    return notes;
  }

  private static Instant earliest(
      AnswerReader.Answer answer, List<Verdict> verdicts, Function<Appraisal, Instant> end) {
    return verdicts.stream()
        .map(Verdict::appraisal)
        .map(end)
        .reduce(answer.certificateEnd(), (a, b) -> a.isBefore(b) ? a : b);
  }
}

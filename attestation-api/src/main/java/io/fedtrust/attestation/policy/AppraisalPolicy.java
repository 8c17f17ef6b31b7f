// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.policy;

import io.fedtrust.attestation.model.Appraisal;
import io.fedtrust.attestation.model.Assurance;
import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.PolicyIdentity;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.Verdict;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The rules for one family's evidence of one site, under the policy they are part of. */
public final class AppraisalPolicy {
  private static final String SOURCE = "docs/protocol/policy-model.md#order-of-appraisal";
  private static final String REFERENCES = "docs/protocol/policy-model.md#reference-values";
  private static final String MEASUREMENT = "policy.measurement";

  private final FederationPolicy federation;
  private final AppraisalRules rules;

  AppraisalPolicy(FederationPolicy federation, AppraisalRules rules) {
    this.federation = federation;
    this.rules = rules;
  }

  /** {@return which policy this is} */
  public PolicyIdentity identity() {
    return federation.identity();
  }

  /** {@return the rules of one family} */
  public AppraisalRules rules() {
    return rules;
  }

  /**
   * Rejects evidence that is not genuine. Compares all other verified claims with the rules. A
   * broken rule rejects; if none is broken but something is missing, the verdict is inconclusive.
   *
   * @param evidence as received, for its digest and form
   * @param verification what its verifier says
   * @param context what this relying party knows
   * @return the verdict; never throws for what evidence contains
   */
  public Verdict appraise(
      Evidence evidence, EvidenceVerification verification, AppraisalContext context) {
    Optional<Claims> claims = verification.verifiedClaims();
    List<Check> checks = new ArrayList<>();
    checks.add(
        federation.deny().check(federation.denies(context.subject()), context.subject(), claims));
    checks.addAll(verification.checks());
    checks.addAll(federation.checks(context.at()));
    checks.add(form(evidence.form()));
    checks.add(assurance(context));
    checks.add(age(context));
    Optional<ReferenceValue> matched = claims.flatMap(known -> matching(known, context.at()));
    if (claims.isPresent()) {
      checks.add(binding(claims.get(), context));
      checks.add(measurement(claims.get(), context.at()));
      rules.appraise(claims.get()).forEach(checks::add);
    } else {
      checks.add(Check.skipped("policy.rules", "the evidence is not shown to be genuine", SOURCE));
    }
    return verdict(evidence, verification, context, checks, matched);
  }

  private Check form(EvidenceForm form) {
    return Check.of(
        "policy.form",
        ReasonCode.FORM_NOT_ACCEPTED,
        rules.forms().contains(form),
        rules.forms(),
        form,
        SOURCE);
  }

  private Check assurance(AppraisalContext context) {
    String name = "policy.assurance";
    String source = "docs/protocol/README.md#assurance";
    boolean unbound =
        context.assurance() == Assurance.UNBOUND && federation.acceptsUnbound(context.subject());
    return context.exchange().isEmpty()
        ? Check.skipped(name, "evidence alone, without an exchange", source)
        : Check.of(
            name,
            ReasonCode.ASSURANCE_TOO_LOW,
            unbound
                || (context.assurance() != Assurance.UNBOUND
                    && context.assurance().atLeast(rules.assurance())),
            unbound ? "any, by acceptUnbound" : "at least " + rules.assurance(),
            context.assurance(),
            source);
  }

  private Check age(AppraisalContext context) {
    String name = "policy.maximum-age";
    return context
        .exchange()
        .map(
            exchange ->
                Check.of(
                    name,
                    ReasonCode.EVIDENCE_TOO_OLD,
                    context.at().isBefore(exchange.challengedAt().plus(rules.maximumAge())),
                    "challenged less than "
                        + rules.maximumAge()
                        + " before "
                        + context.at().truncatedTo(ChronoUnit.SECONDS),
                    exchange.challengedAt(),
                    SOURCE))
        .orElseGet(() -> Check.skipped(name, "evidence alone, without an exchange", SOURCE));
  }

  private static Check binding(Claims claims, AppraisalContext context) {
    String name = "policy.binding";
    String source = "docs/protocol/bindings.md#forms";
    return context
        .expectedBinding()
        .map(
            expected ->
                Check.of(
                    name,
                    claims.boundData().length == 0
                        ? ReasonCode.NO_FRESHNESS
                        : ReasonCode.BINDING_MISMATCH,
                    claims.isBoundTo(expected.bytes()),
                    expected.hex(),
                    HexFormat.of().formatHex(claims.boundData()),
                    source))
        .orElseGet(() -> Check.skipped(name, "no nonce was given", source));
  }

  private Stream<ReferenceValue> sameAs(Claims claims) {
    return rules.measurements().stream()
        .filter(value -> value.measurement().equals(claims.measurement()));
  }

  private Optional<ReferenceValue> matching(Claims claims, Instant at) {
    return sameAs(claims).filter(value -> value.isValid(at)).findFirst();
  }

  private Check measurement(Claims claims, Instant at) {
    Optional<String> missing =
        rules.vocabulary().missingReferences(claims.form(), rules.settings());
    if (missing.isPresent()) {
      return Check.failed(
          MEASUREMENT,
          ReasonCode.NO_REFERENCE_VALUES,
          missing.get(),
          "not in the policy",
          REFERENCES);
    }
    if (rules.vocabulary().measurementBytes() == 0) {
      return Check.passed(
          MEASUREMENT, "what the policy names", "measured as its vendor says", REFERENCES);
    }
    if (rules.measurements().isEmpty()) {
      return Check.failed(
          MEASUREMENT,
          ReasonCode.NO_REFERENCE_VALUES,
          "reference values in the policy",
          "none",
          REFERENCES);
    }
    Optional<ReferenceValue> valid = matching(claims, at);
    if (valid.isPresent()) {
      return Check.passed(MEASUREMENT, valid.get().name(), claims.measurement(), REFERENCES);
    }
    Optional<ReferenceValue> ended = sameAs(claims).findFirst();
    return ended.isPresent()
        ? Check.failed(
            MEASUREMENT,
            ReasonCode.MEASUREMENT_NOT_VALID,
            "a reference value valid at " + at,
            ended.get().name(),
            REFERENCES)
        : Check.failed(
            MEASUREMENT,
            ReasonCode.MEASUREMENT_UNKNOWN,
            "one of " + rules.measurements().stream().map(ReferenceValue::name).toList(),
            claims.measurement(),
            REFERENCES);
  }

  private Verdict verdict(
      Evidence evidence,
      EvidenceVerification verification,
      AppraisalContext context,
      List<Check> checks,
      Optional<ReferenceValue> matched) {
    Optional<ReasonCode> failed = first(checks, Check.Outcome.FAILED);
    Optional<ReasonCode> missing = first(checks, Check.Outcome.MISSING);
    boolean trusted =
        verification instanceof EvidenceVerification.Genuine
            && failed.isEmpty()
            && missing.isEmpty();
    Appraisal appraisal =
        new Appraisal(
            context.subject(),
            evidence.form(),
            context.assurance(),
            evidence.digest(),
            federation.identity(),
            verification.collateral(),
            context.at(),
            trusted
                ? expiry((EvidenceVerification.Genuine) verification, context, matched)
                : context.at(),
            trusted
                ? prolongable((EvidenceVerification.Genuine) verification, context, matched)
                : context.at(),
            context.exchange().flatMap(AppraisalContext.Exchange::confirmation),
            verification.verifiedClaims(),
            checks,
            notes(verification, context));
    if (trusted) {
      return new Verdict.Trusted(appraisal);
    }
    if (failed.isPresent() || verification instanceof EvidenceVerification.NotGenuine) {
      return new Verdict.Rejected(appraisal, failed.orElse(ReasonCode.INTERNAL_ERROR));
    }
    return new Verdict.Inconclusive(appraisal, missing.orElse(ReasonCode.INTERNAL_ERROR));
  }

  private static Optional<ReasonCode> first(List<Check> checks, Check.Outcome outcome) {
    return checks.stream()
        .filter(check -> check.outcome() == outcome)
        .findFirst()
        .flatMap(Check::code);
  }

  private Instant expiry(
      EvidenceVerification.Genuine genuine,
      AppraisalContext context,
      Optional<ReferenceValue> matched) {
    Instant start =
        context.exchange().map(AppraisalContext.Exchange::challengedAt).orElse(context.at());
    return earliest(genuine.expiresAt(), start, matched);
  }

  /** Does not depend on the expiry of collateral, because an extension bridges its absence. */
  private Instant prolongable(
      EvidenceVerification.Genuine genuine,
      AppraisalContext context,
      Optional<ReferenceValue> matched) {
    return earliest(genuine.certificatesEnd(), context.at(), matched);
  }

  private Instant earliest(Instant end, Instant start, Optional<ReferenceValue> matched) {
    return Stream.of(
            Optional.of(end),
            Optional.of(start.plus(rules.maximumAge())),
            federation.notAfter(),
            matched.flatMap(ReferenceValue::notAfter))
        .flatMap(Optional::stream)
        .min(Instant::compareTo)
        .orElseThrow();
  }

  private static List<String> notes(EvidenceVerification verification, AppraisalContext context) {
    List<String> notes = new ArrayList<>(verification.notes());
    if (context.exchange().isEmpty()) {
      notes.add(
          "only the evidence was appraised: who presents it"
              + (context.expectedBinding().isEmpty()
                  ? ", and when it was created, were not checked"
                  : " was not checked"));
    }
    return notes;
  }
}

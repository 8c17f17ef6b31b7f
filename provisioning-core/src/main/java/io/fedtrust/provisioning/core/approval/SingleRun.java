// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.ApprovalPlan;
import io.fedtrust.provisioning.SingleApproval;
import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.context.SetOnce;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.KeyFingerprint;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The approval of one request: verify, decide, show, sign, deliver.
 *
 * @param <Q> the requests that are approved
 * @param <T> the options as a caller sees them
 * @param <R> what comes of it
 */
abstract class SingleRun<Q extends CertificateRequest, T extends SingleApproval<T, R>, R>
    extends ApprovalSettings<T> implements SingleApproval<T, R> {
  private final IssuingAuthority ca;
  private final Path requestZip;
  private final EngineContext host;
  private final ApprovalPreparation preparation;
  private final SetOnce<KeyFingerprint> expectedKey = new SetOnce<>("expected key");
  private final SetOnce<Consumer<ApprovalPlan>> review = new SetOnce<>("review");
  private final SetOnce<Predicate<ApprovalPlan>> question = new SetOnce<>("question");
  private LedgerRules.Renewal renewal = LedgerRules.Renewal.NONE;

  SingleRun(IssuingAuthority ca, Path requestZip, EngineContext host) {
    this.ca = ca;
    this.requestZip = requestZip;
    this.host = host;
    this.preparation = new ApprovalPreparation(ca, host, this);
  }

  /** Reads and verifies a request. */
  abstract Q verify(ApprovalPreparation checks, Path zip);

  /** Decides what its certificate says. */
  abstract ApprovalTerms decide(ApprovalPreparation checks, Q request);

  /** Says what came of it. */
  abstract R result(Issuance.Delivery delivery);

  @Override
  public T expectKey(KeyFingerprint key) {
    expectedKey.set(key);
    return self();
  }

  @Override
  public T renew() {
    renewal = new LedgerRules.Renewal(true, Optional.empty());
    return self();
  }

  @Override
  public T renew(String serial) {
    renewal = new LedgerRules.Renewal(true, Optional.of(Serials.canonical(serial)));
    return self();
  }

  @Override
  public T beforeSigning(Consumer<ApprovalPlan> look) {
    review.set(look);
    return self();
  }

  @Override
  public T askBeforeSigning(Predicate<ApprovalPlan> ask) {
    question.set(ask);
    return self();
  }

  @Override
  public ApprovalPlan plan() {
    return prepare(Optional.empty()).plan();
  }

  @Override
  public ApprovalPlan plan(Path signedZip) {
    return prepare(Optional.of(signedZip)).plan();
  }

  @Override
  public R write() {
    return approve(Optional.empty());
  }

  @Override
  public R writeTo(Path signedZip) {
    return approve(Optional.of(signedZip));
  }

  private PreparedApproval prepare(Optional<Path> signedZip) {
    Q request = verify(preparation, requestZip);
    ApprovalTerms terms = decide(preparation, request);
    KeyAssurance named = preparation.compare(request, expectedKey.get());
    preparation.requireExpectedKey(request, terms.profile(), named);
    KeyAssurance assurance =
        named == KeyAssurance.NONE && question.get().isPresent() ? KeyAssurance.ASKED : named;
    LedgerRules rules = preparation.rules(request, terms, renewal, assurance);
    Path target =
        signedZip
            .map(Path::toAbsolutePath)
            .orElseGet(() -> ApprovalPreparation.defaultTarget(requestZip, request));
    PreparedApproval approval = preparation.prepare(requestZip, request, terms, target, rules);
    preparation.check(approval);
    return approval;
  }

  private R approve(Optional<Path> signedZip) {
    PreparedApproval prepared = prepare(signedZip);
    preparation.warnOfLeftOut(prepared.request());
    Issuance issuance = new Issuance(ca, host);
    try {
      return result(issuance.carryOut(prepared, () -> show(prepared.plan())));
    } finally {
      issuance.signHead();
    }
  }

  private void show(ApprovalPlan plan) {
    review.get().ifPresent(look -> look.accept(plan));
    if (question.get().isPresent() && !question.get().get().test(plan)) {
      throw refuse(ErrorCode.APPROVAL_DECLINED, "approval of " + plan.request().name())
          .problem("not confirmed")
          .build();
    }
  }
}

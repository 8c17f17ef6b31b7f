// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.ApprovalPlan;
import io.fedtrust.provisioning.BatchApproving;
import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.context.SetOnce;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.CertType;
import io.fedtrust.provisioning.model.ComparableName;
import io.fedtrust.provisioning.model.KeyFingerprint;
import io.fedtrust.provisioning.model.ProjectProfile;
import io.fedtrust.provisioning.model.RequestMetadata;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The approval of many requests: each is checked, then those that nothing speaks against. */
public final class BatchRun extends ApprovalSettings<BatchApproving> implements BatchApproving {
  /** Types whose holders can change what others run: each needs an expected key. */
  private static final Set<CertType> PRIVILEGED =
      Set.of(CertType.SERVER, CertType.ORG_ADMIN, CertType.LEAD);

  private final IssuingAuthority ca;
  private final List<Path> requestZips;
  private final EngineContext host;
  private final ApprovalPreparation preparation;
  private final Map<ComparableName, KeyFingerprint> expectedKeys = new HashMap<>();
  private final SetOnce<Path> folder = new SetOnce<>("output folder");
  private final SetOnce<Consumer<Path>> progress = new SetOnce<>("progress");

  /** Prepares the approval of request zips. */
  public BatchRun(IssuingAuthority ca, List<Path> requestZips, EngineContext host) {
    this.ca = ca;
    this.requestZips = List.copyOf(requestZips);
    this.host = host;
    this.preparation = new ApprovalPreparation(ca, host, this);
  }

  @Override
  BatchApproving self() {
    return this;
  }

  @Override
  public BatchApproving expectKey(String name, KeyFingerprint key) {
    if (expectedKeys.putIfAbsent(ComparableName.of(name), key) != null) {
      throw new IllegalStateException("the expected key of " + name + " is already set");
    }
    return this;
  }

  @Override
  public BatchApproving into(Path output) {
    folder.set(output.toAbsolutePath());
    return this;
  }

  @Override
  public BatchApproving progress(Consumer<Path> listener) {
    progress.set(listener);
    return this;
  }

  @Override
  public Plan plan() {
    ProjectProfile profile = profile();
    ca.ledger().requireNewest();
    // Signatures and keys are most of the work, and touch nothing that is shared.
    List<Outcome<VerifiedRequest>> received =
        requestZips.parallelStream()
            .map(zip -> contained(zip, () -> preparation.verify(zip)))
            .toList();
    List<Candidate> candidates =
        received.stream().map(request -> candidate(request, profile)).toList();
    warnOfUnusedKeys(received);
    return new BatchPlan(refuseTwins(candidates));
  }

  /** A mistyped name would leave its request without the comparison that the caller wants. */
  private void warnOfUnusedKeys(List<Outcome<VerifiedRequest>> received) {
    Set<ComparableName> unused = new HashSet<>(expectedKeys.keySet());
    received.stream()
        .flatMap(outcome -> outcome.value().stream())
        .map(request -> ComparableName.of(request.metadata().name()))
        .forEach(unused::remove);
    unused.stream()
        .map(ComparableName::text)
        .sorted()
        .forEach(
            name -> host.warn("a key is expected of " + name + ", but no readable request is its"));
  }

  /** What came of one step for one request: a value, or why there is none. */
  private record Outcome<T>(
      Path requestZip, Optional<T> value, Optional<ProvisioningException> reason) {}

  /** A request of the batch: it will be approved, or there is a reason not to. */
  private record Candidate(
      Path requestZip,
      Optional<PreparedApproval> approval,
      Optional<ProvisioningException> reason) {
    static Candidate leftOut(
        Path zip, Optional<PreparedApproval> approval, ProvisioningException reason) {
      return new Candidate(zip, approval, Optional.of(reason));
    }

    Optional<ApprovalPlan> plan() {
      return approval.map(PreparedApproval::plan);
    }

    LeftOut leftOut() {
      return new LeftOut(requestZip, plan(), reason.orElseThrow());
    }
  }

  private Candidate candidate(Outcome<VerifiedRequest> received, ProjectProfile profile) {
    Path zip = received.requestZip();
    if (received.value().isEmpty()) {
      return new Candidate(zip, Optional.empty(), received.reason());
    }
    Outcome<PreparedApproval> prepared =
        contained(zip, () -> prepare(zip, received.value().get(), profile));
    Optional<ProvisioningException> reason =
        prepared
            .value()
            .map(approval -> contained(zip, () -> objections(approval, profile)).reason())
            .orElse(prepared.reason());
    return new Candidate(zip, prepared.value(), reason);
  }

  private PreparedApproval prepare(Path zip, VerifiedRequest request, ProjectProfile profile) {
    ComparableName name = ComparableName.of(request.metadata().name());
    ApprovalTerms terms = preparation.decide(request, profile);
    KeyAssurance assurance =
        preparation.compare(request, Optional.ofNullable(expectedKeys.get(name)));
    // A renewal needs no option here: the expected key is what allows it.
    LedgerRules rules =
        preparation.rules(
            request,
            terms,
            new LedgerRules.Renewal(assurance == KeyAssurance.EXPECTED, Optional.empty()),
            assurance);
    Path target =
        folder
            .get()
            .map(output -> output.resolve(request.metadata().name() + ".signed.zip"))
            .orElseGet(() -> ApprovalPreparation.defaultTarget(zip, request));
    return preparation.prepare(zip, request, terms, target, rules);
  }

  /** Throws what speaks against an approval that can be shown. */
  private PreparedApproval objections(PreparedApproval approval, ProjectProfile profile) {
    preparation.requireExpectedKey(approval.request(), profile, approval.rules().assurance());
    requireNotPrivileged(approval);
    preparation.check(approval);
    return approval;
  }

  private static void requireNotPrivileged(PreparedApproval approval) {
    RequestMetadata request = approval.request().metadata();
    CertType type = request.certType();
    boolean privileged = PRIVILEGED.contains(type);
    if ((privileged || approval.rules().isRenewalOf(approval.held()))
        && approval.rules().assurance() != KeyAssurance.EXPECTED) {
      throw refuse(ErrorCode.EXPECTED_KEY_REQUIRED, request.name())
          .problem(
              (privileged ? "type " + type.text() : "a renewal")
                  + " is not approved in a batch without its expected key")
          .hint(
              "Add --expect-key " + request.name() + "=SHA256:..., or approve this request alone.")
          .build();
    }
  }

  /** Of two requests for one name, neither says which is the participant's. */
  private static List<Candidate> refuseTwins(List<Candidate> candidates) {
    Map<ComparableName, Integer> zips = new HashMap<>();
    candidates.stream().flatMap(BatchRun::names).forEach(name -> zips.merge(name, 1, Integer::sum));
    return candidates.stream()
        .map(
            candidate ->
                names(candidate)
                    .filter(name -> zips.getOrDefault(name, 0) > 1)
                    .findFirst()
                    .map(name -> twin(candidate, name, zips.getOrDefault(name, 0)))
                    .orElse(candidate))
        .toList();
  }

  private static Candidate twin(Candidate candidate, ComparableName name, int zips) {
    return Candidate.leftOut(
        candidate.requestZip(),
        candidate.approval(),
        refuse(ErrorCode.INVALID_ARGS, name.text())
            .expected("one request for this name in a batch")
            .actual(zips)
            .hint("Ask the site which one is its own; approve it alone.")
            .build());
  }

  private static Stream<ComparableName> names(Candidate candidate) {
    return candidate.approval().stream().flatMap(approval -> approval.rules().names().stream());
  }

  /** Whatever one request does to this process, the others are not affected. */
  private static <T> Outcome<T> contained(Path zip, Supplier<T> action) {
    try {
      return new Outcome<>(zip, Optional.of(action.get()), Optional.empty());
    } catch (ProvisioningException e) {
      return new Outcome<>(zip, Optional.empty(), Optional.of(e));
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      return new Outcome<>(
          zip,
          Optional.empty(),
          Optional.of(
              refuse(ErrorCode.INTERNAL_ERROR, zip.toString())
                  .malformed("a request that can be read", e.getClass().getSimpleName())
                  .cause(e)
                  .build()));
    }
  }

  private final class BatchPlan implements Plan {
    private final List<Candidate> candidates;

    BatchPlan(List<Candidate> candidates) {
      this.candidates = candidates;
    }

    @Override
    public List<ApprovalPlan> approvals() {
      return candidates.stream()
          .filter(candidate -> candidate.reason().isEmpty())
          .flatMap(candidate -> candidate.plan().stream())
          .toList();
    }

    @Override
    public List<LeftOut> leftOut() {
      return candidates.stream()
          .filter(candidate -> candidate.reason().isPresent())
          .map(Candidate::leftOut)
          .toList();
    }

    @Override
    public Result write() {
      Issuance issuance = new Issuance(ca, host);
      List<Approved> approved = new ArrayList<>();
      List<LeftOut> leftOut = new ArrayList<>();
      try {
        for (Candidate candidate : candidates) {
          Optional<ProvisioningException> reason = candidate.reason();
          if (reason.isEmpty()) {
            Outcome<Approved> done =
                contained(candidate.requestZip(), () -> carryOut(issuance, candidate));
            done.value().ifPresent(approved::add);
            reason = done.reason();
          }
          reason
              .map(why -> new LeftOut(candidate.requestZip(), candidate.plan(), why))
              .ifPresent(leftOut::add);
          progress.get().ifPresent(listener -> tell(listener, candidate.requestZip()));
        }
      } finally {
        issuance.signHead();
      }
      return new Result(List.copyOf(approved), List.copyOf(leftOut));
    }

    private void tell(Consumer<Path> listener, Path zip) {
      try {
        listener.accept(zip);
      } catch (RuntimeException | StackOverflowError e) {
        host.warn("the progress listener failed: " + e.getClass().getSimpleName());
      }
    }

    private Approved carryOut(Issuance issuance, Candidate candidate) {
      PreparedApproval approval = candidate.approval().orElseThrow();
      preparation.warnOfLeftOut(approval.request());
      return new Approved(approval.plan(), issuance.carryOut(approval, () -> {}).ofParticipant());
    }
  }
}

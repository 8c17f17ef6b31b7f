// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.Approval;
import io.fedtrust.provisioning.ApprovalPlan;
import io.fedtrust.provisioning.Approving;
import io.fedtrust.provisioning.core.document.ProfileDocument;
import io.fedtrust.provisioning.core.document.SiteDocument;
import io.fedtrust.provisioning.core.host.CheckTrail;
import io.fedtrust.provisioning.core.host.Host;
import io.fedtrust.provisioning.core.host.Once;
import io.fedtrust.provisioning.core.io.BoundedFiles;
import io.fedtrust.provisioning.core.io.FileLocks;
import io.fedtrust.provisioning.core.io.FileMode;
import io.fedtrust.provisioning.core.io.FileOutput;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.CertType;
import io.fedtrust.provisioning.model.ProjectProfile;
import io.fedtrust.provisioning.spi.ApprovalLedger;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One approval: verify, decide, sign, record the intent, deliver, record the delivery. A crash
 * between intent and delivery is resumed with the same certificate.
 */
public final class ApprovalRun implements Approving {
  private static final Duration DEFAULT_VALIDITY = Duration.ofDays(1095);

  private final IssuingAuthority ca;
  private final Path requestZip;
  private final Host host;
  private final Once<ProjectProfile> profile = new Once<>("profile");
  private final Once<Path> profileFile = new Once<>("profile");
  private final Once<Duration> validity = new Once<>("validity");
  private final Once<Consumer<ApprovalPlan>> review = new Once<>("review");
  private boolean force;
  private boolean renew;

  /** Prepares the approval of a request zip. */
  public ApprovalRun(IssuingAuthority ca, Path requestZip, Host host) {
    this.ca = ca;
    this.requestZip = requestZip;
    this.host = host;
  }

  @Override
  public Approving against(ProjectProfile federation) {
    requireNoProfile();
    profile.set(federation);
    return this;
  }

  @Override
  public Approving against(Path file) {
    requireNoProfile();
    profileFile.set(file);
    return this;
  }

  @Override
  public Approving validFor(Duration duration) {
    validity.set(Once.validity(duration));
    return this;
  }

  @Override
  public Approving force() {
    force = true;
    return this;
  }

  @Override
  public Approving renew() {
    renew = true;
    return this;
  }

  @Override
  public Approving beforeSigning(Consumer<ApprovalPlan> look) {
    review.set(look);
    return this;
  }

  @Override
  public ApprovalPlan plan() {
    VerifiedRequest request = verify();
    return plan(request, defaultTarget(request));
  }

  @Override
  public ApprovalPlan plan(Path signedZip) {
    return plan(verify(), signedZip.toAbsolutePath());
  }

  private ApprovalPlan plan(VerifiedRequest request, Path target) {
    ApprovalTerms terms = decide(request);
    requireFree(request, target);
    requireNew(request, ca.ledger());
    return planned(request, terms, target);
  }

  private static ApprovalPlan planned(VerifiedRequest request, ApprovalTerms terms, Path target) {
    return new ApprovalPlan(
        request.metadata(),
        terms.profile(),
        terms.subjectAlternativeNames(),
        terms.notBefore(),
        terms.notAfter(),
        target);
  }

  @Override
  public Approval write() {
    VerifiedRequest request = verify();
    return approve(request, defaultTarget(request));
  }

  @Override
  public Approval writeTo(Path signedZip) {
    return approve(verify(), signedZip.toAbsolutePath());
  }

  private VerifiedRequest verify() {
    byte[] zip = VerifiedRequest.bytes(requestZip);
    VerifiedRequest request =
        VerifiedRequest.of(zip, host.jca(), new CheckTrail<>(RequestCheck.class));
    ApprovalTerms.requireSameProject(request.metadata(), ca);
    return request;
  }

  private ApprovalTerms decide(VerifiedRequest request) {
    ProjectProfile federation =
        profile
            .get()
            .or(() -> profileFile.get().map(ProfileDocument::read))
            .orElseThrow(() -> new IllegalStateException("a profile is required: against(...)"));
    ApprovalTerms terms =
        ApprovalTerms.decide(request, federation, ca, host.now(), validity.or(DEFAULT_VALIDITY));
    if (request.metadata().certType() == CertType.SERVER) {
      ApprovalTerms.serverNames(request, federation).warnings().forEach(host::warn);
    }
    return terms;
  }

  @SuppressWarnings("try") // the lock is held, not used
  private Approval approve(VerifiedRequest request, Path target) {
    ApprovalTerms terms = decide(request);
    requireFree(request, target);
    List<String> dropped = SiteDocument.leftOut(request.site());
    if (!dropped.isEmpty()) {
      host.warn("site.yaml holds more than an approval needs; left out: " + dropped);
    }
    String requestId = request.metadata().requestId();
    try (FileLocks.Held held =
        host.locks().now(ca.folder(), requestId.toLowerCase(Locale.ROOT), "request " + requestId)) {
      requireNew(request, ca.ledger());
      review.get().ifPresent(look -> look.accept(planned(request, terms, target)));
      Optional<Approval> resumed = resume(request, terms, target);
      return resumed.isPresent() ? resumed.get() : sign(request, terms, target);
    } catch (IOException e) {
      throw Host.notWritable(target, e);
    }
  }

  private Approval sign(VerifiedRequest request, ApprovalTerms terms, Path target)
      throws IOException {
    SignedZip zip = SignedZip.issue(request, terms, ca, host);
    ApprovalRecord intent = zip.record(request);
    PendingZips pending = new PendingZips(host.output(), ca.folder());
    host.output().createFolders(target.getParent(), FileMode.OWNER_FOLDER);
    Path staged = host.output().stage(target, zip.bytes(), FileMode.OWNER_FILE);
    try {
      pending.keep(intent.requestId(), staged, zip.bytes());
      ca.ledger().intend(intent, ledger -> requireNew(request, ledger));
      deliver(staged, target);
    } catch (ProvisioningException e) {
      forgetUnlessIntended(pending, intent);
      throw e;
    } finally {
      FileOutput.discard(staged);
    }
    return complete(intent, pending, request, terms, zip, target);
  }

  private Approval complete(
      ApprovalRecord intent,
      PendingZips pending,
      VerifiedRequest request,
      ApprovalTerms terms,
      SignedZip zip,
      Path target)
      throws IOException {
    ca.ledger().complete(intent);
    pending.forget(intent.requestId());
    Optional<Path> audit =
        host.audit(
            store ->
                store.approval(
                    intent.requestId(),
                    ApprovalAudit.record(request, terms.profile(), ca, zip, requestZip, target)));
    return new Approval(
        zip.metadata(),
        target,
        zip.serial(),
        zip.notAfter(),
        terms.subjectAlternativeNames(),
        audit);
  }

  /** Delivers the zip of an approval that was recorded but interrupted before its delivery. */
  private Optional<Approval> resume(VerifiedRequest request, ApprovalTerms terms, Path target)
      throws IOException {
    Optional<ApprovalRecord> intent = interrupted(request);
    PendingZips pending = new PendingZips(host.output(), ca.folder());
    Optional<byte[]> bytes = intent.flatMap(pending::find);
    if (intent.isEmpty() || bytes.isEmpty()) {
      return Optional.empty();
    }
    host.warn("an interrupted approval is completed with the certificate it had issued");
    host.output().createFolders(target.getParent(), FileMode.OWNER_FOLDER);
    Path staged = host.output().stage(target, bytes.get(), FileMode.OWNER_FILE);
    try {
      if (!holds(target, intent.get())) {
        deliver(staged, target);
      }
    } finally {
      FileOutput.discard(staged);
    }
    return Optional.of(
        complete(
            intent.get(),
            pending,
            request,
            terms,
            SignedZip.resumed(bytes.get(), intent.get()),
            target));
  }

  private void deliver(Path staged, Path target) throws IOException {
    if (force) {
      host.output().replaceBy(staged, target, host.now());
      return;
    }
    try {
      host.output().publish(staged, target);
    } catch (FileAlreadyExistsException e) {
      throw exists(target);
    }
    host.output().syncFolder(target.getParent());
  }

  private void forgetUnlessIntended(PendingZips pending, ApprovalRecord intent) throws IOException {
    boolean intended =
        ca.ledger()
            .byRequestId(intent.requestId())
            .filter(record -> record.serial().equals(intent.serial()))
            .isPresent();
    if (!intended) {
      pending.forget(intent.requestId());
    }
  }

  private void requireNew(VerifiedRequest request, ApprovalLedger ledger) {
    new LedgerRules(request, ca.fingerprint(), host.now(), force, renew).check(ledger);
  }

  private void requireFree(VerifiedRequest request, Path target) {
    if (Files.isSymbolicLink(target) || Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
      throw refuse(ErrorCode.OUTPUT_DIR_NOT_WRITABLE, target.toString())
          .expected("no symbolic link or folder")
          .actual("one is in the way")
          .build();
    }
    if (!force
        && Files.exists(target, LinkOption.NOFOLLOW_LINKS)
        && !isOwnDelivery(request, target)) {
      throw exists(target);
    }
  }

  /** A crash came after the zip appeared and before the ledger heard of it. */
  private boolean isOwnDelivery(VerifiedRequest request, Path target) {
    Optional<ApprovalRecord> intent = interrupted(request);
    return intent.isPresent() && holds(target, intent.get());
  }

  private Optional<ApprovalRecord> interrupted(VerifiedRequest request) {
    return LedgerRules.interrupted(request, ca.ledger());
  }

  private static boolean holds(Path file, ApprovalRecord intent) {
    try {
      byte[] content = BoundedFiles.read(file, BoundedFiles.ARCHIVE_BYTES);
      return Jca.sha256(content).equals(intent.signedZipSha256());
    } catch (IOException e) {
      return false;
    }
  }

  private static ProvisioningException exists(Path target) {
    return refuse(ErrorCode.CERT_ALREADY_EXISTS, target.toString())
        .expected("no such file")
        .actual("a signed zip")
        .build();
  }

  private Path defaultTarget(VerifiedRequest request) {
    return requestZip.toAbsolutePath().resolveSibling(request.metadata().name() + ".signed.zip");
  }

  private void requireNoProfile() {
    if (profile.get().isPresent() || profileFile.get().isPresent()) {
      throw new IllegalStateException("profile is already set");
    }
  }
}

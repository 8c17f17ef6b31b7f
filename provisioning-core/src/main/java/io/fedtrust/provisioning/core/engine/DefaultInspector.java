// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.engine;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.Inspector;
import io.fedtrust.provisioning.core.approval.ApprovalTerms;
import io.fedtrust.provisioning.core.approval.IssuingAuthority;
import io.fedtrust.provisioning.core.approval.RequestCheck;
import io.fedtrust.provisioning.core.approval.VerifiedJobCaRequest;
import io.fedtrust.provisioning.core.approval.VerifiedRequest;
import io.fedtrust.provisioning.core.bundle.BundleCheck;
import io.fedtrust.provisioning.core.bundle.BundleReader;
import io.fedtrust.provisioning.core.bundle.JobCaBundle;
import io.fedtrust.provisioning.core.bundle.VerifiedBundle;
import io.fedtrust.provisioning.core.ca.CaFolder;
import io.fedtrust.provisioning.core.ca.CaOpening;
import io.fedtrust.provisioning.core.ca.FileCertificateAuthority;
import io.fedtrust.provisioning.core.context.CheckProgress;
import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.context.SetOnce;
import io.fedtrust.provisioning.core.document.DefinitionDocument;
import io.fedtrust.provisioning.core.document.DocumentFiles;
import io.fedtrust.provisioning.core.document.ProfileDocument;
import io.fedtrust.provisioning.core.document.RequestDocument;
import io.fedtrust.provisioning.core.document.Timestamps;
import io.fedtrust.provisioning.core.io.InterruptedChange;
import io.fedtrust.provisioning.core.io.JobCaFiles;
import io.fedtrust.provisioning.core.kit.FileStartupKit;
import io.fedtrust.provisioning.core.kit.LocalMaterial;
import io.fedtrust.provisioning.core.x509.JobCaChain;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.Fingerprint;
import io.fedtrust.provisioning.model.Inspection;
import io.fedtrust.provisioning.model.Inspection.Check;
import io.fedtrust.provisioning.model.Inspection.Kind;
import io.fedtrust.provisioning.model.Inspection.Outcome;
import io.fedtrust.provisioning.spi.ApprovalLedger;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** One inspection: the same checks as use would make, noted instead of acted upon. */
final class DefaultInspector implements Inspector {
  private static final char[] NONE = new char[0];
  private static final Duration ANY_VALIDITY = Duration.ofDays(1);

  private final Path path;
  private final EngineContext host;
  private final SetOnce<Path> caFolder = new SetOnce<>("CA folder");
  private final SetOnce<Path> profile = new SetOnce<>("profile");
  private final SetOnce<Path> requestFolder = new SetOnce<>("request folder");
  private final SetOnce<String> fingerprint = new SetOnce<>("fingerprint");
  private boolean allowGroup;
  private final InspectionFacts facts = new InspectionFacts();
  private final List<Check> checks = new ArrayList<>();

  DefaultInspector(Path path, EngineContext host) {
    this.path = path.toAbsolutePath().normalize();
    this.host = host;
  }

  @Override
  public Inspector caFolder(Path folder) {
    caFolder.set(folder);
    return this;
  }

  @Override
  public Inspector profile(Path file) {
    profile.set(file);
    return this;
  }

  @Override
  public Inspector requestFolder(Path folder) {
    requestFolder.set(folder);
    return this;
  }

  @Override
  public Inspector fingerprint(String text) {
    fingerprint.set(text);
    return this;
  }

  @Override
  public Inspector allowGroup() {
    allowGroup = true;
    return this;
  }

  @Override
  public Inspection inspect() {
    Kind kind = kind();
    switch (kind) {
      case REQUEST_ZIP -> requestZip();
      case SIGNED_ZIP -> signedZip();
      case JOB_CA_REQUEST_ZIP -> jobCaRequestZip();
      case JOB_CA_SIGNED_ZIP -> jobCaSignedZip();
      case CA_FOLDER -> ca();
      case REQUEST_FOLDER -> requestFolder();
      case STARTUP_KIT -> kit();
    }
    return new Inspection(kind, facts.all(), facts.sources(), List.copyOf(checks));
  }

  private Kind kind() {
    if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      String name = path.toString().toLowerCase(Locale.ROOT);
      if (name.endsWith(".zip")) {
        boolean jobCa = JobCaFiles.isSignedZip(name) || JobCaFiles.isRequestZip(name);
        boolean signed = name.endsWith(".signed.zip");
        return jobCa
            ? signed ? Kind.JOB_CA_SIGNED_ZIP : Kind.JOB_CA_REQUEST_ZIP
            : signed ? Kind.SIGNED_ZIP : Kind.REQUEST_ZIP;
      }
    } else if (Files.isDirectory(path.resolve("startup"))) {
      return Kind.STARTUP_KIT;
    } else if (Files.exists(path.resolve("ca.json")) || Files.exists(path.resolve("rootCA.key"))) {
      return Kind.CA_FOLDER;
    } else if (Files.exists(path.resolve("request.json"))) {
      return Kind.REQUEST_FOLDER;
    } else if (host.interrupted(path).isPresent()) {
      return Kind.CA_FOLDER;
    }
    throw refuse(ErrorCode.INVALID_ARGS, path.toString())
        .problem(Files.exists(path) ? "is no request zip, signed zip, CA folder, request folder or startup kit" : "there is nothing at this path")
        .build();
  }

  private void requestZip() {
    CheckProgress<RequestCheck> progress = new CheckProgress<>(RequestCheck.class);
    Optional<VerifiedRequest> request =
        run(progress, () -> VerifiedRequest.of(VerifiedRequest.bytes(path), host.jca(), progress));
    request.ifPresent(found -> facts.request(found.metadata()));
    if (request.isEmpty()) {
      return;
    }
    String withCa = "request can be approved by this CA against this profile";
    if (caFolder.get().isEmpty() || profile.get().isEmpty()) {
      skip(withCa, "needs the CA folder and the profile");
      return;
    }
    single(
        withCa,
        () -> {
          IssuingAuthority authority = openCa(caFolder.get().get()).issuing();
          ApprovalTerms.requireSameProject(request.get().metadata(), authority);
          ApprovalTerms terms =
              ApprovalTerms.decide(
                  request.get(),
                  ProfileDocument.read(profile.get().get()),
                  authority,
                  host.now(),
                  ANY_VALIDITY);
          facts.put("would_sign", String.join(", ", terms.subjectAlternativeNames()));
        });
  }

  private void jobCaRequestZip() {
    CheckProgress<VerifiedJobCaRequest.Check> progress =
        new CheckProgress<>(VerifiedJobCaRequest.Check.class);
    Optional<VerifiedJobCaRequest> request =
        run(
            progress,
            () -> VerifiedJobCaRequest.of(VerifiedRequest.bytes(path), host.jca(), progress));
    request.ifPresent(found -> facts.jobCaRequest(found.metadata(), found.server()));
    String withCa = "job CA can be approved by this CA against this profile";
    if (request.isEmpty() || caFolder.get().isEmpty() || profile.get().isEmpty()) {
      skip(
          withCa,
          request.isEmpty() ? "an earlier check failed" : "needs the CA folder and the profile");
      return;
    }
    single(
        withCa,
        () -> {
          IssuingAuthority authority = openCa(caFolder.get().get()).issuing();
          ApprovalTerms.requireSameProject(request.get().metadata(), authority);
          ApprovalTerms.decide(
              request.get(),
              ProfileDocument.read(profile.get().get()),
              authority,
              host.now(),
              ANY_VALIDITY);
        });
  }

  private void jobCaSignedZip() {
    CheckProgress<JobCaBundle.Check> progress = new CheckProgress<>(JobCaBundle.Check.class);
    Optional<JobCaBundle> bundle =
        run(
            progress,
            () -> {
              JobCaBundle found = JobCaBundle.read(path, host, progress);
              facts.jobCaBundle(found);
              facts.jobCaEnd(found.chain(), host.now());
              found.requireValidity(host.now());
              progress.passed(JobCaBundle.Check.VALIDITY);
              return found;
            });
    String expected = "root CA has the fingerprint received on another channel";
    if (bundle.isEmpty() || fingerprint.get().isEmpty()) {
      skip(expected, bundle.isEmpty() ? "an earlier check failed" : "needs the fingerprint");
    } else {
      single(expected, () -> bundle.get().requireRoot(Fingerprint.parse(fingerprint.get().get())));
    }
  }

  private void signedZip() {
    CheckProgress<BundleCheck> progress = new CheckProgress<>(BundleCheck.class);
    Optional<VerifiedBundle> bundle =
        run(
            progress,
            () -> {
              VerifiedBundle found = new BundleReader(host, progress).read(path);
              facts.bundle(found);
              found.requireChain();
              progress.passed(BundleCheck.CHAIN);
              found.requireValidity(host.now());
              progress.passed(BundleCheck.VALIDITY);
              return found;
            });
    String expected = "root CA has the fingerprint received on another channel";
    String local = "request folder belongs to this approval";
    if (bundle.isEmpty()) {
      skip(expected, "an earlier check failed");
      skip(local, "an earlier check failed");
      return;
    }
    if (fingerprint.get().isEmpty()) {
      skip(expected, "needs the fingerprint");
    } else {
      single(expected, () -> bundle.get().trust(fingerprint.get().get()));
    }
    if (requestFolder.get().isEmpty()) {
      skip(local, "needs the request folder");
    } else {
      CheckProgress<LocalMaterial.LocalCheck> localTrail =
          new CheckProgress<>(LocalMaterial.LocalCheck.class);
      run(
              localTrail,
              () ->
                  LocalMaterial.read(
                      requestFolder.get().get().toAbsolutePath().normalize(),
                      bundle.get(),
                      host,
                      localTrail))
          .map(LocalMaterial::definition)
          .ifPresent(facts::definition);
    }
  }

  private void ca() {
    interrupted();
    CheckProgress<CaFolder.CaCheck> progress = new CheckProgress<>(CaFolder.CaCheck.class);
    run(
        progress,
        () -> {
          CaFolder folder = new CaFolder(path, host, allowGroup);
          folder.requireProtected();
          progress.passed(CaFolder.CaCheck.PROTECTED);
          CaFolder.PublicPart found = folder.read(progress);
          facts.put("project", found.document().project());
          facts.put("provision_version", found.document().deployVersion().text());
          facts.put("rootca_fingerprint_sha256", found.fingerprint().text());
          facts.root(found.root());
          ApprovalTerms.requireUsable(found.root(), host.now());
          progress.passed(CaFolder.CaCheck.USABLE);
          ApprovalLedger ledger = CaOpening.ledgerAsIs(path, host);
          facts.put("approvals", String.valueOf(ledger.records().size()));
          facts.put("ledger_head", ledger.head());
          facts.jobCas(ledger.records(), host.now());
          ledger.requireNewest();
          progress.passed(CaFolder.CaCheck.LEDGER);
          return found;
        });
    String key = "rootCA.key belongs to rootCA.pem";
    CaFolder folder = new CaFolder(path, host, allowGroup);
    single("no other user can read rootCA.key", folder::requireProtectedKey);
    if (folder.hasEncryptedKey()) {
      skip(key, "the key is encrypted");
    } else {
      single(
          key,
          () ->
              folder.readKey(
                  folder.read(new CheckProgress<>(CaFolder.CaCheck.class)).root(), NONE));
    }
  }

  private void requestFolder() {
    interrupted();
    single(
        "request.json is complete and names follow the rules",
        () ->
            facts.request(
                RequestDocument.read(
                    DocumentFiles.json(path.resolve("request.json"), ErrorCode.INVALID_ARGS))));
    single(
        "site.yaml is a valid definition",
        () -> facts.definition(DefinitionDocument.read(path.resolve("site.yaml"))));
    String name = facts.get("name");
    boolean key = Files.isRegularFile(path.resolve(name + ".key"), LinkOption.NOFOLLOW_LINKS);
    checks.add(
        key
            ? new Check("private key is there", Outcome.PASSED, "", Optional.empty())
            : new Check(
                "private key is there",
                Outcome.FAILED,
                "no " + name + ".key",
                Optional.of(ErrorCode.KEY_NOT_FOUND.name())));
  }

  /** Reports an interrupted change; an inspection never completes one. */
  private void interrupted() {
    Optional<InterruptedChange> found = host.interrupted(path);
    if (found.isEmpty()) {
      return;
    }
    if (found.get() instanceof InterruptedChange.Trusted trusted) {
      facts.put(
          "interrupted_change",
          trusted.command() + ", begun by this account; the next command completes it");
      return;
    }
    InterruptedChange.Untrusted untrusted = (InterruptedChange.Untrusted) found.get();
    facts.put("interrupted_change", "not completed by any command of this account");
    single(
        "an interrupted change was begun by this account",
        () -> {
          throw untrusted.refusal();
        });
  }

  private void kit() {
    AtomicReference<Optional<JobCaChain>> jobCa = new AtomicReference<>(Optional.empty());
    single(
        "key, certificate and root CA belong together",
        () -> {
          FileStartupKit kit = FileStartupKit.open(path, host);
          jobCa.set(kit.jobCa());
          facts.kit(kit);
          kit.jobCa().ifPresent(chain -> facts.jobCaEnd(chain, host.now()));
          if (host.now().isAfter(kit.certificateChain().get(0).getNotAfter().toInstant())) {
            throw refuse(ErrorCode.CERT_EXPIRED, "kit certificate")
                .expected("valid until after " + Timestamps.text(host.now()))
                .actual(facts.get("valid_until"))
                .build();
          }
        });
    if (jobCa.get().isPresent()) {
      single(
          "job CA is valid, for more than an hour",
          () -> JobCaBundle.requireValidity(jobCa.get().get(), host.now()));
    }
    String expected = "root CA has the fingerprint received on another channel";
    if (fingerprint.get().isEmpty()) {
      skip(expected, "needs the fingerprint");
    } else {
      single(
          expected,
          () -> {
            Fingerprint wanted = Fingerprint.parse(fingerprint.get().get());
            if (!wanted.text().equals(facts.get("rootca_fingerprint_sha256"))) {
              throw refuse(ErrorCode.ROOTCA_FINGERPRINT_MISMATCH, "rootCA.pem")
                  .expected(wanted)
                  .actual(facts.get("rootca_fingerprint_sha256"))
                  .build();
            }
          });
    }
  }

  private FileCertificateAuthority openCa(Path folder) {
    CaOpening opening = new CaOpening(folder, host);
    if (allowGroup) {
      opening.allowGroup();
    }
    return opening.openAsIs();
  }

  private <E extends Enum<E>, T> Optional<T> run(CheckProgress<E> progress, Supplier<T> action) {
    Optional<T> result = Optional.empty();
    Optional<ProvisioningException> failure = Optional.empty();
    try {
      result = Optional.of(action.get());
    } catch (ProvisioningException e) {
      failure = Optional.of(e);
    }
    checks.addAll(progress.list(failure));
    return result;
  }

  private void single(String name, Runnable action) {
    try {
      action.run();
      checks.add(new Check(name, Outcome.PASSED, "", Optional.empty()));
    } catch (ProvisioningException e) {
      checks.add(new Check(name, Outcome.FAILED, e.problem(), Optional.of(e.code().name())));
    }
  }

  private void skip(String name, String reason) {
    checks.add(new Check(name, Outcome.SKIPPED, reason, Optional.empty()));
  }
}

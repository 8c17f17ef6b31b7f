// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.engine;

import io.fedtrust.provisioning.core.approval.ApprovalTerms;
import io.fedtrust.provisioning.core.approval.IssuingAuthority;
import io.fedtrust.provisioning.core.approval.RequestCheck;
import io.fedtrust.provisioning.core.approval.VerifiedJobCaRequest;
import io.fedtrust.provisioning.core.approval.VerifiedRequest;
import io.fedtrust.provisioning.core.bundle.BundleCheck;
import io.fedtrust.provisioning.core.bundle.BundleReader;
import io.fedtrust.provisioning.core.bundle.JobCaBundle;
import io.fedtrust.provisioning.core.bundle.VerifiedBundle;
import io.fedtrust.provisioning.core.ca.CaOpening;
import io.fedtrust.provisioning.core.ca.FileCertificateAuthority;
import io.fedtrust.provisioning.core.context.CheckProgress;
import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.document.ProfileDocument;
import io.fedtrust.provisioning.core.kit.LocalMaterial;
import io.fedtrust.provisioning.model.Fingerprint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Inspects a zip that is sent: a request, or what was signed. */
final class ZipInspection {
  private static final Duration ANY_VALIDITY = Duration.ofDays(1);

  private final Path path;
  private final EngineContext host;
  private final InspectionSettings settings;
  private final InspectionFacts facts;
  private final InspectionChecks checks;

  ZipInspection(
      Path path,
      EngineContext host,
      InspectionSettings settings,
      InspectionFacts facts,
      InspectionChecks checks) {
    this.path = path;
    this.host = host;
    this.settings = settings;
    this.facts = facts;
    this.checks = checks;
  }

  void requestZip() {
    CheckProgress<RequestCheck> progress = new CheckProgress<>(RequestCheck.class);
    Optional<VerifiedRequest> request =
        checks.run(
            progress, () -> VerifiedRequest.of(VerifiedRequest.bytes(path), host.jca(), progress));
    request.ifPresent(found -> facts.request(found.metadata()));
    if (request.isEmpty()) {
      return;
    }
    String withCa = "request can be approved by this CA against this profile";
    if (settings.caFolder().isEmpty() || settings.profile().isEmpty()) {
      checks.skip(withCa, "needs the CA folder and the profile");
      return;
    }
    checks.single(
        withCa,
        () -> {
          IssuingAuthority authority = openCa(settings.caFolder().get()).issuing();
          ApprovalTerms.requireSameProject(request.get().metadata(), authority);
          ApprovalTerms terms =
              ApprovalTerms.decide(
                  request.get(),
                  ProfileDocument.read(settings.profile().get()),
                  authority,
                  host.now(),
                  ANY_VALIDITY);
          facts.put("would_sign", String.join(", ", terms.subjectAlternativeNames()));
        });
  }

  void jobCaRequestZip() {
    CheckProgress<VerifiedJobCaRequest.Check> progress =
        new CheckProgress<>(VerifiedJobCaRequest.Check.class);
    Optional<VerifiedJobCaRequest> request =
        checks.run(
            progress,
            () -> VerifiedJobCaRequest.of(VerifiedRequest.bytes(path), host.jca(), progress));
    request.ifPresent(found -> facts.jobCaRequest(found.metadata(), found.server()));
    String withCa = "job CA can be approved by this CA against this profile";
    if (request.isEmpty() || settings.caFolder().isEmpty() || settings.profile().isEmpty()) {
      checks.skip(
          withCa,
          request.isEmpty() ? "an earlier check failed" : "needs the CA folder and the profile");
      return;
    }
    checks.single(
        withCa,
        () -> {
          IssuingAuthority authority = openCa(settings.caFolder().get()).issuing();
          ApprovalTerms.requireSameProject(request.get().metadata(), authority);
          ApprovalTerms.decide(
              request.get(),
              ProfileDocument.read(settings.profile().get()),
              authority,
              host.now(),
              ANY_VALIDITY);
        });
  }

  void jobCaSignedZip() {
    CheckProgress<JobCaBundle.Check> progress = new CheckProgress<>(JobCaBundle.Check.class);
    Optional<JobCaBundle> bundle =
        checks.run(
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
    if (bundle.isEmpty() || settings.fingerprint().isEmpty()) {
      checks.skip(expected, bundle.isEmpty() ? "an earlier check failed" : "needs the fingerprint");
    } else {
      checks.single(
          expected,
          () -> bundle.get().requireRoot(Fingerprint.parse(settings.fingerprint().get())));
    }
  }

  void signedZip() {
    CheckProgress<BundleCheck> progress = new CheckProgress<>(BundleCheck.class);
    Optional<VerifiedBundle> bundle =
        checks.run(
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
      checks.skip(expected, "an earlier check failed");
      checks.skip(local, "an earlier check failed");
      return;
    }
    if (settings.fingerprint().isEmpty()) {
      checks.skip(expected, "needs the fingerprint");
    } else {
      checks.single(expected, () -> bundle.get().trust(settings.fingerprint().get()));
    }
    if (settings.requestFolder().isEmpty()) {
      checks.skip(local, "needs the request folder");
    } else {
      CheckProgress<LocalMaterial.LocalCheck> localTrail =
          new CheckProgress<>(LocalMaterial.LocalCheck.class);
      checks
          .run(
              localTrail,
              () ->
                  LocalMaterial.read(
                      settings.requestFolder().get().toAbsolutePath().normalize(),
                      bundle.get(),
                      host,
                      localTrail))
          .map(LocalMaterial::definition)
          .ifPresent(facts::definition);
    }
  }

  private FileCertificateAuthority openCa(Path folder) {
    CaOpening opening = new CaOpening(folder, host);
    if (settings.allowGroup()) {
      opening.allowGroup();
    }
    return opening.openAsIs();
  }
}

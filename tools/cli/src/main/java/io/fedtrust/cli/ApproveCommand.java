// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.Approval;
import io.fedtrust.provisioning.ApprovalPlan;
import io.fedtrust.provisioning.Approving;
import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.RequestMetadata;
import io.fedtrust.provisioning.spi.ProvisioningEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cert approve}. */
@Command(
    name = "approve",
    description = "Check a request, sign its certificate, and write the signed zip to return.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  fedtrust cert approve hospital-a.request.zip --ca-dir ./ca --profile project_profile.yaml",
      "  fedtrust cert approve requests/ --all -c ./ca --profile project_profile.yaml --out signed/",
      "  fedtrust cert approve hospital-a.request.zip -c ./ca --profile p.yaml --dry-run"
    })
final class ApproveCommand extends ProvisioningAction {
  private static final String SUFFIX = ".request.zip";

  @Parameters(
      paramLabel = "REQUEST_ZIP",
      description = "The request zip; with --all, a folder of them.")
  Path input = Path.of("");

  @Option(
      names = {"-c", "--ca-dir"},
      required = true,
      paramLabel = "DIR",
      description = "The CA folder.")
  Path caDir = Path.of("");

  @Option(
      names = "--profile",
      required = true,
      paramLabel = "FILE",
      description = "The project profile.")
  Path profile = Path.of("");

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "The signed zip, or with --all a folder. Default: <name>.signed.zip beside the request.")
  Optional<Path> out = Optional.empty();

  @Option(
      names = "--valid-days",
      defaultValue = "1095",
      paramLabel = "N",
      description = "Validity in days, never beyond the CA's. Default: ${DEFAULT-VALUE}.")
  int validDays;

  @Option(
      names = "--force",
      description = "Replace the output, which is backed up, and re-approve an approved request.")
  boolean force;

  @Option(
      names = "--renew",
      description = "Give a new certificate to a name that still holds a valid one.")
  boolean renew;

  @Option(names = "--all", description = "Approve every *.request.zip of a folder.")
  boolean all;

  @Option(names = "--dry-run", description = "Make every check, sign and write nothing.")
  boolean dryRun;

  @Option(
      names = "--key-passphrase-file",
      paramLabel = "FILE",
      description = "The first line of FILE opens an encrypted CA key.")
  Optional<Path> passphraseFile = Optional.empty();

  @Option(
      names = "--allow-group",
      description = "Accept a CA folder and key to which their group has rights.")
  boolean allowGroup;

  ApproveCommand(Cli cli) {
    super(cli);
  }

  @Override
  List<String> outputFields() {
    return List.of(
        "name",
        "project",
        "org",
        "kind",
        "cert_role",
        "cert_type",
        "csr_sha256",
        "provision_version",
        "signed_zip",
        "request_id",
        "rootca_fingerprint_sha256",
        "audit",
        "next_step",
        "approved",
        "failed");
  }

  @Override
  Map<String, Object> perform(ProvisioningEngine engine) {
    Duration validity = Days.validity("--valid-days", validDays);
    Path path = surroundings().resolve(input);
    if (!all) {
      requireRequestZip(path);
    }
    List<Path> zips = all ? requestZips(path) : List.of(path);
    CertificateAuthority.Opening opening = engine.openAuthority(surroundings().resolve(caDir));
    passphraseFile.map(surroundings()::resolve).ifPresent(opening::passphraseFile);
    if (allowGroup) {
      opening.allowGroup();
    }
    CertificateAuthority ca = opening.open();
    return all
        ? approveAll(ca, zips, validity)
        : approve(ca, path, out.map(surroundings()::resolve), validity);
  }

  private Map<String, Object> approveAll(
      CertificateAuthority ca, List<Path> zips, Duration validity) {
    List<Map<String, Object>> approved = new ArrayList<>();
    List<Map<String, Object>> failed = new ArrayList<>();
    Progress progress = new Progress(surroundings(), "approving", zips.size());
    for (Path zip : zips) {
      try {
        Optional<Path> target =
            out.map(surroundings()::resolve).map(folder -> folder.resolve(signedName(zip)));
        approved.add(approve(ca, zip, target, validity));
      } catch (ProvisioningException e) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("file", zip.toString());
        entry.put("error_code", e.code().name());
        entry.put("message", String.valueOf(e.getMessage()));
        failed.add(entry);
      }
      progress.step();
    }
    progress.done();
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("approved", approved);
    data.put("failed", failed);
    if (!failed.isEmpty()) {
      ErrorCode code = ErrorCode.PARTIAL_FAILURE;
      throw new PartialFailure(
          new Answer.Failure(
              code.name(),
              code.exitStatus(),
              failed.size() + " of " + zips.size() + " requests were not approved",
              code.hint()),
          data);
    }
    return data;
  }

  private Map<String, Object> approve(
      CertificateAuthority ca, Path zip, Optional<Path> target, Duration validity) {
    Approving approving = approving(ca, zip, validity);
    if (dryRun) {
      return plan(ca, target.isPresent() ? approving.plan(target.get()) : approving.plan());
    }
    AtomicReference<RequestMetadata> asked = new AtomicReference<>();
    approving.beforeSigning(
        plan -> {
          asked.set(plan.request());
          if (!json() && !all) {
            answer().note("Signing for " + String.join(", ", plan.subjectAlternativeNames()));
          }
        });
    Approval approval = target.isPresent() ? approving.writeTo(target.get()) : approving.write();
    RequestMetadata request = asked.get();
    Map<String, Object> data = identity(ca, request);
    data.put("signed_zip", approval.signedZip());
    data.put("request_id", request.requestId());
    data.put("rootca_fingerprint_sha256", ca.fingerprint());
    data.put("audit", approval.audit().map(Path::toString).orElse("(not written)"));
    data.put(
        "next_step",
        "Return "
            + approval.signedZip().getFileName()
            + " to the requester, and the fingerprint on another channel.");
    return data;
  }

  private Approving approving(CertificateAuthority ca, Path zip, Duration validity) {
    Approving approving =
        ca.approve(zip).against(surroundings().resolve(profile)).validFor(validity);
    if (force) {
      approving.force();
    }
    if (renew) {
      approving.renew();
    }
    return approving;
  }

  private static Map<String, Object> identity(CertificateAuthority ca, RequestMetadata request) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("name", request.name());
    data.put("project", request.project());
    data.put("org", request.org());
    data.put("kind", request.certType().kind().text());
    data.put("cert_role", request.certType().role().orElse(null));
    data.put("cert_type", request.certType().text());
    data.put("csr_sha256", request.csrSha256());
    data.put("provision_version", ca.deployVersion());
    return data;
  }

  private static Map<String, Object> plan(CertificateAuthority ca, ApprovalPlan plan) {
    Map<String, Object> data = identity(ca, plan.request());
    data.put("dry_run", true);
    data.put("signed_zip", plan.signedZip());
    data.put("request_id", plan.request().requestId());
    data.put("subject_alternative_names", plan.subjectAlternativeNames());
    data.put("valid_from", Days.text(plan.notBefore()));
    data.put("valid_until", Days.text(plan.notAfter()));
    return data;
  }

  private static void requireRequestZip(Path path) {
    if (!Files.exists(path)) {
      throw refuse(ErrorCode.REQUEST_ZIP_NOT_FOUND, path.toString())
          .expected("a request zip")
          .actual("no such file")
          .build();
    }
    if (Files.isDirectory(path)) {
      throw refuse(ErrorCode.INVALID_ARGS, path.toString())
          .expected("a request zip")
          .actual("a folder")
          .hint("Add --all to approve every request zip of a folder.")
          .build();
    }
  }

  private static List<Path> requestZips(Path folder) {
    List<Path> zips = List.of();
    try (Stream<Path> files = Files.list(folder)) {
      zips = files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
    } catch (IOException e) {
      // The refusal below says what is needed.
    }
    if (zips.isEmpty()) {
      throw refuse(ErrorCode.REQUEST_ZIP_NOT_FOUND, folder.toString())
          .expected("a folder with *.request.zip")
          .actual("none")
          .build();
    }
    return zips;
  }

  private static String signedName(Path zip) {
    String name = String.valueOf(zip.getFileName());
    return name.substring(0, name.length() - SUFFIX.length()) + ".signed.zip";
  }
}

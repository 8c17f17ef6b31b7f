// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.cli.CommandOutput;
import io.fedtrust.cli.Days;
import io.fedtrust.cli.Invocation;
import io.fedtrust.cli.PeerAction;
import io.fedtrust.cli.Progress;
import io.fedtrust.cli.Question;
import io.fedtrust.provisioning.Approval;
import io.fedtrust.provisioning.ApprovalOptions;
import io.fedtrust.provisioning.ApprovalPlan;
import io.fedtrust.provisioning.BatchApproving;
import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.JobCaApproval;
import io.fedtrust.provisioning.JobCaApproving;
import io.fedtrust.provisioning.SingleApproval;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.ComparableName;
import io.fedtrust.provisioning.model.KeyFingerprint;
import io.fedtrust.provisioning.model.RequestMetadata;
import io.fedtrust.provisioning.spi.ProvisioningEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.Stack;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cert approve}. */
@Command(
    name = "approve",
    description = {
      "Check a request, sign its certificate, and write the signed zip to return.",
      "At a terminal, show what will be signed and ask first."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  fedtrust cert approve hospital-a.request.zip --ca-dir ./ca --profile project_profile.yaml",
      "  fedtrust cert approve hospital-a.request.zip -c ./ca --profile p.yaml \\",
      "      --expect-key SHA256:AA:BB:...",
      "  fedtrust cert approve requests/ --all -c ./ca --profile project_profile.yaml --out signed/",
      "  fedtrust cert approve requests/ --all -c ./ca --profile p.yaml \\",
      "      --expect-key fl.example.org=SHA256:AA:BB:...",
      "  fedtrust cert approve hospital-a.request.zip -c ./ca --profile p.yaml --dry-run",
      "  fedtrust cert approve fl.example.org.jobca.request.zip -c ./ca --profile p.yaml \\",
      "      --job-ca --accept-job-ca-risk --expect-key SHA256:AA:BB:..."
    })
final class ApproveCommand extends PeerAction {
  private static final String SUFFIX = ".request.zip";
  private static final String ANY = "";

  @Parameters(
      paramLabel = "REQUEST_ZIP",
      description = "The request zip; with --all, a folder of them.")
  Path input = Path.of("");

  @Mixin CaOptions ca = new CaOptions();

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
      paramLabel = "N",
      description = "Validity in days, never beyond the CA's. Default: 1095, and 360 for a job CA.")
  Optional<Integer> validDays = Optional.empty();

  @Option(
      names = "--force",
      description =
          "Replace the output, which is backed up, and approve an approved request again.")
  boolean force;

  @Option(
      names = "--renew",
      arity = "0..1",
      fallbackValue = ANY,
      parameterConsumer = OptionalSerial.class,
      paramLabel = "SERIAL",
      description =
          "Give a new certificate to a name that still has a valid one. SERIAL (0x and hex) says which "
              + "one is replaced. Without a question this needs --expect-key, unless the request has the "
              + "key of that certificate.")
  Optional<String> renew = Optional.empty();

  @Option(
      names = "--expect-key",
      paramLabel = "KEY",
      description =
          "Sign only for this public key: the public_key_sha256 that 'cert request' printed. With "
              + "--all, NAME=KEY, which also allows privileged types and renewals. Repeatable with --all.")
  List<String> expectKeys = new ArrayList<>();

  @Option(
      names = "--confirm",
      description =
          "Sign only with --expect-key. The profile's require_expected_key: true does the same.")
  boolean confirm;

  @Option(
      names = "--yes",
      description =
          "Do not ask before signing. Nothing is asked either with --expect-key, --all or "
              + "--format json, if CI is set, or if stdin or stderr is no terminal.")
  boolean yes;

  @Option(
      names = "--all",
      description =
          "Approve every *.request.zip of a folder. Servers, org_admins, leads and renewals are left "
              + "out unless --expect-key names their key.")
  boolean all;

  @Option(
      names = "--job-ca",
      description =
          "Approve the companion request for a server's job CA. Needs --accept-job-ca-risk.")
  boolean jobCa;

  @Option(
      names = "--accept-job-ca-risk",
      description = "Accept, with --job-ca, that " + JobCaApproving.RISK + ".")
  boolean acceptJobCaRisk;

  @Option(names = "--dry-run", description = "Make every check and show the plan. Write nothing.")
  boolean dryRun;

  @Mixin DecisionOptions decision = new DecisionOptions();

  ApproveCommand(Invocation invocation) {
    super(invocation);
  }

  /** Takes the next word only if it is a serial number: it may be the request zip. */
  static final class OptionalSerial implements CommandLine.IParameterConsumer {
    @Override
    public void consumeParameters(Stack<String> words, ArgSpec option, CommandSpec command) {
      boolean serial = !words.isEmpty() && words.peek().matches("0[xX][0-9a-fA-F]+");
      option.setValue(Optional.of(serial ? words.pop() : ANY));
    }
  }

  @Override
  public List<String> peerOptions() {
    return List.of(
        "--ca-dir",
        "--out",
        "--profile",
        "--valid-days",
        "--force",
        "--format",
        "--schema",
        "--help",
        "--output");
  }

  @Override
  protected List<String> outputFields() {
    return List.of(
        "name",
        "project",
        "org",
        "kind",
        "cert_role",
        "cert_type",
        "server",
        "csr_sha256",
        "public_key_sha256",
        "provision_version",
        "signed_zip",
        "request_id",
        "rootca_fingerprint_sha256",
        "audit",
        "next_step",
        "dry_run",
        "comparison_code",
        "subject_alternative_names",
        "valid_from",
        "valid_until",
        "held_serials",
        "approved",
        "failed");
  }

  @Override
  protected Map<String, Object> perform(ProvisioningEngine engine) {
    Optional<Duration> validity = validDays.map(days -> Days.validity("--valid-days", days));
    Path path = environment().resolve(input);
    if (!all) {
      requireRequestZip(path);
    }
    List<Path> zips = all ? requestZips(path) : List.of(path);
    if (all && renew.isPresent()) {
      throw usage("--renew does not go with --all: name the key with --expect-key NAME=KEY");
    }
    if (!all && expectKeys.size() > 1) {
      throw usage("--expect-key can be given once");
    }
    if (all && jobCa) {
      throw usage("--job-ca does not go with --all: approve each companion request alone");
    }
    if (acceptJobCaRisk && !jobCa) {
      throw usage("--accept-job-ca-risk goes with --job-ca");
    }
    CertificateAuthority authority = ca.open(engine, environment());
    if (all) {
      return approveAll(authority, zips, validity);
    }
    return jobCa
        ? approveJobCa(authority, path, validity)
        : approve(
            authority,
            with(authority.approve(path), validity),
            (plan, approval) -> approved(authority, plan, approval));
  }

  private Map<String, Object> approveJobCa(
      CertificateAuthority authority, Path zip, Optional<Duration> validity) {
    JobCaApproving approving = with(authority.approveJobCa(zip), validity);
    if (acceptJobCaRisk) {
      approving.acceptRisk();
    }
    return approve(authority, approving, (plan, approval) -> approved(authority, plan, approval));
  }

  private <T extends SingleApproval<T, R>, R> Map<String, Object> approve(
      CertificateAuthority authority,
      T approving,
      BiFunction<ApprovalPlan, R, Map<String, Object>> answer) {
    renew.ifPresent(
        serial -> {
          if (serial.equals(ANY)) {
            approving.renew();
          } else {
            approving.renew(serial);
          }
        });
    expectKeys.stream().map(KeyFingerprint::parse).forEach(approving::expectKey);
    Optional<Path> target = out.map(environment()::resolve);
    boolean asks = expectKeys.isEmpty() && !yes && Question.canBeAsked(environment(), json());
    if (asks) {
      approving.askBeforeSigning(this::ask);
    }
    if (dryRun) {
      return plan(authority, target.isPresent() ? approving.plan(target.get()) : approving.plan());
    }
    AtomicReference<ApprovalPlan> shown = new AtomicReference<>();
    approving.beforeSigning(
        plan -> {
          shown.set(plan);
          if (!asks) {
            show(plan);
            warnOfKeys(expectKeys.isEmpty() ? List.of(plan) : List.of());
          }
        });
    R approval = target.isPresent() ? approving.writeTo(target.get()) : approving.write();
    return answer.apply(shown.get(), approval);
  }

  private boolean ask(ApprovalPlan plan) {
    show(plan);
    answer()
        .note(
            "Call the requester and compare the code with the one that 'cert request' printed"
                + " there.");
    return Question.agreed(environment(), "Sign this certificate?");
  }

  private void show(ApprovalPlan plan) {
    if (!json()) {
      PlanText.lines(plan).forEach(answer()::note);
    }
  }

  private void warnOfKeys(List<ApprovalPlan> uncompared) {
    if (!uncompared.isEmpty()) {
      answer().warn(PlanText.uncompared(uncompared));
    }
  }

  private Map<String, Object> approveAll(
      CertificateAuthority authority, List<Path> zips, Optional<Duration> validity) {
    BatchApproving approving = with(authority.approveAll(zips), validity);
    Map<String, KeyFingerprint> keys = namedKeys();
    keys.forEach(approving::expectKey);
    out.map(environment()::resolve).ifPresent(approving::into);
    Progress progress = new Progress(environment(), "approving", zips.size());
    approving.progress(zip -> progress.step());
    BatchApproving.Plan plan = approving.plan();
    if (!json()) {
      PlanText.table(plan).forEach(answer()::note);
    }
    if (dryRun) {
      return batch(
          plan.approvals().stream().map(approval -> plan(authority, approval)).toList(),
          plan.leftOut(),
          zips.size());
    }
    Set<ComparableName> named =
        keys.keySet().stream().map(ComparableName::of).collect(Collectors.toSet());
    warnOfKeys(
        plan.approvals().stream()
            .filter(approval -> !named.contains(ComparableName.of(approval.request().name())))
            .toList());
    BatchApproving.Result result = plan.write();
    progress.done();
    return batch(
        result.approvals().stream()
            .map(done -> approved(authority, done.plan(), done.approval()))
            .toList(),
        result.leftOut(),
        zips.size());
  }

  /** Reads every {@code NAME=KEY}. */
  private Map<String, KeyFingerprint> namedKeys() {
    Map<String, KeyFingerprint> keys = new LinkedHashMap<>();
    Set<ComparableName> names = new HashSet<>();
    for (String word : expectKeys) {
      int equals = word.indexOf('=');
      String name = word.substring(0, Math.max(0, equals));
      if (equals < 1 || name.equalsIgnoreCase("sha256")) {
        throw usage("with --all, --expect-key takes NAME=KEY, for example site-1=SHA256:AA:BB:...");
      }
      if (!names.add(ComparableName.of(name))) {
        throw usage("--expect-key names " + name + " twice");
      }
      keys.put(name, KeyFingerprint.parse(word.substring(equals + 1)));
    }
    return keys;
  }

  private Map<String, Object> batch(
      List<Map<String, Object>> approved, List<BatchApproving.LeftOut> leftOut, int total) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("approved", approved);
    data.put("failed", leftOut.stream().map(ApproveCommand::failed).toList());
    if (!leftOut.isEmpty()) {
      throw new PartialFailure(partial(leftOut.size(), total), data);
    }
    return data;
  }

  private CommandOutput.Failure partial(int leftOut, int total) {
    ErrorCode code = ErrorCode.PARTIAL_FAILURE;
    String others =
        leftOut == total
            ? ""
            : dryRun ? "The others would be approved. " : "The others were approved. ";
    return new CommandOutput.Failure(
        code.name(),
        code.exitStatus(),
        leftOut
            + " of "
            + total
            + " requests "
            + (dryRun ? "would not be" : "were not")
            + " approved",
        others + code.hint());
  }

  private static Map<String, Object> failed(BatchApproving.LeftOut leftOut) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("file", leftOut.requestZip().toString());
    entry.put("error_code", leftOut.reason().code().name());
    entry.put("message", String.valueOf(leftOut.reason().getMessage()));
    entry.put("hint", leftOut.reason().hint());
    return entry;
  }

  private <T extends ApprovalOptions<T>> T with(T options, Optional<Duration> validity) {
    options.against(environment().resolve(profile));
    validity.ifPresent(options::validFor);
    if (force) {
      options.force();
    }
    if (confirm) {
      options.requireExpectedKey();
    }
    decision.approver.person.ifPresent(options::approver);
    decision.note.ifPresent(options::note);
    return options;
  }

  private static Map<String, Object> approved(
      CertificateAuthority authority, ApprovalPlan plan, Approval approval) {
    return approved(
        authority,
        plan,
        approval.signedZip(),
        approval.audit(),
        "to the requester, and tell the fingerprint out of band.");
  }

  private static Map<String, Object> approved(
      CertificateAuthority authority, ApprovalPlan plan, JobCaApproval approval) {
    return approved(
        authority,
        plan,
        approval.signedZip(),
        approval.audit(),
        "to the server, which adds it to its kit with 'package --job-ca'.");
  }

  private static Map<String, Object> approved(
      CertificateAuthority authority,
      ApprovalPlan plan,
      Path signedZip,
      Optional<Path> audit,
      String returned) {
    Map<String, Object> data = identity(authority, plan);
    data.put("signed_zip", signedZip);
    data.put("request_id", plan.request().requestId());
    data.put("rootca_fingerprint_sha256", authority.fingerprint());
    data.put("audit", audit.map(Path::toString).orElse("(not written)"));
    data.put("next_step", "Return " + signedZip.getFileName() + " " + returned);
    return data;
  }

  private static Map<String, Object> identity(CertificateAuthority authority, ApprovalPlan plan) {
    RequestMetadata request = plan.request();
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("name", request.name());
    data.put("project", request.project());
    data.put("org", request.org());
    data.put("kind", request.certType().kind().text());
    data.put("cert_role", request.certType().role().orElse(null));
    data.put("cert_type", plan.jobCaOf().isPresent() ? "job_ca" : request.certType().text());
    plan.jobCaOf().ifPresent(server -> data.put("server", server.name()));
    data.put("csr_sha256", request.csrSha256());
    data.put("public_key_sha256", request.publicKeySha256());
    data.put("provision_version", authority.deployVersion());
    return data;
  }

  private static Map<String, Object> plan(CertificateAuthority authority, ApprovalPlan plan) {
    Map<String, Object> data = identity(authority, plan);
    data.put("dry_run", true);
    data.put("comparison_code", plan.publicKey().comparisonCode());
    data.put("signed_zip", plan.signedZip());
    data.put("request_id", plan.request().requestId());
    data.put("subject_alternative_names", plan.subjectAlternativeNames());
    data.put("valid_from", Days.text(plan.notBefore()));
    data.put("valid_until", Days.text(plan.notAfter()));
    data.put("held_serials", plan.held().stream().map(record -> record.serial()).toList());
    return data;
  }

  private static void requireRequestZip(Path path) {
    if (!Files.exists(path)) {
      throw refuse(ErrorCode.REQUEST_ZIP_NOT_FOUND, path.toString())
          .actual("file not found")
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
      throw refuse(ErrorCode.REQUEST_ZIP_NOT_FOUND, folder.toString())
          .actual("no folder that can be read")
          .hint("With --all, name the folder of the request zips.")
          .cause(e)
          .build();
    }
    if (zips.isEmpty()) {
      throw refuse(ErrorCode.REQUEST_ZIP_NOT_FOUND, folder.toString())
          .actual("this folder has no *.request.zip file")
          .hint("With --all, name the folder of the request zips.")
          .build();
    }
    return zips;
  }
}

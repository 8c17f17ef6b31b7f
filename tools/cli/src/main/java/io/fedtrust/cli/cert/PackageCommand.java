// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import io.fedtrust.cli.Invocation;
import io.fedtrust.cli.PeerAction;
import io.fedtrust.cli.ShellWord;
import io.fedtrust.provisioning.SignedBundle;
import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.StartupKitPackager;
import io.fedtrust.provisioning.UntrustedBundle;
import io.fedtrust.provisioning.model.ApprovalMetadata;
import io.fedtrust.provisioning.model.CertType;
import io.fedtrust.provisioning.model.ConnectionSecurity;
import io.fedtrust.provisioning.model.ParticipantKind;
import io.fedtrust.provisioning.spi.ProvisioningEngine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code package}. */
@Command(
    name = "package",
    description = "Verify a signed zip and make the startup kit with the local private key.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  fedtrust package hospital-a/hospital-a.signed.zip --fingerprint SHA256:AA:BB:...",
      "  fedtrust package inbox/hospital-a.signed.zip -w /srv/fl --request-dir /secure/hospital-a \\",
      "      --fingerprint SHA256:AA:BB:..."
    })
final class PackageCommand extends PeerAction {
  private static final int NAMED = 100;

  @Parameters(paramLabel = "SIGNED_ZIP", description = "The signed zip from the project admin.")
  Path input = Path.of("");

  @Option(
      names = {"-w", "--workspace"},
      defaultValue = "workspace",
      paramLabel = "DIR",
      description = "Kits go to DIR/<project>/prod_NN/<name>. Default: ./${DEFAULT-VALUE}.")
  Path workspace = Path.of("");

  @Option(
      names = "--request-dir",
      paramLabel = "DIR",
      description = "The request folder with the private key. Default: found automatically.")
  Optional<Path> requestDir = Optional.empty();

  @Option(
      names = {"--fingerprint", "--expected-fingerprint"},
      paramLabel = "FP",
      description = "The root CA's SHA-256 fingerprint, received on another channel.")
  Optional<String> fingerprint = Optional.empty();

  @Option(
      names = "--force",
      description =
          "Replace startup/, readme.txt and the defaults of this participant's kit, which are backed"
              + " up. Job store, logs, transferred files and your own settings stay.")
  boolean force;

  @Option(
      names = "--force-running",
      description = "With --force: also if a process runs from the kit.")
  boolean forceRunning;

  @Option(
      names = "--allow-older",
      description = "Also accept an approval that is older than that of the existing kit.")
  boolean allowOlder;

  @Option(
      names = "--require-security",
      paramLabel = "LEVEL",
      description = "Refuse a kit whose connection security is weaker: tls or mtls.")
  Optional<String> requireSecurity = Optional.empty();

  @Option(
      names = "--job-ca",
      paramLabel = "SIGNED_ZIP",
      description =
          "Also install a server's job CA from <name>.jobca.signed.zip. Default: the kit has none.")
  Optional<Path> jobCa = Optional.empty();

  @Option(names = "--dry-run", description = "Make every check, write nothing.")
  boolean dryRun;

  @Option(
      names = "--runtime-line",
      paramLabel = "X.Y",
      description =
          "NVFlare release line, 2.8 or 2.9. Its list of allowed classes and its authorization"
              + " policy go into the kit. Default: the policy of the newest line and no list;"
              + " NVFlare then applies its own list.")
  Optional<String> runtimeLine = Optional.empty();

  PackageCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  public List<String> peerOptions() {
    return List.of(
        "--workspace",
        "--request-dir",
        "--fingerprint",
        "--expected-fingerprint",
        "--force",
        "--format",
        "--schema",
        "--help",
        "--output");
  }

  @Override
  protected List<String> outputFields() {
    return List.of(
        "output_dir",
        "name",
        "type",
        "endpoint",
        "cert",
        "key",
        "rootca",
        "transfer_dir",
        "next_step",
        "provision_version",
        "rootca_fingerprint_sha256",
        "rootca_fingerprint_compared",
        "job_ca_cert",
        "job_ca_key");
  }

  @Override
  protected Map<String, Object> perform(ProvisioningEngine engine) {
    UntrustedBundle untrusted = engine.openBundle(environment().resolve(input));
    SignedBundle bundle =
        fingerprint.isPresent() ? untrusted.trust(fingerprint.get()) : untrusted.trustOnFirstUse();
    StartupKitPackager packager = engine.packager(bundle);
    requestDir.map(environment()::resolve).ifPresent(packager::requestFolder);
    jobCa.map(environment()::resolve).ifPresent(packager::jobCa);
    runtimeLine.ifPresent(packager::runtimeLine);
    requireSecurity.map(this::security).ifPresent(packager::requireSecurity);
    if (force) {
      packager.force();
    }
    if (forceRunning) {
      packager.forceRunning();
    }
    if (allowOlder) {
      packager.allowOlder();
    }
    Path target = environment().resolve(workspace);
    Map<String, Object> data =
        dryRun
            ? plan(packager.plan(target), bundle.metadata())
            : answer(packager.packageInto(target), bundle.metadata());
    data.put("rootca_fingerprint_compared", bundle.fingerprintVerified());
    return data;
  }

  private ConnectionSecurity security(String level) {
    return ConnectionSecurity.of(level)
        .filter(security -> security != ConnectionSecurity.CLEAR)
        .orElseThrow(() -> usage("--require-security takes tls or mtls"));
  }

  private static Map<String, Object> answer(StartupKit kit, ApprovalMetadata approval) {
    Path folder = kit.folder();
    String own = approval.certType() == CertType.SERVER ? "server" : "client";
    String start = approval.certType().kind() == ParticipantKind.USER ? "fl_admin.sh" : "start.sh";
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("output_dir", folder);
    data.put("name", approval.name());
    data.put("type", approval.certType().text());
    data.put("endpoint", endpoint(approval));
    data.put("cert", folder.resolve("startup").resolve(own + ".crt"));
    data.put("key", folder.resolve("startup").resolve(own + ".key") + "  (permissions: 0600)");
    data.put("rootca", folder.resolve("startup/rootCA.pem"));
    data.put("transfer_dir", folder.resolve("transfer"));
    data.put("next_step", "cd " + ShellWord.of(folder) + " && ./startup/" + start);
    data.put("provision_version", approval.deployVersion());
    data.put("rootca_fingerprint_sha256", approval.rootFingerprint());
    if (kit.jobCaCertificate().isPresent()) {
      data.put("job_ca_cert", folder.resolve("startup/job_ca.crt"));
      data.put("job_ca_key", folder.resolve("startup/job_ca.key") + "  (permissions: 0600)");
    }
    return data;
  }

  private static Map<String, Object> plan(
      StartupKitPackager.KitPlan plan, ApprovalMetadata approval) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("dry_run", true);
    data.put("output_dir", plan.kitFolder());
    data.put("name", approval.name());
    data.put("type", approval.certType().text());
    data.put("endpoint", endpoint(approval));
    data.put("request_dir", plan.requestFolder());
    data.put("files", plan.files());
    if (!plan.replaced().isEmpty()) {
      data.put("replaced", plan.replaced());
      data.put("kept", shortened(plan.kept()));
    }
    data.put("provision_version", approval.deployVersion());
    data.put("rootca_fingerprint_sha256", approval.rootFingerprint());
    return data;
  }

  /** A server's kit may have a folder for every job. */
  private static List<String> shortened(List<String> names) {
    if (names.size() <= NAMED) {
      return names;
    }
    List<String> shown = new ArrayList<>(names.subList(0, NAMED));
    shown.add("and " + (names.size() - NAMED) + " more");
    return shown;
  }

  private static String endpoint(ApprovalMetadata approval) {
    return approval.scheme().text()
        + "://"
        + approval.server().host()
        + ":"
        + approval.server().fedLearnPort();
  }
}

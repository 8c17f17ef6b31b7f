// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import io.fedtrust.cli.Invocation;
import io.fedtrust.cli.PeerAction;
import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.spi.ProvisioningEngine;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
  @Parameters(
      paramLabel = "REQUEST_ZIP",
      description = "The request zip; with --all, a folder of them.")
  Path input = Path.of("");

  @Mixin ApproveOptions options = new ApproveOptions();

  ApproveCommand(Invocation invocation) {
    super(invocation);
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
    return ApprovalFields.NAMES;
  }

  @Override
  protected Map<String, Object> perform(ProvisioningEngine engine) {
    options.requireConsistent();
    Path path = environment().resolve(input);
    if (!options.all) {
      RequestFiles.requireRequestZip(path);
    }
    List<Path> zips = options.all ? RequestFiles.in(path) : List.of(path);
    CertificateAuthority authority = options.ca.open(engine, environment());
    ApprovalDialog dialog = new ApprovalDialog(environment(), answer(), json());
    return options.all
        ? new FolderApproval(options, environment(), dialog).of(authority, zips)
        : new OneApproval(options, environment(), dialog).of(authority, path);
  }
}

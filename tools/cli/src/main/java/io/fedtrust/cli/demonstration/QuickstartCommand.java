// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.demonstration;

import io.fedtrust.cli.Invocation;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code quickstart}. */
@Command(
    name = "quickstart",
    description = {
      "Provision a small federation in a new folder, and try its certificates.",
      "It has a server, two hospitals and a lead user. Their certificates make real "
          + "handshakes with mutual TLS over loopback. Then evidence of a simulated "
          + "confidential machine is verified, first genuine, then tampered with."
    },
    footerHeading = "%nExample:%n",
    footer = "  fedtrust quickstart -o /tmp/first-federation")
public final class QuickstartCommand extends DemonstrationCommand {
  @Option(
      names = {"-o", "--output-dir"},
      defaultValue = "fedtrust-quickstart",
      paramLabel = "DIR",
      description = "A new or empty folder. Default: ./${DEFAULT-VALUE}.")
  Path outputDir = Path.of("");

  /** Makes the command of a program. */
  public QuickstartCommand(Invocation invocation, Demonstration demonstration) {
    super(invocation, demonstration);
  }

  @Override
  Path outputDir() {
    return outputDir;
  }

  @Override
  protected List<String> outputFields() {
    return List.of(
        "folder", "rootca_fingerprint_sha256", "kits", "handshakes", "next_step", "attestation");
  }
}

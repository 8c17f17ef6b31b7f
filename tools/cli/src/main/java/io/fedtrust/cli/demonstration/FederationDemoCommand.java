// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.demonstration;

import io.fedtrust.cli.Invocation;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code attest federation demo}. */
@Command(
    name = "demo",
    description = {
      "Run a federation of four processes on simulated hardware, and attack it.",
      "A server and three hospitals are provisioned and started, and talk over "
          + "mutual TLS. The server runs on SEV-SNP, an honest hospital on TDX with a GPU, "
          + "one with old firmware in a container group of Azure, and one that is tampered "
          + "with for a while in a confidential VM of Azure. You see jobs that run and "
          + "jobs that wait, a site in quarantine that comes back, a policy that is "
          + "reloaded, and a hospital that declines another one by its own policy. Every "
          + "decision is explained here and in a file of JSON lines for each site. Then "
          + "all processes are stopped."
    },
    footerHeading = "%nExample:%n",
    footer = "  fedtrust attest federation demo -o /tmp/federation")
public final class FederationDemoCommand extends DemonstrationCommand {
  @Option(
      names = {"-o", "--output-dir"},
      defaultValue = "fedtrust-federation",
      paramLabel = "DIR",
      description = "A new or empty folder. Default: ./${DEFAULT-VALUE}.")
  Path outputDir = Path.of("");

  /** Makes the command of a program. */
  public FederationDemoCommand(Invocation invocation, Demonstration demonstration) {
    super(invocation, demonstration);
  }

  @Override
  Path outputDir() {
    return outputDir;
  }

  @Override
  protected List<String> outputFields() {
    return List.of("folder", "note", "logs");
  }
}

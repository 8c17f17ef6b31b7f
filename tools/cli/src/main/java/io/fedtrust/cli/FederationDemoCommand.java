// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.attestation.model.ReadableFailure;
import io.fedtrust.federation.FederationDemo;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.spi.ProvisioningEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code attest federation demo}. */
@Command(
    name = "demo",
    description = {
      "Start a server and three hospitals as processes of their own, over mutual TLS with kits that",
      "are provisioned first, on SIMULATED hardware of another family each. The server runs on SEV-SNP,",
      "an honest hospital on TDX with a GPU, one with old firmware in a container group of Azure, and one",
      "that is tampered with for a while in a confidential VM of Azure. The demonstration shows jobs that",
      "run and jobs that wait, a site in quarantine that comes back, a policy that is reloaded, and a",
      "hospital that declines another one by its own policy. Every decision is explained here and in a",
      "file of JSON lines for each site. Then all processes are stopped."
    },
    footerHeading = "%nExample:%n",
    footer = "  fedtrust attest federation demo -o /tmp/federation")
final class FederationDemoCommand extends ProvisioningAction {
  @Option(
      names = {"-o", "--output-dir"},
      defaultValue = "fedtrust-federation",
      paramLabel = "DIR",
      description = "A new or empty folder. Default: ./${DEFAULT-VALUE}.")
  Path outputDir = Path.of("");

  FederationDemoCommand(Cli cli) {
    super(cli);
  }

  @Override
  List<String> outputFields() {
    return List.of("folder", "note", "logs");
  }

  @Override
  Map<String, Object> perform(ProvisioningEngine engine) {
    Path folder = surroundings().resolve(outputDir);
    NewFolder.require(folder);
    ProvisioningEngine own = surroundings().engineWithoutRecords(answer()::warn);
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("folder", folder);
    data.put("note", "SIMULATED platforms: this shows the flow and proves nothing about hardware");
    try {
      Map<String, Object> logs = new LinkedHashMap<>();
      new FederationDemo(own, folder, answer()::note)
          .run()
          .forEach((site, log) -> logs.put(site, log.toString()));
      data.put("logs", logs);
      return data;
    } catch (IOException e) {
      throw refuse(ErrorCode.OUTPUT_DIR_NOT_WRITABLE, folder.toString())
          .expected("a folder that can be written, and processes that can be started")
          .actual(ReadableFailure.textOf(e))
          .cause(e)
          .build();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted; the processes are stopped", e);
    }
  }
}

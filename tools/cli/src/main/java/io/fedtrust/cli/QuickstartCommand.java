// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.attestation.model.ReadableFailure;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.spi.ProvisioningEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code quickstart}. */
@Command(
    name = "quickstart",
    description = {
      "Provision a small federation in a new folder - a server, two hospitals, a lead user - and",
      "try its certificates with real mutual-TLS handshakes over loopback; then judge evidence of a",
      "simulated confidential machine, genuine and tampered with."
    },
    footerHeading = "%nExample:%n",
    footer = "  fedtrust quickstart -o /tmp/first-federation")
final class QuickstartCommand extends ProvisioningAction {
  @Option(
      names = {"-o", "--output-dir"},
      defaultValue = "fedtrust-quickstart",
      paramLabel = "DIR",
      description = "A new or empty folder. Default: ./${DEFAULT-VALUE}.")
  Path outputDir = Path.of("");

  QuickstartCommand(Cli cli) {
    super(cli);
  }

  @Override
  List<String> outputFields() {
    return List.of(
        "folder", "rootca_fingerprint_sha256", "kits", "handshakes", "next_step", "attestation");
  }

  @Override
  Map<String, Object> perform(ProvisioningEngine engine) {
    Path folder = surroundings().resolve(outputDir);
    NewFolder.require(folder);
    ProvisioningEngine own = surroundings().engineWithoutRecords(answer()::warn);
    try {
      return new Quickstart(own, folder, surroundings().clock().instant(), answer()::note).run();
    } catch (IOException e) {
      throw refuse(ErrorCode.OUTPUT_DIR_NOT_WRITABLE, folder.toString())
          .expected("a folder that can be written")
          .actual(ReadableFailure.textOf(e))
          .cause(e)
          .build();
    }
  }
}

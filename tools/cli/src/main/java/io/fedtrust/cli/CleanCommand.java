// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli;

import io.fedtrust.provisioning.spi.ProvisioningEngine;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cert clean}. */
@Command(
    name = "clean",
    description = {
      "Settle an interrupted command in a folder and remove what it left behind. Leftovers younger",
      "than ten minutes are kept: a command may be at work."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  fedtrust cert clean ./ca --dry-run",
      "  fedtrust cert clean ./hospital-a",
      "  fedtrust cert clean ./workspace/my_project"
    })
final class CleanCommand extends ProvisioningAction {
  @Parameters(
      paramLabel = "DIR",
      description = "A CA folder, a request folder, or a project folder of a workspace.")
  Path folder = Path.of("");

  @Option(names = "--dry-run", description = "Only list.")
  boolean dryRun;

  CleanCommand(Cli cli) {
    super(cli);
  }

  @Override
  List<String> outputFields() {
    return List.of("folder", "done");
  }

  @Override
  Map<String, Object> perform(ProvisioningEngine engine) {
    Path path = surroundings().resolve(folder);
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("folder", path);
    data.put("done", engine.clean(path, !dryRun));
    return data;
  }
}

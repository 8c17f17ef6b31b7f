// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import io.fedtrust.cli.Invocation;
import io.fedtrust.cli.ProvisioningAction;
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
      "Complete an interrupted command in a folder and remove what it left behind.",
      "Only a command of this account on this machine is completed. Leftovers "
          + "younger than ten minutes are kept, because a command may be running."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  fedtrust cert clean ./ca --dry-run",
      "  fedtrust cert clean ./hospital-a",
      "  fedtrust cert clean ./hospital-a --discard-journal",
      "  fedtrust cert clean ./workspace/my_project"
    })
final class CleanCommand extends ProvisioningAction {
  @Parameters(
      paramLabel = "DIR",
      description = "A CA folder, a request folder, or a project folder of a workspace.")
  Path folder = Path.of("");

  @Option(names = "--dry-run", description = "Only list what would be done.")
  boolean dryRun;

  @Option(
      names = "--discard-journal",
      description = {
        "Set aside the journal of an interrupted command that this account did not begin."
            + " List the staged and backed-up files, and which key belongs to which certificate."
      })
  boolean discardJournal;

  CleanCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  protected List<String> outputFields() {
    return List.of("folder", "done");
  }

  @Override
  protected Map<String, Object> perform(ProvisioningEngine engine) {
    if (discardJournal && dryRun) {
      throw usage("--discard-journal and --dry-run exclude each other");
    }
    Path path = environment().resolve(folder);
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("folder", path);
    data.put("done", discardJournal ? engine.discardJournals(path) : engine.clean(path, !dryRun));
    return data;
  }
}

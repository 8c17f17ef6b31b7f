// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.attest;

import io.fedtrust.attestation.providers.collateral.CollateralEntry;
import io.fedtrust.attestation.providers.collateral.CollateralFolder;
import io.fedtrust.cli.Action;
import io.fedtrust.cli.CommandOutput;
import io.fedtrust.cli.Invocation;
import io.fedtrust.cli.attest.forms.EvidenceOptions;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code attest collateral show}. */
@Command(
    name = "show",
    description = "Show what is in a collateral folder.",
    footerHeading = "%nExample:%n",
    footer = "  fedtrust attest collateral show --collateral ./collateral")
final class CollateralShowCommand extends Action {
  @Option(
      names = {"-d", "--collateral"},
      required = true,
      paramLabel = "DIR",
      description = "The collateral folder.")
  Path collateral = Path.of("");

  CollateralShowCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  protected List<String> outputFields() {
    return List.of("items", "floors");
  }

  @Override
  protected int execute(CommandOutput answer) {
    CollateralFolder folder = EvidenceOptions.existing(environment(), collateral);
    Map<String, Object> floors = new LinkedHashMap<>();
    folder
        .collateral()
        .floors()
        .all()
        .forEach(
            (channel, floor) ->
                floors.put(
                    channel,
                    floor.number().map(number -> number + " of ").orElse("") + floor.issued()));
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("items", folder.entries().stream().map(CollateralShowCommand::item).toList());
    data.put("floors", floors);
    return answer.success(data);
  }

  static Map<String, Object> item(CollateralEntry entry) {
    Map<String, Object> item = new LinkedHashMap<>();
    item.put("kind", entry.item().kind());
    item.put("subject", entry.item().subject());
    item.put("source", entry.source());
    item.put("sha256", entry.item().sha256());
    item.put("fetched_at", entry.fetchedAt().toString());
    item.put("this_update", entry.thisUpdate().map(Object::toString).orElse(null));
    item.put("next_update", entry.nextUpdate().map(Object::toString).orElse(null));
    return item;
  }
}

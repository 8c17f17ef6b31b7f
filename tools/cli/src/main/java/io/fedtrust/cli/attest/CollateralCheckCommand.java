// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.attest;

import io.fedtrust.attestation.providers.collateral.CollateralEntry;
import io.fedtrust.cli.Action;
import io.fedtrust.cli.CommandOutput;
import io.fedtrust.cli.Invocation;
import io.fedtrust.cli.attest.forms.EvidenceOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code attest collateral check}. */
@Command(
    name = "check",
    description = {
      "List items that have expired or expire within some days, for monitoring.",
      "Exit status: 0 nothing to list, 1 items are listed or the folder is empty."
    },
    footerHeading = "%nExample:%n",
    footer = "  fedtrust attest collateral check --collateral ./collateral --within 7")
final class CollateralCheckCommand extends Action {
  @Option(
      names = {"-d", "--collateral"},
      required = true,
      paramLabel = "DIR",
      description = "The collateral folder.")
  Path collateral = Path.of("");

  @Option(
      names = "--within",
      paramLabel = "DAYS",
      defaultValue = "0",
      description = "Also items that end within DAYS. Default: ${DEFAULT-VALUE}.")
  int within;

  @Option(
      names = "--at",
      paramLabel = "TIME",
      converter = EvidenceOptions.InstantConverter.class,
      description = "Check for this instant. Default: now.")
  Optional<Instant> at = Optional.empty();

  CollateralCheckCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  protected List<String> outputFields() {
    return List.of("checked", "ending");
  }

  @Override
  protected int execute(CommandOutput answer) {
    if (within < 0) {
      throw usage("--within: expected 0 or more, was " + within);
    }
    Instant until = at.orElseGet(environment().clock()::instant).plus(Duration.ofDays(within));
    List<CollateralEntry> entries = EvidenceOptions.existing(environment(), collateral).entries();
    List<CollateralEntry> ending =
        entries.stream().filter(entry -> entry.isExpired(until)).toList();
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("checked", entries.size());
    data.put("ending", ending.stream().map(CollateralShowCommand::item).toList());
    String text =
        entries.size()
            + " items checked, "
            + ending.size()
            + " end by "
            + until
            + ending.stream()
                .map(
                    entry ->
                        "\n"
                            + entry.item()
                            + " ends "
                            + entry.nextUpdate().map(Object::toString).orElse(""))
                .collect(Collectors.joining());
    boolean good = ending.isEmpty() && !entries.isEmpty();
    return answer.outcome(good ? 0 : 1, data, text);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.attest;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.providers.collateral.CollateralFolder;
import io.fedtrust.attestation.providers.collateral.FetchedCollateral;
import io.fedtrust.attestation.providers.family.FamilyOption;
import io.fedtrust.attestation.providers.family.FetchChoices;
import io.fedtrust.cli.Action;
import io.fedtrust.cli.CommandOutput;
import io.fedtrust.cli.Invocation;
import io.fedtrust.cli.attest.forms.EvidenceInput;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code attest collateral fetch}. */
@Command(
    name = "fetch",
    description =
        "Fetch what a piece of evidence needs from its vendor or service, and keep it in a folder.",
    footerHeading = "%nExample:%n",
    footer = {
      "  fedtrust attest collateral fetch --evidence report.bin --collateral ./collateral",
      "  fedtrust attest collateral fetch --form tdx-quote --evidence quote.bin \\",
      "      --pcs https://pccs.example.org --collateral ./collateral",
      "  fedtrust attest collateral fetch --form nv-evidence --evidence gpus.json --collateral ./collateral",
      "  fedtrust attest collateral fetch --form maa-jwt --evidence token.txt \\",
      "      --maa https://sharedeus2.eus2.attest.azure.net --collateral ./collateral"
    })
final class CollateralFetchCommand extends Action {
  @Mixin EvidenceInput input = new EvidenceInput(FamilyOption.Use.FETCH);

  @Option(
      names = {"-e", "--evidence"},
      required = true,
      paramLabel = "FILE",
      description = EvidenceInput.FILE)
  Path evidence = Path.of("");

  @Option(
      names = {"-d", "--collateral"},
      required = true,
      paramLabel = "DIR",
      description = "The collateral folder, created if missing.")
  Path collateral = Path.of("");

  CollateralFetchCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  protected List<String> outputFields() {
    return List.of("items", "failed");
  }

  @Override
  protected int execute(CommandOutput answer) {
    Evidence read = input.read(environment(), evidence);
    FetchedCollateral fetched = fetch(read);
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("items", fetched.collateral().items().stream().map(Object::toString).toList());
    data.put("failed", fetched.failures().stream().map(Throwable::getMessage).toList());
    if (fetched.failures().isEmpty()) {
      return answer.success(data);
    }
    AttestationException first = fetched.failures().get(0);
    return answer.failure(CommandOutput.Failure.of(first), data);
  }

  private FetchedCollateral fetch(Evidence read) {
    CollateralFolder folder = CollateralFolder.open(environment().resolve(collateral));
    return input.with(
        environment(),
        read,
        (support, chosen) ->
            support.fetch(read, new FetchChoices(environment().clock(), folder, chosen)));
  }
}

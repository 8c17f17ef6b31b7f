// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli;

import io.fedtrust.attestation.AttestationException;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.providers.collateral.CollateralFolder;
import io.fedtrust.attestation.providers.collateral.FetchedCollateral;
import io.fedtrust.attestation.providers.snp.collateral.KdsClient;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code attest collateral fetch}. */
@Command(
    name = "fetch",
    description = "Fetch what a piece of evidence needs from AMD, and keep it in a folder.",
    footerHeading = "%nExample:%n",
    footer = "  fedtrust attest collateral fetch --evidence report.bin --collateral ./collateral")
final class CollateralFetchCommand extends Action {
  @Option(
      names = {"-e", "--evidence"},
      required = true,
      paramLabel = "FILE",
      description = "*.bin: a binary report; *.json: an NVFlare entry; else the token's text.")
  Path evidence = Path.of("");

  @Option(
      names = {"-d", "--collateral"},
      required = true,
      paramLabel = "DIR",
      description = "The collateral folder; made if it is not there.")
  Path collateral = Path.of("");

  @Option(
      names = "--kds",
      paramLabel = "URI",
      description = "Another key distribution service than AMD's, for example a mirror.")
  URI kds = KdsClient.AMD;

  CollateralFetchCommand(Cli cli) {
    super(cli);
  }

  @Override
  List<String> outputFields() {
    return List.of("items", "failed");
  }

  @Override
  int execute(Answer answer) {
    Evidence read = EvidenceOptions.evidence(surroundings(), evidence);
    String scheme = String.valueOf(kds.getScheme());
    if (!scheme.equals("https") && !scheme.equals("http")) {
      throw usage("--kds: expected an http or https address, was " + kds);
    }
    FetchedCollateral fetched =
        KdsClient.builder()
            .base(kds)
            .clock(surroundings().clock())
            .folder(CollateralFolder.open(surroundings().resolve(collateral)))
            .build()
            .fetch(read);
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("items", fetched.collateral().items().stream().map(Object::toString).toList());
    data.put("failed", fetched.failures().stream().map(Throwable::getMessage).toList());
    if (fetched.failures().isEmpty()) {
      return answer.success(data);
    }
    AttestationException first = fetched.failures().get(0);
    return answer.failure(Answer.Failure.of(first), data);
  }
}

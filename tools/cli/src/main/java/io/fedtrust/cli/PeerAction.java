// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli;

import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** A command that NVFlare has, too: it understands NVFlare's options and their abbreviations. */
public abstract class PeerAction extends ProvisioningAction {
  @Option(
      names = "--output",
      paramLabel = "json|txt|quiet",
      description =
          "The same as --format, and overrides it. With quiet, nothing is printed on stdout.")
  Optional<String> output = Optional.empty();

  protected PeerAction(Invocation invocation) {
    super(invocation);
  }

  /** Lists the long names of the options that NVFlare's command has, for their abbreviations. */
  public abstract List<String> peerOptions();

  @Override
  public OutputFormat format() {
    OutputFormat general = super.format();
    return output
        .map(
            value ->
                OutputFormat.ofOutput(value)
                    .orElseThrow(
                        () -> usage("--output: expected json, txt or quiet, was " + value)))
        .orElse(general);
  }
}

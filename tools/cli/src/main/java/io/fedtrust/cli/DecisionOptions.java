// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli;

import java.util.Optional;
import picocli.CommandLine.Option;

/** The options of every command that records a person's decision in the ledger. */
final class DecisionOptions {
  @Option(
      names = "--approver",
      paramLabel = "PERSON",
      description = "The person who decides, for the ledger. Default: the name of the account.")
  Optional<String> approver = Optional.empty();

  @Option(names = "--note", paramLabel = "TEXT", description = "A note for the ledger.")
  Optional<String> note = Optional.empty();
}

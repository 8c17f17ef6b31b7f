// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every command that records a person's decision in the ledger. */
final class DecisionOptions {
  @Mixin ApproverOption approver = new ApproverOption();

  @Option(names = "--note", paramLabel = "TEXT", description = "A note for the ledger.")
  Optional<String> note = Optional.empty();
}

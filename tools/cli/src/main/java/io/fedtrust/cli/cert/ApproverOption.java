// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import java.util.Optional;
import picocli.CommandLine.Option;

/** The option that names the person behind an entry of the ledger. */
final class ApproverOption {
  @Option(
      names = "--approver",
      paramLabel = "PERSON",
      description = "The person who decides, for the ledger. Default: the name of the account.")
  Optional<String> person = Optional.empty();
}

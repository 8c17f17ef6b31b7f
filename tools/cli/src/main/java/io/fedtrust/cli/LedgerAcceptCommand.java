// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.spi.ProvisioningEngine;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code cert ledger accept-head}. */
@Command(
    name = "accept-head",
    description = {
      "Go on with a ledger that is older than the one that this account has seen.",
      "For use after the CA folder was restored from a backup. The ledger records it."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  fedtrust cert ledger accept-head -c ./ca"})
final class LedgerAcceptCommand extends ProvisioningAction {
  @Mixin CaOptions ca = new CaOptions();

  @Option(
      names = "--approver",
      paramLabel = "PERSON",
      description = "Who decides, for the ledger. Default: the name of the account.")
  Optional<String> approver = Optional.empty();

  @Option(names = "--yes", description = "Do not ask; for scripts.")
  boolean yes;

  LedgerAcceptCommand(Cli cli) {
    super(cli);
  }

  @Override
  List<String> outputFields() {
    return List.of("ledger_head", "certificates", "next_step");
  }

  @Override
  Map<String, Object> perform(ProvisioningEngine engine) {
    CertificateAuthority authority = ca.open(engine, surroundings());
    int certificates = authority.ledger().records().size();
    if (!yes) {
      requireAgreement(certificates);
    }
    authority.acceptLedgerHead(approver.orElse(System.getProperty("user.name", "unknown")));
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("ledger_head", authority.ledger().head());
    data.put("certificates", certificates);
    data.put(
        "next_step",
        "Import the signed zips that were made after the backup with 'cert ledger import'.");
    return data;
  }

  private void requireAgreement(int certificates) {
    if (Question.canBeAsked(surroundings(), json())) {
      answer()
          .note(
              "This ledger knows "
                  + certificates
                  + " certificates. Certificates that only a newer ledger knows stay valid and"
                  + " unknown.");
      if (Question.agreed(surroundings(), "Go on with this ledger?")) {
        return;
      }
    }
    throw refuse(ErrorCode.APPROVAL_DECLINED, "accept-head")
        .expected("y at a terminal, or --yes")
        .actual("another answer")
        .hint("Nothing was changed. Restore the newest ledger if you can.")
        .build();
  }
}

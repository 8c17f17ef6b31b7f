// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.cli.Invocation;
import io.fedtrust.cli.ProvisioningAction;
import io.fedtrust.cli.Question;
import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.spi.ProvisioningEngine;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code cert ledger accept-head}. */
@Command(
    name = "accept-head",
    description = {
      "Continue with an older ledger than the one that this account has seen.",
      "For a CA folder that was restored from a backup. The command asks at a "
          + "terminal, and the ledger records who decided."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  fedtrust cert ledger accept-head -c ./ca"})
final class LedgerAcceptCommand extends ProvisioningAction {
  @Mixin CaOptions ca = new CaOptions();

  @Mixin ApproverOption approver = new ApproverOption();

  LedgerAcceptCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  protected List<String> outputFields() {
    return List.of("accepted", "ledger_head", "certificates", "next_step");
  }

  @Override
  protected Map<String, Object> perform(ProvisioningEngine engine) {
    CertificateAuthority authority = ca.open(engine, environment());
    Optional<ProvisioningException> older = olderThanSeen(authority);
    if (older.isPresent()) {
      requireAgreement(older.get(), authority.ledger().records().size());
      approver.person.ifPresentOrElse(authority::acceptLedgerHead, authority::acceptLedgerHead);
    }
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("accepted", older.isPresent());
    data.put("ledger_head", authority.ledger().head());
    data.put("certificates", authority.ledger().records().size());
    data.put(
        "next_step",
        older.isPresent()
            ? "Import the signed zips that were made after the backup with 'cert ledger import'."
            : "Nothing to do: this account has seen no newer ledger.");
    return data;
  }

  private static Optional<ProvisioningException> olderThanSeen(CertificateAuthority authority) {
    try {
      authority.ledger().requireNewest();
      return Optional.empty();
    } catch (ProvisioningException e) {
      return Optional.of(e);
    }
  }

  private void requireAgreement(ProvisioningException older, int certificates) {
    if (Question.canBeAsked(environment(), json())) {
      answer().note(older.problem());
      answer()
          .note(
              "This ledger knows "
                  + certificates
                  + (certificates == 1 ? " certificate." : " certificates.")
                  + " Certificates that only the newer ledger knows stay valid, but this CA no"
                  + " longer protects their names and keys.");
      if (Question.agreed(environment(), "Continue with this ledger?")) {
        return;
      }
    }
    throw refuse(ErrorCode.APPROVAL_DECLINED, "accept-head")
        .problem("not confirmed")
        .hint(
            "Nothing was changed. Restore the newest ledger if you can; otherwise run this command"
                + " in text format at a terminal and answer y.")
        .build();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import io.fedtrust.cli.Days;
import io.fedtrust.cli.Invocation;
import io.fedtrust.cli.ProvisioningAction;
import io.fedtrust.provisioning.Revoking;
import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.RevocationReason;
import io.fedtrust.provisioning.spi.ProvisioningEngine;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cert revoke}. */
@Command(
    name = "revoke",
    description = {
      "Record in the ledger that certificates are revoked, which frees their names.",
      "NVFlare reads no revocation lists: a running federation still accepts the certificates."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  fedtrust cert revoke hospital-a -c ./ca --reason keyCompromise",
      "  fedtrust cert revoke 0x1f2e3d -c ./ca --reason superseded --note \"new server\"",
      "  fedtrust cert revoke hospital-a -c ./ca --reason certificateHold",
      "  fedtrust cert revoke hospital-a -c ./ca --reason removeFromCRL"
    })
final class RevokeCommand extends ProvisioningAction {
  @Parameters(
      paramLabel = "NAME|SERIAL",
      description =
          "A participant's name, for all of its certificates, or a serial number, 0x and hex.")
  String nameOrSerial = "";

  @Mixin CaOptions ca = new CaOptions();

  @Option(
      names = "--reason",
      required = true,
      paramLabel = "REASON",
      description =
          "As in RFC 5280: unspecified, keyCompromise (the key is refused from then on), "
              + "affiliationChanged, superseded, cessationOfOperation, privilegeWithdrawn, "
              + "certificateHold (the name stays held), removeFromCRL (ends a hold).")
  String reason = "";

  @Mixin DecisionOptions decision = new DecisionOptions();

  RevokeCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  protected List<String> outputFields() {
    return List.of("reason", "certificates", "ledger_head", "note");
  }

  @Override
  protected Map<String, Object> perform(ProvisioningEngine engine) {
    RevocationReason why =
        RevocationReason.of(reason)
            .orElseThrow(
                () ->
                    usage(
                        "--reason takes one of "
                            + Arrays.stream(RevocationReason.values())
                                .map(RevocationReason::text)
                                .collect(Collectors.joining(", "))));
    var authority = ca.open(engine, environment());
    Revoking revoking = authority.revoke(nameOrSerial).reason(why);
    decision.approver.person.ifPresent(revoking::approver);
    decision.note.ifPresent(revoking::note);
    List<ApprovalRecord> ended = revoking.record();
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("reason", why.text());
    data.put("certificates", ended.stream().map(RevokeCommand::certificate).toList());
    data.put("ledger_head", authority.ledger().head());
    data.put(
        "note",
        "NVFlare's runtime does not check this. docs/certificates.md says what helps instead.");
    return data;
  }

  private static Map<String, Object> certificate(ApprovalRecord record) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("name", record.name());
    entry.put("cert_type", record.certType().text());
    entry.put("serial", record.serial());
    entry.put("valid_until", Days.text(record.validUntil()));
    return entry;
  }
}

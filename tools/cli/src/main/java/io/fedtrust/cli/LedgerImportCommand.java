// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli;

import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.spi.ProvisioningEngine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code cert ledger import}. */
@Command(
    name = "import",
    description = {
      "Add certificates to the ledger that it does not know or knows only in part: approvals by",
      "NVFlare's own command with this CA, and entries of older versions."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  fedtrust cert ledger import -c ./ca signed/*.signed.zip"})
final class LedgerImportCommand extends ProvisioningAction {
  @Parameters(paramLabel = "SIGNED_ZIP", arity = "1..*", description = "Signed zips of this CA.")
  List<Path> zips = new ArrayList<>();

  @Mixin CaOptions ca = new CaOptions();

  LedgerImportCommand(Cli cli) {
    super(cli);
  }

  @Override
  List<String> outputFields() {
    return List.of("imported", "failed", "ledger_head");
  }

  @Override
  Map<String, Object> perform(ProvisioningEngine engine) {
    CertificateAuthority authority = ca.open(engine, surroundings());
    List<Map<String, Object>> imported = new ArrayList<>();
    List<Map<String, Object>> failed = new ArrayList<>();
    for (Path zip : zips) {
      try {
        imported.add(entry(authority.importApproval(surroundings().resolve(zip))));
      } catch (ProvisioningException e) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("file", zip.toString());
        entry.put("error_code", e.code().name());
        entry.put("message", String.valueOf(e.getMessage()));
        entry.put("hint", e.hint());
        failed.add(entry);
      }
    }
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("imported", imported);
    data.put("failed", failed);
    data.put("ledger_head", authority.ledger().head());
    if (!failed.isEmpty()) {
      ErrorCode code = ErrorCode.PARTIAL_FAILURE;
      throw new PartialFailure(
          new Answer.Failure(
              code.name(),
              code.exitStatus(),
              failed.size() + " of " + zips.size() + " signed zips were not imported",
              code.hint()),
          data);
    }
    return data;
  }

  private static Map<String, Object> entry(ApprovalRecord record) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("name", record.name());
    entry.put("serial", record.serial());
    entry.put("subject_alternative_names", record.subjectAlternativeNames());
    entry.put("valid_until", Days.text(record.validUntil()));
    return entry;
  }
}

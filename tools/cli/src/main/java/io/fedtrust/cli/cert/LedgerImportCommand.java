// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import io.fedtrust.cli.CommandOutput;
import io.fedtrust.cli.Days;
import io.fedtrust.cli.Invocation;
import io.fedtrust.cli.ProvisioningAction;
import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.LedgerImport;
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
      "Add certificates to the ledger that it lacks or knows only in part.",
      "NVFlare's own command, or an older version of this one, approved them with this CA."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  fedtrust cert ledger import -c ./ca signed/*.signed.zip"})
final class LedgerImportCommand extends ProvisioningAction {
  @Parameters(paramLabel = "SIGNED_ZIP", arity = "1..*", description = "Signed zips of this CA.")
  List<Path> zips = new ArrayList<>();

  @Mixin CaOptions ca = new CaOptions();

  LedgerImportCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  protected List<String> outputFields() {
    return List.of("imported", "already_known", "failed", "ledger_head");
  }

  @Override
  protected Map<String, Object> perform(ProvisioningEngine engine) {
    CertificateAuthority authority = ca.open(engine, environment());
    LedgerImport done =
        authority.importApprovals(zips.stream().map(environment()::resolve).toList());
    List<Map<String, Object>> failed = done.failed().stream().map(this::failure).toList();
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("imported", entries(done.imported()));
    data.put("already_known", entries(done.alreadyKnown()));
    data.put("failed", failed);
    data.put("ledger_head", authority.ledger().head());
    if (!failed.isEmpty()) {
      ErrorCode code = ErrorCode.PARTIAL_FAILURE;
      throw new PartialFailure(
          new CommandOutput.Failure(
              code.name(),
              code.exitStatus(),
              failed.size() + " of " + zips.size() + " signed zips were not imported",
              (failed.size() < zips.size() ? "The others were imported. " : "") + code.hint()),
          data);
    }
    return data;
  }

  private Map<String, Object> failure(LedgerImport.Failed failed) {
    ProvisioningException reason = failed.reason();
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("file", asGiven(failed.signedZip()).toString());
    entry.put("error_code", reason.code().name());
    entry.put("message", reason.problem());
    entry.put("hint", reason.hint());
    return entry;
  }

  /** Names a zip as the user did. */
  private Path asGiven(Path resolved) {
    return zips.stream()
        .filter(zip -> environment().resolve(zip).equals(resolved))
        .findFirst()
        .orElse(resolved);
  }

  private static List<Map<String, Object>> entries(List<ApprovalRecord> records) {
    return records.stream().map(LedgerImportCommand::entry).toList();
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

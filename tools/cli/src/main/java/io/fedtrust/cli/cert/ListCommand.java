// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.cli.Days;
import io.fedtrust.cli.Invocation;
import io.fedtrust.cli.ProvisioningAction;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.CertType;
import io.fedtrust.provisioning.model.KeyFingerprint;
import io.fedtrust.provisioning.model.RevocationReason;
import io.fedtrust.provisioning.spi.ApprovalLedger;
import io.fedtrust.provisioning.spi.ProvisioningEngine;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code cert list}. */
@Command(
    name = "list",
    description = "List the certificates in the CA's ledger, with the state of each.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  fedtrust cert list --ca-dir ./ca",
      "  fedtrust cert list --ca-dir ./ca --expiring 60"
    })
final class ListCommand extends ProvisioningAction {
  @Option(
      names = {"-c", "--ca-dir"},
      required = true,
      paramLabel = "DIR",
      description = "The CA folder.")
  Path caDir = Path.of("");

  @Option(
      names = "--expiring",
      paramLabel = "DAYS",
      description = "Only certificates that expire within DAYS, or have expired.")
  Optional<Integer> expiring = Optional.empty();

  @Option(
      names = "--expect-head",
      paramLabel = "HEX",
      description = "The ledger head that you noted. Refuse to list if the ledger has another one.")
  Optional<String> expectHead = Optional.empty();

  ListCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  protected List<String> outputFields() {
    return List.of("ledger_head", "approvals", "job_cas", "note");
  }

  @Override
  protected Map<String, Object> perform(ProvisioningEngine engine) {
    Instant now = environment().clock().instant();
    Optional<Instant> end = expiring.map(days -> now.plus(Days.ahead("--expiring", days)));
    ApprovalLedger ledger = engine.ledger(environment().resolve(caDir));
    String head = ledger.head();
    warnIfOlder(ledger);
    if (expectHead.isPresent() && !expectHead.get().strip().equalsIgnoreCase(head)) {
      throw refuse(ErrorCode.LEDGER_INVALID, "ledger head")
          .expected(expectHead.get())
          .actual(head.isEmpty() ? "an empty ledger" : head)
          .build();
    }
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("ledger_head", head.isEmpty() ? null : head);
    List<ApprovalRecord> listed =
        ledger.records().stream()
            .filter(record -> end.isEmpty() || expires(record, end.get()))
            .toList();
    data.put(
        "approvals",
        listed.stream()
            .filter(record -> record.certType() != CertType.JOB_CA)
            .map(record -> entry(record, now))
            .toList());
    // Apart: no participant has such a certificate.
    List<Map<String, Object>> jobCas =
        listed.stream()
            .filter(record -> record.certType() == CertType.JOB_CA)
            .map(record -> entry(record, now))
            .toList();
    if (!jobCas.isEmpty()) {
      data.put("job_cas", jobCas);
    }
    data.put(
        "note",
        "Approvals made with NVFlare's own command on this folder are missing until 'cert ledger"
            + " import' adds them.");
    return data;
  }

  /** A list of an older ledger is still a list; it must not pass for the newest. */
  private void warnIfOlder(ApprovalLedger ledger) {
    try {
      ledger.requireNewest();
    } catch (ProvisioningException e) {
      answer().warn(e.problem() + ". " + e.hint());
    }
  }

  private static boolean expires(ApprovalRecord record, Instant end) {
    return !record.validUntil().isAfter(end);
  }

  private static Map<String, Object> entry(ApprovalRecord record, Instant now) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("name", record.name());
    entry.put("cert_type", record.certType().text());
    record.jobCaOf().ifPresent(server -> entry.put("server", server.name()));
    entry.put("serial", record.serial());
    entry.put("approved_at", Days.text(record.approvedAt()));
    entry.put("valid_until", Days.text(record.validUntil()));
    entry.put("state", state(record, now));
    record
        .revocation()
        .ifPresent(
            ended -> {
              entry.put("reason", ended.reason().text());
              entry.put("revoked_at", Days.text(ended.at()));
              entry.put("revoked_by", ended.approver());
              ended.note().ifPresent(note -> entry.put("revocation_note", note));
            });
    record.org().ifPresent(org -> entry.put("org", org));
    entry.put("subject_alternative_names", String.join(", ", record.subjectAlternativeNames()));
    entry.put("public_key_sha256", record.publicKey().map(KeyFingerprint::hex).orElse(null));
    record.decision().ifPresent(decision -> entry.put("approver", decision.approver()));
    record
        .decision()
        .flatMap(ApprovalRecord.Decision::note)
        .ifPresent(note -> entry.put("note", note));
    entry.put("request_id", record.requestId());
    entry.put("certificate_sha256", record.certificateSha256().orElse(null));
    entry.put("rootca_fingerprint_sha256", record.rootFingerprint());
    return entry;
  }

  private static String state(ApprovalRecord record, Instant now) {
    if (record.revocation().isPresent()) {
      return record.revocation().get().reason() == RevocationReason.CERTIFICATE_HOLD
          ? "on hold"
          : "revoked";
    }
    if (!record.completed()) {
      return "interrupted";
    }
    return record.validUntil().isAfter(now) ? "valid" : "expired";
  }
}

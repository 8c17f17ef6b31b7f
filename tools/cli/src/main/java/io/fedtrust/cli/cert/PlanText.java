// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import io.fedtrust.cli.Days;
import io.fedtrust.provisioning.ApprovalPlan;
import io.fedtrust.provisioning.BatchApproving;
import io.fedtrust.provisioning.JobCaApproving;
import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.KeyFingerprint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What is about to be signed, for a person to look at. */
final class PlanText {
  private static final int NAME_WIDTH = 24;
  private static final int TYPE_WIDTH = 10;
  private static final int ORGANIZATION_WIDTH = 16;
  private static final int CODE_WIDTH = 30;

  private PlanText() {}

  /** Returns the lines that describe one approval. */
  static List<String> lines(ApprovalPlan plan) {
    List<String> lines = new ArrayList<>();
    lines.add("Name:            " + plan.request().name());
    lines.add(
        "Type:            "
            + plan.jobCaOf()
                .map(server -> "job CA of the server " + server.name())
                .orElseGet(() -> plan.request().certType().text()));
    if (plan.jobCaOf().isPresent()) {
      lines.add("Risk:            " + JobCaApproving.RISK);
    }
    plan.request().certType().role().ifPresent(role -> lines.add("Role:            " + role));
    lines.add("Organization:    " + plan.request().org());
    lines.add("Names to sign:   " + String.join(", ", plan.subjectAlternativeNames()));
    lines.add(
        "Validity:        " + Days.text(plan.notBefore()) + " to " + Days.text(plan.notAfter()));
    lines.add("Public key:      " + plan.publicKey());
    lines.add("Comparison code: " + plan.publicKey().comparisonCode());
    if (plan.held().isEmpty() && plan.former().isEmpty()) {
      lines.add("Certificates:    none");
    }
    plan.held()
        .forEach(
            record ->
                lines.add(
                    "Certificate:     "
                        + certificate(record, plan.publicKey())
                        + (record.revocation().isPresent() ? ", on hold" : "")));
    plan.former()
        .forEach(
            record ->
                lines.add(
                    "Certificate:     "
                        + certificate(record, plan.publicKey())
                        + record
                            .revocation()
                            .map(revocation -> ", revoked: " + revocation.reason().text())
                            .orElse(", expired")));
    return lines;
  }

  private static String certificate(ApprovalRecord record, KeyFingerprint key) {
    String keyText =
        record.publicKey().isEmpty()
            ? "unknown key"
            : record.publicKey().equals(Optional.of(key)) ? "the same key" : "another key";
    return record.name()
        + " ("
        + record.certType().text()
        + "), serial "
        + record.serial()
        + ", valid until "
        + Days.text(record.validUntil())
        + ", "
        + keyText;
  }

  /** Returns a warning that these keys may be anyone's. */
  static String uncompared(List<ApprovalPlan> plans) {
    return (plans.size() == 1 ? "This public key was" : "These public keys were")
        + " not compared with the requester's: "
        + plans.stream().map(PlanText::key).collect(Collectors.joining("; "))
        + ". Ask each requester for the comparison code, or use --expect-key.";
  }

  private static String key(ApprovalPlan plan) {
    return plan.request().name()
        + " "
        + plan.publicKey()
        + ", comparison code "
        + plan.publicKey().comparisonCode();
  }

  /** Returns the plan of a batch as a table. */
  static List<String> table(BatchApproving.Plan plan) {
    List<String> lines = new ArrayList<>();
    lines.add(row("NAME", "TYPE", "ORGANIZATION", "COMPARISON CODE", "DECISION"));
    for (ApprovalPlan approval : plan.approvals()) {
      lines.add(row(approval, approval.isRenewal() ? "renew" : "sign"));
      if (approval.subjectAlternativeNames().size() > 1) {
        lines.add("  names: " + String.join(", ", approval.subjectAlternativeNames()));
      }
    }
    for (BatchApproving.LeftOut leftOut : plan.leftOut()) {
      String reason = "leave out: " + leftOut.reason().code();
      lines.add(
          leftOut
              .plan()
              .map(approval -> row(approval, reason))
              .orElseGet(() -> leftOut.requestZip().getFileName() + ": " + reason));
    }
    return lines;
  }

  private static String row(ApprovalPlan plan, String decision) {
    return row(
        plan.request().name(),
        plan.request().certType().text(),
        plan.request().org(),
        plan.publicKey().comparisonCode(),
        decision);
  }

  private static String row(
      String name, String type, String organization, String code, String decision) {
    return padded(name, NAME_WIDTH)
        + padded(type, TYPE_WIDTH)
        + padded(organization, ORGANIZATION_WIDTH)
        + padded(code, CODE_WIDTH)
        + decision;
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(Math.max(1, width - text.length()));
  }
}

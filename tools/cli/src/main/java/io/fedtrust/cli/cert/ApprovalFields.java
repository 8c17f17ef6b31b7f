// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import io.fedtrust.cli.Days;
import io.fedtrust.provisioning.Approval;
import io.fedtrust.provisioning.ApprovalPlan;
import io.fedtrust.provisioning.BatchApproving;
import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.JobCaApproval;
import io.fedtrust.provisioning.model.RequestMetadata;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What {@code cert approve} answers about a request. */
record ApprovalFields(CertificateAuthority authority) {
  /** Every name that a field of an answer can have. */
  static final List<String> NAMES =
      List.of(
          "name",
          "project",
          "org",
          "kind",
          "cert_role",
          "cert_type",
          "server",
          "csr_sha256",
          "public_key_sha256",
          "provision_version",
          "signed_zip",
          "request_id",
          "rootca_fingerprint_sha256",
          "audit",
          "next_step",
          "dry_run",
          "comparison_code",
          "subject_alternative_names",
          "valid_from",
          "valid_until",
          "held_serials",
          "approved",
          "failed");

  Map<String, Object> approved(ApprovalPlan plan, Approval approval) {
    return approved(
        plan,
        approval.signedZip(),
        approval.audit(),
        "to the requester, and tell the fingerprint out of band.");
  }

  Map<String, Object> approved(ApprovalPlan plan, JobCaApproval approval) {
    return approved(
        plan,
        approval.signedZip(),
        approval.audit(),
        "to the server, which adds it to its kit with 'package --job-ca'.");
  }

  private Map<String, Object> approved(
      ApprovalPlan plan, Path signedZip, Optional<Path> audit, String returned) {
    Map<String, Object> data = identity(plan);
    data.put("signed_zip", signedZip);
    data.put("request_id", plan.request().requestId());
    data.put("rootca_fingerprint_sha256", authority.fingerprint());
    data.put("audit", audit.map(Path::toString).orElse("(not written)"));
    data.put("next_step", "Return " + signedZip.getFileName() + " " + returned);
    return data;
  }

  private Map<String, Object> identity(ApprovalPlan plan) {
    RequestMetadata request = plan.request();
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("name", request.name());
    data.put("project", request.project());
    data.put("org", request.org());
    data.put("kind", request.certType().kind().text());
    data.put("cert_role", request.certType().role().orElse(null));
    data.put("cert_type", request.certType().text());
    plan.jobCaOf().ifPresent(server -> data.put("server", server.name()));
    data.put("csr_sha256", request.csrSha256());
    data.put("public_key_sha256", request.publicKeySha256());
    data.put("provision_version", authority.deployVersion());
    return data;
  }

  Map<String, Object> plan(ApprovalPlan plan) {
    Map<String, Object> data = identity(plan);
    data.put("dry_run", true);
    data.put("comparison_code", plan.publicKey().comparisonCode());
    data.put("signed_zip", plan.signedZip());
    data.put("request_id", plan.request().requestId());
    data.put("subject_alternative_names", plan.subjectAlternativeNames());
    data.put("valid_from", Days.text(plan.notBefore()));
    data.put("valid_until", Days.text(plan.notAfter()));
    data.put("held_serials", plan.held().stream().map(record -> record.serial()).toList());
    return data;
  }

  static Map<String, Object> failed(BatchApproving.LeftOut leftOut) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("file", leftOut.requestZip().toString());
    entry.put("error_code", leftOut.reason().code().name());
    entry.put("message", leftOut.reason().problem());
    entry.put("hint", leftOut.reason().hint());
    return entry;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.engine;

import io.fedtrust.provisioning.core.bundle.VerifiedBundle;
import io.fedtrust.provisioning.core.document.Timestamps;
import io.fedtrust.provisioning.core.x509.CertificateFile;
import io.fedtrust.provisioning.model.ApprovalMetadata;
import io.fedtrust.provisioning.model.KeyFingerprint;
import io.fedtrust.provisioning.model.RequestMetadata;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Who and what an inspected thing is, in the order it is shown. */
final class InspectionFacts {
  private final Map<String, String> facts = new LinkedHashMap<>();

  Map<String, String> all() {
    return Collections.unmodifiableMap(facts);
  }

  void put(String name, String value) {
    facts.put(name, value);
  }

  String get(String name) {
    return facts.getOrDefault(name, "");
  }

  void request(RequestMetadata request) {
    put("request_id", request.requestId());
    put("created_at", request.createdAt());
    put("project", request.project());
    put("name", request.name());
    put("org", request.org());
    put("cert_type", request.certType().text());
    put("csr_sha256", request.csrSha256());
    put("public_key_sha256", request.publicKeySha256());
    put("comparison_code", new KeyFingerprint(request.publicKeySha256()).comparisonCode());
  }

  void bundle(VerifiedBundle bundle) {
    ApprovalMetadata approval = bundle.metadata();
    put("request_id", approval.requestId());
    approval.approvedAt().ifPresent(at -> put("approved_at", Timestamps.text(at)));
    put("project", approval.project());
    put("name", approval.name());
    put("org", approval.org());
    put("cert_type", approval.certType().text());
    put(
        "endpoint",
        approval.scheme().text()
            + "://"
            + approval.server().host()
            + ":"
            + approval.server().fedLearnPort());
    put("admin_port", String.valueOf(approval.server().adminPort()));
    put("default_connection_security", approval.connectionSecurity().text());
    put("provision_version", approval.deployVersion().text());
    put("serial", bundle.leaf().serial());
    put("rootca_fingerprint_sha256", approval.rootFingerprint().text());
    validity(bundle.leaf());
  }

  void validity(CertificateFile certificate) {
    put("valid_from", Timestamps.text(certificate.notBefore()));
    put("valid_until", Timestamps.text(certificate.notAfter()));
  }
}

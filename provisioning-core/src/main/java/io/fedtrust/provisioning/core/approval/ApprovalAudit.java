// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import io.fedtrust.provisioning.core.document.SignedDocument;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.model.ProjectProfile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The audit record of an approval, members as NVFlare's. */
final class ApprovalAudit {
  private ApprovalAudit() {}

  static Map<String, Object> record(
      CertificateRequest request,
      ProjectProfile profile,
      IssuingAuthority ca,
      SignedZip zip,
      Path requestZip,
      Path signedZip) {
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("schema_version", "1");
    record.put("approval", zip.document());
    record.put("request", request.metadataDocument());
    record.put("request_zip_path", requestZip.toAbsolutePath().toString());
    record.put("signed_zip_path", signedZip.toString());
    record.put("ca", ca(ca, profile));
    record.put("hashes", hashes(request, zip, ca.rootPem()));
    return record;
  }

  private static Map<String, Object> ca(IssuingAuthority ca, ProjectProfile profile) {
    Map<String, Object> metadata = new LinkedHashMap<>(ca.rawDocument());
    metadata.put("provision_version", ca.document().deployVersion().text());
    metadata.put("rootCA_fingerprint", ca.fingerprint().text());
    Map<String, Object> federation = new LinkedHashMap<>();
    federation.put("name", profile.name());
    federation.put("scheme", profile.scheme().text());
    federation.put("default_connection_security", profile.connectionSecurity().text());
    federation.put("server", SignedDocument.endpoint(profile.server()));
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("ca_dir", ca.folder().toString());
    document.put("metadata", metadata);
    document.put("project_profile", federation);
    document.put("rootca_path", ca.folder().resolve(SignedDocument.ROOT_CA).toString());
    return document;
  }

  private static Map<String, Object> hashes(
      CertificateRequest request, SignedZip zip, byte[] root) {
    Map<String, Object> hashes = new LinkedHashMap<>(request.digests());
    hashes.put("certificate_sha256", zip.certificateSha256());
    hashes.put("rootca_sha256", Jca.sha256(root));
    hashes.put("signed_zip_sha256", Jca.sha256(zip.bytes()));
    return hashes;
  }
}

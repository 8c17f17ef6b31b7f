// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.archive.ZipContents;
import io.fedtrust.provisioning.core.archive.ZipWriter;
import io.fedtrust.provisioning.core.document.DocumentFiles;
import io.fedtrust.provisioning.core.document.Json;
import io.fedtrust.provisioning.core.document.SignedDocument;
import io.fedtrust.provisioning.core.document.SiteDocument;
import io.fedtrust.provisioning.core.host.Host;
import io.fedtrust.provisioning.core.x509.CertificateIssuer;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.core.x509.Pem;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.ApprovalMetadata;
import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.ApprovalStatement;
import io.fedtrust.provisioning.model.ProjectProfile;
import io.fedtrust.provisioning.spi.LedgerEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A signed zip in memory: the two signatures and everything they cover.
 *
 * @param metadata signed.json
 * @param document signed.json as written
 * @param bytes the zip
 */
record SignedZip(ApprovalMetadata metadata, Map<String, Object> document, byte[] bytes) {

  /** Signs what an intent says; again, if it was signed before. */
  static SignedZip issue(
      LedgerEntry.Intent intent, VerifiedRequest request, IssuingAuthority ca, Host host) {
    try {
      byte[] der =
          new CertificateIssuer(ca.signer(), host.jca().random()).sign(intent.tbsCertificate());
      byte[] certificate = Pem.encode(Pem.CERTIFICATE, der);
      byte[] site = SiteDocument.write(SiteDocument.approvalCopy(request.site()));
      ApprovalMetadata metadata =
          metadata(
              intent,
              ca,
              new ApprovalMetadata.Hashes(
                  intent.statement().csrSha256(),
                  Jca.sha256(site),
                  Jca.sha256(certificate),
                  Jca.sha256(ca.rootPem()),
                  intent.statement().publicKey().hex()));
      Map<String, Object> document =
          SignedDocument.write(metadata, intent.serial(), intent.statement().notAfter());
      byte[] json = Json.write(document);
      byte[] signature = ca.signer().sign(ca.metadataAlgorithm(), json);
      Map<String, byte[]> members = new LinkedHashMap<>();
      members.put("signed.json", json);
      members.put(
          "signed.json.sig",
          Base64.getEncoder().encodeToString(signature).getBytes(StandardCharsets.US_ASCII));
      members.put("site.yaml", site);
      members.put(metadata.name() + ".crt", certificate);
      members.put(SignedDocument.ROOT_CA, ca.rootPem());
      return new SignedZip(metadata, document, ZipWriter.write(members, host.now()));
    } catch (GeneralSecurityException | IOException e) {
      throw refuse(ErrorCode.CERT_SIGNING_FAILED, "certificate")
          .expected("a signature by the CA")
          .actual(e.getClass().getSimpleName())
          .cause(e)
          .build();
    }
  }

  private static ApprovalMetadata metadata(
      LedgerEntry.Intent intent, IssuingAuthority ca, ApprovalMetadata.Hashes hashes) {
    ApprovalStatement approved = intent.statement();
    ProjectProfile profile = approved.profile();
    return new ApprovalMetadata(
        approved.requestId(),
        Optional.of(intent.approvedAt()),
        profile.name(),
        approved.name(),
        approved.org(),
        approved.certType(),
        ca.document().deployVersion(),
        ca.fingerprint(),
        profile.scheme(),
        profile.connectionSecurity(),
        profile.server(),
        hashes);
  }

  /** Reads back a zip that was made but not delivered; its bytes were compared by hash. */
  static SignedZip made(byte[] bytes, ApprovalRecord record) {
    byte[] json = ZipContents.read(bytes, ErrorCode.LEDGER_INVALID).get("signed.json");
    Map<String, Object> document =
        DocumentFiles.json(json, "signed.json", ErrorCode.LEDGER_INVALID);
    ApprovalMetadata metadata = SignedDocument.read(document, record.rootFingerprint());
    return new SignedZip(metadata, document, bytes);
  }
}

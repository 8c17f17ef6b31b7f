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
import io.fedtrust.provisioning.core.x509.CertificateFile;
import io.fedtrust.provisioning.core.x509.CertificateIssuer;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.core.x509.Pem;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.ApprovalMetadata;
import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.RequestMetadata;
import io.fedtrust.provisioning.spi.CaSigner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A signed zip in memory: the two signatures and everything they cover.
 *
 * @param metadata signed.json
 * @param document signed.json as written
 * @param serial the certificate's serial number
 * @param notAfter end of the certificate's validity
 * @param bytes the zip
 */
record SignedZip(
    ApprovalMetadata metadata,
    Map<String, Object> document,
    String serial,
    Instant notAfter,
    byte[] bytes) {

  static SignedZip issue(
      VerifiedRequest request, ApprovalTerms terms, IssuingAuthority ca, Host host) {
    RequestMetadata asked = request.metadata();
    try {
      CertificateIssuer issuer = new CertificateIssuer(ca.signer(), host.jca().random());
      byte[] der =
          issuer.leaf(
              new CertificateIssuer.Leaf(
                  asked.name(),
                  asked.org(),
                  asked.certType(),
                  terms.subjectAlternativeNames(),
                  request.csr().subjectPublicKeyInfo(),
                  terms.notBefore(),
                  terms.notAfter()),
              ca.root());
      byte[] certificate = Pem.encode(Pem.CERTIFICATE, der);
      byte[] site = SiteDocument.write(SiteDocument.approvalCopy(request.site()));
      ApprovalMetadata metadata =
          new ApprovalMetadata(
              asked.requestId(),
              Optional.of(host.now()),
              asked.project(),
              asked.name(),
              asked.org(),
              asked.certType(),
              ca.document().deployVersion(),
              ca.fingerprint(),
              terms.profile().scheme(),
              terms.profile().connectionSecurity(),
              terms.profile().server(),
              new ApprovalMetadata.Hashes(
                  asked.csrSha256(),
                  Jca.sha256(site),
                  Jca.sha256(certificate),
                  Jca.sha256(ca.rootPem()),
                  asked.publicKeySha256()));
      String serial = CertificateFile.ofDer(der, host.jca()).serial();
      Map<String, Object> document = SignedDocument.write(metadata, serial, terms.notAfter());
      byte[] json = Json.write(document);
      byte[] signature = ca.signer().sign(CaSigner.Algorithm.RSASSA_PSS_MAX_SALT, json);
      Map<String, byte[]> members = new LinkedHashMap<>();
      members.put("signed.json", json);
      members.put(
          "signed.json.sig",
          Base64.getEncoder().encodeToString(signature).getBytes(StandardCharsets.US_ASCII));
      members.put("site.yaml", site);
      members.put(asked.name() + ".crt", certificate);
      members.put(SignedDocument.ROOT_CA, ca.rootPem());
      return new SignedZip(
          metadata, document, serial, terms.notAfter(), ZipWriter.write(members, host.now()));
    } catch (GeneralSecurityException | IOException e) {
      throw refuse(ErrorCode.CERT_SIGNING_FAILED, "certificate")
          .expected("a signature by the CA")
          .actual(e.getClass().getSimpleName())
          .cause(e)
          .build();
    }
  }

  /** Reads back a zip that was issued but not delivered; its bytes were compared by hash. */
  static SignedZip resumed(byte[] bytes, ApprovalRecord intent) {
    byte[] json = ZipContents.read(bytes, ErrorCode.LEDGER_INVALID).get("signed.json");
    Map<String, Object> document =
        DocumentFiles.json(json, "signed.json", ErrorCode.LEDGER_INVALID);
    ApprovalMetadata metadata = SignedDocument.read(document, intent.rootFingerprint());
    return new SignedZip(metadata, document, intent.serial(), intent.validUntil(), bytes);
  }

  ApprovalRecord record(VerifiedRequest request) {
    return new ApprovalRecord(
        metadata.requestId(),
        request.sha256(),
        metadata.project(),
        metadata.name(),
        metadata.certType(),
        metadata.rootFingerprint(),
        serial,
        metadata.approvedAt().orElseThrow(),
        notAfter,
        metadata.hashes().certificate(),
        Jca.sha256(bytes),
        false);
  }
}

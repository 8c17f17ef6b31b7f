// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.archive.ZipContents;
import io.fedtrust.provisioning.core.archive.ZipWriter;
import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.document.DocumentFiles;
import io.fedtrust.provisioning.core.document.Json;
import io.fedtrust.provisioning.core.document.SignedDocument;
import io.fedtrust.provisioning.core.x509.CertificateIssuer;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.core.x509.Pem;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.spi.LedgerEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A signed zip in memory: the two signatures and everything they cover.
 *
 * @param document signed.json as written
 * @param certificateSha256 over the certificate file
 * @param bytes the zip
 */
record SignedZip(Map<String, Object> document, String certificateSha256, byte[] bytes) {
  private static final String METADATA = "signed.json";

  /**
   * What is signed and packed.
   *
   * @param document signed.json
   * @param signedBytes what of signed.json's bytes the CA signs
   * @param members what lies beside it, in order
   */
  record Contents(
      Map<String, Object> document,
      UnaryOperator<byte[]> signedBytes,
      Map<String, byte[]> members) {}

  /** Signs what an intent says; again, if it was signed before. */
  static SignedZip issue(
      LedgerEntry.Intent intent,
      CertificateRequest request,
      IssuingAuthority ca,
      EngineContext host) {
    try {
      byte[] der =
          new CertificateIssuer(ca.signer(), host.jca().random()).sign(intent.tbsCertificate());
      byte[] certificate = Pem.encode(Pem.CERTIFICATE, der);
      Contents contents = request.contents(intent, certificate, ca);
      byte[] json = Json.write(contents.document());
      byte[] signature =
          ca.signer().sign(ca.metadataAlgorithm(), contents.signedBytes().apply(json));
      Map<String, byte[]> members = new LinkedHashMap<>();
      members.put(METADATA, json);
      members.put(
          "signed.json.sig",
          Base64.getEncoder().encodeToString(signature).getBytes(StandardCharsets.US_ASCII));
      members.putAll(contents.members());
      members.put(SignedDocument.ROOT_CA, ca.rootPem());
      return new SignedZip(
          contents.document(), Jca.sha256(certificate), ZipWriter.write(members, host.now()));
    } catch (GeneralSecurityException | IOException e) {
      throw refuse(ErrorCode.CERT_SIGNING_FAILED, "certificate")
          .problem("cannot be signed: " + e.getClass().getSimpleName())
          .cause(e)
          .build();
    }
  }

  /** Reads signed.json of a zip that was made before. */
  static Map<String, Object> document(byte[] zip) {
    byte[] json = ZipContents.read(zip, ErrorCode.LEDGER_INVALID).get(METADATA);
    return DocumentFiles.json(json, METADATA, ErrorCode.LEDGER_INVALID);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.archive.ZipContents;
import io.fedtrust.provisioning.core.context.CheckProgress;
import io.fedtrust.provisioning.core.document.DocumentFiles;
import io.fedtrust.provisioning.core.document.JobCaRequestDocument;
import io.fedtrust.provisioning.core.document.JobCaSignedDocument;
import io.fedtrust.provisioning.core.io.JobCaFiles;
import io.fedtrust.provisioning.core.x509.CertificateFile;
import io.fedtrust.provisioning.core.x509.CertificateIssuer;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.core.x509.JobCaChain;
import io.fedtrust.provisioning.core.x509.SigningRequest;
import io.fedtrust.provisioning.core.x509.Subject;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.ApprovalStatement;
import io.fedtrust.provisioning.model.JobCaServer;
import io.fedtrust.provisioning.model.RequestMetadata;
import io.fedtrust.provisioning.spi.LedgerEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A companion request that is consistent in itself and signed by the key that it says is the
 * server's. Whether the server has that key, the ledger says.
 *
 * @param metadata of the job CA
 * @param metadataDocument request.json as received
 * @param server whose job CA it is
 * @param csr the signing request
 * @param sha256 over the zip
 * @param metadataSha256 over request.json
 */
public record VerifiedJobCaRequest(
    RequestMetadata metadata,
    Map<String, Object> metadataDocument,
    JobCaServer server,
    SigningRequest csr,
    String sha256,
    String metadataSha256)
    implements CertificateRequest {
  private static final String METADATA = "request.json";
  private static final String SIGNATURE = "request.json.sig";

  /** What is checked of a companion request, in order. */
  public enum Check {
    ARCHIVE("zip archive is plain, small and free of private keys"),
    METADATA("request.json asks for a job CA, is complete and names follow the rules"),
    MEMBERS("zip holds exactly request.json, its signature and the CSR"),
    SERVER_KEY("request.json has the server's key, which is sound"),
    SIGNATURE("request.json is signed by the server's key"),
    CSR("CSR is RSA of 2048 bits or more and signed by its own key"),
    CSR_IDENTITY("CSR subject is the project's job CA"),
    CSR_HASH("CSR and its key have the hashes that request.json names"),
    OTHER_KEY("the job CA has a key of its own");

    private final String text;

    Check(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** Verifies a companion request. */
  public static VerifiedJobCaRequest of(byte[] zip, Jca jca, CheckProgress<Check> progress) {
    return CertificateRequest.contained("companion request", () -> verified(zip, jca, progress));
  }

  private static VerifiedJobCaRequest verified(byte[] zip, Jca jca, CheckProgress<Check> progress) {
    ZipContents members = ZipContents.read(zip, ErrorCode.INVALID_ARGS);
    byte[] json = members.get(METADATA);
    Map<String, Object> document = DocumentFiles.json(json, METADATA, ErrorCode.INVALID_ARGS);
    progress.passed(Check.ARCHIVE);
    if (!JobCaRequestDocument.isOne(document)) {
      throw refuse(ErrorCode.INVALID_ARGS, "request zip")
          .problem(
              "this is not the companion request of a server, " + JobCaFiles.requestZip("<name>"))
          .hint("Approve a participant's request without --job-ca.")
          .build();
    }
    JobCaRequestDocument.Content content = JobCaRequestDocument.read(document);
    RequestMetadata metadata = content.metadata();
    require("request.json name", JobCaChain.commonName(metadata.project()), metadata.name());
    if (metadata.requestId().equalsIgnoreCase(content.server().requestId())) {
      throw refuse(ErrorCode.INVALID_ARGS, "request_id")
          .problem("is the id of the server's request, and a job CA needs an id of its own")
          .build();
    }
    progress.passed(Check.METADATA);
    members.requireExactly(Set.of(METADATA, SIGNATURE, JobCaFiles.CSR));
    progress.passed(Check.MEMBERS);
    PublicKey serverKey = serverKey(content, jca);
    progress.passed(Check.SERVER_KEY);
    requireSignature(serverKey, json, members.get(SIGNATURE), jca);
    progress.passed(Check.SIGNATURE);

    byte[] csrBytes = members.get(JobCaFiles.CSR);
    SigningRequest csr = SigningRequest.read(csrBytes, jca);
    progress.passed(Check.CSR);
    require("CSR common name", metadata.name(), Subject.commonName(csr.subject()).orElse("none"));
    require(
        "CSR unstructuredName",
        JobCaRequestDocument.CSR_TYPE,
        Subject.certType(csr.subject()).orElse("none"));
    require("CSR organization", metadata.org(), Subject.organization(csr.subject()).orElse("none"));
    progress.passed(Check.CSR_IDENTITY);
    require("CSR hash", metadata.csrSha256(), Jca.sha256(csrBytes));
    require("CSR public key hash", metadata.publicKeySha256(), csr.publicKeySha256());
    progress.passed(Check.CSR_HASH);
    if (metadata.publicKeySha256().equals(content.server().publicKey().hex())) {
      throw refuse(ErrorCode.KEY_ALREADY_CERTIFIED, "public key of the job CA")
          .problem("is the server's key, and a job CA needs a key of its own")
          .build();
    }
    progress.passed(Check.OTHER_KEY);
    return new VerifiedJobCaRequest(
        metadata, document, content.server(), csr, Jca.sha256(zip), Jca.sha256(json));
  }

  private static PublicKey serverKey(JobCaRequestDocument.Content content, Jca jca) {
    require(
        "server.public_key hash",
        content.server().publicKey().hex(),
        Jca.sha256(content.serverKey()));
    try {
      return SigningRequest.publicKey(content.serverKey(), jca);
    } catch (IOException e) {
      throw refuse(ErrorCode.INVALID_ARGS, "server.public_key")
          .problem(
              "is not an RSA key of 2048 to 4096 bits with no known weakness: " + e.getMessage())
          .cause(e)
          .build();
    }
  }

  private static void requireSignature(PublicKey key, byte[] json, byte[] encoded, Jca jca) {
    boolean valid = false;
    try {
      byte[] signature =
          Base64.getDecoder().decode(new String(encoded, StandardCharsets.ISO_8859_1).strip());
      valid = jca.verifyPkcs1(key, JobCaRequestDocument.signedBytes(json), signature);
    } catch (IllegalArgumentException e) {
      // What is not base64 is no signature.
    }
    if (!valid) {
      throw refuse(ErrorCode.INVALID_ARGS, SIGNATURE)
          .problem("is not the signature of the server's key over request.json")
          .build();
    }
  }

  private static void require(String field, String expected, String actual) {
    if (!expected.equals(actual)) {
      throw refuse(ErrorCode.INVALID_ARGS, field).expected(expected).actual(actual).build();
    }
  }

  @Override
  public Optional<JobCaServer> jobCaOf() {
    return Optional.of(server);
  }

  @Override
  public List<String> leftOut() {
    return List.of();
  }

  @Override
  public Map<String, Object> digests() {
    Map<String, Object> digests = new LinkedHashMap<>();
    digests.put("request_zip_sha256", sha256);
    digests.put("request_json_sha256", metadataSha256);
    digests.put("csr_sha256", metadata.csrSha256());
    digests.put("public_key_sha256", metadata.publicKeySha256());
    return digests;
  }

  @Override
  public String signedZipName() {
    return JobCaFiles.signedZip(server.name());
  }

  @Override
  public CertificateIssuer.Unsigned certificate(
      CertificateIssuer issuer,
      ApprovalStatement statement,
      Instant notBefore,
      CertificateFile root)
      throws IOException {
    return issuer.jobCa(
        new CertificateIssuer.JobCa(
            statement.name(), csr.subjectPublicKeyInfo(), notBefore, statement.notAfter()),
        root);
  }

  @Override
  public SignedZip.Contents contents(
      LedgerEntry.Intent intent, byte[] certificate, IssuingAuthority ca) {
    ApprovalStatement approved = intent.statement();
    Map<String, Object> document =
        JobCaSignedDocument.write(
            new JobCaSignedDocument.Content(
                approved.requestId(),
                intent.approvedAt(),
                approved.profile().name(),
                approved.name(),
                approved.org(),
                intent.serial(),
                approved.notAfter(),
                ca.fingerprint(),
                approved.csrSha256(),
                Jca.sha256(certificate),
                approved.publicKey(),
                server));
    return new SignedZip.Contents(
        document, JobCaSignedDocument::signedBytes, Map.of(JobCaFiles.CERTIFICATE, certificate));
  }

  @Override
  public SignedZip made(byte[] zip, ApprovalRecord record) {
    Map<String, Object> document = SignedZip.document(zip);
    return new SignedZip(document, JobCaSignedDocument.read(document).certificateSha256(), zip);
  }
}

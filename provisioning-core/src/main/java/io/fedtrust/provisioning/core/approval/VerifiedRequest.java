// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.archive.ZipContents;
import io.fedtrust.provisioning.core.context.CheckProgress;
import io.fedtrust.provisioning.core.document.DocumentFiles;
import io.fedtrust.provisioning.core.document.RequestDocument;
import io.fedtrust.provisioning.core.document.SignedDocument;
import io.fedtrust.provisioning.core.document.SiteDocument;
import io.fedtrust.provisioning.core.io.BoundedFiles;
import io.fedtrust.provisioning.core.io.JobCaFiles;
import io.fedtrust.provisioning.core.x509.CertificateFile;
import io.fedtrust.provisioning.core.x509.CertificateIssuer;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.core.x509.SigningRequest;
import io.fedtrust.provisioning.core.x509.Subject;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.ApprovalMetadata;
import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.ApprovalStatement;
import io.fedtrust.provisioning.model.JobCaServer;
import io.fedtrust.provisioning.model.ProjectProfile;
import io.fedtrust.provisioning.model.RequestMetadata;
import io.fedtrust.provisioning.spi.LedgerEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A request zip that is consistent in itself.
 *
 * @param metadata request.json
 * @param metadataDocument request.json as received
 * @param site site.yaml as received
 * @param hostNames further names the server asks for
 * @param csr the signing request
 * @param sha256 over the zip
 * @param metadataSha256 over request.json
 * @param siteSha256 over site.yaml
 */
public record VerifiedRequest(
    RequestMetadata metadata,
    Map<String, Object> metadataDocument,
    Map<String, Object> site,
    List<String> hostNames,
    SigningRequest csr,
    String sha256,
    String metadataSha256,
    String siteSha256)
    implements CertificateRequest {
  private static final String METADATA = "request.json";
  private static final String SITE = "site.yaml";

  /** Reads the bytes of a request zip. */
  public static byte[] bytes(Path requestZip) {
    if (!Files.exists(requestZip, LinkOption.NOFOLLOW_LINKS)) {
      throw refuse(ErrorCode.REQUEST_ZIP_NOT_FOUND, requestZip.toString())
          .problem("file not found")
          .build();
    }
    try {
      return BoundedFiles.read(requestZip, BoundedFiles.ARCHIVE_BYTES);
    } catch (IOException e) {
      throw refuse(ErrorCode.INVALID_ARGS, requestZip.toString())
          .malformed("a regular file of at most 1 MiB", e.getMessage())
          .cause(e)
          .build();
    }
  }

  /** Verifies a request zip, in the peer's order. */
  public static VerifiedRequest of(byte[] zip, Jca jca, CheckProgress<RequestCheck> progress) {
    return CertificateRequest.contained("request zip", () -> verified(zip, jca, progress));
  }

  private static VerifiedRequest verified(
      byte[] zip, Jca jca, CheckProgress<RequestCheck> progress) {
    ZipContents members = ZipContents.read(zip, ErrorCode.INVALID_ARGS);
    refuseCompanion(members);
    byte[] siteBytes = members.get(SITE);
    Map<String, Object> document =
        DocumentFiles.json(members.get(METADATA), METADATA, ErrorCode.INVALID_ARGS);
    progress.passed(RequestCheck.ARCHIVE);
    String name = RequestDocument.name(document);
    members.requireExactly(Set.of(METADATA, SITE, name + ".csr"));
    progress.passed(RequestCheck.MEMBERS);
    Map<String, Object> site = DocumentFiles.yaml(siteBytes, SITE, ErrorCode.INVALID_ARGS);
    RequestMetadata metadata = RequestDocument.read(document);
    progress.passed(RequestCheck.METADATA);

    requireSite(metadata, site);
    progress.passed(RequestCheck.SITE_IDENTITY);
    Optional<String> override =
        SiteDocument.firstPresent(site, "connection_security", "listening_host");
    if (override.isPresent()) {
      throw refuse(ErrorCode.INVALID_ARGS, "site.yaml participants[0]." + override.get())
          .problem("must be absent: it is decided locally, at package time")
          .build();
    }
    SiteDocument.approvalCopy(site);
    progress.passed(RequestCheck.SITE_OVERRIDES);
    String siteSha256 = Jca.sha256(siteBytes);
    require("site.yaml hash", metadata.siteYamlSha256(), siteSha256);
    progress.passed(RequestCheck.SITE_HASH);

    byte[] csrBytes = members.get(name + ".csr");
    SigningRequest csr = SigningRequest.read(csrBytes, jca);
    progress.passed(RequestCheck.CSR);
    require("CSR common name", name, Subject.commonName(csr.subject()).orElse("none"));
    require(
        "CSR unstructuredName",
        metadata.certType().text(),
        Subject.certType(csr.subject()).orElse("none"));
    require("CSR organization", metadata.org(), Subject.organization(csr.subject()).orElse("none"));
    progress.passed(RequestCheck.CSR_IDENTITY);
    require("CSR hash", metadata.csrSha256(), Jca.sha256(csrBytes));
    progress.passed(RequestCheck.CSR_HASH);
    require("CSR public key hash", metadata.publicKeySha256(), csr.publicKeySha256());
    progress.passed(RequestCheck.PUBLIC_KEY_HASH);
    return new VerifiedRequest(
        metadata,
        document,
        site,
        SiteDocument.hostNames(site),
        csr,
        Jca.sha256(zip),
        Jca.sha256(members.get(METADATA)),
        siteSha256);
  }

  private static void refuseCompanion(ZipContents members) {
    if (members.find(JobCaFiles.CSR).isPresent()) {
      throw refuse(ErrorCode.INVALID_ARGS, "request zip")
          .problem(
              "this is the companion request for a server's job CA, not the request of a participant")
          .hint("Approve it alone, with 'cert approve --job-ca'.")
          .build();
    }
  }

  private static void requireSite(RequestMetadata metadata, Map<String, Object> site) {
    SiteDocument.Identity identity = SiteDocument.identity(site);
    require("site.yaml name", metadata.name(), identity.name());
    require("site.yaml org", metadata.org(), identity.org());
    require("site.yaml type", metadata.certType().text(), identity.certType().text());
    require("site.yaml project", metadata.project(), identity.project());
  }

  @Override
  public Optional<JobCaServer> jobCaOf() {
    return Optional.empty();
  }

  @Override
  public List<String> leftOut() {
    return SiteDocument.leftOut(site);
  }

  @Override
  public Map<String, Object> digests() {
    Map<String, Object> digests = new LinkedHashMap<>();
    digests.put("request_zip_sha256", sha256);
    digests.put("request_json_sha256", metadataSha256);
    digests.put("site_yaml_sha256", siteSha256);
    digests.put("csr_sha256", metadata.csrSha256());
    digests.put("public_key_sha256", metadata.publicKeySha256());
    return digests;
  }

  @Override
  public String signedZipName() {
    return metadata.name() + ".signed.zip";
  }

  @Override
  public CertificateIssuer.Unsigned certificate(
      CertificateIssuer issuer,
      ApprovalStatement statement,
      Instant notBefore,
      CertificateFile root)
      throws IOException {
    return issuer.leaf(
        new CertificateIssuer.Leaf(
            statement.name(),
            statement.org(),
            statement.certType(),
            statement.subjectAlternativeNames(),
            csr.subjectPublicKeyInfo(),
            notBefore,
            statement.notAfter()),
        root);
  }

  @Override
  public SignedZip.Contents contents(
      LedgerEntry.Intent intent, byte[] certificate, IssuingAuthority ca) {
    byte[] siteCopy = SiteDocument.write(SiteDocument.approvalCopy(site));
    ApprovalMetadata approval =
        approval(
            intent,
            ca,
            new ApprovalMetadata.Hashes(
                intent.statement().csrSha256(),
                Jca.sha256(siteCopy),
                Jca.sha256(certificate),
                Jca.sha256(ca.rootPem()),
                intent.statement().publicKey().hex()));
    Map<String, byte[]> members = new LinkedHashMap<>();
    members.put(SITE, siteCopy);
    members.put(approval.name() + ".crt", certificate);
    return new SignedZip.Contents(
        SignedDocument.write(approval, intent.serial(), intent.statement().notAfter()),
        UnaryOperator.identity(),
        members);
  }

  private static ApprovalMetadata approval(
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

  @Override
  public SignedZip made(byte[] zip, ApprovalRecord record) {
    Map<String, Object> document = SignedZip.document(zip);
    ApprovalMetadata approval = SignedDocument.read(document, record.rootFingerprint());
    return new SignedZip(document, approval.hashes().certificate(), zip);
  }

  private static void require(String field, String expected, String actual) {
    if (!expected.equals(actual)) {
      throw refuse(ErrorCode.INVALID_ARGS, field)
          .expected(expected + " as in request.json")
          .actual(actual)
          .build();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.archive.ZipContents;
import io.fedtrust.provisioning.core.document.DocumentFiles;
import io.fedtrust.provisioning.core.document.RequestDocument;
import io.fedtrust.provisioning.core.document.SiteDocument;
import io.fedtrust.provisioning.core.host.CheckTrail;
import io.fedtrust.provisioning.core.io.BoundedFiles;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.core.x509.SigningRequest;
import io.fedtrust.provisioning.core.x509.Subject;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.KeyFingerprint;
import io.fedtrust.provisioning.model.RequestMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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
    String siteSha256) {
  private static final String METADATA = "request.json";
  private static final String SITE = "site.yaml";

  /** Returns the fingerprint of the key that asks for a certificate. */
  public KeyFingerprint publicKey() {
    return new KeyFingerprint(metadata.publicKeySha256());
  }

  /** Reads the bytes of a request zip. */
  public static byte[] bytes(Path requestZip) {
    if (!Files.exists(requestZip, LinkOption.NOFOLLOW_LINKS)) {
      throw refuse(ErrorCode.REQUEST_ZIP_NOT_FOUND, requestZip.toString())
          .expected("a request zip")
          .actual("no such file")
          .build();
    }
    try {
      return BoundedFiles.read(requestZip, BoundedFiles.ARCHIVE_BYTES);
    } catch (IOException e) {
      throw refuse(ErrorCode.INVALID_ARGS, requestZip.toString())
          .expected("a regular file of at most 1 MiB")
          .actual(e.getMessage())
          .cause(e)
          .build();
    }
  }

  /**
   * Verifies a request zip, in the peer's order. Whatever fails while it is read is a refusal: one
   * hostile zip of a folder must not stop the approval of the others.
   */
  public static VerifiedRequest of(byte[] zip, Jca jca, CheckTrail<RequestCheck> trail) {
    try {
      return verified(zip, jca, trail);
    } catch (ProvisioningException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      throw refuse(ErrorCode.INVALID_ARGS, "request zip")
          .expected("a request that can be read with bounded work")
          .actual(e.getClass().getSimpleName())
          .cause(e)
          .build();
    }
  }

  private static VerifiedRequest verified(byte[] zip, Jca jca, CheckTrail<RequestCheck> trail) {
    ZipContents members = ZipContents.read(zip, ErrorCode.INVALID_ARGS);
    byte[] siteBytes = members.get(SITE);
    Map<String, Object> document =
        DocumentFiles.json(members.get(METADATA), METADATA, ErrorCode.INVALID_ARGS);
    trail.passed(RequestCheck.ARCHIVE);
    String name = RequestDocument.name(document);
    members.requireExactly(Set.of(METADATA, SITE, name + ".csr"));
    trail.passed(RequestCheck.MEMBERS);
    Map<String, Object> site = DocumentFiles.yaml(siteBytes, SITE, ErrorCode.INVALID_ARGS);
    RequestMetadata metadata = RequestDocument.read(document);
    trail.passed(RequestCheck.METADATA);

    requireSite(metadata, site);
    trail.passed(RequestCheck.SITE_IDENTITY);
    Optional<String> override =
        SiteDocument.firstPresent(site, "connection_security", "listening_host");
    if (override.isPresent()) {
      throw refuse(ErrorCode.INVALID_ARGS, "site.yaml participants[0]." + override.get())
          .expected("absent: it is decided locally, at package time")
          .actual("present")
          .build();
    }
    SiteDocument.approvalCopy(site);
    trail.passed(RequestCheck.SITE_OVERRIDES);
    String siteSha256 = Jca.sha256(siteBytes);
    require("site.yaml hash", metadata.siteYamlSha256(), siteSha256);
    trail.passed(RequestCheck.SITE_HASH);

    byte[] csrBytes = members.get(name + ".csr");
    SigningRequest csr = SigningRequest.read(csrBytes, jca);
    trail.passed(RequestCheck.CSR);
    require("CSR common name", name, Subject.commonName(csr.subject()).orElse("none"));
    require(
        "CSR unstructuredName",
        metadata.certType().text(),
        Subject.certType(csr.subject()).orElse("none"));
    require("CSR organization", metadata.org(), Subject.organization(csr.subject()).orElse("none"));
    trail.passed(RequestCheck.CSR_IDENTITY);
    require("CSR hash", metadata.csrSha256(), Jca.sha256(csrBytes));
    trail.passed(RequestCheck.CSR_HASH);
    require("CSR public key hash", metadata.publicKeySha256(), csr.publicKeySha256());
    trail.passed(RequestCheck.PUBLIC_KEY_HASH);
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

  private static void requireSite(RequestMetadata metadata, Map<String, Object> site) {
    SiteDocument.Identity identity = SiteDocument.identity(site);
    require("site.yaml name", metadata.name(), identity.name());
    require("site.yaml org", metadata.org(), identity.org());
    require("site.yaml type", metadata.certType().text(), identity.certType().text());
    require("site.yaml project", metadata.project(), identity.project());
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

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.bundle;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.archive.ZipContents;
import io.fedtrust.provisioning.core.context.CheckProgress;
import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.document.DocumentFiles;
import io.fedtrust.provisioning.core.document.Recoding;
import io.fedtrust.provisioning.core.document.SignedDocument;
import io.fedtrust.provisioning.core.document.SiteDocument;
import io.fedtrust.provisioning.core.io.BoundedFiles;
import io.fedtrust.provisioning.core.x509.CertificateFile;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.core.x509.NvflareUris;
import io.fedtrust.provisioning.core.x509.Subject;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.ApprovalMetadata;
import io.fedtrust.provisioning.model.CertType;
import io.fedtrust.provisioning.model.Fingerprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads a signed zip and verifies everything that needs no local file. */
public final class BundleReader {
  private static final ErrorCode CODE = ErrorCode.INVALID_SIGNED_ZIP;

  private final EngineContext host;
  private final CheckProgress<BundleCheck> progress;

  /** Notes passed checks on {@code progress}. */
  public BundleReader(EngineContext host, CheckProgress<BundleCheck> progress) {
    this.host = host;
    this.progress = progress;
  }

  /** Reads a file. */
  public VerifiedBundle read(Path signedZip) {
    return verify(bytes(signedZip), signedZip.toAbsolutePath().normalize());
  }

  /** Reads the bytes of a signed zip. */
  public static byte[] bytes(Path signedZip) {
    Path name = signedZip.getFileName();
    if (name == null || !name.toString().toLowerCase(Locale.ROOT).endsWith(".signed.zip")) {
      throw refuse(ErrorCode.INVALID_ARGS, signedZip.toString())
          .expected("a file name ending in .signed.zip")
          .actual(String.valueOf(name))
          .build();
    }
    if (!Files.exists(signedZip, LinkOption.NOFOLLOW_LINKS)) {
      throw refuse(ErrorCode.SIGNED_ZIP_NOT_FOUND, signedZip.toString())
          .problem("file not found")
          .build();
    }
    try {
      return BoundedFiles.read(signedZip, BoundedFiles.ARCHIVE_BYTES);
    } catch (IOException e) {
      throw refuse(CODE, signedZip.toString())
          .malformed("a regular file of at most 1 MiB", e.getMessage())
          .cause(e)
          .build();
    }
  }

  /** Verifies the bytes of a signed zip, in the peer's order. */
  public VerifiedBundle verify(byte[] zip, Path source) {
    ZipContents members = ZipContents.read(zip, CODE);
    progress.passed(BundleCheck.ARCHIVE);
    refuseJobCa(members);
    byte[] json = members.get("signed.json");
    byte[] signature = members.get("signed.json.sig");
    byte[] siteBytes = members.get("site.yaml");
    byte[] rootPem = members.get(SignedDocument.ROOT_CA);
    String certificateName = certificateName(members);
    progress.passed(BundleCheck.MEMBERS);
    CertificateFile root = RootSignature.root(rootPem, host.jca());
    progress.passed(BundleCheck.ROOT);
    RootSignature.require(root, json, signature, host.jca());
    progress.passed(BundleCheck.SIGNATURE);

    Fingerprint actual = Fingerprint.ofCertificate(root.der());
    Map<String, Object> document = DocumentFiles.json(json, "signed.json", CODE);
    ApprovalMetadata metadata = SignedDocument.read(document, actual);
    requireEqual("certificate file", metadata.name() + ".crt", certificateName);
    progress.passed(BundleCheck.METADATA);
    Map<String, Object> site = DocumentFiles.yaml(siteBytes, "site.yaml", CODE);
    requireSite(metadata, site);
    progress.passed(BundleCheck.SITE);
    byte[] leafPem = members.get(certificateName);
    requireEqual("hash of site.yaml", metadata.hashes().siteYaml(), Jca.sha256(siteBytes));
    requireEqual("hash of certificate", metadata.hashes().certificate(), Jca.sha256(leafPem));
    requireEqual("hash of rootCA.pem", metadata.hashes().rootCa(), Jca.sha256(rootPem));
    progress.passed(BundleCheck.HASHES);

    CertificateFile leaf = certificate(leafPem, certificateName);
    requireEqual("hash of public key", metadata.hashes().publicKey(), leaf.publicKeySha256());
    requireParticipant(leaf);
    progress.passed(BundleCheck.CERTIFICATE);
    requireIdentity(metadata, leaf, root);
    if (!metadata.rootFingerprint().equals(actual)) {
      throw refuse(ErrorCode.ROOTCA_FINGERPRINT_MISMATCH, "signed.json rootCA_fingerprint")
          .expected(actual + ", of rootCA.pem")
          .actual(metadata.rootFingerprint())
          .build();
    }
    progress.passed(BundleCheck.ROOT_FINGERPRINT);
    return new VerifiedBundle(
        source, metadata, json, document, site, leaf, leafPem, root, rootPem, host);
  }

  private static void refuseJobCa(ZipContents members) {
    if (JobCaBundle.isOne(members)) {
      throw refuse(CODE, "zip members")
          .problem("this is the signed zip of a server's job CA, not of a participant")
          .hint("Package the server's own signed zip and name this one with --job-ca.")
          .build();
    }
  }

  private static String certificateName(ZipContents members) {
    List<String> certificates =
        members.names().stream().filter(name -> name.endsWith(".crt")).toList();
    if (certificates.size() != 1) {
      throw refuse(CODE, "zip members").expected("exactly one .crt").actual(certificates).build();
    }
    members.requireExactly(
        Set.of(
            "signed.json",
            "signed.json.sig",
            "site.yaml",
            SignedDocument.ROOT_CA,
            certificates.get(0)));
    return certificates.get(0);
  }

  private static void requireSite(ApprovalMetadata metadata, Map<String, Object> site) {
    SiteDocument.Identity identity = Recoding.as(CODE, () -> SiteDocument.identity(site));
    requireEqual("site.yaml name", metadata.name(), identity.name());
    requireEqual("site.yaml org", metadata.org(), identity.org());
    requireEqual("site.yaml type", metadata.certType().text(), identity.certType().text());
    requireEqual("site.yaml project", metadata.project(), identity.project());
    Optional<String> override =
        SiteDocument.firstPresent(
            site,
            "connection_security",
            "server",
            "fed_learn_port",
            "admin_port",
            "listening_host");
    if (override.isPresent()) {
      throw refuse(CODE, "site.yaml participants[0]." + override.get())
          .problem("must be absent")
          .build();
    }
  }

  /** A certificate of a job, or of a job CA, names no participant. */
  private static void requireParticipant(CertificateFile leaf) {
    try {
      NvflareUris.requireParticipant(leaf.toX509());
    } catch (CertificateException | IOException e) {
      throw refuse(ErrorCode.SIGNED_ZIP_IDENTITY_CONFLICT, "certificate")
          .malformed("the certificate of a participant", e.getMessage())
          .cause(e)
          .build();
    }
  }

  private void requireIdentity(
      ApprovalMetadata metadata, CertificateFile leaf, CertificateFile root) {
    CertType type =
        Subject.certType(leaf.subject())
            .flatMap(CertType::of)
            .orElseThrow(
                () ->
                    refuse(ErrorCode.CERT_TYPE_UNKNOWN, "certificate unstructuredName")
                        .expected("one of the five types")
                        .actual(Subject.certType(leaf.subject()).orElse("none"))
                        .build());
    progress.passed(BundleCheck.CERTIFICATE_TYPE);
    requireSame("certificate type", metadata.certType().text(), type.text());
    requireSame(
        "certificate common name",
        metadata.name(),
        Subject.commonName(leaf.subject()).orElse("none"));
    requireSame(
        "certificate organization",
        metadata.org(),
        Subject.organization(leaf.subject()).orElse("none"));
    requireSame(
        "rootCA.pem common name",
        metadata.project(),
        Subject.commonName(root.subject()).orElse("none"));
    progress.passed(BundleCheck.CERTIFICATE_IDENTITY);
  }

  private CertificateFile certificate(byte[] pem, String name) {
    try {
      return CertificateFile.read(pem, host.jca());
    } catch (IOException e) {
      throw refuse(CODE, name)
          .malformed("an X.509 certificate with an RSA key in PEM form", e.getMessage())
          .cause(e)
          .build();
    }
  }

  private static void requireEqual(String field, String expected, String actual) {
    require(CODE, field, expected, actual);
  }

  private static void requireSame(String field, String expected, String actual) {
    require(ErrorCode.SIGNED_ZIP_IDENTITY_CONFLICT, field, expected, actual);
  }

  private static void require(ErrorCode code, String field, String expected, String actual) {
    if (!expected.equals(actual)) {
      ProvisioningException.Refusal refusal = refuse(code, field);
      throw refusal.expected(expected + " as in signed.json").actual(actual).build();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.bundle;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.archive.ZipContents;
import io.fedtrust.provisioning.core.context.CheckProgress;
import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.document.DocumentFiles;
import io.fedtrust.provisioning.core.document.JobCaSignedDocument;
import io.fedtrust.provisioning.core.document.SignedDocument;
import io.fedtrust.provisioning.core.document.Timestamps;
import io.fedtrust.provisioning.core.io.JobCaFiles;
import io.fedtrust.provisioning.core.x509.CertificateFile;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.core.x509.JobCaChain;
import io.fedtrust.provisioning.core.x509.Subject;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.Fingerprint;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/**
 * The signed zip of a job CA, consistent in itself. Its root is trusted once it was compared.
 *
 * @param approval signed.json
 * @param certificatePem job_ca.crt, byte for byte
 * @param chain what it holds
 * @param root the root certificate
 * @param sha256 over the zip
 */
public record JobCaBundle(
    JobCaSignedDocument.Content approval,
    byte[] certificatePem,
    JobCaChain chain,
    CertificateFile root,
    String sha256) {
  private static final ErrorCode CODE = ErrorCode.INVALID_SIGNED_ZIP;

  /** What is checked of the signed zip of a job CA, in order. */
  public enum Check {
    ARCHIVE("zip archive is plain, small and free of private keys"),
    MEMBERS("zip holds exactly signed.json, its signature, job_ca.crt and rootCA.pem"),
    ROOT("rootCA.pem is one certificate and nothing else"),
    SIGNATURE("signed.json is signed by the key of rootCA.pem"),
    METADATA("signed.json is about a job CA and complete"),
    CERTIFICATE("certificate is the one that signed.json names"),
    PROFILE("certificate is a job CA under the root"),
    VALIDITY("certificates are valid, for more than an hour");

    private final String text;

    Check(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** Tells whether the members of a signed zip are those of a job CA. */
  static boolean isOne(ZipContents members) {
    return members.find(JobCaFiles.CERTIFICATE).isPresent();
  }

  /** Tells whether bytes are a zip of this kind; they may still be refused. */
  public static boolean isOne(byte[] zip) {
    return isOne(ZipContents.read(zip, CODE));
  }

  /** Reads a file and verifies everything but its validity and whether its root is trusted. */
  public static JobCaBundle read(
      Path signedZip, EngineContext host, CheckProgress<Check> progress) {
    return verify(BundleReader.bytes(signedZip), host, progress);
  }

  /** As {@link #read}, for bytes that were bounded before. */
  public static JobCaBundle verify(byte[] zip, EngineContext host, CheckProgress<Check> progress) {
    ZipContents members = ZipContents.read(zip, CODE);
    progress.passed(Check.ARCHIVE);
    if (!isOne(members)) {
      throw refuse(CODE, "zip members")
          .problem("this is not the signed zip of a job CA, " + JobCaFiles.signedZip("<name>"))
          .build();
    }
    members.requireExactly(
        Set.of("signed.json", "signed.json.sig", JobCaFiles.CERTIFICATE, SignedDocument.ROOT_CA));
    progress.passed(Check.MEMBERS);
    CertificateFile root = RootSignature.root(members.get(SignedDocument.ROOT_CA), host.jca());
    progress.passed(Check.ROOT);
    byte[] json = members.get("signed.json");
    RootSignature.require(
        root, JobCaSignedDocument.signedBytes(json), members.get("signed.json.sig"), host.jca());
    progress.passed(Check.SIGNATURE);
    Map<String, Object> document = DocumentFiles.json(json, "signed.json", CODE);
    JobCaSignedDocument.Content approval = JobCaSignedDocument.read(document);
    require("name", JobCaChain.commonName(approval.project()), approval.name());
    require(
        "root's common name",
        approval.project(),
        Subject.commonName(root.subject()).orElse("none"));
    require(
        "root CA fingerprint",
        approval.rootFingerprint().text(),
        Fingerprint.ofCertificate(root.der()).text());
    progress.passed(Check.METADATA);
    byte[] pem = members.get(JobCaFiles.CERTIFICATE);
    require("hash of job_ca.crt", approval.certificateSha256(), Jca.sha256(pem));
    progress.passed(Check.CERTIFICATE);
    JobCaChain chain = chain(pem, root, host);
    CertificateFile own = chain.jobCa();
    require("hash of public key", approval.publicKey().hex(), own.publicKeySha256());
    require("serial number", approval.serial(), own.serial());
    require("common name", approval.name(), Subject.commonName(own.subject()).orElse("none"));
    progress.passed(Check.PROFILE);
    return new JobCaBundle(approval, pem, chain, root, Jca.sha256(zip));
  }

  private static JobCaChain chain(byte[] pem, CertificateFile root, EngineContext host) {
    try {
      return JobCaChain.read(pem, root, host.jca());
    } catch (IOException e) {
      throw refuse(ErrorCode.JOB_CA_INVALID, JobCaFiles.CERTIFICATE)
          .malformed("the certificate of a job CA under this root", e.getMessage())
          .cause(e)
          .build();
    }
  }

  private static void require(String field, String expected, String actual) {
    if (!expected.equals(actual)) {
      throw refuse(CODE, "job CA " + field).expected(expected).actual(actual).build();
    }
  }

  /** Refuses another root than the one that is trusted. */
  public void requireRoot(Fingerprint trusted) {
    Fingerprint actual = Fingerprint.ofCertificate(root.der());
    if (!actual.equals(trusted)) {
      throw refuse(ErrorCode.ROOTCA_FINGERPRINT_MISMATCH, "root CA of the job CA")
          .expected(trusted)
          .actual(actual)
          .build();
    }
  }

  /** Refuses a job CA that a server could not use for more than an hour. */
  public void requireValidity(Instant now) {
    requireValidity(chain, now);
  }

  /** Refuses a job CA that a server could not use for more than an hour. */
  public static void requireValidity(JobCaChain chain, Instant now) {
    Instant needed = now.plus(JobCaChain.LEAST_REMAINING);
    if (!chain.earliestEnd().isAfter(needed)) {
      throw refuse(ErrorCode.CERT_EXPIRED, JobCaFiles.CERTIFICATE)
          .expected("certificates that are valid until after " + Timestamps.text(needed))
          .actual(Timestamps.text(chain.earliestEnd()))
          .hint("Make a new companion request with 'cert request --job-ca' and have it approved.")
          .build();
    }
    if (now.isBefore(chain.latestStart())) {
      throw refuse(ErrorCode.CERT_NOT_YET_VALID, JobCaFiles.CERTIFICATE)
          .expected("valid since before " + Timestamps.text(now))
          .actual(Timestamps.text(chain.latestStart()))
          .build();
    }
  }
}

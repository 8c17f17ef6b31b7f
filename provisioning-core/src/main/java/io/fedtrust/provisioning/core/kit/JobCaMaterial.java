// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.bundle.JobCaBundle;
import io.fedtrust.provisioning.core.bundle.VerifiedBundle;
import io.fedtrust.provisioning.core.context.CheckProgress;
import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.io.BoundedFiles;
import io.fedtrust.provisioning.core.io.JobCaFiles;
import io.fedtrust.provisioning.core.x509.CertificateFile;
import io.fedtrust.provisioning.core.x509.JobCaChain;
import io.fedtrust.provisioning.core.x509.KeyFiles;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.CertType;
import io.fedtrust.provisioning.model.Fingerprint;
import io.fedtrust.provisioning.model.JobCaServer;
import io.fedtrust.provisioning.model.KeyFingerprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.util.Optional;

/**
 * A server's job CA in a kit: {@code startup/job_ca.crt} and {@code startup/job_ca.key}.
 *
 * @param certificatePem the chain, job CA first, without the root
 * @param keyPem its private key
 * @param chain what the certificate file holds
 */
record JobCaMaterial(byte[] certificatePem, byte[] keyPem, JobCaChain chain) {
  /**
   * Reads what packaging installs: the certificate of a signed zip, the key of the request folder.
   */
  static JobCaMaterial read(
      Path signedZip, Path requestFolder, VerifiedBundle server, EngineContext host) {
    if (server.metadata().certType() != CertType.SERVER) {
      throw refuse(ErrorCode.INVALID_ARGS, "job CA")
          .problem(
              "only the kit of a server has a job CA, and this is the kit of a "
                  + server.metadata().certType().text())
          .build();
    }
    JobCaBundle bundle =
        JobCaBundle.read(signedZip, host, new CheckProgress<>(JobCaBundle.Check.class));
    bundle.requireRoot(Fingerprint.ofCertificate(server.root().der()));
    requireSameServer(bundle.approval().server(), server);
    bundle.requireValidity(host.now());
    Path keyFile = requestFolder.resolve(JobCaFiles.KEY);
    byte[] key = keyPem(keyFile);
    KeyReaders.warn(keyFile, host);
    return of(bundle.certificatePem(), key, bundle.chain(), keyFile, host);
  }

  /**
   * A job CA is for the key with which the server asked. The request id is not compared: a renewal
   * that keeps the key has another.
   */
  private static void requireSameServer(JobCaServer asked, VerifiedBundle server) {
    String name = server.metadata().name();
    KeyFingerprint key = new KeyFingerprint(server.leaf().publicKeySha256());
    if (!asked.name().equals(name) || !asked.publicKey().equals(key)) {
      throw refuse(ErrorCode.JOB_CA_SERVER_MISMATCH, "server of the job CA")
          .expected("one for " + name + " with public key " + key)
          .actual("one for " + asked.name() + " with public key " + asked.publicKey())
          .hint(
              "Make a new companion request with 'cert request --job-ca' in this server's request"
                  + " folder and have it approved.")
          .build();
    }
  }

  /** Reads what a kit has, if it has a job CA; whether it is valid at present is not asked. */
  static Optional<JobCaMaterial> installed(
      Path startup, boolean server, CertificateFile root, EngineContext host) {
    boolean certificate = exists(startup.resolve(JobCaFiles.CERTIFICATE));
    boolean key = exists(startup.resolve(JobCaFiles.KEY));
    if (!certificate && !key) {
      return Optional.empty();
    }
    if (!server) {
      throw refuse(ErrorCode.JOB_CA_INVALID, startup.toString())
          .problem(
              "has "
                  + (key ? JobCaFiles.KEY : JobCaFiles.CERTIFICATE)
                  + ", but only the kit of a server has a job CA")
          .hint(
              "Anyone who has job_ca.key can issue certificates. Delete it here, and ask the project"
                  + " admin to revoke the job CA.")
          .build();
    }
    if (!certificate || !key) {
      throw refuse(ErrorCode.JOB_CA_INVALID, startup.toString())
          .expected("both " + JobCaFiles.CERTIFICATE + " and " + JobCaFiles.KEY + ", or none")
          .actual("only " + (key ? JobCaFiles.KEY : JobCaFiles.CERTIFICATE))
          .build();
    }
    Path certificateFile = startup.resolve(JobCaFiles.CERTIFICATE);
    byte[] pem = content(certificateFile);
    try {
      JobCaChain chain = JobCaChain.read(pem, root, host.jca());
      Path keyFile = startup.resolve(JobCaFiles.KEY);
      return Optional.of(of(pem, keyPem(keyFile), chain, keyFile, host));
    } catch (IOException e) {
      throw refuse(ErrorCode.JOB_CA_INVALID, certificateFile.toString())
          .malformed(
              "the certificate of a job CA under the kit's root CA, with an RSA key",
              e.getMessage())
          .cause(e)
          .build();
    }
  }

  void addTo(KitFiles files) {
    files.add("startup/" + JobCaFiles.CERTIFICATE, certificatePem);
    files.addPrivate("startup/" + JobCaFiles.KEY, keyPem);
  }

  private static JobCaMaterial of(
      byte[] certificate, byte[] key, JobCaChain chain, Path keyFile, EngineContext host) {
    if (!chain.hasKey(decode(key, keyFile, host))) {
      throw refuse(ErrorCode.KEY_CERT_MISMATCH, keyFile.toString())
          .problem("is not the key of " + JobCaFiles.CERTIFICATE)
          .hint("Use the request folder in which this job CA was requested.")
          .build();
    }
    return new JobCaMaterial(certificate, key, chain);
  }

  private static byte[] keyPem(Path file) {
    if (!exists(file)) {
      throw refuse(ErrorCode.KEY_NOT_FOUND, file.toString()).problem("file not found").build();
    }
    try {
      return BoundedFiles.read(file, BoundedFiles.DOCUMENT_BYTES);
    } catch (IOException e) {
      throw invalidKey(file);
    }
  }

  private static PrivateKey decode(byte[] pem, Path file, EngineContext host) {
    try {
      return KeyFiles.decode(pem, new char[0], host.jca());
    } catch (IOException | GeneralSecurityException e) {
      // No cause: a parser's message could quote the key.
      throw invalidKey(file);
    }
  }

  private static ProvisioningException invalidKey(Path file) {
    return refuse(ErrorCode.KEY_INVALID, file.toString())
        .malformed("an unencrypted RSA private key in PEM form")
        .build();
  }

  private static byte[] content(Path file) {
    try {
      return BoundedFiles.read(file, BoundedFiles.DOCUMENT_BYTES);
    } catch (IOException e) {
      throw refuse(ErrorCode.JOB_CA_INVALID, file.toString())
          .malformed("a file of at most 128 KiB", e.getClass().getSimpleName())
          .cause(e)
          .build();
    }
  }

  private static boolean exists(Path file) {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public String toString() {
    return "JobCaMaterial[key=<redacted>]";
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.x509.CertificateFile;
import io.fedtrust.provisioning.core.x509.CertificateIssuer;
import io.fedtrust.provisioning.core.x509.SigningRequest;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.ApprovalStatement;
import io.fedtrust.provisioning.model.JobCaServer;
import io.fedtrust.provisioning.model.KeyFingerprint;
import io.fedtrust.provisioning.model.RequestMetadata;
import io.fedtrust.provisioning.spi.LedgerEntry;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A verified request for a certificate: what an approval needs to know of it, and what depends on
 * whether a participant or a job CA is certified.
 */
sealed interface CertificateRequest permits VerifiedRequest, VerifiedJobCaRequest {
  /**
   * Verifies a request. Whatever fails while it is read is a refusal: one hostile zip of a folder
   * must not stop the approval of the others.
   */
  static <T extends CertificateRequest> T contained(String what, Supplier<T> verification) {
    try {
      return verification.get();
    } catch (ProvisioningException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      throw refuse(ErrorCode.INVALID_ARGS, what)
          .problem("cannot be read with bounded work: " + e.getClass().getSimpleName())
          .cause(e)
          .build();
    }
  }

  /** Returns what is asked for. */
  RequestMetadata metadata();

  /** Returns request.json as received. */
  Map<String, Object> metadataDocument();

  /** Returns the signing request. */
  SigningRequest csr();

  /** Returns the digest of the zip. */
  String sha256();

  /** Returns the server whose job CA is to be certified, if that is asked for. */
  Optional<JobCaServer> jobCaOf();

  /** Returns what an approval leaves out of the request. */
  List<String> leftOut();

  /** Returns the digests of the request's files, for an audit record. */
  Map<String, Object> digests();

  /** Returns the name of the signed zip. */
  String signedZipName();

  /** Decides everything that the certificate says. */
  CertificateIssuer.Unsigned certificate(
      CertificateIssuer issuer,
      ApprovalStatement statement,
      Instant notBefore,
      CertificateFile root)
      throws IOException;

  /** Returns what the signed zip says and holds, for a certificate in PEM. */
  SignedZip.Contents contents(LedgerEntry.Intent intent, byte[] certificate, IssuingAuthority ca);

  /** Reads back a zip that was made but not delivered; its bytes were compared by hash. */
  SignedZip made(byte[] zip, ApprovalRecord record);

  /** Returns the fingerprint of the key that asks for a certificate. */
  default KeyFingerprint publicKey() {
    return new KeyFingerprint(metadata().publicKeySha256());
  }
}

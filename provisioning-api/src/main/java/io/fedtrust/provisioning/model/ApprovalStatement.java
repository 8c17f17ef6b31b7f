// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Everything that an approver decides with an approval. Its digest goes into the ledger before
 * anything is signed, and is carried out once only.
 *
 * @param madeAt when it was made
 * @param expiresAt when it can no longer be carried out
 * @param rootFingerprint of the CA that will sign
 * @param requestId UUID, as in the request
 * @param requestZipSha256 lower-case hex over the request zip
 * @param csrSha256 lower-case hex over the CSR file
 * @param publicKey of the request
 * @param name participant name, or {@code job_ca.<project>}
 * @param certType what the certificate will be for; it implies the role
 * @param org organization
 * @param subjectAlternativeNames as {@code DNS:name} or {@code IP:address}, in order
 * @param notAfter end of the certificate's validity, exactly
 * @param profile the federation's endpoint and defaults
 * @param renewal whether the name holds a certificate already
 * @param replacedSerial serial number of the newest certificate that the name holds
 * @param jobCaOf the server whose job CA is certified; empty for a participant
 */
public record ApprovalStatement(
    Instant madeAt,
    Instant expiresAt,
    Fingerprint rootFingerprint,
    String requestId,
    String requestZipSha256,
    String csrSha256,
    KeyFingerprint publicKey,
    String name,
    CertType certType,
    String org,
    List<String> subjectAlternativeNames,
    Instant notAfter,
    ProjectProfile profile,
    boolean renewal,
    Optional<String> replacedSerial,
    Optional<JobCaServer> jobCaOf) {
  /**
   * Copies the names.
   *
   * @param madeAt when it was made
   * @param expiresAt when it can no longer be carried out
   * @param rootFingerprint of the CA that will sign
   * @param requestId UUID, as in the request
   * @param requestZipSha256 over the request zip
   * @param csrSha256 over the CSR file
   * @param publicKey of the request
   * @param name participant name
   * @param certType what the certificate will be for
   * @param org organization
   * @param subjectAlternativeNames in order
   * @param notAfter end of the certificate's validity
   * @param profile the federation's endpoint and defaults
   * @param renewal whether the name holds a certificate already
   * @param replacedSerial of the newest certificate that the name holds
   * @param jobCaOf the server whose job CA is certified
   */
  public ApprovalStatement {
    subjectAlternativeNames = List.copyOf(subjectAlternativeNames);
  }
}

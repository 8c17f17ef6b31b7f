// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

import java.time.Instant;

/**
 * One line of the approval ledger's story: what was approved for whom.
 *
 * @param requestId UUID, as in the request
 * @param requestSha256 lower-case hex over the request zip
 * @param project project name
 * @param name participant name
 * @param certType what the certificate is for
 * @param rootFingerprint of the CA that signed
 * @param serial certificate serial number, {@code 0x} and lower-case hex
 * @param approvedAt when
 * @param validUntil end of the certificate's validity
 * @param certificateSha256 lower-case hex over the certificate file
 * @param signedZipSha256 lower-case hex over the signed zip
 * @param completed false while the signed zip has not been delivered
 */
public record ApprovalRecord(
    String requestId,
    String requestSha256,
    String project,
    String name,
    CertType certType,
    Fingerprint rootFingerprint,
    String serial,
    Instant approvedAt,
    Instant validUntil,
    String certificateSha256,
    String signedZipSha256,
    boolean completed) {
  /**
   * Returns this record after delivery.
   *
   * @return the same, completed
   */
  public ApprovalRecord complete() {
    return new ApprovalRecord(
        requestId,
        requestSha256,
        project,
        name,
        certType,
        rootFingerprint,
        serial,
        approvedAt,
        validUntil,
        certificateSha256,
        signedZipSha256,
        true);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.spi;

import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.ApprovalStatement;
import io.fedtrust.provisioning.model.Fingerprint;
import java.time.Instant;
import java.util.Optional;

/**
 * One event of a ledger. An approval is three of them, each durable before the next step: {@link
 * Intent} before the CA key is used, {@link Issued} before a byte of the certificate leaves the CA,
 * {@link Delivered} when the signed zip is in its place.
 */
public sealed interface LedgerEntry {
  /** {@return the fingerprint of the CA that issues the certificate} */
  Fingerprint rootFingerprint();

  /** {@return the certificate's serial number: {@code 0x} and lower-case hex} */
  String serial();

  /**
   * A certificate is about to be signed. The same certificate comes of it whenever it is signed,
   * since PKCS#1 v1.5 signatures are deterministic.
   *
   * @param statement what was approved
   * @param statementSha256 lower-case hex over the statement's canonical form
   * @param serial of the certificate
   * @param approvedAt when
   * @param tbsCertificate DER TBSCertificate (RFC 5280 section 4.1)
   * @param decision who approved it and how
   */
  record Intent(
      ApprovalStatement statement,
      String statementSha256,
      String serial,
      Instant approvedAt,
      byte[] tbsCertificate,
      ApprovalRecord.Decision decision)
      implements LedgerEntry {
    /**
     * Copies the bytes.
     *
     * @param statement what was approved
     * @param statementSha256 over the statement's canonical form
     * @param serial of the certificate
     * @param approvedAt when
     * @param tbsCertificate DER TBSCertificate
     * @param decision who approved it and how
     */
    public Intent {
      tbsCertificate = tbsCertificate.clone();
    }

    /** {@return a copy of what the CA signs, the DER TBSCertificate} */
    @Override
    public byte[] tbsCertificate() {
      return tbsCertificate.clone();
    }

    @Override
    public Fingerprint rootFingerprint() {
      return statement.rootFingerprint();
    }

    /**
     * {@return the record of this approval at stage {@code INTENDED}, before anything was signed}
     */
    public ApprovalRecord record() {
      return new ApprovalRecord(
          statement.requestId(),
          Optional.of(statement.requestZipSha256()),
          Optional.of(statement.csrSha256()),
          statement.profile().name(),
          statement.name(),
          Optional.of(statement.org()),
          statement.certType(),
          statement.subjectAlternativeNames(),
          Optional.of(statement.publicKey()),
          statement.rootFingerprint(),
          serial,
          approvedAt,
          statement.notAfter(),
          Optional.empty(),
          Optional.empty(),
          ApprovalRecord.Stage.INTENDED,
          Optional.empty(),
          Optional.of(decision),
          statement.jobCaOf());
    }
  }

  /**
   * The certificate was signed and the signed zip was made. A later entry for the same certificate
   * replaces the zip: an interrupted approval makes a new one with the same certificate.
   *
   * @param rootFingerprint of the CA
   * @param serial of the certificate
   * @param certificateSha256 lower-case hex over the certificate file
   * @param signedZipSha256 lower-case hex over the signed zip
   */
  record Issued(
      Fingerprint rootFingerprint, String serial, String certificateSha256, String signedZipSha256)
      implements LedgerEntry {}

  /**
   * The signed zip is where the approver wanted it.
   *
   * @param rootFingerprint of the CA
   * @param serial of the certificate
   */
  record Delivered(Fingerprint rootFingerprint, String serial) implements LedgerEntry {}

  /**
   * A certificate was revoked, put on hold, or its hold ended.
   *
   * @param rootFingerprint of the CA
   * @param serial of the certificate
   * @param revocation why, when, by whom
   * @param statementSha256 lower-case hex over the statement's canonical form
   */
  record Revoked(
      Fingerprint rootFingerprint,
      String serial,
      ApprovalRecord.Revocation revocation,
      String statementSha256)
      implements LedgerEntry {}

  /**
   * A certificate of this CA that the ledger did not know, or knew only in part.
   *
   * @param record what its signed zip says
   */
  record Imported(ApprovalRecord record) implements LedgerEntry {
    @Override
    public Fingerprint rootFingerprint() {
      return record.rootFingerprint();
    }

    @Override
    public String serial() {
      return record.serial();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One certificate that a ledger knows: who asked for it, what was signed, what became of it.
 *
 * @param requestId UUID, as in the request
 * @param requestSha256 lower-case hex over the request zip; empty for an imported approval
 * @param csrSha256 lower-case hex over the CSR file; empty in ledgers of format 1
 * @param project project name
 * @param name participant name, or {@code job_ca.<project>}
 * @param org organization; empty in ledgers of format 1
 * @param certType what the certificate is for
 * @param subjectAlternativeNames as {@code DNS:name} or {@code IP:address}; none if unknown
 * @param publicKey of the certificate; empty if unknown
 * @param rootFingerprint of the CA that signed
 * @param serial certificate serial number, {@code 0x} and lower-case hex
 * @param approvedAt when
 * @param validUntil end of the certificate's validity
 * @param certificateSha256 lower-case hex over the certificate file, once it was issued
 * @param signedZipSha256 lower-case hex over the signed zip, once it was made
 * @param stage how far the approval has come
 * @param revocation if the certificate is revoked or on hold
 * @param decision who approved it and how; empty for imported approvals and in format 1
 * @param jobCaOf the server whose job CA this is; empty for a participant's certificate
 */
public record ApprovalRecord(
    String requestId,
    Optional<String> requestSha256,
    Optional<String> csrSha256,
    String project,
    String name,
    Optional<String> org,
    CertType certType,
    List<String> subjectAlternativeNames,
    Optional<KeyFingerprint> publicKey,
    Fingerprint rootFingerprint,
    String serial,
    Instant approvedAt,
    Instant validUntil,
    Optional<String> certificateSha256,
    Optional<String> signedZipSha256,
    Stage stage,
    Optional<Revocation> revocation,
    Optional<Decision> decision,
    Optional<JobCaServer> jobCaOf) {
  /** How far an approval has come. */
  public enum Stage {
    /** It is decided what will be signed. */
    INTENDED,
    /** The certificate and the signed zip exist. */
    ISSUED,
    /** The signed zip is where the approver wanted it. */
    DELIVERED
  }

  /**
   * Who approved a request, and how.
   *
   * @param approver a person, as the approver's account or {@code --approver} says
   * @param note what the approver wrote about it
   * @param statementSha256 lower-case hex over the approval statement
   * @param profileSha256 lower-case hex over the profile
   */
  public record Decision(
      String approver, Optional<String> note, String statementSha256, String profileSha256) {}

  /**
   * The end of a certificate before its time.
   *
   * @param reason why
   * @param at when
   * @param approver who revoked it
   * @param note what the approver wrote about it
   */
  public record Revocation(
      RevocationReason reason, Instant at, String approver, Optional<String> note) {}

  /**
   * Copies the names.
   *
   * @param requestId UUID, as in the request
   * @param requestSha256 over the request zip
   * @param csrSha256 over the CSR file
   * @param project project name
   * @param name participant name
   * @param org organization
   * @param certType what the certificate is for
   * @param subjectAlternativeNames none if unknown
   * @param publicKey of the certificate
   * @param rootFingerprint of the CA that signed
   * @param serial certificate serial number
   * @param approvedAt when
   * @param validUntil end of the certificate's validity
   * @param certificateSha256 over the certificate file
   * @param signedZipSha256 over the signed zip
   * @param stage how far the approval has come
   * @param revocation if the certificate is revoked or on hold
   * @param decision who approved it and how
   * @param jobCaOf the server whose job CA this is
   */
  public ApprovalRecord {
    subjectAlternativeNames = List.copyOf(subjectAlternativeNames);
    if ((certType == CertType.JOB_CA) != jobCaOf.isPresent()) {
      throw new IllegalArgumentException("a job CA, and nothing else, belongs to a server");
    }
  }

  /**
   * Tells whether the signed zip was delivered.
   *
   * @return false while the approval is under way, or was interrupted
   */
  public boolean completed() {
    return stage == Stage.DELIVERED;
  }

  /**
   * Tells whether this certificate holds its names: it has not expired and is not revoked. A
   * certificate on hold still holds them, and so does one that is not issued yet.
   *
   * @param now the present
   * @return true if another certificate of one of its names would be a second one
   */
  public boolean holdsNames(Instant now) {
    return validUntil.isAfter(now)
        && (revocation.isEmpty() || isRevokedFor(RevocationReason.CERTIFICATE_HOLD));
  }

  /**
   * Tells whether this certificate is revoked for a reason.
   *
   * @param reason {@code CERTIFICATE_HOLD} if it is to be on hold
   * @return true if that is the reason of the newest revocation
   */
  public boolean isRevokedFor(RevocationReason reason) {
    return revocation.filter(ended -> ended.reason() == reason).isPresent();
  }

  /**
   * {@return every name of the certificate as names are compared: the participant name and the
   * subject alternative names, each once}
   */
  public List<ComparableName> names() {
    return Stream.concat(
            Stream.of(ComparableName.of(name)),
            subjectAlternativeNames.stream().map(ComparableName::ofAlternativeName))
        .distinct()
        .collect(Collectors.toUnmodifiableList());
  }

  /**
   * Tells whether the ledger knows the names and the key of this certificate. It does not for
   * approvals that an older version recorded.
   *
   * @return true if it does
   */
  public boolean isComplete() {
    return publicKey.isPresent() && !subjectAlternativeNames.isEmpty();
  }
}

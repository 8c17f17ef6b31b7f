// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.error;

/**
 * Stable reasons for a refusal. Codes that NVFlare's command line also has keep its spelling and
 * its exit status; names are never changed. Cause and remedy of each: {@code docs/errors.md}.
 */
public enum ErrorCode {
  /** A value, option or input document breaks its rule. */
  INVALID_ARGS(4, "Correct the value and try again; --help shows the options."),
  /** The project name breaks its rule. */
  INVALID_PROJECT_NAME(
      4, "Use 1 to 63 letters, digits, '.', '_' or '-', starting with a letter or digit."),
  /** A participant name breaks its rule. */
  INVALID_NAME(4, "Choose another participant name and make a new request."),
  /** A file or folder could not be written. */
  OUTPUT_DIR_NOT_WRITABLE(1, "Choose a folder that you may write to, on a disk with free space."),
  /** The CA folder already holds a CA. */
  CA_ALREADY_EXISTS(
      1, "A federation has one CA: keep it, or name another folder, or roll over with force."),
  /** Roll-over was asked for with the deploy version the CA already has. */
  CA_VERSION_ALREADY_EXISTS(
      4, "Give the new CA generation a deploy version of its own, for example 01."),
  /** The root key or certificate could not be made. */
  CERT_GENERATION_FAILED(1, "See the cause; nothing was written."),
  /** The request folder already holds a private key. */
  KEY_ALREADY_EXISTS(1, "Keep the key, or make a new one with force: the old one is backed up."),
  /** The key pair or signing request could not be made. */
  CSR_GENERATION_FAILED(1, "See the cause; nothing was written."),
  /** The output zip already exists. */
  CERT_ALREADY_EXISTS(1, "Name another output, or replace the file with force."),
  /** There is no request zip at the given path. */
  REQUEST_ZIP_NOT_FOUND(1, "Check the path of the request zip."),
  /**
   * The signing request cannot be read, has no sound RSA key of 2048 to 4096 bits, or is not
   * self-signed.
   */
  INVALID_CSR(1, "Ask the site for a new request made with a new RSA key of 2048 to 4096 bits."),
  /** A file of the CA folder is missing. */
  CA_NOT_FOUND(1, "Run 'cert init' first, or name the folder that holds the CA."),
  /**
   * The CA certificate or key cannot be used, they do not belong together, or rootCA.pem holds more
   * than one certificate.
   */
  CA_LOAD_FAILED(1, "Restore rootCA.pem and rootCA.key of one generation from your backup."),
  /** The request belongs to another project than the CA. */
  PROJECT_CA_MISMATCH(4, "Use the CA folder of the request's project."),
  /** The request belongs to another project than the profile. */
  PROJECT_PROFILE_MISMATCH(4, "Use the profile of the request's project; names match exactly."),
  /** A server asks for another name than the profile's server host. */
  SERVER_NAME_HOST_MISMATCH(4, "The server must be named like server.host of the profile."),
  /** The certificate could not be issued with this CA at this time. */
  CERT_SIGNING_FAILED(1, "Check that the CA is a valid CA certificate and within its validity."),
  /** A root CA fingerprint is malformed. */
  INVALID_ROOTCA_FINGERPRINT(
      4, "Give SHA-256 as 64 hex digits, or 32 pairs with ':' between, as the admin printed it."),
  /** The root CA is not the expected one. */
  ROOTCA_FINGERPRINT_MISMATCH(
      4, "Stop, and ask the project admin for the fingerprint on another channel."),
  /** There is no signed zip at the given path. */
  SIGNED_ZIP_NOT_FOUND(1, "Check the path of the signed zip."),
  /** The signed zip is damaged, altered or incomplete. */
  INVALID_SIGNED_ZIP(4, "Ask the project admin to send the signed zip again."),
  /** The certificate does not say what kind of participant it is for. */
  CERT_TYPE_UNKNOWN(1, "Ask the project admin to approve the request again."),
  /** The approval says one identity and its certificate another. */
  SIGNED_ZIP_IDENTITY_CONFLICT(4, "Ask the project admin to approve the request again."),
  /** The request folder cannot be found. */
  REQUEST_DIR_NOT_FOUND(4, "With --request-dir, name the folder that 'cert request' made."),
  /** The request folder lacks the private key or the request metadata. */
  REQUEST_DIR_INCOMPLETE(1, "Use the complete folder that 'cert request' made."),
  /** The request folder belongs to another request, or is reached through a symbolic link. */
  REQUEST_DIR_MISMATCH(4, "Use the folder of the request that was approved, by its real path."),
  /** The private key file is missing. */
  KEY_NOT_FOUND(1, "Use the complete folder that 'cert request' made."),
  /** The private key cannot be read. */
  KEY_INVALID(1, "The key must be an unencrypted RSA key in PEM form, not a symbolic link."),
  /** The private key does not belong to the certificate. */
  KEY_CERT_MISMATCH(1, "Use the request folder whose request was approved."),
  /** The request metadata is missing. */
  REQUEST_METADATA_NOT_FOUND(1, "Use the complete folder that 'cert request' made."),
  /** The request metadata cannot be read. */
  REQUEST_METADATA_INVALID(4, "Use the complete folder that 'cert request' made."),
  /** The request metadata differs from the approval. */
  REQUEST_METADATA_MISMATCH(4, "Use the request folder whose request was approved."),
  /** The certificate does not chain to the root CA in the zip. */
  CERT_CHAIN_INVALID(1, "Ask the project admin to approve the request again."),
  /** A certificate has expired. */
  CERT_EXPIRED(1, "Ask the project admin for a renewal."),
  /** A certificate is not valid yet. */
  CERT_NOT_YET_VALID(1, "Check this machine's clock, or wait until the certificate is valid."),
  /** The local definition is missing or not valid. */
  LOCAL_SITE_INVALID(4, "Restore site.yaml of the request folder."),
  /** The local definition differs from the approval. */
  LOCAL_SITE_MISMATCH(4, "Restore site.yaml of the request folder, or make a new request."),
  /** The local definition asks for something distributed provisioning does not do. */
  LOCAL_SITE_UNSUPPORTED_FEATURE(4, "Use centralized provisioning for this feature."),
  /** A root CA file in the production folder cannot be read. */
  ROOTCA_LOAD_FAILED(4, "Repair or remove the kit with the unreadable rootCA.pem."),
  /** The participant already has a kit there. */
  OUTPUT_DIR_EXISTS(1, "Name another workspace, or replace this kit with force."),
  /** A process runs from the kit that is to be replaced. */
  KIT_IN_USE(
      1,
      "Stop it first, for example with startup/stop_fl.sh. If it does not run, remove the pid file;"
          + " to replace the files of a running kit, add --force-running."),
  /** The kit that is to be replaced is signed, and packaging would invalidate its signature. */
  KIT_SIGNED(
      1,
      "Make the new kit where this one was made, with central provisioning,"
          + " or package into another workspace."),
  /** The kit could not be built. */
  BUILD_FAILED(1, "See the message; nothing existing was changed."),
  /** A builder of the local definition is not known here. */
  UNSUPPORTED_BUILDER(
      4, "Remove the builder, register a StartupKitBuilder for it, or provision centrally."),
  /** A startup kit cannot be used. */
  KIT_INVALID(1, "Package the kit again from its signed zip."),
  /** This request was approved before. */
  REQUEST_ALREADY_APPROVED(1, "Send the signed zip again, or re-approve it with force."),
  /** The name already holds a valid certificate of this CA. */
  PARTICIPANT_ALREADY_CERTIFIED(
      1, "If you expect a renewal, approve it with renew; otherwise ask the site."),
  /** The public key already belongs to another name. */
  KEY_ALREADY_CERTIFIED(1, "Ask the site for a new request with a key pair of its own."),
  /** The public key was revoked because it may be compromised. */
  KEY_REVOKED(1, "Ask the site for a new request with a new key pair."),
  /** The ledger has no such certificate. */
  CERT_NOT_FOUND(1, "'cert list' shows names and serial numbers."),
  /** The approval of a job CA needs its risk to be accepted. */
  JOB_CA_RISK_NOT_ACCEPTED(
      4, "Read docs/certificates.md, then add --accept-job-ca-risk if the server needs a job CA."),
  /** A job CA was requested with another name or key than the server's current certificate has. */
  JOB_CA_SERVER_MISMATCH(
      4, "Ask the server for a new companion request, made in the folder of its current request."),
  /** A job CA's certificate or key cannot be used, or does not belong to this server. */
  JOB_CA_INVALID(1, "Make a new companion request for the server and have it approved."),
  /** The approval was not confirmed. */
  APPROVAL_DECLINED(
      1, "Nothing was signed. Run the command again and answer y, or ask the site about its key."),
  /** The approval needs the public key that the site told you out of band. */
  EXPECTED_KEY_REQUIRED(
      4, "Ask the site for the public_key_sha256 of its request and pass it with --expect-key."),
  /** The request has another public key than the expected one. */
  PUBLIC_KEY_MISMATCH(4, "Do not approve: the request may come from someone else. Ask the site."),
  /** The existing kit has a certificate that was issued later, or at the same time. */
  APPROVAL_SUPERSEDED(
      4, "Package the newest signed zip. To go back intentionally, use --allow-older."),
  /** The connection security is weaker than required. */
  SECURITY_TOO_WEAK(4, "Ask the project admin for a profile with the required security."),
  /** Other users can read or change files of the CA. */
  CA_PERMISSIONS(1, "Run the chmod or chown command of the hint."),
  /** The folder has a journal of an interrupted command that this account did not write. */
  JOURNAL_UNTRUSTED(
      1,
      "A change begun by another user, under sudo or on another host must be completed there."
          + " If you expect none, treat the folder as hostile; 'cert clean --discard-journal' sets"
          + " the journal aside."),
  /** Another process works on the same thing. */
  BUSY(1, "Wait until the other command has finished, then try again."),
  /** The approval ledger was altered or cannot be read. */
  LEDGER_INVALID(1, "Compare the ledger with your backup before you approve anything else."),
  /** Some of several operations failed. */
  PARTIAL_FAILURE(1, "Correct what the message lists, then run the command again."),
  /** A demonstration could not listen, connect, or start a process. */
  DEMONSTRATION_FAILED(
      1,
      "Look at what is in the folder, then try again in a new one; FEDTRUST_DEBUG=1 shows more."),
  /** A defect of this library. */
  INTERNAL_ERROR(5, "Please report this with the command you ran.");

  private final int exitStatus;
  private final String hint;

  ErrorCode(int exitStatus, String hint) {
    this.exitStatus = exitStatus;
    this.hint = hint;
  }

  /** {@return the status a process ends with when it stops for this reason: 1, 4 or 5} */
  public int exitStatus() {
    return exitStatus;
  }

  /** {@return what to do about it, in general: one sentence} */
  public String hint() {
    return hint;
  }
}

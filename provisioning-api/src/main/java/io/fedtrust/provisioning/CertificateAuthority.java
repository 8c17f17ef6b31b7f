// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning;

import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.DeployVersion;
import io.fedtrust.provisioning.model.Fingerprint;
import io.fedtrust.provisioning.model.KeyType;
import io.fedtrust.provisioning.model.ProjectProfile;
import io.fedtrust.provisioning.spi.ApprovalLedger;
import io.fedtrust.provisioning.spi.CaSigner;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;

/**
 * The project's CA: a folder with {@code rootCA.pem}, {@code rootCA.key} and {@code ca.json}, made
 * once for a federation by its project admin. Safe for use by several threads.
 */
public interface CertificateAuthority {
  /**
   * Starts making the CA of a project.
   *
   * @param profile the project; only its name is used
   * @return the options
   */
  static Creation create(ProjectProfile profile) {
    return Provisioning.engine().createAuthority(profile.name());
  }

  /**
   * Opens a CA with its key file.
   *
   * @param caFolder made by {@link #create} or by NVFlare's {@code cert init}
   * @return the CA
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code CA_NOT_FOUND}, {@code
   *     CA_LOAD_FAILED}, {@code PROJECT_CA_MISMATCH}, {@code ROOTCA_FINGERPRINT_MISMATCH} and
   *     others of {@code docs/errors.md}
   */
  static CertificateAuthority open(Path caFolder) {
    return Provisioning.engine().openAuthority(caFolder).open();
  }

  /**
   * Starts opening a CA with options.
   *
   * @param caFolder made by {@link #create} or by NVFlare's {@code cert init}
   * @return the options
   */
  static Opening opening(Path caFolder) {
    return Provisioning.engine().openAuthority(caFolder);
  }

  /** {@return project name} */
  String project();

  /** {@return the CA's generation, its deploy version} */
  DeployVersion deployVersion();

  /**
   * {@return the fingerprint to share with every site on another channel than the zips: of {@link
   * #rootCertificate}}
   */
  Fingerprint fingerprint();

  /** {@return the root certificate: self-issued, with the project as common name} */
  X509Certificate rootCertificate();

  /** {@return the ledger, which is the memory of this CA} */
  ApprovalLedger ledger();

  /**
   * Starts the approval of a request.
   *
   * @param requestZip as received from a site; at most 1 MiB
   * @return the options
   */
  ApprovalBuilder approve(Path requestZip);

  /**
   * Starts the approval of a server's job CA. Whoever has its key can issue certificates under this
   * CA.
   *
   * @param requestZip the companion request, as received from a server; at most 1 MiB
   * @return the options
   */
  JobCaApproving approveJobCa(Path requestZip);

  /**
   * Starts the approval of many requests.
   *
   * @param requestZips as received from sites; each at most 1 MiB
   * @return the options
   */
  BatchApproving approveAll(List<Path> requestZips);

  /**
   * Starts a revocation.
   *
   * @param nameOrSerial a participant name, for every certificate that it holds, or a serial number
   *     as {@code 0x} and hex
   * @return the options
   */
  Revoking revoke(String nameOrSerial);

  /**
   * Adds a certificate to the ledger that it does not know, or knows in part: one that NVFlare's
   * own command approved with this CA, or that an older version recorded. If the ledger knows it
   * completely, nothing is written.
   *
   * @param signedZip signed by this CA
   * @return the record, complete
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code INVALID_SIGNED_ZIP},
   *     {@code ROOTCA_FINGERPRINT_MISMATCH} or {@code LEDGER_INVALID}
   */
  ApprovalRecord importApproval(Path signedZip);

  /**
   * As {@link #importApproval}, for many signed zips. One bad zip does not stop the others. The
   * ledger's head is signed once, at the end.
   *
   * @param signedZips signed by this CA
   * @return what was imported and what was not
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code LEDGER_INVALID} if the
   *     ledger is not the newest that this account has seen
   */
  LedgerImport importApprovals(List<Path> signedZips);

  /**
   * Goes on with a ledger that is older than one that this account has seen, after a restore from a
   * backup. Certificates that only the newer ledger knew stay valid and unknown. The ledger records
   * it.
   *
   * @param approver who decides it: 1 to 128 printable characters
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code INVALID_ARGS} if the
   *     approver cannot be shown, {@code LEDGER_INVALID} if the ledger was altered, {@code
   *     CERT_SIGNING_FAILED} if the CA cannot sign its head, {@code OUTPUT_DIR_NOT_WRITABLE} or
   *     {@code BUSY}
   */
  void acceptLedgerHead(String approver);

  /**
   * As {@link #acceptLedgerHead(String)}; the approver is the name of the account.
   *
   * @throws io.fedtrust.provisioning.error.ProvisioningException as {@link
   *     #acceptLedgerHead(String)}
   */
  void acceptLedgerHead();

  /** Options of a new CA. Each may be set once. */
  interface Creation {
    /**
     * Sets the generation; default {@code 00}.
     *
     * @param twoDigits for example {@code "01"}
     * @return these options
     */
    Creation deployVersion(String twoDigits);

    /**
     * Sets how long the root certificate is valid; default 3650 days.
     *
     * @param validity at least one day
     * @return these options
     */
    Creation validFor(Duration validity);

    /**
     * Adds an organization to the root's name. Its certificates verify, but NVFlare's own {@code
     * approve} cannot use such a CA folder; default none.
     *
     * @param organization for example {@code Example Hospital Network}
     * @return these options
     */
    Creation organization(String organization);

    /**
     * Sets kind and size of the CA key; default {@link KeyType#RSA_3072}.
     *
     * @param type the key type
     * @return these options
     */
    Creation keyType(KeyType type);

    /**
     * Encrypts the CA key. NVFlare's own {@code approve} cannot read it then; default unencrypted.
     *
     * @param passphrase at least 12 characters; copied, wipe yours after use
     * @return these options
     * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code INVALID_ARGS}
     */
    Creation passphrase(char[] passphrase);

    /**
     * Encrypts the CA key with the first line of a file.
     *
     * @param file a regular file or a pipe, in UTF-8, that belongs to the effective user or root
     *     and that no other user can read
     * @return these options
     */
    Creation passphraseFile(Path file);

    /**
     * Notes in {@code ca.json} where the profile is; informational.
     *
     * @param profile the profile's path
     * @return these options
     */
    Creation profilePath(Path profile);

    /**
     * Rolls over: moves an existing CA of another deploy version to {@code .bak/} and makes a new
     * one. Every site then needs a new kit; default is to refuse.
     *
     * @return these options
     */
    Creation force();

    /**
     * Makes key, certificate and folder.
     *
     * @param caFolder created with mode 0700 if missing
     * @return the CA, open
     * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code CA_ALREADY_EXISTS},
     *     {@code CA_VERSION_ALREADY_EXISTS}, {@code CA_PERMISSIONS}, {@code
     *     OUTPUT_DIR_NOT_WRITABLE} and others
     */
    CertificateAuthority in(Path caFolder);
  }

  /** Options of opening a CA. Each may be set once. */
  interface Opening {
    /**
     * Decrypts the key file.
     *
     * @param passphrase copied; wipe yours after use
     * @return these options
     */
    Opening passphrase(char[] passphrase);

    /**
     * Decrypts the key file with the first line of a file.
     *
     * @param file a regular file or a pipe, in UTF-8, by the same rules as the key file
     * @return these options
     */
    Opening passphraseFile(Path file);

    /**
     * Lets the group of the CA folder, of its key file and of the passphrase file have rights to
     * them. Default: only the effective user and root, else {@code CA_PERMISSIONS}.
     *
     * @return these options
     */
    Opening allowGroup();

    /**
     * Signs elsewhere instead of with the key file.
     *
     * @param signer for example an HSM; proved to hold the root's key before use
     * @return these options
     */
    Opening signer(CaSigner signer);

    /**
     * Keeps approvals elsewhere instead of in the CA folder.
     *
     * @param ledger the ledger
     * @return these options
     */
    Opening ledger(ApprovalLedger ledger);

    /**
     * Opens the CA.
     *
     * @return the CA
     * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code CA_NOT_FOUND},
     *     {@code CA_LOAD_FAILED}, {@code CA_PERMISSIONS} and others of {@code docs/errors.md}
     */
    CertificateAuthority open();
  }
}

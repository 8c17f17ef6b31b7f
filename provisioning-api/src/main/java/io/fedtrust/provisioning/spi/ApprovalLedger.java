// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.spi;

import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.ComparableName;
import io.fedtrust.provisioning.model.Fingerprint;
import io.fedtrust.provisioning.model.KeyFingerprint;
import java.util.List;
import java.util.Optional;

/**
 * The append-only memory of a CA: every certificate and what became of it. Implementations are safe
 * for use by several threads and, where they keep files, by several processes.
 */
public interface ApprovalLedger {
  /** What must hold at the instant an entry is appended. */
  @FunctionalInterface
  interface Rule {
    /** Always holds. */
    Rule NONE = ledger -> {};

    /**
     * Checks the rule; called with the ledger locked.
     *
     * @param ledger the ledger as it is now
     * @throws io.fedtrust.provisioning.error.ProvisioningException to refuse the entry
     */
    void check(ApprovalLedger ledger);
  }

  /**
   * Finds the newest certificate of a request.
   *
   * @param requestId UUID, compared as text
   * @return the record, if there is one
   */
  Optional<ApprovalRecord> byRequestId(String requestId);

  /**
   * Finds every certificate with a name, expired and revoked ones too.
   *
   * @param name a participant name or a subject alternative name
   * @param rootFingerprint of the CA generation
   * @return the records, oldest first
   */
  List<ApprovalRecord> byName(ComparableName name, Fingerprint rootFingerprint);

  /**
   * Finds every certificate with a public key, of any CA generation.
   *
   * @param key the key
   * @return the records, oldest first
   */
  List<ApprovalRecord> byPublicKey(KeyFingerprint key);

  /**
   * Finds what will be signed, or signed again, for an approval that was interrupted.
   *
   * @param rootFingerprint of the CA generation
   * @param serial of the certificate
   * @return the intent, until the approval is delivered
   */
  Optional<LedgerEntry.Intent> undelivered(Fingerprint rootFingerprint, String serial);

  /**
   * Tells whether a statement was carried out, or began to be.
   *
   * @param statementSha256 lower-case hex
   * @return true if an entry records it
   */
  boolean hasStatement(String statementSha256);

  /**
   * Checks a rule and, if it holds, appends an entry; both as one step. Returns when the entry
   * survives a power failure; a {@link LedgerEntry.Delivered} may do so with the next entry or
   * {@link #signHead}.
   *
   * @param entry the entry
   * @param rule what must hold
   * @throws io.fedtrust.provisioning.error.ProvisioningException that the rule throws, or with
   *     {@code LEDGER_INVALID}, {@code OUTPUT_DIR_NOT_WRITABLE} or {@code BUSY}; nothing is
   *     appended then
   */
  void append(LedgerEntry entry, Rule rule);

  /**
   * Lets the CA sign what the ledger has come to; called once at the end of a command. A ledger
   * that remembers the newest head elsewhere notices when it is rolled back.
   *
   * @param signer holds the CA's key
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code CERT_SIGNING_FAILED},
   *     {@code LEDGER_INVALID}, {@code OUTPUT_DIR_NOT_WRITABLE} or {@code BUSY}
   */
  void signHead(CaSigner signer);

  /** {@return the current record of every certificate, oldest first} */
  List<ApprovalRecord> records();

  /**
   * Returns a digest of the whole history. Noted elsewhere, it lets a truncated ledger be seen.
   *
   * @return 64 hex digits, or empty for a ledger without entries
   */
  String head();

  /**
   * Refuses a ledger that is shorter than, or another one than, the newest head that was seen. A
   * newer head that the CA has signed counts as seen from then on.
   *
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code LEDGER_INVALID}
   */
  void requireNewest();
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.spi;

import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.Fingerprint;
import java.util.List;
import java.util.Optional;

/**
 * The append-only memory of a CA. An approval is first recorded as an intent, durably, then its
 * signed zip appears, then the approval is recorded as complete. Implementations are safe for use
 * by several threads and, where they keep files, by several processes.
 */
public interface ApprovalLedger {
  /** What must hold at the instant an intent is recorded. */
  @FunctionalInterface
  interface Rule {
    /**
     * Checks the rule; called with the ledger locked.
     *
     * @param ledger the ledger as it is now
     * @throws io.fedtrust.provisioning.error.ProvisioningException to refuse the intent
     */
    void check(ApprovalLedger ledger);
  }

  /**
   * Finds the newest record of a request.
   *
   * @param requestId UUID, compared as text
   * @return the record, if there is one
   */
  Optional<ApprovalRecord> byRequestId(String requestId);

  /**
   * Finds the newest record of a participant.
   *
   * @param name participant name, compared without regard to case
   * @param rootFingerprint of the CA generation
   * @return the record, if there is one
   */
  Optional<ApprovalRecord> byName(String name, Fingerprint rootFingerprint);

  /**
   * Checks a rule and, if it holds, records an intent; both as one step. Returns when the record
   * survives a power failure.
   *
   * @param intent what is about to be delivered
   * @param rule what must hold
   */
  void intend(ApprovalRecord intent, Rule rule);

  /**
   * Records that the signed zip of an intent was delivered.
   *
   * @param intent the record given to {@link #intend}
   */
  void complete(ApprovalRecord intent);

  /**
   * Returns the newest record of every approval, oldest first.
   *
   * @return the records
   */
  List<ApprovalRecord> records();

  /**
   * Returns a digest of the whole history. Noted elsewhere, it lets a truncated ledger be seen.
   *
   * @return 64 hex digits, or empty for a ledger without entries
   */
  String head();
}

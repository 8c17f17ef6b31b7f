// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.spi.ApprovalLedger;

/** A statement is carried out once only. */
public final class StatementUse {
  private StatementUse() {}

  /**
   * Refuses a statement that the ledger contains. Statements name the second in which they were
   * made: only the same decision within that second has the same digest.
   */
  public static void requireFirst(ApprovalLedger ledger, String statementSha256, String name) {
    if (ledger.hasStatement(statementSha256)) {
      throw refuse(ErrorCode.BUSY, name)
          .problem("the same decision was recorded in this second")
          .hint("Check with 'cert list' if it must be made again; then run the command again.")
          .build();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning;

import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.ApprovalRecord;
import java.nio.file.Path;
import java.util.List;

/**
 * The result of an import of signed zips into a ledger. Each list is in the order of the zips.
 *
 * @param imported certificates that the ledger did not know, or knew only in part
 * @param alreadyKnown certificates that the ledger knew completely; nothing was written for them
 * @param failed zips that were not imported
 */
public record LedgerImport(
    List<ApprovalRecord> imported, List<ApprovalRecord> alreadyKnown, List<Failed> failed) {
  /**
   * Copies the lists.
   *
   * @param imported certificates that the ledger did not know, or knew only in part
   * @param alreadyKnown certificates that the ledger knew completely
   * @param failed zips that were not imported
   */
  public LedgerImport {
    imported = List.copyOf(imported);
    alreadyKnown = List.copyOf(alreadyKnown);
    failed = List.copyOf(failed);
  }

  /**
   * A zip that was not imported.
   *
   * @param signedZip the zip
   * @param reason why not
   */
  public record Failed(Path signedZip, ProvisioningException reason) {}
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning;

import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.RevocationReason;
import java.util.List;

/**
 * Options of a revocation. Each may be set once. The ledger records it: the names are free again,
 * and a compromised key is refused permanently. NVFlare's runtime reads no revocation lists, so a
 * running federation still accepts the certificates.
 */
public interface Revoking {
  /**
   * Says why; default {@link RevocationReason#UNSPECIFIED}.
   *
   * @param why {@code CERTIFICATE_HOLD} can be ended with {@code REMOVE_FROM_CRL}
   * @return these options
   */
  Revoking reason(RevocationReason why);

  /**
   * Says who revokes; default is the name of the account.
   *
   * @param person 1 to 128 printable characters
   * @return these options
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code INVALID_ARGS}
   */
  Revoking approver(String person);

  /**
   * Adds a note to the record in the ledger.
   *
   * @param text 1 to 1000 printable characters
   * @return these options
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code INVALID_ARGS}
   */
  Revoking note(String text);

  /**
   * Records the revocation.
   *
   * @return the certificates as they are now, oldest first
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code CERT_NOT_FOUND} if no
   *     certificate has that name or serial number and can be revoked, {@code BUSY} if another
   *     command changes one of them, or {@code LEDGER_INVALID}
   */
  List<ApprovalRecord> record();
}

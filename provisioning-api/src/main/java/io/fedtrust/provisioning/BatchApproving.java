// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning;

import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.KeyFingerprint;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Options of the approval of many requests. Each may be set once; the profile is required.
 *
 * <p>A batch is stricter than single approvals. Servers, organization administrators, lead
 * researchers and names that hold a certificate are left out, unless {@link #expectKey} names their
 * key. Of two requests for one name both are left out. One bad request never stops the others.
 */
public interface BatchApproving extends ApprovalOptions<BatchApproving> {
  /**
   * Names the key that a participant says is theirs, and so allows its type or renewal. May be
   * called for each participant.
   *
   * @param name participant name
   * @param key compared with the key in the request
   * @return these options
   */
  BatchApproving expectKey(String name, KeyFingerprint key);

  /**
   * Writes the signed zips to a folder; default is beside each request.
   *
   * @param folder created if missing
   * @return these options
   */
  BatchApproving into(Path folder);

  /**
   * Hears of each request when it is done.
   *
   * @param listener gets the request zip
   * @return these options
   */
  BatchApproving progress(Consumer<Path> listener);

  /**
   * Makes every check, and says what would be signed and what would be left out.
   *
   * @return the plan; it can be carried out
   * @throws io.fedtrust.provisioning.error.ProvisioningException if the profile cannot be used, or
   *     with {@code LEDGER_INVALID}; what is wrong with one request is in {@link Plan#leftOut}
   */
  Plan plan();

  /** What a batch would do. Requests, CA and profile were read; nothing was written. */
  interface Plan {
    /** {@return what would be signed, in the order of the requests} */
    List<ApprovalPlan> approvals();

    /** {@return what would be left out, in the order of the requests} */
    List<LeftOut> leftOut();

    /**
     * Carries the plan out: signs and writes what it lists. The ledger's head is signed once, at
     * the end. Throws nothing for a request that fails: {@link Result#leftOut} contains the reason.
     *
     * @return what came of it
     */
    Result write();
  }

  /**
   * A request that was not approved.
   *
   * @param requestZip the request
   * @param plan what would have been signed, if the request is valid
   * @param reason why not
   */
  record LeftOut(Path requestZip, Optional<ApprovalPlan> plan, ProvisioningException reason) {}

  /**
   * What came of a batch.
   *
   * @param approvals what was signed and written
   * @param leftOut everything else
   */
  record Result(List<Approved> approvals, List<LeftOut> leftOut) {}

  /**
   * A request that was approved.
   *
   * @param plan what was shown
   * @param approval what was signed
   */
  record Approved(ApprovalPlan plan, Approval approval) {}
}

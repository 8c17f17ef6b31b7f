// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning;

import io.fedtrust.provisioning.model.ProjectProfile;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What approvals of one and of many requests have in common.
 *
 * @param <T> the options themselves
 */
public interface ApprovalOptions<T extends ApprovalOptions<T>> {
  /**
   * Approves against a profile.
   *
   * @param profile the federation's endpoint and defaults, which are signed into the approval
   * @return these options
   */
  T against(ProjectProfile profile);

  /**
   * Approves against a profile file, read after the request and the CA were checked.
   *
   * @param profile {@code project_profile.yaml}
   * @return these options
   */
  T against(Path profile);

  /**
   * Sets how long the certificate is valid; default 1095 days, never longer than the CA.
   *
   * @param validity at least one day
   * @return these options
   */
  T validFor(Duration validity);

  /**
   * Replaces an existing output zip, which is backed up, and approves a request again that was
   * approved before; default is to refuse both. It never gives a name that is held to another key.
   *
   * @return these options
   */
  T force();

  /**
   * Refuses to sign for a key that was not named; default is to sign, unless the profile says
   * {@code require_expected_key: true}.
   *
   * @return these options
   */
  T requireExpectedKey();

  /**
   * Says who approves; default is the name of the account.
   *
   * @param person 1 to 128 printable characters, recorded in the ledger
   * @return these options
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code INVALID_ARGS}
   */
  T approver(String person);

  /**
   * Adds a note to the record in the ledger.
   *
   * @param text 1 to 1000 printable characters
   * @return these options
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code INVALID_ARGS}
   */
  T note(String text);
}

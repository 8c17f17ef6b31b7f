// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning;

import io.fedtrust.provisioning.model.ProjectProfile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/** Options of an approval. Each may be set once; the profile is required. */
public interface Approving {
  /**
   * Approves against a profile.
   *
   * @param profile the federation's endpoint and defaults, which are signed into the approval
   * @return these options
   */
  Approving against(ProjectProfile profile);

  /**
   * Approves against a profile file, read after the request and the CA were checked.
   *
   * @param profile {@code project_profile.yaml}
   * @return these options
   */
  Approving against(Path profile);

  /**
   * Sets how long the certificate is valid; default 1095 days, never longer than the CA.
   *
   * @param validity at least one day
   * @return these options
   */
  Approving validFor(Duration validity);

  /**
   * Replaces an existing output zip, which is backed up, and approves a request again that was
   * approved before; default is to refuse both.
   *
   * @return these options
   */
  Approving force();

  /**
   * Gives a new certificate to a name that still holds a valid one; default is to refuse.
   *
   * @return these options
   */
  Approving renew();

  /**
   * Shows what is about to be signed, after every check and before anything is signed.
   *
   * @param review looks at the plan; throws to stop the approval
   * @return these options
   */
  Approving beforeSigning(Consumer<ApprovalPlan> review);

  /**
   * Makes every check and says what would be signed, without signing or writing.
   *
   * @return the plan
   * @throws io.fedtrust.provisioning.error.ProvisioningException as {@link #writeTo}
   */
  ApprovalPlan plan();

  /**
   * As {@link #plan()}, for another place than the default.
   *
   * @param signedZip where the zip would be written
   * @return the plan
   * @throws io.fedtrust.provisioning.error.ProvisioningException as {@link #writeTo}
   */
  ApprovalPlan plan(Path signedZip);

  /**
   * Signs, records the approval, then writes the signed zip. Default place: {@code
   * <name>.signed.zip} beside the request zip.
   *
   * @return what was approved
   * @throws io.fedtrust.provisioning.error.ProvisioningException as {@link #writeTo}
   */
  Approval write();

  /**
   * Signs, records the approval, then writes the signed zip.
   *
   * @param signedZip its path, ending in {@code .signed.zip} so that {@code package} takes it
   * @return what was approved
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code INVALID_ARGS}, {@code
   *     INVALID_CSR}, {@code REQUEST_ALREADY_APPROVED}, {@code PARTICIPANT_ALREADY_CERTIFIED},
   *     {@code CERT_ALREADY_EXISTS}, {@code CERT_SIGNING_FAILED}, {@code BUSY} and others of {@code
   *     docs/errors.md}
   */
  Approval writeTo(Path signedZip);
}

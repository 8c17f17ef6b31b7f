// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning;

import io.fedtrust.provisioning.model.KeyFingerprint;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Options of the approval of one request. Each may be set once; the profile is required.
 *
 * @param <T> the options themselves
 * @param <R> what comes of the approval
 */
public interface SingleApproval<T extends SingleApproval<T, R>, R> extends ApprovalOptions<T> {
  /**
   * Names the key that the requester says is theirs; default is to sign for the key in the request.
   *
   * @param key compared with the key in the request
   * @return these options
   */
  T expectKey(KeyFingerprint key);

  /**
   * Gives a new certificate to a name that still holds a valid one; default is to refuse. A renewal
   * with another key than the certificate's needs {@link #expectKey} or {@link #askBeforeSigning}.
   *
   * @return these options
   */
  T renew();

  /**
   * As {@link #renew()}, for one certificate. A server may then also list the names that this
   * certificate, of another server, holds.
   *
   * @param serial of the certificate that is replaced, {@code 0x} and hex
   * @return these options
   */
  T renew(String serial);

  /**
   * Shows what is about to be signed, after every check and before anything is signed.
   *
   * @param review looks at the plan; throws to stop the approval
   * @return these options
   */
  T beforeSigning(Consumer<ApprovalPlan> review);

  /**
   * Lets a person decide, after every check and before anything is signed.
   *
   * @param question shows the plan to a person, and returns whether the person agrees
   * @return these options
   */
  T askBeforeSigning(Predicate<ApprovalPlan> question);

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
   * Signs, records the approval, then writes the signed zip to its default place beside the request
   * zip.
   *
   * @return what was approved
   * @throws io.fedtrust.provisioning.error.ProvisioningException as {@link #writeTo}
   */
  R write();

  /**
   * Signs, records the approval, then writes the signed zip.
   *
   * @param signedZip its path, ending in {@code .signed.zip} so that {@code package} takes it
   * @return what was approved
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code INVALID_ARGS}, {@code
   *     INVALID_CSR}, {@code REQUEST_ALREADY_APPROVED}, {@code PARTICIPANT_ALREADY_CERTIFIED},
   *     {@code KEY_ALREADY_CERTIFIED}, {@code KEY_REVOKED}, {@code PUBLIC_KEY_MISMATCH}, {@code
   *     EXPECTED_KEY_REQUIRED}, {@code APPROVAL_DECLINED}, {@code CERT_ALREADY_EXISTS}, {@code
   *     CERT_SIGNING_FAILED}, {@code LEDGER_INVALID}, {@code BUSY} and others of {@code
   *     docs/errors.md}
   */
  R writeTo(Path signedZip);
}

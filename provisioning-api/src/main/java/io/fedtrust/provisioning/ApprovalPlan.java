// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning;

import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.JobCaServer;
import io.fedtrust.provisioning.model.KeyFingerprint;
import io.fedtrust.provisioning.model.ProjectProfile;
import io.fedtrust.provisioning.model.RequestMetadata;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What an approval would sign, for a person to look at.
 *
 * @param requestZip the request
 * @param request what the site asks for, verified
 * @param publicKey the key that the certificate would be for; compare it with what the requester
 *     says out of band
 * @param profile the endpoint and defaults
 * @param subjectAlternativeNames as {@code DNS:name} or {@code IP:address}, in order
 * @param notBefore start of validity
 * @param notAfter end of validity
 * @param signedZip where the zip would be written
 * @param held every certificate that holds one of these names, oldest first
 * @param former every other certificate that these names had, expired or revoked, oldest first
 * @param jobCaOf the server whose job CA would be certified; empty for a participant
 */
public record ApprovalPlan(
    Path requestZip,
    RequestMetadata request,
    KeyFingerprint publicKey,
    ProjectProfile profile,
    List<String> subjectAlternativeNames,
    Instant notBefore,
    Instant notAfter,
    Path signedZip,
    List<ApprovalRecord> held,
    List<ApprovalRecord> former,
    Optional<JobCaServer> jobCaOf) {
  /**
   * Tells whether the name holds a certificate already.
   *
   * @return true for a renewal, or for the same request approved again
   */
  public boolean isRenewal() {
    return !held.isEmpty();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning;

import io.fedtrust.provisioning.model.JobCaServer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * A completed approval of a job CA.
 *
 * @param server the server that it belongs to
 * @param name the certificate's common name, {@code job_ca.<project>}
 * @param signedZip the zip to return to the server
 * @param serial the certificate's serial number, {@code 0x} and lower-case hex
 * @param validUntil end of the certificate's validity
 * @param statementSha256 digest of what was approved, as the ledger has it
 * @param audit where the audit record is, if one is kept
 */
public record JobCaApproval(
    JobCaServer server,
    String name,
    Path signedZip,
    String serial,
    Instant validUntil,
    String statementSha256,
    Optional<Path> audit) {}

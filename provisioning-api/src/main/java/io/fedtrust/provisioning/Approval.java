// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning;

import io.fedtrust.provisioning.model.ApprovalMetadata;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A completed approval.
 *
 * @param metadata what was signed
 * @param signedZip the zip to return to the site
 * @param serial the certificate's serial number, {@code 0x} and lower-case hex
 * @param validUntil end of the certificate's validity
 * @param subjectAlternativeNames as {@code DNS:name} or {@code IP:address}, in order
 * @param statementSha256 digest of what was approved, as the ledger has it
 * @param audit where the audit record is, if one is kept
 */
public record Approval(
    ApprovalMetadata metadata,
    Path signedZip,
    String serial,
    Instant validUntil,
    List<String> subjectAlternativeNames,
    String statementSha256,
    Optional<Path> audit) {}

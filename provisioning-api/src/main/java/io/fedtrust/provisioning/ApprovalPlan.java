// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning;

import io.fedtrust.provisioning.model.ProjectProfile;
import io.fedtrust.provisioning.model.RequestMetadata;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * What an approval would sign.
 *
 * @param request what the site asks for, verified
 * @param profile the endpoint and defaults
 * @param subjectAlternativeNames as {@code DNS:name} or {@code IP:address}, in order
 * @param notBefore start of validity
 * @param notAfter end of validity
 * @param signedZip where the zip would be written
 */
public record ApprovalPlan(
    RequestMetadata request,
    ProjectProfile profile,
    List<String> subjectAlternativeNames,
    Instant notBefore,
    Instant notAfter,
    Path signedZip) {}

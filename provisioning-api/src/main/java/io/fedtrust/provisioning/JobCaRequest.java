// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning;

import io.fedtrust.provisioning.model.JobCaServer;
import io.fedtrust.provisioning.model.KeyFingerprint;
import java.nio.file.Path;

/**
 * A companion request as written: the job CA's key, its CSR and the zip.
 *
 * @param folder the server's request folder
 * @param requestZip the only file to send
 * @param requestId UUID of the companion request
 * @param project project name
 * @param server whose job CA it is
 * @param publicKey of the job CA; tell it the approver on another channel
 */
public record JobCaRequest(
    Path folder,
    Path requestZip,
    String requestId,
    String project,
    JobCaServer server,
    KeyFingerprint publicKey) {}

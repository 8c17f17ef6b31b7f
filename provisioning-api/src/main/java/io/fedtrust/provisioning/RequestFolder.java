// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning;

import io.fedtrust.provisioning.model.RequestMetadata;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A request folder as written: private key, CSR, request.json, site.yaml and the request zip.
 *
 * @param folder its absolute path
 * @param requestZip the only file to send
 * @param metadata what is asked for
 * @param audit where the audit record is, if one is kept
 */
public record RequestFolder(
    Path folder, Path requestZip, RequestMetadata metadata, Optional<Path> audit) {}

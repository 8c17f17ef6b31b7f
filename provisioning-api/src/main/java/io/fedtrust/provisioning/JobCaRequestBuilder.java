// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning;

import java.nio.file.Path;

/**
 * Makes the key pair of a server's job CA and the companion request for its certificate. The
 * private key is written to the server's request folder with mode 0600 and never leaves it. The
 * request is signed with the server's key.
 */
public interface JobCaRequestBuilder {
  /**
   * Starts the companion request of a server.
   *
   * @param requestFolder the folder with the server's key and request, before or after its approval
   * @return the options
   */
  static JobCaRequestBuilder in(Path requestFolder) {
    return Provisioning.engine().jobCaRequest(requestFolder);
  }

  /**
   * Replaces an earlier job CA key and companion request in the folder; the old files are backed
   * up. Default is to refuse. The server's own key and request stay.
   *
   * @return these options
   */
  JobCaRequestBuilder force();

  /**
   * Makes and writes the companion request. It leaves no audit record: those say where a
   * participant's request folder is, and the server's own says it.
   *
   * @return what was written
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code
   *     REQUEST_DIR_NOT_FOUND}, {@code REQUEST_DIR_INCOMPLETE}, {@code INVALID_ARGS} if the folder
   *     is not a server's, {@code KEY_INVALID}, {@code KEY_CERT_MISMATCH}, {@code
   *     KEY_ALREADY_EXISTS}, {@code CERT_ALREADY_EXISTS}, {@code CSR_GENERATION_FAILED}, {@code
   *     OUTPUT_DIR_NOT_WRITABLE} or {@code BUSY}
   */
  JobCaRequest write();
}

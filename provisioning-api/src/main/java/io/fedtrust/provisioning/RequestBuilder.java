// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning;

import io.fedtrust.provisioning.model.ParticipantDefinition;
import java.nio.file.Path;

/**
 * Makes a participant's key pair and its request zip. The private key is written to the request
 * folder with mode 0600 and never leaves it. Each option may be set once.
 */
public interface RequestBuilder {
  /**
   * Starts the request of a definition file.
   *
   * @param definition for example {@code hospital-a.yaml}
   * @return the options
   * @throws io.fedtrust.provisioning.error.ProvisioningException if the definition is not valid
   */
  static RequestBuilder from(Path definition) {
    return from(Provisioning.readDefinition(definition));
  }

  /**
   * Starts the request of a definition.
   *
   * @param definition read from a file or made with {@link ParticipantDefinition#of}
   * @return the options
   */
  static RequestBuilder from(ParticipantDefinition definition) {
    return Provisioning.engine().request(definition);
  }

  /**
   * Replaces an earlier request in the folder by a new key pair and request; the old files, and a
   * companion request that the old key signed, are backed up. Default is to refuse.
   *
   * @return these options
   */
  RequestBuilder force();

  /**
   * Makes and writes the request.
   *
   * @param requestFolder created with mode 0700 if missing
   * @return what was written
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code CERT_ALREADY_EXISTS},
   *     {@code KEY_ALREADY_EXISTS}, {@code CSR_GENERATION_FAILED}, {@code OUTPUT_DIR_NOT_WRITABLE}
   *     or {@code BUSY}
   */
  RequestFolder writeTo(Path requestFolder);
}

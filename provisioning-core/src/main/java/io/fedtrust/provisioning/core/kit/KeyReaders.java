// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.io.FileStatus;
import java.io.IOException;
import java.nio.file.Path;

/** Who else can read a private key. */
final class KeyReaders {
  private KeyReaders() {}

  /** Warns of a key file that others have rights to. A kit's own copy is always private. */
  static void warn(Path keyFile, EngineContext host) {
    try {
      if (!FileStatus.of(keyFile).isPrivate()) {
        host.warn(
            "other users have rights to the private key "
                + keyFile
                + ". Anyone who has read it can pose as its owner. Run 'chmod 600' on it, and make a"
                + " new request with a new key if somebody may have read it.");
      }
    } catch (IOException e) {
      // The key is read next, and says what is wrong.
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.io;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Called before every step that changes the file system, so that a test can stop or fail the
 * process at each of them.
 */
@FunctionalInterface
public interface FailPoint {
  /** The steps. */
  enum Step {
    CREATE_FOLDER,
    WRITE,
    APPEND,
    SYNC,
    LINK,
    RENAME,
    DELETE,
    LOCK
  }

  /** Does nothing: production. */
  FailPoint NONE = (step, path) -> {};

  /** Called before {@code step} on {@code path}; may throw to simulate a failing disk. */
  void before(Step step, Path path) throws IOException;
}

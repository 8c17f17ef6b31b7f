// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import java.io.IOException;
import java.nio.file.Path;

/** Puts the files of a kit in place: staged first, then moved. */
sealed interface KitPlacement permits NewKit, KitReplacement {
  /** Writes the files under names that nobody reads. */
  void stage() throws IOException;

  /** Returns one of the staged files or folders. */
  Path staged();

  /** Moves what was staged. */
  void place() throws IOException;

  /** Tells whether moving has begun, so that recovery completes the rest. */
  boolean isUnderWay();

  /** Removes what was staged. */
  void abandon() throws IOException;
}

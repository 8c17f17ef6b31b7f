// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.request;

import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.io.Backups;
import io.fedtrust.provisioning.core.io.ChangeKind;
import io.fedtrust.provisioning.core.io.FileLocks;
import io.fedtrust.provisioning.core.io.FileSet;
import io.fedtrust.provisioning.core.io.InterruptedChange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/**
 * The files that a command makes in a request folder: all of them or none.
 *
 * @param folder the request folder
 * @param host its locks and output
 */
record RequestFolderFiles(Path folder, EngineContext host) {

  /** What is done while no other command changes the folder. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException;
  }

  /** The new files. */
  @FunctionalInterface
  interface Installation {
    void into(FileSet set) throws IOException;
  }

  boolean has(String file) {
    return Files.exists(folder.resolve(file), LinkOption.NOFOLLOW_LINKS);
  }

  /** Works under the folder's lock, once what an interrupted command left was completed. */
  @SuppressWarnings("try") // the lock is held, not used
  <T> T underLock(Work<T> work) throws IOException {
    try (FileLocks.Held held = host.locks().now(folder, "request", "request folder " + folder)) {
      if (InterruptedChange.complete(host.interrupted(folder)).isPresent()) {
        host.warn("an interrupted command in " + folder + " was completed first");
      }
      return work.run();
    }
  }

  /**
   * Moves old files to a backup, in their order, and puts the new ones in place.
   *
   * @param old files of which there may be none
   */
  void replace(ChangeKind kind, String subject, List<String> old, Installation installation)
      throws IOException {
    FileSet set = host.change(kind, subject, folder);
    try {
      if (old.stream().anyMatch(this::has)) {
        Path backup = Backups.newFolder(host.output(), folder, host.now());
        for (String file : old) {
          set.retire(file, backup);
        }
      }
      installation.into(set);
      set.prepare();
    } catch (IOException | RuntimeException e) {
      set.abandon();
      throw e;
    }
    set.apply();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.bundle.VerifiedBundle;
import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.io.JobCaFiles;
import io.fedtrust.provisioning.error.ErrorCode;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The place of a kit, where there may be one already.
 *
 * @param folder of the kit
 * @param bundle the approval that is packaged
 * @param host of the engine
 * @param force whether a kit may be replaced
 * @param forceRunning whether one may be replaced from which a process runs
 * @param allowOlder whether one may be replaced that has a newer certificate
 */
record KitPlace(
    Path folder,
    VerifiedBundle bundle,
    EngineContext host,
    boolean force,
    boolean forceRunning,
    boolean allowOlder) {
  void requireFree() {
    boolean exists = Files.exists(folder, LinkOption.NOFOLLOW_LINKS);
    if (exists && !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      throw refuse(ErrorCode.BUILD_FAILED, folder.toString())
          .expected("a folder or nothing")
          .actual(Files.isSymbolicLink(folder) ? "a symbolic link" : "a file")
          .build();
    }
    if (exists && !force) {
      throw refuse(ErrorCode.OUTPUT_DIR_EXISTS, folder.toString())
          .problem("this participant already has a kit here")
          .build();
    }
    if (exists) {
      requireNotRunning();
    }
  }

  private void requireNotRunning() {
    Optional<RunningKit.InUse> inUse = RunningKit.here().find(folder);
    if (inUse.isPresent() && !forceRunning) {
      throw refuse(ErrorCode.KIT_IN_USE, inUse.get().file().toString())
          .problem("the kit is in use by " + inUse.get().process())
          .build();
    }
  }

  void warnOfLostJobCa(boolean hasNew) {
    Path standing = folder.resolve("startup").resolve(JobCaFiles.CERTIFICATE);
    if (!hasNew && Files.exists(standing, LinkOption.NOFOLLOW_LINKS)) {
      host.warn(
          "the existing kit has a job CA and the new one will have none; add --job-ca with its"
              + " signed zip to keep it");
    }
  }

  void compareAge() {
    if (allowOlder) {
      return;
    }
    Freshness freshness = new Freshness(bundle, host);
    Optional<String> incomparable =
        Files.exists(folder, LinkOption.NOFOLLOW_LINKS)
            ? freshness.requireNotOlderThan(folder)
            : Optional.of("this workspace has no kit to compare with");
    incomparable.ifPresent(freshness::warnIncomparable);
  }

  /** Again, under the lock: another command may have placed a newer kit since. */
  void requireNotOlder() {
    if (!allowOlder) {
      // Why it cannot be compared was said before.
      Optional<String> unused = new Freshness(bundle, host).requireNotOlderThan(folder);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.io;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * The user whose rights this process has: the effective user id, which neither environment
 * variables nor system properties change.
 */
public final class EffectiveUser {
  private static final OptionalLong UID = find();

  private EffectiveUser() {}

  /** Returns the user id; empty if the system does not tell, so that nothing counts as own. */
  public static OptionalLong uid() {
    return UID;
  }

  /** Tells whether the effective user owns a file. */
  public static boolean owns(FileStatus file) {
    return UID.isPresent() && UID.getAsLong() == file.uid();
  }

  private static OptionalLong find() {
    try {
      // Linux: the owner of the process's own folder is the effective user.
      Object uid = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      return OptionalLong.of(((Number) uid).longValue());
    } catch (IOException | RuntimeException e) {
      return SystemCommand.run("/usr/bin/id", "-u")
          .map(output -> new String(output, StandardCharsets.US_ASCII).strip())
          .filter(text -> text.matches("[0-9]{1,10}"))
          .map(text -> OptionalLong.of(Long.parseLong(text)))
          .orElse(OptionalLong.empty());
    }
  }
}

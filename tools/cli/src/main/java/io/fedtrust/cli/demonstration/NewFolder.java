// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.demonstration;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A folder for a demonstration: nothing of anybody's is in it. */
final class NewFolder {
  private NewFolder() {}

  static void require(Path folder) {
    if (Files.isDirectory(folder)) {
      try (Stream<Path> entries = Files.list(folder)) {
        if (entries.findAny().isEmpty()) {
          return;
        }
      } catch (IOException e) {
        // Unreadable: refused below.
      }
    } else if (Files.notExists(folder)) {
      return;
    }
    throw refuse(ErrorCode.OUTPUT_DIR_EXISTS, folder.toString())
        .problem("is not a new or empty folder")
        .hint("Name another folder with -o, or remove this one.")
        .build();
  }
}

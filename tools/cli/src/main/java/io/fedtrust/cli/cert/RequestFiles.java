// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Finds the request zips that a person means. */
final class RequestFiles {
  private static final String SUFFIX = ".request.zip";

  private RequestFiles() {}

  /** Refuses what is no file. */
  static void requireRequestZip(Path path) {
    if (!Files.exists(path)) {
      throw refuse(ErrorCode.REQUEST_ZIP_NOT_FOUND, path.toString())
          .problem("file not found")
          .build();
    }
    if (Files.isDirectory(path)) {
      throw refuse(ErrorCode.INVALID_ARGS, path.toString())
          .problem("is a folder, not a request zip")
          .hint("Add --all to approve every request zip of a folder.")
          .build();
    }
  }

  /** Lists the request zips of a folder, which has at least one. */
  static List<Path> in(Path folder) {
    List<Path> zips = List.of();
    try (Stream<Path> files = Files.list(folder)) {
      zips = files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
    } catch (IOException e) {
      throw refuse(ErrorCode.REQUEST_ZIP_NOT_FOUND, folder.toString())
          .problem("no folder that can be read")
          .hint("With --all, name the folder of the request zips.")
          .cause(e)
          .build();
    }
    if (zips.isEmpty()) {
      throw refuse(ErrorCode.REQUEST_ZIP_NOT_FOUND, folder.toString())
          .problem("this folder has no *.request.zip file")
          .hint("With --all, name the folder of the request zips.")
          .build();
    }
    return zips;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.benchmarks;

import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.StartupKit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** Kits to measure: packaged from a new request each, and the same files written plainly. */
final class Kits {
  private final Federation federation;
  private final Map<String, byte[]> kitFiles;
  private Path signedZip = Path.of("");
  private Path requestFolder = Path.of("");
  private int plain;

  Kits(Federation federation) {
    this.federation = federation;
    approveNext();
    this.kitFiles = read(packageKit().folder());
  }

  /** Prepares the next {@link #packageKit}. */
  void approveNext() {
    RequestFolder request = federation.request();
    requestFolder = request.folder();
    signedZip =
        federation.ca.approve(request.requestZip()).against(federation.profile).write().signedZip();
  }

  StartupKit packageKit() {
    return federation
        .engine
        .packager(federation.engine.openBundle(signedZip).trust(federation.ca.fingerprint()))
        .requestFolder(requestFolder)
        .packageInto(federation.root.resolve("workspace"));
  }

  /** The same files, folders and modes, and nothing else. */
  Path writeSameFiles() throws IOException {
    Path kit = federation.root.resolve("plain-" + plain++);
    for (String folder : new String[] {"", "startup", "local", "transfer"}) {
      Files.createDirectory(kit.resolve(folder));
    }
    for (Map.Entry<String, byte[]> file : kitFiles.entrySet()) {
      Path path = kit.resolve(file.getKey());
      Files.write(path, file.getValue());
      String mode =
          file.getKey().endsWith(".key")
              ? "rw-------"
              : file.getKey().endsWith(".sh") ? "rwxr-xr-x" : "rw-r--r--";
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }
    return kit;
  }

  private static Map<String, byte[]> read(Path folder) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    try (Stream<Path> walk = Files.walk(folder)) {
      for (Path path : walk.filter(Files::isRegularFile).toList()) {
        files.put(folder.relativize(path).toString(), Files.readAllBytes(path));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }
}

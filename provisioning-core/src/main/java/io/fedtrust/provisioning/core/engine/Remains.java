// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.engine;

import io.fedtrust.provisioning.core.io.BoundedFiles;
import io.fedtrust.provisioning.core.io.FileOutput;
import io.fedtrust.provisioning.core.x509.CertificateFile;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.core.x509.KeyFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What an abandoned change leaves in a folder: staged and backed-up files, and which private key
 * fits which certificate, so that a person can put back what belongs together.
 */
final class Remains {
  private static final int MAX_FILES = 500;
  private static final int BACKUP_DEPTH = 2;
  private static final int TOP = 1;

  private final Path folder;
  private final Jca jca;

  Remains(Path folder, Jca jca) {
    this.folder = folder;
    this.jca = jca;
  }

  List<String> list() throws IOException {
    List<String> lines = new ArrayList<>();
    List<Path> files = new ArrayList<>(files(folder, TOP));
    List<Path> backups = new ArrayList<>(files(folder.resolve(".bak"), BACKUP_DEPTH));
    Path state = folder.resolve("state");
    if (Files.isDirectory(state, LinkOption.NOFOLLOW_LINKS)) {
      files.addAll(files(state, TOP));
      backups.addAll(files(state.resolve(".bak"), BACKUP_DEPTH));
    }
    files.stream()
        .filter(file -> file.toString().endsWith(FileOutput.LEFTOVER))
        .forEach(file -> lines.add("staged, not in place: " + file));
    backups.forEach(file -> lines.add("backed up: " + file));
    files.addAll(backups);
    lines.addAll(pairs(files));
    return lines;
  }

  private List<String> pairs(List<Path> files) {
    Map<Path, CertificateFile> certificates = new LinkedHashMap<>();
    Map<Path, PrivateKey> keys = new LinkedHashMap<>();
    List<String> lines = new ArrayList<>();
    for (Path file : files) {
      if (holds(file, ".crt") || holds(file, ".pem")) {
        certificate(file, certificates);
      } else if (holds(file, ".key") && !key(file, keys)) {
        lines.add("not compared, encrypted or unreadable: " + file);
      }
    }
    keys.forEach(
        (keyFile, key) -> {
          List<Path> fitting =
              certificates.entrySet().stream()
                  .filter(entry -> KeyFiles.belongs(key, entry.getValue().publicKey()))
                  .map(Map.Entry::getKey)
                  .toList();
          fitting.forEach(certificate -> lines.add(keyFile + " is the key of " + certificate));
          if (fitting.isEmpty()) {
            lines.add(keyFile + " is the key of no certificate here");
          }
        });
    return lines;
  }

  /** By its own name, or by the name it is staged for. */
  private static boolean holds(Path file, String ending) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(ending)
        || (name.endsWith(FileOutput.LEFTOVER) && name.contains(ending + "."));
  }

  private void certificate(Path file, Map<Path, CertificateFile> certificates) {
    try {
      byte[] pem = BoundedFiles.read(file, BoundedFiles.DOCUMENT_BYTES);
      certificates.put(file, CertificateFile.read(pem, jca));
    } catch (IOException e) {
      // Not a certificate of this product: it fits no key.
    }
  }

  private boolean key(Path file, Map<Path, PrivateKey> keys) {
    try {
      byte[] pem = BoundedFiles.read(file, BoundedFiles.DOCUMENT_BYTES);
      keys.put(file, KeyFiles.decode(pem, new char[0], jca));
      return true;
    } catch (IOException | GeneralSecurityException e) {
      return false;
    }
  }

  private static List<Path> files(Path start, int depth) throws IOException {
    if (!Files.isDirectory(start, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    try (Stream<Path> walk = Files.walk(start, depth)) {
      return walk.filter(path -> !path.equals(start))
          .filter(path -> depth == TOP || start.relativize(path).getNameCount() == depth)
          .limit(MAX_FILES)
          .sorted()
          .toList();
    }
  }
}

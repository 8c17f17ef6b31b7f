// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.host.Host;
import io.fedtrust.provisioning.core.io.BoundedFiles;
import io.fedtrust.provisioning.core.io.ChangeKind;
import io.fedtrust.provisioning.core.io.FileLocks;
import io.fedtrust.provisioning.core.io.FileMode;
import io.fedtrust.provisioning.core.io.InterruptedChange;
import io.fedtrust.provisioning.core.x509.CertificateFile;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.DeployVersion;
import io.fedtrust.provisioning.model.Fingerprint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * {@code <workspace>/<project>}: the {@code prod_NN} folders of kits, and {@code state} with locks,
 * journals, backups and hints.
 */
final class ProjectFolder {
  private final Path folder;
  private final Path state;
  private final Path prod;
  private final Host host;

  ProjectFolder(Path workspace, String project, DeployVersion version, Host host) {
    this.folder = workspace.toAbsolutePath().normalize().resolve(project);
    this.state = folder.resolve("state");
    this.prod = folder.resolve(version.folder());
    this.host = host;
  }

  Path folder() {
    return folder;
  }

  Path state() {
    return state;
  }

  Path kit(String name) {
    return prod.resolve(name);
  }

  Path journal(String name) {
    return ChangeKind.KIT.journal(folder, subject(name));
  }

  /** Returns {@code prod_NN/<name>}: the kit, relative to the project folder. */
  String subject(String name) {
    return prod.getFileName() + "/" + name;
  }

  /** Refuses symbolic links and files where folders must be. */
  void requireFolders() {
    for (Path path : new Path[] {folder, prod, state}) {
      boolean exists = Files.exists(path, LinkOption.NOFOLLOW_LINKS);
      if (exists && !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        throw refuse(
                Files.isSymbolicLink(path)
                    ? ErrorCode.OUTPUT_DIR_NOT_WRITABLE
                    : ErrorCode.BUILD_FAILED,
                path.toString())
            .expected("a folder")
            .actual(Files.isSymbolicLink(path) ? "a symbolic link" : "a file")
            .build();
      }
    }
  }

  void create() throws IOException {
    host.output().createFolders(state, FileMode.PUBLIC_FOLDER);
    host.output().createFolders(prod, FileMode.PUBLIC_FOLDER);
  }

  FileLocks.Held lockParticipant(String name) throws IOException {
    return host.locks().now(state, name, "participant " + name);
  }

  /** Held while a kit is put in place; different participants wait for each other here. */
  FileLocks.Held lockProd() throws IOException {
    return host.locks().soon(state, String.valueOf(prod.getFileName()), prod.toString());
  }

  void recover(String name) throws IOException {
    if (InterruptedChange.complete(host.interrupted(folder, journal(name))).isPresent()) {
      host.warn("an interrupted replacement of the kit of " + name + " was completed");
    }
  }

  /**
   * Refuses a root CA other than that of the kits already there. A hint from the last time spares
   * reading every kit, as long as the folder is the same and has not changed.
   */
  void requireSameRoot(byte[] rootPem, Fingerprint root) throws IOException {
    Optional<String> hint = readHint();
    if (hint.isPresent() && hint.get().equals(hintFor(root))) {
      return;
    }
    try (DirectoryStream<Path> kits = Files.newDirectoryStream(prod)) {
      for (Path kit : kits) {
        Path file = kit.resolve("startup").resolve("rootCA.pem");
        boolean present =
            Files.isDirectory(kit, LinkOption.NOFOLLOW_LINKS)
                && Files.isDirectory(kit.resolve("startup"), LinkOption.NOFOLLOW_LINKS)
                && Files.exists(file, LinkOption.NOFOLLOW_LINKS);
        if (present) {
          requireSameRoot(file, rootPem, root);
        }
      }
    }
  }

  private void requireSameRoot(Path file, byte[] rootPem, Fingerprint root) {
    Fingerprint other;
    try {
      byte[] pem = BoundedFiles.read(file, BoundedFiles.DOCUMENT_BYTES);
      if (Arrays.equals(pem, rootPem)) {
        return;
      }
      other = Fingerprint.ofCertificate(CertificateFile.read(pem, host.jca()).der());
    } catch (IOException e) {
      throw refuse(ErrorCode.ROOTCA_LOAD_FAILED, file.toString())
          .expected("a certificate in PEM form")
          .actual("unreadable")
          .cause(e)
          .build();
    }
    if (!other.equals(root)) {
      throw refuse(ErrorCode.ROOTCA_FINGERPRINT_MISMATCH, file.toString())
          .expected(root)
          .actual(other)
          .hint(
              "Kits of two CAs cannot share a folder. A new CA needs a new deploy version;"
                  + " force does not bypass this.")
          .build();
    }
  }

  /** Notes that every kit now in the folder has this root. */
  void writeHint(Fingerprint root) throws IOException {
    host.output()
        .overwrite(
            hintFile(), hintFor(root).getBytes(StandardCharsets.US_ASCII), FileMode.OWNER_FILE);
  }

  private Optional<String> readHint() {
    try {
      return Optional.of(
          new String(BoundedFiles.read(hintFile(), 1024), StandardCharsets.US_ASCII));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Root, identity of the folder, its time and its number of sub-folders. */
  private String hintFor(Fingerprint root) throws IOException {
    Map<String, Object> folderNow =
        Files.readAttributes(
            prod, "unix:dev,ino,lastModifiedTime,nlink", LinkOption.NOFOLLOW_LINKS);
    return root.hex()
        + " "
        + folderNow.get("dev")
        + " "
        + folderNow.get("ino")
        + " "
        + folderNow.get("lastModifiedTime")
        + " "
        + folderNow.get("nlink");
  }

  private Path hintFile() {
    return state.resolve("." + prod.getFileName() + ".hint");
  }
}

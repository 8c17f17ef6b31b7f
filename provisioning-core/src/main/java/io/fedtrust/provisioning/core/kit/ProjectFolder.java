// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.io.ChangeKind;
import io.fedtrust.provisioning.core.io.FileLocks;
import io.fedtrust.provisioning.core.io.FileMode;
import io.fedtrust.provisioning.core.io.InterruptedChange;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.DeployVersion;
import io.fedtrust.provisioning.model.Fingerprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * {@code <workspace>/<project>}: the {@code prod_NN} folders of kits, and {@code state} with locks,
 * journals, backups and hints.
 */
final class ProjectFolder {
  private final Path folder;
  private final Path state;
  private final Path prod;
  private final EngineContext host;

  ProjectFolder(Path workspace, String project, DeployVersion version, EngineContext host) {
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

  /** Returns the comparison of the kits' root CAs with that of a kit to be added. */
  ProdRoots roots(byte[] rootPem, Fingerprint root) {
    return new ProdRoots(
        prod, state.resolve("." + prod.getFileName() + ".hint"), rootPem, root, host);
  }
}

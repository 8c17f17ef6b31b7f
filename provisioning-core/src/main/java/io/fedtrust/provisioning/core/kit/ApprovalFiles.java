// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import io.fedtrust.provisioning.core.bundle.VerifiedBundle;
import io.fedtrust.provisioning.core.context.CheckProgress;
import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.document.SignedDocument;
import io.fedtrust.provisioning.core.io.Backups;
import io.fedtrust.provisioning.core.io.BoundedFiles;
import io.fedtrust.provisioning.core.io.ChangeKind;
import io.fedtrust.provisioning.core.io.FileLocks;
import io.fedtrust.provisioning.core.io.FileMode;
import io.fedtrust.provisioning.core.io.FileSet;
import io.fedtrust.provisioning.core.io.InterruptedChange;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.model.CertType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The files of an approval that packaging copies to the request folder: metadata, certificate and
 * root. They are prepared before the kit is put in place, and follow it.
 */
final class ApprovalFiles {
  private final VerifiedBundle bundle;
  private final Path folder;
  private final EngineContext host;
  private final FileSet change;
  private boolean prepared;

  ApprovalFiles(VerifiedBundle bundle, Path folder, EngineContext host) {
    this.bundle = bundle;
    this.folder = folder;
    this.host = host;
    this.change = host.change(ChangeKind.APPROVAL_FILES, bundle.metadata().name(), folder);
  }

  FileLocks.Held lock() throws IOException {
    return host.locks().now(folder, "request", "request folder");
  }

  /** Completes or undoes what an interrupted packaging or request left in the request folder. */
  void completeInterrupted() throws IOException {
    if (InterruptedChange.complete(host.interrupted(folder)).isPresent()) {
      host.warn("an interrupted command in " + folder + " was completed first");
      LocalMaterial.read(folder, bundle, host, new CheckProgress<>(LocalMaterial.LocalCheck.class));
    }
  }

  /** Prepares the files that the folder lacks; a crash completes them only if the kit is there. */
  void prepare(Path kit) throws IOException {
    Map<String, byte[]> missing = missing();
    if (missing.isEmpty()) {
      return;
    }
    boolean replaces =
        missing.keySet().stream()
            .anyMatch(file -> Files.exists(folder.resolve(file), LinkOption.NOFOLLOW_LINKS));
    if (replaces) {
      Path backup = Backups.newFolder(host.output(), folder, host.now());
      for (String file : missing.keySet()) {
        change.retire(file, backup);
      }
    }
    for (Map.Entry<String, byte[]> file : missing.entrySet()) {
      change.install(file.getKey(), file.getValue(), FileMode.PUBLIC_FILE);
    }
    String own = bundle.metadata().certType() == CertType.SERVER ? "server.crt" : "client.crt";
    change.onlyIf(kit.resolve("startup").resolve(own), Jca.sha256(bundle.leafPem()));
    change.prepare();
    prepared = true;
  }

  private Map<String, byte[]> missing() {
    Map<String, byte[]> wanted = new LinkedHashMap<>();
    wanted.put("signed.json", bundle.metadataJson());
    wanted.put(bundle.metadata().name() + ".crt", bundle.leafPem());
    wanted.put(SignedDocument.ROOT_CA, bundle.rootPem());
    wanted
        .entrySet()
        .removeIf(file -> BoundedFiles.holds(folder.resolve(file.getKey()), file.getValue()));
    return wanted;
  }

  /** Moves what was prepared. */
  void apply() throws IOException {
    if (prepared) {
      change.apply();
    }
  }

  /** Removes what was prepared. */
  void abandon() throws IOException {
    change.abandon();
  }
}

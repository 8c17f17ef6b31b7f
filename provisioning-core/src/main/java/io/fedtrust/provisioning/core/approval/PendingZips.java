// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import io.fedtrust.provisioning.core.io.BoundedFiles;
import io.fedtrust.provisioning.core.io.FileMode;
import io.fedtrust.provisioning.core.io.FileOutput;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.model.ApprovalRecord;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Signed zips between their ledger entry and their delivery, kept in the CA folder so that an
 * interrupted approval is resumed with the same certificate.
 */
final class PendingZips {
  private final FileOutput output;
  private final Path folder;

  PendingZips(FileOutput output, Path caFolder) {
    this.output = output;
    this.folder = caFolder.resolve(".pending");
  }

  /** Keeps a zip that is staged elsewhere: by a link, or by a copy on another file system. */
  void keep(String requestId, Path staged, byte[] content) throws IOException {
    Path file = file(requestId);
    output.createFolders(folder, FileMode.OWNER_FOLDER);
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      output.delete(file);
    }
    try {
      output.publish(staged, file);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (IOException | UnsupportedOperationException e) {
      output.writeNew(file, content, FileMode.OWNER_FILE);
      return;
    }
    output.syncFolder(folder);
  }

  /** Finds the zip of an intent. */
  Optional<byte[]> find(ApprovalRecord intent) {
    try {
      byte[] content = BoundedFiles.read(file(intent.requestId()), BoundedFiles.ARCHIVE_BYTES);
      return Jca.sha256(content).equals(intent.signedZipSha256())
          ? Optional.of(content)
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  void forget(String requestId) throws IOException {
    output.delete(file(requestId));
  }

  private Path file(String requestId) {
    return folder.resolve(requestId.toLowerCase(Locale.ROOT) + ".zip");
  }
}

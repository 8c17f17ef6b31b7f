// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import io.fedtrust.provisioning.core.io.BoundedFiles;
import io.fedtrust.provisioning.core.io.FileOutput;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.model.ApprovalRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Signed zips that were not delivered when the ledger had format 1, which could not make them
 * again: {@code .pending} in the CA folder.
 */
final class Format1Zips {
  private final FileOutput output;
  private final Path folder;

  Format1Zips(FileOutput output, Path caFolder) {
    this.output = output;
    this.folder = caFolder.resolve(".pending");
  }

  Optional<byte[]> find(ApprovalRecord record) {
    try {
      byte[] content = BoundedFiles.read(file(record), BoundedFiles.ARCHIVE_BYTES);
      return Optional.of(content)
          .filter(zip -> record.signedZipSha256().equals(Optional.of(Jca.sha256(zip))));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  void forget(ApprovalRecord record) throws IOException {
    output.delete(file(record));
  }

  private Path file(ApprovalRecord record) {
    return folder.resolve(record.requestId().toLowerCase(Locale.ROOT) + ".zip");
  }
}

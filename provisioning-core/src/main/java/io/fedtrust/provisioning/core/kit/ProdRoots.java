// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.io.BoundedFiles;
import io.fedtrust.provisioning.core.io.FileMode;
import io.fedtrust.provisioning.core.io.FileStatus;
import io.fedtrust.provisioning.core.x509.CertificateFile;
import io.fedtrust.provisioning.core.x509.Pem;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.Fingerprint;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Proves that every kit of a {@code prod_NN} folder has the root CA of the kit that is added. Each
 * {@code <kit>/startup/rootCA.pem} that the hint does not prove unchanged is read.
 */
final class ProdRoots {
  private static final int MAX_HINT_BYTES = 64 * 1024 * 1024;

  /** Names that a line of the hint can hold; a kit of another name is read each time. */
  private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9._@-]{1,255}");

  private final Path prod;
  private final Path hintFile;
  private final EngineContext host;
  private final byte[] rootPem;
  private final Fingerprint root;
  private final Map<String, RootHint.Seen> verified = new HashMap<>();

  ProdRoots(Path prod, Path hintFile, byte[] rootPem, Fingerprint root, EngineContext host) {
    this.prod = prod;
    this.hintFile = hintFile;
    this.rootPem = rootPem.clone();
    this.root = root;
    this.host = host;
  }

  /**
   * Compares all kits.
   *
   * @throws ProvisioningException with {@code ROOTCA_LOAD_FAILED} or {@code
   *     ROOTCA_FINGERPRINT_MISMATCH}
   */
  void requireSame() throws IOException {
    RootHint hint = readHint();
    try (DirectoryStream<Path> kits = Files.newDirectoryStream(prod)) {
      for (Path kit : kits) {
        compare(kit, hint);
      }
    }
  }

  /**
   * Notes that every kit now in the folder has this root.
   *
   * @param added the kit that was put there after the comparison
   * @param begun a time before the comparison, by the clock of the file system
   */
  void writeHint(String added, long begun) throws IOException {
    note(added, FileStatus.of(rootFile(prod.resolve(added))));
    FileStatus folder = FileStatus.of(prod);
    Optional<byte[]> content =
        new RootHint(root.hex(), folder.device(), folder.inode(), begun, verified)
            .sealed(host.key());
    if (content.isPresent()) {
      host.output().overwrite(hintFile, content.get(), FileMode.OWNER_FILE);
    }
  }

  private void compare(Path kit, RootHint hint) {
    Path file = rootFile(kit);
    String name = String.valueOf(kit.getFileName());
    try {
      Optional<FileStatus> status = find(kit, file);
      if (status.isEmpty()) {
        return;
      }
      if (!hint.provesUnchanged(name, status.get())) {
        requireSame(file);
      }
      note(name, status.get());
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** Whatever is no folder with a folder {@code startup} is no kit. */
  private static Optional<FileStatus> find(Path kit, Path file) throws IOException {
    try {
      return FileStatus.find(file);
    } catch (AccessDeniedException e) {
      throw e;
    } catch (IOException e) {
      if (Files.isDirectory(kit) && !Files.isRegularFile(kit.resolve("startup"))) {
        throw e;
      }
      return Optional.empty();
    }
  }

  /** The status was read before the content: a change in between shows at the next comparison. */
  private void note(String kit, FileStatus status) {
    if (PLAIN_NAME.matcher(kit).matches()) {
      verified.put(kit, RootHint.Seen.of(status));
    }
  }

  private void requireSame(Path file) throws IOException {
    byte[] pem = BoundedFiles.read(file, BoundedFiles.DOCUMENT_BYTES);
    if (Arrays.equals(pem, rootPem)) {
      return;
    }
    byte[] der = Pem.only(pem, Pem.CERTIFICATE);
    Fingerprint other = Fingerprint.ofCertificate(CertificateFile.ofDer(der, host.jca()).der());
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

  private static ProvisioningException unreadable(Path file, IOException cause) {
    return refuse(ErrorCode.ROOTCA_LOAD_FAILED, file.toString())
        .malformed("one certificate in PEM form, and nothing else", cause.getMessage())
        .cause(cause)
        .build();
  }

  private RootHint readHint() throws IOException {
    FileStatus folder = FileStatus.of(prod);
    Optional<RootHint> hint = Optional.empty();
    try {
      if (FileStatus.find(hintFile).isPresent()) {
        hint = RootHint.read(BoundedFiles.read(hintFile, MAX_HINT_BYTES), host.key());
      }
    } catch (IOException e) {
      // Without a hint every file is read.
    }
    return hint.filter(found -> found.isAbout(root, folder))
        .orElseGet(() -> RootHint.none(root, folder));
  }

  private static Path rootFile(Path kit) {
    return kit.resolve("startup").resolve("rootCA.pem");
  }
}

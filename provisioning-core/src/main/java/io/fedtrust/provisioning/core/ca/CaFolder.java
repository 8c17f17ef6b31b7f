// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.ca;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.context.CheckProgress;
import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.document.CaDocument;
import io.fedtrust.provisioning.core.document.DocumentFiles;
import io.fedtrust.provisioning.core.document.SignedDocument;
import io.fedtrust.provisioning.core.io.BoundedFiles;
import io.fedtrust.provisioning.core.io.FileLocks;
import io.fedtrust.provisioning.core.io.GroupAccess;
import io.fedtrust.provisioning.core.io.InterruptedChange;
import io.fedtrust.provisioning.core.x509.CertificateFile;
import io.fedtrust.provisioning.core.x509.KeyFiles;
import io.fedtrust.provisioning.core.x509.Subject;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.Fingerprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.util.Map;
import java.util.Optional;

/** The files of a CA and what must hold between them. */
public final class CaFolder {
  static final String CERTIFICATE = SignedDocument.ROOT_CA;
  static final String KEY = "rootCA.key";
  static final String DOCUMENT = "ca.json";

  private final Path folder;
  private final EngineContext host;
  private final CaPermissions permissions;

  /** Looks at a folder of which no group has rights; reads nothing yet. */
  public CaFolder(Path folder, EngineContext host) {
    this(folder, host, false);
  }

  /** Looks at a folder; reads nothing yet. */
  public CaFolder(Path folder, EngineContext host, boolean allowGroup) {
    this(folder, allowGroup ? host.forGroup() : host, CaPermissions.ofExisting(allowGroup, host));
  }

  private CaFolder(Path folder, EngineContext host, CaPermissions permissions) {
    this.folder = folder.toAbsolutePath().normalize();
    this.host = host;
    this.permissions = permissions;
  }

  /** Looks at a folder for a CA that belongs to this user alone. */
  static CaFolder ofNew(Path folder, EngineContext host) {
    return new CaFolder(folder, host, CaPermissions.ofNew(host));
  }

  /** What is checked of a CA folder, in order. */
  public enum CaCheck {
    PROTECTED("no other user can write to the folder"),
    FILES("ca.json and rootCA.pem are there"),
    DOCUMENT("ca.json names a project and a deploy version"),
    CERTIFICATE("rootCA.pem is one certificate and nothing else"),
    FINGERPRINT("rootCA.pem has the fingerprint that ca.json names"),
    PROJECT("the root's common name is the project"),
    USABLE("the root is a CA certificate within its validity and its chains verify"),
    LEDGER("the approval ledger is an unbroken chain");

    private final String text;

    CaCheck(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * The public part of a CA.
   *
   * @param root the root certificate
   * @param rootPem rootCA.pem, byte for byte
   * @param document ca.json
   * @param rawDocument ca.json as found
   * @param fingerprint of the root
   */
  public record PublicPart(
      CertificateFile root,
      byte[] rootPem,
      CaDocument document,
      Map<String, Object> rawDocument,
      Fingerprint fingerprint) {}

  Path path() {
    return folder;
  }

  Path resolve(String name) {
    return folder.resolve(name);
  }

  boolean has(String name) {
    return Files.exists(folder.resolve(name), LinkOption.NOFOLLOW_LINKS);
  }

  /** Refuses a folder and files that other users can write to; warns where they can read. */
  public void requireProtected() {
    if (!Files.isDirectory(folder)) {
      // Reading says which file is missing.
      return;
    }
    try {
      permissions.requireFolder(folder);
      permissions.requireDocument(resolve(CERTIFICATE));
      permissions.requireDocument(resolve(DOCUMENT));
      permissions.requireLedger(resolve(FileLedger.FILE));
      permissions.requireLock(resolve(FileLocks.FILE));
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
  }

  private static ProvisioningException unreadable(Path path, IOException cause) {
    return refuse(ErrorCode.CA_LOAD_FAILED, path.toString())
        .problem("owner and mode cannot be read: " + cause.getClass().getSimpleName())
        .cause(cause)
        .build();
  }

  /**
   * Shares the user's own lock file and ledger with the folder's group, if the caller allows it.
   */
  void shareFiles() {
    try {
      host.locks().adjust(folder);
      if (host.sharedByGroup() && has(FileLedger.FILE)) {
        GroupAccess.share(resolve(FileLedger.FILE));
      }
    } catch (IOException e) {
      throw EngineContext.notWritable(folder, e);
    }
  }

  /**
   * Completes a rollover that a crash interrupted. A journal that this account did not write is
   * reported and left alone: the CA is used as it stands, or found to be incomplete.
   */
  @SuppressWarnings("try") // the lock is held, not used
  void recover() {
    Optional<InterruptedChange> found = host.interrupted(folder);
    if (found.isEmpty()) {
      return;
    }
    if (found.get() instanceof InterruptedChange.Untrusted untrusted) {
      host.warn(untrusted.refusal().problem() + ". It is ignored.");
      return;
    }
    try (FileLocks.Held held = host.locks().soon(folder, "ca", folder.toString())) {
      if (InterruptedChange.complete(host.interrupted(folder)).isPresent()) {
        host.warn("an interrupted 'cert init' in " + folder + " was completed");
      }
    } catch (IOException e) {
      throw EngineContext.notWritable(folder, e);
    }
  }

  /** Reads the public part, in NVFlare's order of checks. */
  public PublicPart read(CheckProgress<CaCheck> progress) {
    requireFile(DOCUMENT, ErrorCode.INVALID_ARGS);
    requireFile(CERTIFICATE, ErrorCode.CA_LOAD_FAILED);
    progress.passed(CaCheck.FILES);
    Map<String, Object> raw = DocumentFiles.json(resolve(DOCUMENT), ErrorCode.INVALID_ARGS);
    CaDocument document = CaDocument.read(raw);
    progress.passed(CaCheck.DOCUMENT);
    byte[] pem;
    CertificateFile root;
    try {
      pem = BoundedFiles.read(resolve(CERTIFICATE), BoundedFiles.DOCUMENT_BYTES);
      root = CertificateFile.readRoot(pem, host.jca());
    } catch (IOException e) {
      throw refuse(ErrorCode.CA_LOAD_FAILED, resolve(CERTIFICATE).toString())
          .malformed(
              "one X.509 certificate with an RSA key in PEM form, and nothing else", e.getMessage())
          .cause(e)
          .build();
    }
    progress.passed(CaCheck.CERTIFICATE);
    Fingerprint actual = Fingerprint.ofCertificate(root.der());
    if (document.rootFingerprint().isPresent()
        && !document.rootFingerprint().get().equals(actual)) {
      throw refuse(ErrorCode.ROOTCA_FINGERPRINT_MISMATCH, "ca.json rootCA_fingerprint")
          .expected(actual + ", of rootCA.pem")
          .actual(document.rootFingerprint().get())
          .build();
    }
    progress.passed(CaCheck.FINGERPRINT);
    String commonName = Subject.commonName(root.subject()).orElse("none");
    if (!commonName.equals(document.project())) {
      throw refuse(ErrorCode.PROJECT_CA_MISMATCH, "rootCA.pem common name")
          .expected(document.project() + ", as in ca.json")
          .actual(commonName)
          .build();
    }
    progress.passed(CaCheck.PROJECT);
    return new PublicPart(root, pem, document, raw, actual);
  }

  /** Tells whether the key file is encrypted, so that checking it needs a passphrase. */
  public boolean hasEncryptedKey() {
    try {
      return KeyFiles.isEncrypted(BoundedFiles.read(resolve(KEY), BoundedFiles.DOCUMENT_BYTES));
    } catch (IOException e) {
      return false;
    }
  }

  /** Refuses a key file that other users own, can read or can change. */
  public void requireProtectedKey() {
    requireFile(KEY, ErrorCode.CA_LOAD_FAILED);
    try {
      permissions.requireSecret(resolve(KEY));
    } catch (IOException e) {
      throw unreadable(resolve(KEY), e);
    }
  }

  char[] readPassphrase(Path file) {
    return new PassphraseFile(file, permissions).read();
  }

  /** Reads the key file and refuses one that is not protected, and a key that is not the root's. */
  public PrivateKey readKey(CertificateFile root, char[] passphrase) {
    requireProtectedKey();
    PrivateKey key;
    try {
      key =
          KeyFiles.decode(
              BoundedFiles.read(resolve(KEY), BoundedFiles.DOCUMENT_BYTES), passphrase, host.jca());
    } catch (KeyFiles.EncryptedKeyException e) {
      throw refuse(ErrorCode.CA_LOAD_FAILED, resolve(KEY).toString())
          .problem("cannot be opened: " + e.getMessage())
          .hint("Give the passphrase with --key-passphrase-file.")
          .build();
    } catch (IOException | GeneralSecurityException e) {
      // No cause: a parser's message could quote the key.
      throw refuse(ErrorCode.CA_LOAD_FAILED, resolve(KEY).toString())
          .malformed("an RSA private key in PEM form, PKCS#1 or PKCS#8")
          .build();
    }
    if (!KeyFiles.belongs(key, root.publicKey())) {
      throw refuse(ErrorCode.CA_LOAD_FAILED, resolve(KEY).toString())
          .problem("is not the key of rootCA.pem")
          .build();
    }
    return key;
  }

  /** Refuses a missing file, and with the code of the file what is no regular one. */
  private void requireFile(String name, ErrorCode code) {
    if (!Files.isRegularFile(resolve(name), LinkOption.NOFOLLOW_LINKS)) {
      throw has(name)
          ? refuse(code, resolve(name).toString())
              .expected("a regular file, not a symbolic link")
              .actual(Files.isSymbolicLink(resolve(name)) ? "a symbolic link" : "another kind")
              .hint("Copy the file into the CA folder.")
              .build()
          : refuse(ErrorCode.CA_NOT_FOUND, resolve(name).toString())
              .problem("file not found")
              .build();
    }
  }
}

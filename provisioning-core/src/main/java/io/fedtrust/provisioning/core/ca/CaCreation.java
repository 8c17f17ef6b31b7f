// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.ca;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.context.SetOnce;
import io.fedtrust.provisioning.core.document.CaDocument;
import io.fedtrust.provisioning.core.document.DocumentFiles;
import io.fedtrust.provisioning.core.document.Json;
import io.fedtrust.provisioning.core.io.Backups;
import io.fedtrust.provisioning.core.io.ChangeKind;
import io.fedtrust.provisioning.core.io.FileLocks;
import io.fedtrust.provisioning.core.io.FileMode;
import io.fedtrust.provisioning.core.io.FileSet;
import io.fedtrust.provisioning.core.io.InterruptedChange;
import io.fedtrust.provisioning.core.x509.CertificateIssuer;
import io.fedtrust.provisioning.core.x509.KeyFiles;
import io.fedtrust.provisioning.core.x509.KeyPairs;
import io.fedtrust.provisioning.core.x509.Pem;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.DeployVersion;
import io.fedtrust.provisioning.model.Fingerprint;
import io.fedtrust.provisioning.model.KeyType;
import io.fedtrust.provisioning.model.ProjectProfile;
import java.io.IOException;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;

/** Makes a CA, once for a federation. */
public final class CaCreation implements CertificateAuthority.Creation {
  private static final Duration DEFAULT_VALIDITY = Duration.ofDays(3650);
  private static final KeyType DEFAULT_KEY_TYPE = KeyType.RSA_3072;
  private static final int MAX_ORGANIZATION = 64;
  private static final int MIN_PASSPHRASE = 12;

  private final String project;
  private final KeyPairs keyPairs;
  private final EngineContext host;
  private final SetOnce<DeployVersion> deployVersion = new SetOnce<>("deploy version");
  private final SetOnce<Duration> validity = new SetOnce<>("validity");
  private final SetOnce<String> organization = new SetOnce<>("organization");
  private final SetOnce<char[]> passphrase = new SetOnce<>("passphrase");
  private final SetOnce<Path> passphraseFile = new SetOnce<>("passphrase file");
  private final SetOnce<KeyType> keyType = new SetOnce<>("key type");
  private final SetOnce<Path> profilePath = new SetOnce<>("profile path");
  private boolean force;

  /** Prepares the CA of a project. */
  public CaCreation(String project, KeyPairs keyPairs, EngineContext host) {
    ProjectProfile.requireProjectName(project);
    this.project = project;
    this.keyPairs = keyPairs;
    this.host = host;
  }

  @Override
  public CertificateAuthority.Creation deployVersion(String twoDigits) {
    deployVersion.set(new DeployVersion(twoDigits));
    return this;
  }

  @Override
  public CertificateAuthority.Creation validFor(Duration duration) {
    validity.set(SetOnce.validity(duration));
    return this;
  }

  @Override
  public CertificateAuthority.Creation organization(String name) {
    if (name.isBlank()
        || name.length() > MAX_ORGANIZATION
        || name.chars().anyMatch(Character::isISOControl)) {
      throw refuse(ErrorCode.INVALID_ARGS, "organization")
          .expected("1 to 64 printable characters")
          .actual(name)
          .build();
    }
    organization.set(name);
    return this;
  }

  @Override
  public CertificateAuthority.Creation passphrase(char[] text) {
    requireStrong(text);
    passphrase.set(text.clone());
    return this;
  }

  @Override
  public CertificateAuthority.Creation passphraseFile(Path file) {
    passphraseFile.set(file);
    return this;
  }

  private static void requireStrong(char[] text) {
    int characters = Character.codePointCount(text, 0, text.length);
    if (characters < MIN_PASSPHRASE) {
      throw refuse(ErrorCode.INVALID_ARGS, "passphrase")
          .expected("at least " + MIN_PASSPHRASE + " characters")
          .actual(characters)
          .build();
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(CharBuffer.wrap(text))) {
      throw refuse(ErrorCode.INVALID_ARGS, "passphrase")
          .problem("contains a character that is not valid Unicode")
          .build();
    }
  }

  @Override
  public CertificateAuthority.Creation keyType(KeyType type) {
    keyType.set(type);
    return this;
  }

  @Override
  public CertificateAuthority.Creation profilePath(Path profile) {
    profilePath.set(profile);
    return this;
  }

  @Override
  public CertificateAuthority.Creation force() {
    force = true;
    return this;
  }

  @Override
  @SuppressWarnings("try") // the lock is held, not used
  public CertificateAuthority in(Path folder) {
    CaFolder ca = CaFolder.ofNew(folder, host);
    passphraseFile.get().map(ca::readPassphrase).ifPresent(this::passphrase);
    try {
      host.output().createFolders(ca.path(), FileMode.OWNER_FOLDER);
      ca.requireProtected();
      try (FileLocks.Held held = host.locks().now(ca.path(), "ca", "CA folder " + ca.path())) {
        if (InterruptedChange.complete(host.interrupted(ca.path())).isPresent()) {
          host.warn("an interrupted 'cert init' in " + ca.path() + " was completed");
        }
        requireRoom(ca);
        create(ca);
      }
    } catch (IOException e) {
      throw EngineContext.notWritable(ca.path(), e);
    }
    CaOpening opening = new CaOpening(ca.path(), host);
    passphrase.get().ifPresent(opening::passphrase);
    return opening.open();
  }

  private void requireRoom(CaFolder ca) {
    boolean present =
        ca.has(CaFolder.KEY) || ca.has(CaFolder.CERTIFICATE) || ca.has(CaFolder.DOCUMENT);
    if (!present) {
      return;
    }
    if (!force) {
      throw refuse(ErrorCode.CA_ALREADY_EXISTS, ca.path().toString())
          .problem("this folder already has a CA")
          .build();
    }
    if (ca.has(CaFolder.DOCUMENT)) {
      CaDocument existing =
          CaDocument.read(
              DocumentFiles.json(ca.resolve(CaFolder.DOCUMENT), ErrorCode.INVALID_ARGS));
      if (existing.deployVersion().equals(version())) {
        throw refuse(ErrorCode.CA_VERSION_ALREADY_EXISTS, "deploy version")
            .problem("the CA already has deploy version " + version())
            .hint("Choose another deploy version, for example " + another(version()) + ".")
            .build();
      }
    }
  }

  private void create(CaFolder ca) throws IOException {
    Instant now = host.now();
    byte[] certificate;
    byte[] key;
    Fingerprint fingerprint;
    try {
      KeyPair keys = keyPairs.next(type().bits());
      byte[] der =
          new CertificateIssuer(
                  new FileCaSigner(keys.getPrivate(), host.jca()), host.jca().random())
              .root(
                  project,
                  organization.get(),
                  keys.getPublic(),
                  now.minus(CertificateIssuer.BACKDATING),
                  now.plus(validity.or(DEFAULT_VALIDITY)));
      certificate = Pem.encode(Pem.CERTIFICATE, der);
      fingerprint = Fingerprint.ofCertificate(der);
      key =
          passphrase.get().isPresent()
              ? KeyFiles.encodeEncrypted(keys.getPrivate(), passphrase.get().get(), host.jca())
              : KeyFiles.encode(keys.getPrivate());
    } catch (GeneralSecurityException e) {
      throw refuse(ErrorCode.CERT_GENERATION_FAILED, "root CA")
          .problem(
              "a key and certificate of type "
                  + type().text()
                  + " cannot be made: "
                  + e.getClass().getSimpleName())
          .cause(e)
          .build();
    }
    warnAboutThePeer();
    byte[] document =
        Json.write(CaDocument.write(project, now, version(), fingerprint, profilePath.get()));
    FileSet files = host.change(ChangeKind.INIT, "ca", ca.path());
    try {
      if (force) {
        Path backup = Backups.newFolder(host.output(), ca.path(), now);
        // The key goes first and comes last: it never lies beside a certificate of another CA.
        files
            .retire(CaFolder.KEY, backup)
            .retire(CaFolder.CERTIFICATE, backup)
            .retire(CaFolder.DOCUMENT, backup);
      }
      files
          .install(CaFolder.CERTIFICATE, certificate, FileMode.PUBLIC_FILE)
          .install(CaFolder.DOCUMENT, document, FileMode.OWNER_FILE)
          .install(CaFolder.KEY, key, FileMode.OWNER_FILE);
      files.prepare();
    } catch (IOException | RuntimeException e) {
      files.abandon();
      throw e;
    }
    files.apply();
  }

  private void warnAboutThePeer() {
    if (organization.get().isPresent()) {
      host.warn(
          "NVFlare's 'cert approve' cannot use a CA with an organization; approve with FedTrust");
    }
    if (passphrase.get().isPresent()) {
      host.warn("NVFlare's 'cert approve' cannot read an encrypted CA key; approve with FedTrust");
    }
  }

  private KeyType type() {
    return keyType.or(DEFAULT_KEY_TYPE);
  }

  /** A deploy version to propose: the first generation that differs from this one. */
  private static String another(DeployVersion version) {
    return version.text().equals("01") ? "02" : "01";
  }

  private DeployVersion version() {
    return deployVersion.or(DeployVersion.FIRST);
  }
}

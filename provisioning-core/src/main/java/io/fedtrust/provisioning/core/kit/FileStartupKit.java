// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.KitTls;
import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.io.BoundedFiles;
import io.fedtrust.provisioning.core.x509.CertificateFile;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.core.x509.JobCaChain;
import io.fedtrust.provisioning.core.x509.KeyFiles;
import io.fedtrust.provisioning.core.x509.NvflareUris;
import io.fedtrust.provisioning.core.x509.Pem;
import io.fedtrust.provisioning.core.x509.Subject;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.CertType;
import io.fedtrust.provisioning.model.ConnectionSecurity;
import io.fedtrust.provisioning.model.Fingerprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A startup kit whose key, certificate and root belong together. */
public final class FileStartupKit implements StartupKit {
  private static final ErrorCode CODE = ErrorCode.KIT_INVALID;

  private final Path folder;
  private final KitConfig config;
  private final CertificateFile leaf;
  private final CertificateFile root;
  private final byte[] chainPem;
  private final byte[] customRootsPem;
  private final Fingerprint fingerprint;
  private final PrivateKey key;
  private final Optional<JobCaChain> jobCa;

  private FileStartupKit(
      Path folder,
      KitConfig config,
      CertificateFile leaf,
      CertificateFile root,
      byte[] chainPem,
      byte[] customRootsPem,
      PrivateKey key,
      Optional<JobCaChain> jobCa) {
    this.folder = folder;
    this.config = config;
    this.leaf = leaf;
    this.root = root;
    this.chainPem = chainPem;
    this.customRootsPem = customRootsPem;
    this.fingerprint = Fingerprint.ofCertificate(root.der());
    this.key = key;
    this.jobCa = jobCa;
  }

  /** Opens a folder. */
  public static FileStartupKit open(Path kitFolder, EngineContext host) {
    Path folder = kitFolder.toAbsolutePath().normalize();
    Path startup = folder.resolve("startup");
    KitConfig config =
        KitConfig.read(role -> content(startup.resolve(role.file)), startup.toString());
    try {
      byte[] leafPem = read(startup.resolve(config.certificateFile()));
      CertificateFile leaf = CertificateFile.read(leafPem, host.jca());
      CertificateFile root = root(startup.resolve("rootCA.pem"), host);
      requireChain(leaf, root, Pem.certificates(leafPem).size());
      PrivateKey key = key(startup.resolve(config.keyFile()), leaf, host);
      Optional<JobCaChain> jobCa =
          JobCaMaterial.installed(startup, config.isServer(), root, host).map(JobCaMaterial::chain);
      FileStartupKit kit =
          new FileStartupKit(
              folder,
              config,
              leaf,
              root,
              leafPem,
              customRoots(startup.resolve("customRootCA.pem")),
              key,
              jobCa);
      requireUsable(kit);
      return kit;
    } catch (IOException e) {
      throw refuse(CODE, startup.toString())
          .malformed("certificates in PEM form", e.getMessage())
          .cause(e)
          .build();
    }
  }

  /** Opens a kit that was verified and written just now, from what is still in memory. */
  static FileStartupKit packaged(
      Path folder,
      Map<String, KitFiles.KitFile> files,
      CertificateFile leaf,
      CertificateFile root,
      PrivateKey key,
      Optional<JobCaChain> jobCa) {
    KitConfig config = config(files, folder);
    KitFiles.KitFile custom = files.get("startup/customRootCA.pem");
    return new FileStartupKit(
        folder,
        config,
        leaf,
        root,
        files.get("startup/" + config.certificateFile()).content(),
        custom == null ? new byte[0] : custom.content(),
        key,
        jobCa);
  }

  /** Reads the startup JSON of a kit that is in memory. */
  static KitConfig config(Map<String, KitFiles.KitFile> files, Path folder) {
    return KitConfig.read(
        role ->
            Optional.ofNullable(files.get("startup/" + role.file)).map(KitFiles.KitFile::content),
        folder.toString());
  }

  /** Lets the JDK read every certificate once, so that no getter fails later. */
  private static void requireUsable(FileStartupKit kit) throws IOException {
    requireParticipant(certificates(kit.chainPem));
    certificates(kit.customRootsPem);
    kit.root.toX509();
  }

  private static void requireParticipant(List<X509Certificate> chain) {
    try {
      NvflareUris.requireParticipant(chain.toArray(X509Certificate[]::new));
    } catch (CertificateException e) {
      throw refuse(CODE, "kit certificate")
          .malformed("the certificate of a participant", e.getMessage())
          .cause(e)
          .build();
    }
  }

  private static byte[] read(Path file) throws IOException {
    return BoundedFiles.read(file, BoundedFiles.DOCUMENT_BYTES);
  }

  private static CertificateFile root(Path file, EngineContext host) {
    try {
      return CertificateFile.readRoot(read(file), host.jca());
    } catch (IOException e) {
      throw refuse(CODE, file.toString())
          .malformed(
              "one X.509 certificate with an RSA key in PEM form, and nothing else", e.getMessage())
          .cause(e)
          .build();
    }
  }

  private static void requireChain(CertificateFile leaf, CertificateFile root, int certificates) {
    // With intermediates in the file, the handshake checks the path.
    boolean direct = leaf.names(root) && leaf.isSignedBy(root.publicKey());
    if (!root.isCa() || (certificates == 1 && !direct)) {
      throw refuse(ErrorCode.CERT_CHAIN_INVALID, "kit certificate")
          .problem("is not issued by the kit's rootCA.pem")
          .hint(ErrorCode.KIT_INVALID.hint())
          .build();
    }
  }

  private static PrivateKey key(Path file, CertificateFile leaf, EngineContext host) {
    PrivateKey key;
    try {
      key = KeyFiles.decode(read(file), new char[0], host.jca());
    } catch (IOException | GeneralSecurityException e) {
      // No cause: a parser's message could quote the key.
      throw refuse(ErrorCode.KEY_INVALID, file.toString())
          .malformed("an unencrypted RSA private key in PEM form")
          .build();
    }
    if (!KeyFiles.belongs(key, leaf.publicKey())) {
      throw refuse(ErrorCode.KEY_CERT_MISMATCH, file.toString())
          .problem("is not the key of the kit's certificate")
          .build();
    }
    return key;
  }

  private static List<X509Certificate> certificates(byte[] pem) throws IOException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (byte[] der : Pem.certificates(pem)) {
      try {
        certificates.add(Jca.certificate(der));
      } catch (GeneralSecurityException e) {
        throw new IOException("not a certificate the JDK can use", e);
      }
    }
    return List.copyOf(certificates);
  }

  private static Optional<byte[]> content(Path file) {
    try {
      return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
          ? Optional.of(read(file))
          : Optional.empty();
    } catch (IOException e) {
      throw refuse(CODE, file.toString())
          .malformed("a file of at most 128 KiB", e.getClass().getSimpleName())
          .cause(e)
          .build();
    }
  }

  private static byte[] customRoots(Path file) throws IOException {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
        ? BoundedFiles.read(file, BoundedFiles.ARCHIVE_BYTES)
        : new byte[0];
  }

  @Override
  public Path folder() {
    return folder;
  }

  @Override
  public String project() {
    return config.project();
  }

  @Override
  public String name() {
    return Subject.commonName(leaf.subject()).orElseThrow();
  }

  @Override
  public String org() {
    return Subject.organization(leaf.subject()).orElse("");
  }

  @Override
  public CertType certType() {
    return config.certType(leaf);
  }

  @Override
  public Endpoint endpoint() {
    return config.endpoint();
  }

  @Override
  public ConnectionSecurity connectionSecurity() {
    return config.security();
  }

  @Override
  public X509Certificate rootCertificate() {
    return readAgain(root::toX509);
  }

  @Override
  public Fingerprint fingerprint() {
    return fingerprint;
  }

  @Override
  public List<X509Certificate> certificateChain() {
    return readAgain(() -> certificates(chainPem));
  }

  /** Reads certificates that were read before. */
  private static <T> T readAgain(Reading<T> reading) {
    try {
      return reading.read();
    } catch (IOException e) {
      throw new IllegalStateException("a certificate that was readable is not any more", e);
    }
  }

  private interface Reading<T> {
    T read() throws IOException;
  }

  @Override
  public Optional<X509Certificate> jobCaCertificate() {
    return jobCa.map(JobCaChain::certificate);
  }

  /** Returns the server's job CA with all that its use depends on. */
  public Optional<JobCaChain> jobCa() {
    return jobCa;
  }

  @Override
  public PrivateKey privateKey() {
    return key;
  }

  @Override
  public KeyStore keyStore(char[] password) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(name(), key, password, certificateChain().toArray(X509Certificate[]::new));
      store.setCertificateEntry("root", rootCertificate());
      return store;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("every Java platform has PKCS#12", e);
    }
  }

  @Override
  public KitTls tls() {
    if (connectionSecurity() == ConnectionSecurity.CLEAR) {
      throw new IllegalStateException(
          "this kit's connection security is 'clear': there is no TLS; see connectionSecurity()");
    }
    return new ContextKitTls(this, readAgain(() -> certificates(customRootsPem)));
  }

  @Override
  public String toString() {
    return "StartupKit[" + project() + " " + name() + " at " + folder + ", key=<redacted>]";
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.KitTls;
import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.core.document.DocumentFiles;
import io.fedtrust.provisioning.core.host.Host;
import io.fedtrust.provisioning.core.io.BoundedFiles;
import io.fedtrust.provisioning.core.x509.CertificateFile;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.core.x509.KeyFiles;
import io.fedtrust.provisioning.core.x509.Pem;
import io.fedtrust.provisioning.core.x509.Subject;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.CertType;
import io.fedtrust.provisioning.model.ConnectionSecurity;
import io.fedtrust.provisioning.model.Fingerprint;
import io.fedtrust.provisioning.model.Scheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** A startup kit whose key, certificate and root belong together. */
public final class OpenKit implements StartupKit {
  private static final ErrorCode CODE = ErrorCode.KIT_INVALID;

  private final Path folder;
  private final KitConfig config;
  private final CertificateFile leaf;
  private final CertificateFile root;
  private final byte[] chainPem;
  private final byte[] customRootsPem;
  private final Fingerprint fingerprint;
  private final PrivateKey key;

  private OpenKit(
      Path folder,
      KitConfig config,
      CertificateFile leaf,
      CertificateFile root,
      byte[] chainPem,
      byte[] customRootsPem,
      PrivateKey key) {
    this.folder = folder;
    this.config = config;
    this.leaf = leaf;
    this.root = root;
    this.chainPem = chainPem;
    this.customRootsPem = customRootsPem;
    this.fingerprint = Fingerprint.ofCertificate(root.der());
    this.key = key;
  }

  /** Opens a folder. */
  public static OpenKit open(Path kitFolder, Host host) {
    Path folder = kitFolder.toAbsolutePath().normalize();
    Path startup = folder.resolve("startup");
    KitConfig config =
        KitConfig.read(role -> content(startup.resolve(role.file)), startup.toString());
    try {
      byte[] leafPem = read(startup.resolve(config.certificateFile()));
      CertificateFile leaf = CertificateFile.read(leafPem, host.jca());
      CertificateFile root = CertificateFile.read(read(startup.resolve("rootCA.pem")), host.jca());
      requireChain(leaf, root, Pem.all(leafPem, Pem.CERTIFICATE).size());
      PrivateKey key = key(startup.resolve(config.keyFile()), leaf, host);
      OpenKit kit =
          new OpenKit(
              folder,
              config,
              leaf,
              root,
              leafPem,
              customRoots(startup.resolve("customRootCA.pem")),
              key);
      requireUsable(kit);
      return kit;
    } catch (IOException e) {
      throw refuse(CODE, startup.toString())
          .expected("certificates in PEM form")
          .actual(e.getMessage())
          .cause(e)
          .build();
    }
  }

  /** Opens a kit that was verified and written just now, from what is still in memory. */
  static OpenKit packaged(
      Path folder,
      Map<String, KitFiles.KitFile> files,
      CertificateFile leaf,
      CertificateFile root,
      PrivateKey key) {
    KitConfig config =
        KitConfig.read(
            role ->
                Optional.ofNullable(files.get("startup/" + role.file))
                    .map(KitFiles.KitFile::content),
            folder.toString());
    KitFiles.KitFile custom = files.get("startup/customRootCA.pem");
    return new OpenKit(
        folder,
        config,
        leaf,
        root,
        files.get("startup/" + config.certificateFile()).content(),
        custom == null ? new byte[0] : custom.content(),
        key);
  }

  /** Lets the JDK read every certificate once, so that no getter fails later. */
  private static void requireUsable(OpenKit kit) throws IOException {
    certificates(kit.chainPem);
    certificates(kit.customRootsPem);
    kit.root.toX509();
  }

  private static byte[] read(Path file) throws IOException {
    return BoundedFiles.read(file, BoundedFiles.DOCUMENT_BYTES);
  }

  private static void requireChain(CertificateFile leaf, CertificateFile root, int certificates) {
    // With intermediates in the file, the handshake checks the path.
    boolean direct = leaf.names(root) && leaf.isSignedBy(root.publicKey());
    if (!root.isCa() || (certificates == 1 && !direct)) {
      throw refuse(ErrorCode.CERT_CHAIN_INVALID, "kit certificate")
          .expected("issued by the kit's rootCA.pem")
          .actual("another issuer")
          .hint(ErrorCode.KIT_INVALID.hint())
          .build();
    }
  }

  private static PrivateKey key(Path file, CertificateFile leaf, Host host) {
    PrivateKey key;
    try {
      key = KeyFiles.decode(read(file), new char[0], host.jca());
    } catch (IOException | GeneralSecurityException e) {
      // No cause: a parser's message could quote the key.
      throw refuse(ErrorCode.KEY_INVALID, file.toString())
          .expected("an unencrypted RSA private key in PEM form")
          .actual("unreadable")
          .build();
    }
    boolean matches =
        key instanceof RSAPrivateKey own
            && leaf.publicKey() instanceof RSAPublicKey shown
            && own.getModulus().equals(shown.getModulus());
    if (!matches) {
      throw refuse(ErrorCode.KEY_CERT_MISMATCH, file.toString())
          .expected("the key of the kit's certificate")
          .actual("another key")
          .build();
    }
    return key;
  }

  private static List<X509Certificate> certificates(byte[] pem) throws IOException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (byte[] der : Pem.all(pem, Pem.CERTIFICATE)) {
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
          .expected("a readable file of at most 128 KiB")
          .actual(e.getClass().getSimpleName())
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

  /** The startup JSON of a kit. */
  private record KitConfig(
      Role role, String project, Endpoint endpoint, ConnectionSecurity security) {
    enum Role {
      SERVER("fed_server.json", "server"),
      CLIENT("fed_client.json", "client"),
      ADMIN("fed_admin.json", "client");

      private final String file;
      private final String credential;

      Role(String file, String credential) {
        this.file = file;
        this.credential = credential;
      }
    }

    String certificateFile() {
      return role.credential + ".crt";
    }

    String keyFile() {
      return role.credential + ".key";
    }

    CertType certType(CertificateFile leaf) {
      // Kits of central provisioning carry a type for administrators only.
      CertType byRole = role == Role.SERVER ? CertType.SERVER : CertType.CLIENT;
      return Subject.certType(leaf.subject())
          .flatMap(CertType::of)
          .orElseGet(() -> role == Role.ADMIN ? CertType.MEMBER : byRole);
    }

    static KitConfig read(Function<Role, Optional<byte[]>> files, String where) {
      List<Role> present =
          Stream.of(Role.values()).filter(role -> files.apply(role).isPresent()).toList();
      if (present.size() != 1) {
        throw refuse(CODE, where)
            .expected("exactly one of fed_server.json, fed_client.json, fed_admin.json")
            .actual(present.size())
            .build();
      }
      Role role = present.get(0);
      Map<String, Object> document =
          DocumentFiles.json(files.apply(role).orElseThrow(), role.file, CODE);
      return switch (role) {
        case SERVER -> server(document);
        case CLIENT -> client(document);
        case ADMIN -> admin(document);
      };
    }

    private static KitConfig server(Map<String, Object> document) {
      Map<?, ?> server = firstServer(document);
      Endpoint target = target(server);
      return new KitConfig(
          Role.SERVER,
          text(server, "name"),
          new Endpoint(target.scheme(), target.host(), target.port(), target.host()),
          security(server));
    }

    private static KitConfig client(Map<String, Object> document) {
      Map<?, ?> server = firstServer(document);
      Endpoint target = target(server);
      return new KitConfig(
          Role.CLIENT,
          text(server, "name"),
          new Endpoint(target.scheme(), target.host(), target.port(), text(server, "identity")),
          security(map(document, "client")));
    }

    private static KitConfig admin(Map<String, Object> document) {
      Map<?, ?> admin = map(document, "admin");
      Endpoint endpoint =
          new Endpoint(
              scheme(text(admin, "scheme")),
              text(admin, "host"),
              port(admin.get("port")),
              text(admin, "server_identity"));
      return new KitConfig(Role.ADMIN, text(admin, "project_name"), endpoint, security(admin));
    }

    private static Endpoint target(Map<?, ?> server) {
      Map<?, ?> service = map(server, "service");
      String target = text(service, "target");
      int colon = target.lastIndexOf(':');
      if (colon <= 0 || colon != target.indexOf(':')) {
        throw wrong("service.target", "host:port", target);
      }
      String host = target.substring(0, colon);
      Optional<Integer> port = number(target.substring(colon + 1));
      return new Endpoint(
          scheme(text(service, "scheme")), host, port(port.<Object>map(p -> p).orElse("")), host);
    }

    private static Optional<Integer> number(String text) {
      return text.matches("[0-9]{1,5}") ? Optional.of(Integer.valueOf(text)) : Optional.empty();
    }

    private static int port(Object value) {
      if (value instanceof Integer port && port >= 1 && port <= 65535) {
        return port;
      }
      throw wrong("port", "a TCP port", value);
    }

    private static Scheme scheme(String text) {
      return Scheme.of(text).orElseThrow(() -> wrong("scheme", "grpc, tcp or http", text));
    }

    private static ConnectionSecurity security(Map<?, ?> object) {
      Object value = object.get("connection_security");
      if (value == null) {
        return ConnectionSecurity.MTLS;
      }
      return ConnectionSecurity.of(String.valueOf(value))
          .orElseThrow(() -> wrong("connection_security", "clear, tls or mtls", value));
    }

    private static Map<?, ?> firstServer(Map<String, Object> document) {
      if (document.get("servers") instanceof List<?> list
          && list.size() == 1
          && list.get(0) instanceof Map<?, ?> server) {
        return server;
      }
      throw wrong("servers", "a list with exactly one server", document.get("servers"));
    }

    private static Map<?, ?> map(Map<?, ?> object, String key) {
      if (object.get(key) instanceof Map<?, ?> map) {
        return map;
      }
      throw wrong(key, "an object", object.get(key));
    }

    private static String text(Map<?, ?> object, String key) {
      if (object.get(key) instanceof String text && !text.isBlank()) {
        return text;
      }
      throw wrong(key, "text", object.get(key));
    }

    private static RuntimeException wrong(
        String field, String expected, @org.jspecify.annotations.Nullable Object actual) {
      return refuse(CODE, field).expected(expected).actual(actual).build();
    }
  }
}

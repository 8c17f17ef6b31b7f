// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import static io.fedtrust.provisioning.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fedtrust.provisioning.Approval;
import io.fedtrust.provisioning.JobCaApproval;
import io.fedtrust.provisioning.JobCaRequest;
import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.StartupKitPackager;
import io.fedtrust.provisioning.core.World;
import io.fedtrust.provisioning.core.Zips;
import io.fedtrust.provisioning.core.x509.JobCaChain;
import io.fedtrust.provisioning.core.x509.KeyFiles;
import io.fedtrust.provisioning.core.x509.Pem;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.Inspection;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server's kit with a job CA, and who is refused because of one. */
class JobCaKitTest {
  private static final String MARK = "https://nvidia.com/nvflare/v1/ca/job";
  private static final String JOB = "https://nvidia.com/nvflare/v1/job/1234";

  @TempDir Path temp;
  private World world;
  private Approval server;
  private String lastRefusal = "";

  @BeforeEach
  void certifiedServer() {
    // The present here is the system's: the JDK's TLS checks use it.
    world = new World(temp).at(Instant.now());
    server = world.approve(world.request(World.server()));
  }

  private StartupKitPackager packager(Approval approval) {
    return world
        .engine()
        .packager(world.engine().openBundle(approval.signedZip()).trust(world.ca().fingerprint()));
  }

  private StartupKit kit(Path jobCaZip) {
    return packager(server).jobCa(jobCaZip).packageInto(world.path("workspace"));
  }

  @Test
  @DisplayName("the certificate has the profile that NVFlare documents, by rules written anew here")
  void profile() throws Exception {
    StartupKit kit = kit(world.jobCa().signedZip());
    List<X509Certificate> chain =
        certificates(Files.readAllBytes(kit.folder().resolve("startup/job_ca.crt")));
    assertThat(chain).hasSize(1);
    X509Certificate jobCa = chain.get(0);
    X509Certificate root =
        certificates(Files.readAllBytes(kit.folder().resolve("startup/rootCA.pem"))).get(0);
    assertThat(jobCa.getSubjectX500Principal().getName()).isEqualTo("CN=job_ca.fed_test");
    assertThat(jobCa.getIssuerX500Principal().getEncoded())
        .isEqualTo(root.getSubjectX500Principal().getEncoded());
    assertThat(jobCa.getCriticalExtensionOIDs())
        .containsExactlyInAnyOrder("2.5.29.19", "2.5.29.15");
    assertThat(jobCa.getNonCriticalExtensionOIDs())
        .containsExactlyInAnyOrder("2.5.29.17", "2.5.29.14", "2.5.29.35");
    // SEQUENCE { TRUE, INTEGER 0 } in an OCTET STRING (RFC 5280 section 4.2.1.9).
    assertThat(jobCa.getExtensionValue("2.5.29.19"))
        .isEqualTo(new byte[] {4, 8, 0x30, 6, 1, 1, -1, 2, 1, 0});
    boolean[] uses = new boolean[9];
    uses[0] = true;
    uses[5] = true;
    uses[6] = true;
    assertThat(jobCa.getKeyUsage()).isEqualTo(uses);
    assertThat(jobCa.getExtendedKeyUsage()).isNull();
    Collection<List<?>> names = jobCa.getSubjectAlternativeNames();
    assertThat(names).containsExactlyInAnyOrder(List.of(6, MARK), List.of(2, "job_ca.fed_test"));
    byte[] spki = jobCa.getPublicKey().getEncoded();
    byte[] bits = Arrays.copyOfRange(spki, 24, spki.length);
    byte[] keyId = MessageDigest.getInstance("SHA-1").digest(bits);
    assertThat(Arrays.copyOfRange(jobCa.getExtensionValue("2.5.29.14"), 4, 24)).isEqualTo(keyId);
    assertThat(Arrays.copyOfRange(jobCa.getExtensionValue("2.5.29.35"), 6, 26))
        .isEqualTo(Arrays.copyOfRange(root.getExtensionValue("2.5.29.14"), 4, 24));
    assertThat(Duration.between(Instant.now(), jobCa.getNotAfter().toInstant()).toDays())
        .isBetween(359L, 360L);
    validate(List.of(jobCa), root);

    // What the running server would issue with it leads to the root.
    PrivateKey key =
        KeyFiles.decode(
            Files.readAllBytes(kit.folder().resolve("startup/job_ca.key")),
            new char[0],
            World.jca());
    X509Certificate leaf = leaf(jobCa, key, World.key(20).getPublic(), "site-1", JOB);
    validate(List.of(leaf, jobCa), root);
    // pathlen 0: another CA below it leads nowhere.
    X509Certificate below = caUnder(jobCa, key, World.key(21).getPublic());
    X509Certificate tooFar =
        leaf(below, World.key(21).getPrivate(), World.key(20).getPublic(), "site-1", JOB);
    assertThatThrownBy(() -> validate(List.of(tooFar, below, jobCa), root))
        .isInstanceOf(java.security.cert.CertPathValidatorException.class);
  }

  @Test
  @DisplayName("the pair is in the server's kit alone, the key for its owner alone")
  void installed() throws Exception {
    JobCaApproval jobCa = world.jobCa();
    StartupKit kit = kit(jobCa.signedZip());
    Path key = kit.folder().resolve("startup/job_ca.key");
    assertThat(key).hasBinaryContent(Files.readAllBytes(world.path("localhost/job_ca.key")));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
        .isEqualTo("rw-------");
    assertThat(kit.folder().resolve("startup/job_ca.crt"))
        .hasBinaryContent(Zips.read(jobCa.signedZip()).get("job_ca.crt"));
    StartupKit opened = world.engine().openKit(kit.folder());
    for (StartupKit each : List.of(kit, opened)) {
      assertThat("0x" + each.jobCaCertificate().orElseThrow().getSerialNumber().toString(16))
          .isEqualTo(jobCa.serial());
    }
    Inspection inspection = world.engine().inspect(kit.folder()).inspect();
    assertThat(inspection.sound()).as(inspection.checks().toString()).isTrue();
    assertThat(inspection.facts()).containsEntry("job_ca_days_left", "360");
    world.later(Duration.ofDays(361));
    assertThat(world.engine().inspect(kit.folder()).inspect().checks())
        .anyMatch(check -> check.code().equals(Optional.of("CERT_EXPIRED")));
  }

  @Test
  @DisplayName("a signed zip beside the server's is not taken unless it is named")
  void explicit() {
    world.jobCa();
    StartupKit kit = world.packageKit(server);
    assertThat(kit.jobCaCertificate()).isEmpty();
    assertThat(kit.folder().resolve("startup/job_ca.key")).doesNotExist();
  }

  @Test
  @DisplayName("replacing a kit that has a job CA without naming one says what is lost")
  void lost() {
    kit(world.jobCa().signedZip());
    packager(server).force().packageInto(world.path("workspace"));
    assertThat(world.warnings).anyMatch(text -> text.contains("--job-ca"));
  }

  @Test
  @DisplayName("a client's kit takes no job CA, and one that has its key is not opened")
  void clients() throws Exception {
    JobCaApproval jobCa = world.jobCa();
    Approval client = world.approve(world.request(World.client("site-1")));
    refused(
        ErrorCode.INVALID_ARGS,
        () -> packager(client).jobCa(jobCa.signedZip()).packageInto(world.path("workspace")));
    StartupKit kit = world.packageKit(client);
    for (String file : List.of("job_ca.key", "job_ca.crt")) {
      Path stray = kit.folder().resolve("startup").resolve(file);
      Files.writeString(stray, "anything");
      refused(ErrorCode.JOB_CA_INVALID, () -> world.engine().openKit(kit.folder()));
      Files.delete(stray);
    }
    assertThat(world.engine().openKit(kit.folder()).jobCaCertificate()).isEmpty();
  }

  @Test
  @DisplayName(
      "package refuses another key, no key, another root's, another server's, and an end near")
  void refusals() throws Exception {
    JobCaApproval jobCa = world.jobCa();
    Path key = world.path("localhost/job_ca.key");
    byte[] own = Files.readAllBytes(key);
    Files.write(key, KeyFiles.encode(World.key(20).getPrivate()));
    refused(ErrorCode.KEY_CERT_MISMATCH, () -> kit(jobCa.signedZip()));
    Files.delete(key);
    refused(ErrorCode.KEY_NOT_FOUND, () -> kit(jobCa.signedZip()));
    Files.write(key, own);
    World other = new World(Files.createDirectories(temp.resolve("other"))).at(Instant.now());
    other.approve(other.request(World.server()));
    refused(ErrorCode.ROOTCA_FINGERPRINT_MISMATCH, () -> kit(other.jobCa().signedZip()));
    refused(ErrorCode.INVALID_SIGNED_ZIP, () -> kit(server.signedZip()));
    refused(ErrorCode.INVALID_SIGNED_ZIP, () -> world.engine().openBundle(jobCa.signedZip()));
    world.later(Duration.ofDays(360).minusMinutes(60));
    refused(ErrorCode.CERT_EXPIRED, () -> kit(jobCa.signedZip()));
    world.later(Duration.ofMinutes(-1));
    assertThat(kit(jobCa.signedZip()).jobCaCertificate()).isPresent();
  }

  @Test
  @DisplayName("a job CA of another server of the project is refused")
  void otherServer() throws Exception {
    JobCaRequest request = world.jobCaRequest("localhost");
    JobCaApproval jobCa = world.approving(request).write();
    RequestFolder moved =
        world.request(
            new io.fedtrust.provisioning.model.Participant.Server("fl2.example.org", "central"));
    Approval approval =
        world.approve(
            moved,
            new io.fedtrust.provisioning.model.ProjectProfile(
                World.PROJECT,
                io.fedtrust.provisioning.model.Scheme.GRPC,
                io.fedtrust.provisioning.model.ConnectionSecurity.MTLS,
                new io.fedtrust.provisioning.model.ServerEndpoint("fl2.example.org", 8002, 8003)));
    Files.copy(world.path("localhost/job_ca.key"), world.path("fl2.example.org/job_ca.key"));
    refused(
        ErrorCode.JOB_CA_SERVER_MISMATCH,
        () -> packager(approval).jobCa(jobCa.signedZip()).packageInto(world.path("workspace")));
  }

  @Test
  @DisplayName(
      "a job CA approved for an earlier key of the server is refused; one for its present key is not")
  void earlierKey() throws Exception {
    JobCaApproval earlier = world.jobCa();
    RequestFolder renewed = world.request(World.server(), "renewed");
    Approval approval = renew(renewed);
    Path key = world.path("renewed/job_ca.key");
    Files.copy(world.path("localhost/job_ca.key"), key);
    ProvisioningException refusal =
        catchThrowableOfType(
            ProvisioningException.class,
            () -> packager(approval).jobCa(earlier.signedZip()).packageInto(world.path("w")));
    assertThat(refusal.code()).isEqualTo(ErrorCode.JOB_CA_SERVER_MISMATCH);
    assertThat(refusal.expected().orElse("")).contains(World.keyOf(renewed).toString());
    assertThat(refusal.actual().orElse("")).contains(earlier.server().publicKey().toString());
    assertThat(refusal.hint()).contains("cert request --job-ca");
    Files.delete(key);
    JobCaRequest again = world.jobCaRequest("renewed");
    JobCaApproval fresh = world.approving(again).renew().expectKey(again.publicKey()).write();
    assertThat(packager(approval).jobCa(fresh.signedZip()).packageInto(world.path("w")))
        .returns(true, kit -> kit.jobCaCertificate().isPresent());
  }

  @Test
  @DisplayName("a renewal of the server that keeps its key keeps its job CA")
  void sameKeyAgain() throws Exception {
    KeyPair keys = World.key(25);
    RequestFolder first = world.request(World.server(), "first", keys);
    renew(first);
    JobCaApproval jobCa = world.approving(world.jobCaRequest("first")).write();
    RequestFolder second = world.request(World.server(), "second", keys);
    Approval approval = renew(second);
    Files.copy(world.path("first/job_ca.key"), world.path("second/job_ca.key"));
    assertThat(packager(approval).jobCa(jobCa.signedZip()).packageInto(world.path("w")))
        .returns(true, kit -> kit.jobCaCertificate().isPresent());
  }

  private Approval renew(RequestFolder request) {
    return world
        .ca()
        .approve(request.requestZip())
        .against(world.profile())
        .renew()
        .expectKey(World.keyOf(request))
        .write();
  }

  @Test
  @DisplayName("no byte of a job CA's signed zip can change, and no signature be carried over")
  void altered() throws Exception {
    JobCaApproval jobCa = world.jobCa();
    byte[] good = Files.readAllBytes(jobCa.signedZip());
    byte[] participants = Zips.read(server.signedZip()).get("signed.json.sig");
    UnaryOperator<byte[]> longer =
        bytes -> (new String(bytes, StandardCharsets.UTF_8) + " ").getBytes(StandardCharsets.UTF_8);
    for (Consumer<java.util.Map<String, byte[]>> change :
        List.<Consumer<java.util.Map<String, byte[]>>>of(
            zip -> zip.computeIfPresent("signed.json", (name, json) -> longer.apply(json)),
            zip -> zip.put("signed.json.sig", participants),
            zip -> zip.computeIfPresent("job_ca.crt", (name, pem) -> longer.apply(pem)),
            zip -> zip.put("notes.txt", new byte[1]),
            zip -> zip.put("job_ca.crt", Zips.read(server.signedZip()).get("localhost.crt")))) {
      Files.write(jobCa.signedZip(), good);
      Zips.change(jobCa.signedZip(), change);
      refused(ErrorCode.INVALID_SIGNED_ZIP, () -> kit(jobCa.signedZip()));
    }
  }

  @Test
  @DisplayName("a server's kit with half a pair, or another certificate as job CA, is not opened")
  void halfAPair() throws Exception {
    StartupKit kit = kit(world.jobCa().signedZip());
    Path startup = kit.folder().resolve("startup");
    byte[] own = Files.readAllBytes(startup.resolve("job_ca.crt"));
    Files.delete(startup.resolve("job_ca.crt"));
    refused(ErrorCode.JOB_CA_INVALID, () -> world.engine().openKit(kit.folder()));
    Files.copy(startup.resolve("server.crt"), startup.resolve("job_ca.crt"));
    refused(ErrorCode.JOB_CA_INVALID, () -> world.engine().openKit(kit.folder()));
    Files.write(startup.resolve("job_ca.crt"), own);
    byte[] key = Files.readAllBytes(startup.resolve("job_ca.key"));
    Files.write(startup.resolve("job_ca.key"), KeyFiles.encode(World.key(20).getPrivate()));
    refused(ErrorCode.KEY_CERT_MISMATCH, () -> world.engine().openKit(kit.folder()));
    Files.write(startup.resolve("job_ca.key"), key);
    assertThat(world.engine().openKit(kit.folder()).jobCaCertificate()).isPresent();
  }

  @Test
  @DisplayName(
      "job_ca.crt holds certificates and nothing else, so that every reader reads the same")
  void nothingElse() throws Exception {
    StartupKit kit = kit(world.jobCa().signedZip());
    Path file = kit.folder().resolve("startup/job_ca.crt");
    String own = Files.readString(file);
    String otherLabel = own.replace(" CERTIFICATE-", " X509 CERTIFICATE-");
    for (String other :
        List.of(
            otherLabel,
            own + otherLabel,
            otherLabel + own,
            "subject=job_ca\n" + own,
            own + "text\n",
            own.substring(0, own.length() / 2),
            "")) {
      Files.writeString(file, other);
      refused(ErrorCode.JOB_CA_INVALID, () -> world.engine().openKit(kit.folder()));
      assertThat(world.engine().inspect(kit.folder()).inspect().checks())
          .anyMatch(check -> check.code().equals(Optional.of("JOB_CA_INVALID")));
    }
    Files.writeString(file, "\n" + own + "\r\n");
    assertThat(world.engine().openKit(kit.folder()).jobCaCertificate()).isPresent();
  }

  @Test
  @DisplayName("the key is compared with the very certificate that has the profile")
  void oneCertificate() throws Exception {
    StartupKit kit = kit(world.jobCa().signedZip());
    Path startup = kit.folder().resolve("startup");
    KeyPair keys = World.key(20);
    X509Certificate before =
        leaf(kit.rootCertificate(), rootKey(), keys.getPublic(), "job_ca.fed_test", JOB);
    Files.write(startup.resolve("job_ca.key"), KeyFiles.encode(keys.getPrivate()));
    String jobCa = Files.readString(startup.resolve("job_ca.crt"));
    for (String label : List.of("X509 CERTIFICATE", "CERTIFICATE")) {
      String first = new String(Pem.encode(label, before.getEncoded()), StandardCharsets.US_ASCII);
      Files.writeString(startup.resolve("job_ca.crt"), first + jobCa);
      refused(ErrorCode.JOB_CA_INVALID, () -> world.engine().openKit(kit.folder()));
    }
  }

  @Test
  @DisplayName("each part of the profile is demanded of a job CA in a kit")
  void everyPart() throws Exception {
    StartupKit kit = kit(world.jobCa().signedZip());
    KeyPair keys = World.key(22);
    Files.write(kit.folder().resolve("startup/job_ca.key"), KeyFiles.encode(keys.getPrivate()));
    assertThat(jobCaOpens(kit, keys, new Profile())).isTrue();
    Profile p = new Profile();
    p.pathLength = 1;
    assertThat(jobCaOpens(kit, keys, p)).isFalse();
    p = new Profile();
    p.criticalConstraints = false;
    assertThat(jobCaOpens(kit, keys, p)).isFalse();
    p = new Profile();
    p.usage = KeyUsage.digitalSignature;
    assertThat(jobCaOpens(kit, keys, p)).isFalse();
    p = new Profile();
    p.criticalUsage = false;
    assertThat(jobCaOpens(kit, keys, p)).isFalse();
    p = new Profile();
    p.uris = List.of();
    assertThat(jobCaOpens(kit, keys, p)).isFalse();
    p = new Profile();
    p.uris = List.of(MARK + "/x");
    assertThat(jobCaOpens(kit, keys, p)).isFalse();
    p = new Profile();
    p.uris = List.of(MARK, JOB, JOB + "5");
    assertThat(jobCaOpens(kit, keys, p)).isFalse();
    assertThat(lastRefusal).isEqualTo("a job CA with URIs of several jobs");
    p = new Profile();
    p.criticalNames = true;
    assertThat(jobCaOpens(kit, keys, p)).isFalse();
    p = new Profile();
    p.subjectKey = false;
    assertThat(jobCaOpens(kit, keys, p)).isFalse();
    p = new Profile();
    p.authorityKey = false;
    assertThat(jobCaOpens(kit, keys, p)).isFalse();
    p = new Profile();
    p.purposes = List.of(KeyPurposeId.id_kp_clientAuth);
    assertThat(jobCaOpens(kit, keys, p)).isFalse();
    p = new Profile();
    p.purposes = List.of(KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth);
    assertThat(jobCaOpens(kit, keys, p)).isTrue();
    p = new Profile();
    p.foreignSigner = true;
    assertThat(jobCaOpens(kit, keys, p)).isFalse();
  }

  /** A job CA from which one thing is spoiled. */
  private static final class Profile {
    int pathLength;
    boolean criticalConstraints = true;
    int usage = KeyUsage.digitalSignature | KeyUsage.keyCertSign | KeyUsage.cRLSign;
    boolean criticalUsage = true;
    List<String> uris = List.of(MARK);
    boolean criticalNames;
    boolean subjectKey = true;
    boolean authorityKey = true;
    List<KeyPurposeId> purposes = List.of();
    boolean foreignSigner;
  }

  private boolean jobCaOpens(StartupKit kit, KeyPair keys, Profile profile) throws Exception {
    X509Certificate root = kit.rootCertificate();
    PrivateKey rootKey = profile.foreignSigner ? World.key(23).getPrivate() : rootKey();
    JcaX509v3CertificateBuilder builder = builder(root, keys.getPublic(), "CN=job_ca.fed_test");
    builder.addExtension(
        Extension.basicConstraints,
        profile.criticalConstraints,
        new BasicConstraints(profile.pathLength));
    builder.addExtension(Extension.keyUsage, profile.criticalUsage, new KeyUsage(profile.usage));
    if (!profile.uris.isEmpty()) {
      builder.addExtension(
          Extension.subjectAlternativeName, profile.criticalNames, uris(profile.uris));
    }
    JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
    if (profile.subjectKey) {
      builder.addExtension(
          Extension.subjectKeyIdentifier, false, ids.createSubjectKeyIdentifier(keys.getPublic()));
    }
    if (profile.authorityKey) {
      builder.addExtension(
          Extension.authorityKeyIdentifier, false, ids.createAuthorityKeyIdentifier(root));
    }
    if (!profile.purposes.isEmpty()) {
      builder.addExtension(
          Extension.extendedKeyUsage,
          false,
          new ExtendedKeyUsage(profile.purposes.toArray(KeyPurposeId[]::new)));
    }
    X509Certificate jobCa = signed(builder, rootKey);
    Files.write(
        kit.folder().resolve("startup/job_ca.crt"),
        Pem.encode(Pem.CERTIFICATE, jobCa.getEncoded()));
    try {
      world.engine().openKit(kit.folder());
      return true;
    } catch (ProvisioningException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.JOB_CA_INVALID);
      lastRefusal = e.actual().orElse("");
      return false;
    }
  }

  @Test
  @DisplayName("kit.tls(): a server refuses a job's certificate and whatever a job CA issued")
  void serverRefusesJobs() throws Exception {
    StartupKit kit = kit(world.jobCa().signedZip());
    KeyPair keys = World.key(20);
    for (String uri : List.of(JOB, "https://example.org/x")) {
      X509Certificate leaf = leaf(jobCaOf(kit), jobCaKey(kit), keys.getPublic(), "site-1", uri);
      assertThat(handshake(kit, identity(kit, keys, List.of(leaf, jobCaOf(kit)))))
          .isEqualTo(
              uri.equals(JOB)
                  ? "a job's certificate names no participant"
                  : "a job CA is in the chain: it names no participant");
    }
    X509Certificate direct =
        leaf(kit.rootCertificate(), rootKey(), keys.getPublic(), "site-1", JOB);
    assertThat(handshake(kit, identity(kit, keys, List.of(direct))))
        .isEqualTo("a job's certificate names no participant");
    X509Certificate good =
        leaf(
            kit.rootCertificate(),
            rootKey(),
            keys.getPublic(),
            "site-1",
            "https://nvidia.com/nvflare/v1/project/fed_test/study/s1");
    assertThat(handshake(kit, identity(kit, keys, List.of(good)))).contains("CN=site-1");
  }

  @Test
  @DisplayName("kit.tls(): a client refuses a server that shows a job's certificate in its name")
  void clientRefusesJobs() throws Exception {
    StartupKit serverKit = kit(world.jobCa().signedZip());
    StartupKit client = world.kit(World.client("site-1"));
    KeyPair keys = World.key(20);
    for (String uri : List.of(JOB, "https://example.org/x")) {
      X509Certificate posing =
          leaf(jobCaOf(serverKit), jobCaKey(serverKit), keys.getPublic(), "localhost", uri);
      SSLContext context = identity(serverKit, keys, List.of(posing, jobCaOf(serverKit)));
      try (SSLServerSocket listener =
          (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 1, loopback())) {
        CompletableFuture<Void> served =
            CompletableFuture.runAsync(
                () -> {
                  try (SSLSocket socket = (SSLSocket) listener.accept()) {
                    socket.startHandshake();
                  } catch (IOException e) {
                    // The client ends it.
                  }
                });
        assertThatThrownBy(
                () ->
                    client
                        .tls()
                        .connect(new InetSocketAddress(loopback(), listener.getLocalPort())))
            .isInstanceOf(IOException.class)
            .rootCause()
            .hasMessageContaining("job");
        served.join();
      }
    }
  }

  @Test
  @DisplayName("a kit whose own certificate is a job's, or was issued by a job CA, is not opened")
  void kitOfAJob() throws Exception {
    StartupKit serverKit = kit(world.jobCa().signedZip());
    StartupKit client = world.kit(World.client("site-1"));
    KeyPair keys = World.key(20);
    Files.write(client.folder().resolve("startup/client.key"), KeyFiles.encode(keys.getPrivate()));
    Path own = client.folder().resolve("startup/client.crt");
    X509Certificate direct =
        leaf(serverKit.rootCertificate(), rootKey(), keys.getPublic(), "site-1", JOB);
    for (String label : List.of("CERTIFICATE", "X509 CERTIFICATE")) {
      Files.write(own, Pem.encode(label, direct.getEncoded()));
      refused(ErrorCode.KIT_INVALID, () -> world.engine().openKit(client.folder()));
    }
    X509Certificate foreign =
        leaf(caSelf(World.key(24)), World.key(24).getPrivate(), keys.getPublic(), "site-1", "x:y");
    Files.write(own, Pem.encode("X509 CERTIFICATE", foreign.getEncoded()));
    refused(ErrorCode.CERT_CHAIN_INVALID, () -> world.engine().openKit(client.folder()));
    X509Certificate below =
        leaf(jobCaOf(serverKit), jobCaKey(serverKit), keys.getPublic(), "site-1", MARK + "x");
    Files.writeString(
        own,
        new String(Pem.encode(Pem.CERTIFICATE, below.getEncoded()), StandardCharsets.US_ASCII)
            + new String(
                Pem.encode(Pem.CERTIFICATE, jobCaOf(serverKit).getEncoded()),
                StandardCharsets.US_ASCII));
    refused(ErrorCode.KIT_INVALID, () -> world.engine().openKit(client.folder()));
  }

  @Test
  @DisplayName("a job CA's chain under a root that allows no CA below it is refused")
  void rootWithoutRoom() throws Exception {
    KeyPair rootKeys = World.key(24);
    X509Certificate self = caSelf(rootKeys);
    KeyPair keys = World.key(22);
    JcaX509v3CertificateBuilder builder = builder(self, keys.getPublic(), "CN=job_ca.fed_test");
    JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
    builder
        .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
        .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign))
        .addExtension(Extension.subjectAlternativeName, false, uris(List.of(MARK)))
        .addExtension(
            Extension.subjectKeyIdentifier, false, ids.createSubjectKeyIdentifier(keys.getPublic()))
        .addExtension(
            Extension.authorityKeyIdentifier, false, ids.createAuthorityKeyIdentifier(self));
    byte[] pem = Pem.encode(Pem.CERTIFICATE, signed(builder, rootKeys.getPrivate()).getEncoded());
    var root =
        io.fedtrust.provisioning.core.x509.CertificateFile.readRoot(
            Pem.encode(Pem.CERTIFICATE, self.getEncoded()), World.jca());
    assertThatThrownBy(() -> JobCaChain.read(pem, root, World.jca()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no CA below");
  }

  private PrivateKey rootKey() throws Exception {
    return KeyFiles.decode(
        Files.readAllBytes(world.path("ca/rootCA.key")), new char[0], World.jca());
  }

  private static X509Certificate jobCaOf(StartupKit kit) {
    return kit.jobCaCertificate().orElseThrow();
  }

  private static PrivateKey jobCaKey(StartupKit kit) throws Exception {
    return KeyFiles.decode(
        Files.readAllBytes(kit.folder().resolve("startup/job_ca.key")), new char[0], World.jca());
  }

  private static JcaX509v3CertificateBuilder builder(
      X509Certificate issuer, PublicKey key, String subject) {
    return new JcaX509v3CertificateBuilder(
        X500Name.getInstance(issuer.getSubjectX500Principal().getEncoded()),
        BigInteger.valueOf(System.nanoTime()),
        Date.from(Instant.now().minus(Duration.ofMinutes(2))),
        Date.from(Instant.now().plus(Duration.ofDays(30))),
        new X500Name(subject),
        key);
  }

  private static X509Certificate signed(X509v3CertificateBuilder builder, PrivateKey key)
      throws Exception {
    return new JcaX509CertificateConverter()
        .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withRSA").build(key)));
  }

  private static GeneralNames uris(List<String> uris) {
    return new GeneralNames(
        uris.stream()
            .map(uri -> new GeneralName(GeneralName.uniformResourceIdentifier, uri))
            .toArray(GeneralName[]::new));
  }

  private static X509Certificate leaf(
      X509Certificate issuer, PrivateKey issuerKey, PublicKey key, String name, String uri)
      throws Exception {
    return signed(
        builder(issuer, key, "CN=" + name)
            .addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(
                    new GeneralName[] {
                      new GeneralName(GeneralName.dNSName, name),
                      new GeneralName(GeneralName.uniformResourceIdentifier, uri)
                    })),
        issuerKey);
  }

  private static X509Certificate caUnder(
      X509Certificate issuer, PrivateKey issuerKey, PublicKey key) throws Exception {
    return signed(
        builder(issuer, key, "CN=below")
            .addExtension(Extension.basicConstraints, true, new BasicConstraints(true))
            .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign)),
        issuerKey);
  }

  private static X509Certificate caSelf(KeyPair keys) throws Exception {
    return signed(
        new JcaX509v3CertificateBuilder(
                new X500Name("CN=fed_test"),
                BigInteger.ONE,
                Date.from(Instant.now().minus(Duration.ofDays(1))),
                Date.from(Instant.now().plus(Duration.ofDays(365))),
                new X500Name("CN=fed_test"),
                keys.getPublic())
            .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
            .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign)),
        keys.getPrivate());
  }

  private static List<X509Certificate> certificates(byte[] pem) throws Exception {
    return CertificateFactory.getInstance("X.509")
        .generateCertificates(new java.io.ByteArrayInputStream(pem))
        .stream()
        .map(X509Certificate.class::cast)
        .toList();
  }

  private static void validate(List<X509Certificate> path, X509Certificate root) throws Exception {
    PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
    parameters.setRevocationEnabled(false);
    CertPathValidator.getInstance("PKIX")
        .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
  }

  /**
   * TLS of somebody who shows a chain and trusts the federation's root, and checks nothing more.
   */
  private static SSLContext identity(StartupKit kit, KeyPair keys, List<X509Certificate> chain)
      throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("own", keys.getPrivate(), new char[0], chain.toArray(X509Certificate[]::new));
    KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
    own.init(store, new char[0]);
    KeyStore anchors = KeyStore.getInstance("PKCS12");
    anchors.load(null, null);
    anchors.setCertificateEntry("root", kit.rootCertificate());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(anchors);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  /** Returns whom the server saw, or why it refused. */
  private static String handshake(StartupKit server, SSLContext client) throws Exception {
    try (SSLServerSocket listener = server.tls().listen(new InetSocketAddress(loopback(), 0))) {
      CompletableFuture<String> seen =
          CompletableFuture.supplyAsync(
              () -> {
                try (SSLSocket socket = (SSLSocket) listener.accept()) {
                  socket.startHandshake();
                  String peer = socket.getSession().getPeerPrincipal().getName();
                  socket.getOutputStream().write(1);
                  return peer;
                } catch (IOException e) {
                  Throwable cause = e;
                  while (cause.getCause() != null) {
                    cause = cause.getCause();
                  }
                  return String.valueOf(cause.getMessage());
                }
              });
      try (SSLSocket socket =
          (SSLSocket) client.getSocketFactory().createSocket(loopback(), listener.getLocalPort())) {
        socket.startHandshake();
        assertThat(socket.getInputStream().read()).isEqualTo(1);
      } catch (IOException e) {
        // The server says why it ended the connection.
      }
      return seen.join();
    }
  }

  private static InetAddress loopback() {
    return InetAddress.getLoopbackAddress();
  }
}

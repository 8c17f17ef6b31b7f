// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.provisioning.Approval;
import io.fedtrust.provisioning.SignedBundle;
import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.core.document.Json;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.core.x509.KeyFiles;
import io.fedtrust.provisioning.model.Inspection;
import io.fedtrust.provisioning.model.Participant;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Newer NVFlare puts the studies of a user into the certificate, as URIs among the subject
 * alternative names. They are kept and shown, and name neither a host nor a participant.
 */
class StudyUriTest {
  private static final String STUDY = "https://nvidia.com/nvflare/v1/project/fed_test/study/";
  private static final List<String> STUDIES = List.of(STUDY + "cancer", STUDY + "localhost");

  @TempDir Path temp;
  private World world;

  @BeforeEach
  void makeWorld() {
    world = new World(temp).at(Instant.now());
  }

  @Test
  @DisplayName("studies in a user's certificate are kept in the kit and shown by an inspection")
  void keptAndShown() throws Exception {
    Approval approval = withStudies(world.approve(world.request(World.lead())));
    SignedBundle bundle =
        world.engine().openBundle(approval.signedZip()).trust(world.ca().fingerprint());
    assertThat(uris(bundle.certificate())).isEqualTo(STUDIES);
    StartupKit kit = world.packageKit(approval);
    assertThat(uris(kit.certificateChain().get(0))).isEqualTo(STUDIES);
    for (Path inspected : List.of(approval.signedZip(), kit.folder())) {
      Inspection inspection = world.engine().inspect(inspected).inspect();
      assertThat(inspection.sound()).as(inspection.checks().toString()).isTrue();
      assertThat(inspection.facts())
          .containsEntry("name", "lead@example.org")
          .containsEntry(
              "subject_alternative_names",
              "DNS:lead@example.org, URI:" + STUDY + "cancer, URI:" + STUDY + "localhost");
      assertThat(inspection.sources())
          .containsEntry("subject_alternative_names", Inspection.Source.SIGNED);
    }
  }

  @Test
  @DisplayName("whoever has studies is who the subject says, over TLS, too")
  void identityIsTheSubject() throws Exception {
    StartupKit server = world.kit(World.server());
    StartupKit kit = world.packageKit(withStudies(world.approve(world.request(World.lead()))));
    assertThat(kit.name()).isEqualTo("lead@example.org");
    assertThat(kit.org()).isEqualTo("hospital");
    try (SSLServerSocket listener = server.tls().listen(new InetSocketAddress(loopback(), 0))) {
      CompletableFuture<String> seen = accept(listener);
      try (SSLSocket socket = kit.tls().connect(address(listener))) {
        assertThat(socket.getInputStream().read()).isEqualTo('x');
      }
      assertThat(seen.join()).contains("CN=lead@example.org").doesNotContain("study");
    }
  }

  @Test
  @DisplayName("a study called like the server makes nobody the server")
  void studyIsNoHost() throws Exception {
    StartupKit client = world.kit(World.client("site-1"));
    StartupKit posing = world.packageKit(withStudies(world.approve(world.request(World.lead()))));
    try (SSLServerSocket listener =
        (SSLServerSocket)
            posing
                .tls()
                .sslContext()
                .getServerSocketFactory()
                .createServerSocket(0, 1, loopback())) {
      CompletableFuture<String> seen = accept(listener);
      assertThatThrownBy(() -> client.tls().connect(address(listener)))
          .isInstanceOf(SSLException.class);
      seen.join();
    }
  }

  @Test
  @DisplayName("a ledger that imports such a certificate holds no name of a study")
  void studyHoldsNoName() throws Exception {
    Approval approval = withStudies(world.approve(world.request(World.lead())));
    Files.delete(world.path("ca/approvals.ledger"));
    world.as("a machine that has not seen the old ledger");
    world.ca().importApproval(approval.signedZip());
    assertThat(world.ca().ledger().records())
        .singleElement()
        .satisfies(
            record ->
                assertThat(record.subjectAlternativeNames())
                    .containsExactly("DNS:lead@example.org"));
    assertThat(world.approve(world.request(World.client("cancer"))).metadata().name())
        .isEqualTo("cancer");
    Participant.Server server = World.server();
    assertThat(world.approve(world.request(server)).metadata().name()).isEqualTo("localhost");
  }

  private static List<String> uris(X509Certificate certificate) throws Exception {
    return certificate.getSubjectAlternativeNames().stream()
        .filter(name -> name.get(0).equals(GeneralName.uniformResourceIdentifier))
        .map(name -> String.valueOf(name.get(1)))
        .toList();
  }

  private static CompletableFuture<String> accept(SSLServerSocket listener) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (SSLSocket socket = (SSLSocket) listener.accept()) {
            socket.startHandshake();
            socket.getOutputStream().write('x');
            socket.getOutputStream().flush();
            return socket.getNeedClientAuth()
                ? socket.getSession().getPeerPrincipal().getName()
                : "anonymous";
          } catch (IOException e) {
            return "refused";
          }
        });
  }

  private static InetSocketAddress address(SSLServerSocket listener) {
    return new InetSocketAddress(loopback(), listener.getLocalPort());
  }

  private static InetAddress loopback() {
    return InetAddress.getLoopbackAddress();
  }

  /** Signs the certificate again, with studies, and {@code signed.json} about it. */
  private Approval withStudies(Approval approval) throws Exception {
    PrivateKey key =
        KeyFiles.decode(Files.readAllBytes(world.path("ca/rootCA.key")), new char[0], World.jca());
    Map<String, byte[]> members = Zips.read(approval.signedZip());
    String file = approval.metadata().name() + ".crt";
    byte[] pem = pem(certificate(members.get(file), key));
    Map<String, Object> json = Json.readObject(members.get("signed.json"));
    Map<String, Object> hashes = new java.util.LinkedHashMap<>();
    ((Map<?, ?>) json.get("hashes"))
        .forEach((name, hash) -> hashes.put(String.valueOf(name), hash));
    hashes.put("certificate_sha256", Jca.sha256(pem));
    json.put("hashes", hashes);
    byte[] document = Json.write(json);
    members.put(file, pem);
    members.put("signed.json", document);
    members.put("signed.json.sig", Base64.getEncoder().encode(World.jca().signPss(key, document)));
    Files.write(approval.signedZip(), Zips.write(members));
    return approval;
  }

  private static byte[] certificate(byte[] pem, PrivateKey issuer)
      throws IOException, GeneralSecurityException {
    String base64 = new String(pem, StandardCharsets.US_ASCII).replaceAll("-----[^-]+-----", "");
    TBSCertificate old =
        Certificate.getInstance(Base64.getMimeDecoder().decode(base64)).getTBSCertificate();
    V3TBSCertificateGenerator generator = new V3TBSCertificateGenerator();
    generator.setSerialNumber(old.getSerialNumber());
    generator.setSignature(old.getSignature());
    generator.setIssuer(old.getIssuer());
    generator.setSubject(old.getSubject());
    generator.setSubjectPublicKeyInfo(old.getSubjectPublicKeyInfo());
    generator.setStartDate(old.getStartDate());
    generator.setEndDate(old.getEndDate());
    generator.setExtensions(withStudies(old.getExtensions()));
    TBSCertificate certificate = generator.generateTBSCertificate();
    byte[] signature = World.jca().signPkcs1(issuer, certificate.getEncoded(ASN1Encoding.DER));
    return new DERSequence(
            new ASN1Encodable[] {certificate, old.getSignature(), new DERBitString(signature)})
        .getEncoded(ASN1Encoding.DER);
  }

  private static Extensions withStudies(Extensions old) throws IOException {
    ExtensionsGenerator extensions = new ExtensionsGenerator();
    for (ASN1ObjectIdentifier id : old.getExtensionOIDs()) {
      if (!id.equals(Extension.subjectAlternativeName)) {
        extensions.addExtension(old.getExtension(id));
      }
    }
    List<GeneralName> names =
        new java.util.ArrayList<>(
            List.of(GeneralNames.fromExtensions(old, Extension.subjectAlternativeName).getNames()));
    STUDIES.forEach(
        study -> names.add(new GeneralName(GeneralName.uniformResourceIdentifier, study)));
    extensions.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(names.toArray(GeneralName[]::new)));
    return extensions.generate();
  }

  private static byte[] pem(byte[] der) {
    return ("-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
            + "\n-----END CERTIFICATE-----\n")
        .getBytes(StandardCharsets.US_ASCII);
  }
}

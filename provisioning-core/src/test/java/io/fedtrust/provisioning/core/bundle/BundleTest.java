// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.bundle;

import static io.fedtrust.provisioning.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.provisioning.SignedBundle;
import io.fedtrust.provisioning.core.World;
import io.fedtrust.provisioning.core.Zips;
import io.fedtrust.provisioning.core.context.CheckProgress;
import io.fedtrust.provisioning.core.document.Json;
import io.fedtrust.provisioning.core.x509.CertificateFile;
import io.fedtrust.provisioning.core.x509.CertificateIssuer;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.core.x509.KeyFiles;
import io.fedtrust.provisioning.core.x509.Pem;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.CertType;
import io.fedtrust.provisioning.model.Inspection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bundles that the CA's own key signed, with exactly one thing that does not fit. */
class BundleTest {
  @TempDir Path temp;
  private World world;
  private Map<String, byte[]> members;
  private Map<String, Object> document;
  private PrivateKey caKey;
  private CertificateFile root;

  @BeforeEach
  void goodBundle() throws Exception {
    world = new World(temp);
    Path zip = world.approve(world.request(World.client("site-1"))).signedZip();
    members = Zips.read(zip);
    document = Json.readObject(members.get("signed.json"));
    caKey =
        KeyFiles.decode(Files.readAllBytes(world.path("ca/rootCA.key")), new char[0], World.jca());
    root = CertificateFile.read(members.get("rootCA.pem"), World.jca());
  }

  @Test
  @DisplayName("a good bundle passes every check but the two that need the time and the trust")
  void passesEveryCheck() throws Exception {
    CheckProgress<BundleCheck> progress = new CheckProgress<>(BundleCheck.class);
    VerifiedBundle bundle = verify(progress);
    bundle.requireChain();
    bundle.requireValidity(World.NOW);
    List<Inspection.Check> checks = progress.list(Optional.empty());
    assertThat(checks.stream().filter(check -> check.outcome() == Inspection.Outcome.PASSED))
        .hasSize(BundleCheck.values().length - 2);
    assertThat(checks.get(0).name()).isEqualTo(BundleCheck.ARCHIVE.toString()).isNotBlank();
    SignedBundle trusted = bundle.trust(world.ca().fingerprint());
    assertThat(trusted.metadata().name()).isEqualTo("site-1");
    assertThat(trusted.rootCertificate().getEncoded()).isEqualTo(root.der());
    assertThat(trusted.fingerprintVerified()).isTrue();
    assertThat(bundle.toString()).contains("site-1").doesNotContain("BEGIN");
    assertThat(trusted.toString()).contains("site-1").doesNotContain("BEGIN");
  }

  @ParameterizedTest
  @CsvSource({
    "name: site-1, name: site-2",
    "org: hospital, org: elsewhere",
    "type: client, type: server",
    "name: fed_test, name: fed_other",
  })
  @DisplayName("a site.yaml about somebody else is refused, though it is hashed and signed")
  void refusesOtherSite(String ours, String other) {
    String yaml = new String(members.get("site.yaml"), StandardCharsets.UTF_8);
    assertThat(yaml).contains(ours);
    site(yaml.replace(ours, other));
    refused(ErrorCode.INVALID_SIGNED_ZIP, this::verify);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "connection_security: clear",
        "server: {host: a}",
        "fed_learn_port: 1",
        "admin_port: 1",
        "listening_host: a"
      })
  @DisplayName("a site.yaml that overrides what was signed is refused")
  void refusesOverrides(String line) {
    site(new String(members.get("site.yaml"), StandardCharsets.UTF_8) + "  " + line + "\n");
    refused(ErrorCode.INVALID_SIGNED_ZIP, this::verify);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"site_yaml_sha256", "certificate_sha256", "rootca_sha256", "public_key_sha256"})
  @DisplayName("a signed hash of something else is refused")
  void refusesOtherHashes(String hash) {
    hashes().put(hash, "0".repeat(64));
    refused(ErrorCode.INVALID_SIGNED_ZIP, this::verify);
  }

  @Test
  @DisplayName("a certificate file of another name is refused")
  void refusesOtherCertificateFile() {
    members.put("site-2.crt", members.remove("site-1.crt"));
    refused(ErrorCode.INVALID_SIGNED_ZIP, this::verify);
  }

  @Test
  @DisplayName("a second certificate, a missing member and one too many are refused")
  void refusesOtherMembers() {
    byte[] certificate = members.get("site-1.crt");
    members.put("site-2.crt", certificate);
    refused(ErrorCode.INVALID_SIGNED_ZIP, this::verify);
    members.remove("site-2.crt");
    members.put("more", certificate);
    refused(ErrorCode.INVALID_SIGNED_ZIP, this::verify);
    members.remove("more");
    members.remove("site.yaml");
    refused(ErrorCode.INVALID_SIGNED_ZIP, this::verify);
  }

  @Test
  @DisplayName("a certificate of another name, organization, type or of none is refused")
  void refusesOtherIdentity() throws Exception {
    leaf("site-2", "hospital", CertType.CLIENT, World.NOW, false);
    refused(ErrorCode.SIGNED_ZIP_IDENTITY_CONFLICT, this::verify);
    leaf("site-1", "elsewhere", CertType.CLIENT, World.NOW, false);
    refused(ErrorCode.SIGNED_ZIP_IDENTITY_CONFLICT, this::verify);
    leaf("site-1", "hospital", CertType.SERVER, World.NOW, false);
    refused(ErrorCode.SIGNED_ZIP_IDENTITY_CONFLICT, this::verify);
    certificate(members.get("rootCA.pem"));
    refused(ErrorCode.CERT_TYPE_UNKNOWN, this::verify);
    leaf("site-1", "hospital", CertType.CLIENT, World.NOW, false);
    verify().requireChain();
  }

  @Test
  @DisplayName("a project that is not the root's is refused")
  void refusesOtherProject() {
    document.put("project", "fed_other");
    site(
        new String(members.get("site.yaml"), StandardCharsets.UTF_8)
            .replace("fed_test", "fed_other"));
    refused(ErrorCode.SIGNED_ZIP_IDENTITY_CONFLICT, this::verify);
  }

  @Test
  @DisplayName("a certificate that another key issued is refused")
  void refusesOtherIssuer() throws Exception {
    leaf("site-1", "hospital", CertType.CLIENT, World.NOW, true);
    VerifiedBundle bundle = verify();
    refused(ErrorCode.CERT_CHAIN_INVALID, bundle::requireChain);
  }

  @Test
  @DisplayName("validity has two ends, of the certificate and of the root")
  void boundsValidity() throws Exception {
    VerifiedBundle bundle = verify();
    Instant leafEnd = bundle.leaf().notAfter();
    bundle.requireValidity(leafEnd);
    bundle.requireValidity(bundle.leaf().notBefore());
    refused(ErrorCode.CERT_EXPIRED, () -> bundle.requireValidity(leafEnd.plusSeconds(1)));
    refused(
        ErrorCode.CERT_NOT_YET_VALID,
        () -> bundle.requireValidity(bundle.leaf().notBefore().minusSeconds(1)));
    leaf("site-1", "hospital", CertType.CLIENT, World.NOW.plus(Duration.ofDays(9999)), false);
    VerifiedBundle outlives = verify();
    refused(ErrorCode.CERT_EXPIRED, () -> outlives.requireValidity(root.notAfter().plusSeconds(1)));
  }

  private VerifiedBundle verify() throws Exception {
    return verify(new CheckProgress<>(BundleCheck.class));
  }

  private VerifiedBundle verify(CheckProgress<BundleCheck> progress) throws Exception {
    byte[] json = Json.write(document);
    members.put("signed.json", json);
    byte[] signature = World.jca().signPss(caKey, json);
    members.put("signed.json.sig", Base64.getEncoder().encode(signature));
    return new BundleReader(world.host(), progress)
        .verify(Zips.write(members), world.path("site-1.signed.zip"));
  }

  @SuppressWarnings("unchecked")
  private Map<String, Object> hashes() {
    return (Map<String, Object>) document.get("hashes");
  }

  private void site(String yaml) {
    byte[] bytes = yaml.getBytes(StandardCharsets.UTF_8);
    members.put("site.yaml", bytes);
    hashes().put("site_yaml_sha256", Jca.sha256(bytes));
  }

  private void leaf(
      String name, String organization, CertType type, Instant notAfter, boolean foreignKey)
      throws Exception {
    PrivateKey key = foreignKey ? World.key(77).getPrivate() : caKey;
    CertificateIssuer issuer =
        new CertificateIssuer(
            (algorithm, message) -> World.jca().signPkcs1(key, message), new SecureRandom());
    byte[] der =
        issuer.sign(
            issuer
                .leaf(
                    new CertificateIssuer.Leaf(
                        name,
                        organization,
                        type,
                        List.of("DNS:" + name),
                        World.key(5).getPublic().getEncoded(),
                        World.NOW.minus(Duration.ofDays(1)),
                        notAfter.plus(Duration.ofDays(1))),
                    root)
                .der());
    certificate(Pem.encode(Pem.CERTIFICATE, der));
  }

  private void certificate(byte[] pem) throws Exception {
    members.put("site-1.crt", pem);
    hashes().put("certificate_sha256", Jca.sha256(pem));
    hashes().put("public_key_sha256", CertificateFile.read(pem, World.jca()).publicKeySha256());
  }
}

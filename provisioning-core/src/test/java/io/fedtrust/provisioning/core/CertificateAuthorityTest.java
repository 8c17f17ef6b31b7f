// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import static io.fedtrust.provisioning.core.Refusals.refused;
import static io.fedtrust.provisioning.core.Refusals.refusedWithoutTrace;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.provisioning.Approval;
import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.core.document.Json;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.spi.CaSigner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateAuthorityTest {
  @TempDir Path temp;
  private World world;

  @BeforeEach
  void makeWorld() {
    world = new World(temp);
  }

  @Test
  @DisplayName("init makes certificate, key and ca.json; the deploy version is 00 by default")
  void makesCaFolder() throws Exception {
    CertificateAuthority ca = world.ca();
    Path folder = world.path("ca");
    assertThat(mode(folder)).isEqualTo("rwx------");
    assertThat(mode(folder.resolve("rootCA.pem"))).isEqualTo("rw-r--r--");
    assertThat(mode(folder.resolve("rootCA.key"))).isEqualTo("rw-------");
    assertThat(mode(folder.resolve("ca.json"))).isEqualTo("rw-------");
    Map<String, Object> document = Json.readObject(Files.readAllBytes(folder.resolve("ca.json")));
    assertThat(List.copyOf(document.keySet()))
        .isEqualTo(List.of("project", "created_at", "provision_version", "rootCA_fingerprint"));
    assertThat(document)
        .containsEntry("project", World.PROJECT)
        .containsEntry("created_at", "2026-11-20T21:30:00Z")
        .containsEntry("provision_version", "00")
        .containsEntry("rootCA_fingerprint", ca.fingerprint().text());
    assertThat(Files.readString(folder.resolve("rootCA.key")))
        .startsWith("-----BEGIN RSA PRIVATE KEY-----\n");
  }

  @Test
  @DisplayName("the root certificate is a version 3 CA certificate that verifies itself")
  void rootProfile() throws Exception {
    X509Certificate root = world.ca().rootCertificate();
    root.verify(root.getPublicKey());
    assertThat(root.getVersion()).isEqualTo(3);
    assertThat(root.getSubjectX500Principal().getName()).isEqualTo("CN=" + World.PROJECT);
    assertThat(root.getIssuerX500Principal()).isEqualTo(root.getSubjectX500Principal());
    assertThat(root.getBasicConstraints()).isEqualTo(Integer.MAX_VALUE);
    assertThat(root.getNotBefore().toInstant()).isEqualTo(World.NOW.minus(Duration.ofMinutes(5)));
    assertThat(root.getNotAfter().toInstant()).isEqualTo(World.NOW.plus(Duration.ofDays(3650)));
    assertThat(root.getSigAlgName()).isEqualTo("SHA256withRSA");
  }

  @Test
  @DisplayName("a second init in the same folder is refused")
  void refusesSecondInit() {
    world.ca();
    refusedWithoutTrace(
        ErrorCode.CA_ALREADY_EXISTS,
        temp,
        () -> world.engine().createAuthority(World.PROJECT).in(world.path("ca")));
  }

  @Test
  @DisplayName("a certificate or ca.json without a key is not overwritten either")
  void refusesPartOfACa() throws Exception {
    world.write("ca/rootCA.pem", "something");
    refusedWithoutTrace(
        ErrorCode.CA_ALREADY_EXISTS,
        temp,
        () -> world.engine().createAuthority(World.PROJECT).in(world.path("ca")));
  }

  @Test
  @DisplayName("roll-over to the same deploy version is refused; the hint proposes another one")
  void proposesAnotherVersion() {
    CertificateAuthority unused = world.ca();
    assertThatThrownBy(
            () -> world.engine().createAuthority(World.PROJECT).force().in(world.path("ca")))
        .isInstanceOfSatisfying(
            ProvisioningException.class,
            refusal -> {
              assertThat(refusal.problem()).contains("the CA already has deploy version 00");
              assertThat(refusal.hint()).contains("for example 01");
            });
    CertificateAuthority second =
        world
            .engine()
            .createAuthority(World.PROJECT)
            .deployVersion("01")
            .force()
            .in(world.path("ca"));
    assertThat(second.deployVersion().text()).isEqualTo("01");
    assertThatThrownBy(
            () ->
                world
                    .engine()
                    .createAuthority(World.PROJECT)
                    .deployVersion("01")
                    .force()
                    .in(world.path("ca")))
        .isInstanceOfSatisfying(
            ProvisioningException.class,
            refusal -> assertThat(refusal.hint()).contains("for example 02"));
  }

  @Test
  @DisplayName("roll-over to a new deploy version backs up the old CA; kits go to prod_01")
  void rollsOver() throws Exception {
    CertificateAuthority old = world.ca();
    refusedWithoutTrace(
        ErrorCode.CA_VERSION_ALREADY_EXISTS,
        temp,
        () -> world.engine().createAuthority(World.PROJECT).force().in(world.path("ca")));
    CertificateAuthority next =
        world
            .engine()
            .createAuthority(World.PROJECT)
            .deployVersion("01")
            .force()
            .in(world.path("ca"));
    assertThat(next.fingerprint()).isNotEqualTo(old.fingerprint());
    Path backup = world.path("ca/.bak/20261120T213000-0");
    assertThat(backup).isDirectoryContaining("glob:**rootCA.key");
    assertThat(mode(backup)).isEqualTo("rwx------");
    assertThat(world.kit(World.client("site-1")).folder())
        .isEqualTo(world.path("workspace/fed_test/prod_01/site-1"));
  }

  @Test
  @DisplayName("the deploy version is signed: editing ca.json later does not alter old zips")
  void deployVersionIsSigned() throws Exception {
    Approval approval = world.approve(world.request(World.client("site-1")));
    Path document = world.path("ca/ca.json");
    Files.writeString(document, Files.readString(document).replace("\"00\"", "\"07\""));
    assertThat(world.packageKit(approval).folder().getParent()).hasFileName("prod_00");
  }

  @Test
  @DisplayName("a deploy version is two digits as text")
  void refusesBadDeployVersion() {
    for (String bad : List.of("1", "001", "x1", "", "١١")) {
      refused(
          ErrorCode.INVALID_ARGS,
          () -> world.engine().createAuthority(World.PROJECT).deployVersion(bad));
    }
  }

  @Test
  @DisplayName("init with an organization yields chains that verify, and warns about the peer")
  void organizationChainsVerify() throws Exception {
    world.engine().createAuthority(World.PROJECT).organization("Org & Sons").in(world.path("ca"));
    Approval approval = world.approve(world.request(World.client("site-1")));
    X509Certificate leaf =
        world.engine().openBundle(approval.signedZip()).trustOnFirstUse().certificate();
    X509Certificate root = world.ca().rootCertificate();
    leaf.verify(root.getPublicKey());
    assertThat(leaf.getIssuerX500Principal()).isEqualTo(root.getSubjectX500Principal());
    assertThat(world.packageKit(approval).name()).isEqualTo("site-1");
    assertThat(world.warnings).anyMatch(w -> w.contains("organization"));
  }

  @Test
  @DisplayName("an encrypted key needs its passphrase")
  void encryptedKey() {
    world
        .engine()
        .createAuthority(World.PROJECT)
        .passphrase("correct horse".toCharArray())
        .in(world.path("ca"));
    assertThat(world.path("ca/rootCA.key")).content().contains("ENCRYPTED PRIVATE KEY");
    refused(ErrorCode.CA_LOAD_FAILED, () -> world.engine().openAuthority(world.path("ca")).open());
    refused(
        ErrorCode.CA_LOAD_FAILED,
        () ->
            world
                .engine()
                .openAuthority(world.path("ca"))
                .passphrase("wrong".toCharArray())
                .open());
    assertThat(
            world
                .engine()
                .openAuthority(world.path("ca"))
                .passphrase("correct horse".toCharArray())
                .open()
                .project())
        .isEqualTo(World.PROJECT);
  }

  @Test
  @DisplayName("a key that is not the certificate's is refused when opening")
  void refusesForeignKey() throws Exception {
    world.ca();
    new World(Files.createDirectories(temp.resolve("other"))).ca();
    Files.copy(
        world.path("other/ca/rootCA.key"),
        world.path("ca/rootCA.key"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    refused(ErrorCode.CA_LOAD_FAILED, () -> world.engine().openAuthority(world.path("ca")).open());
  }

  @Test
  @DisplayName("a CA that is not valid yet, or no more, does not sign")
  void refusesOutsideValidity() {
    world.ca();
    RequestFolder request = world.request(World.client("site-1"));
    world.at(World.NOW.minusSeconds(301));
    refusedWithoutTrace(ErrorCode.CERT_SIGNING_FAILED, temp, () -> world.approve(request));
    world.at(World.NOW.plus(Duration.ofDays(3650)));
    refusedWithoutTrace(ErrorCode.CERT_SIGNING_FAILED, temp, () -> world.approve(request));
  }

  @Test
  @DisplayName("certificates are backdated five minutes, roots also, but within the CA's validity")
  void validityIsClamped() {
    world.ca();
    world.at(World.NOW.minus(Duration.ofMinutes(2)));
    X509Certificate young = leaf(world.approve(world.request(World.client("young"))));
    assertThat(young.getNotBefore().toInstant()).isEqualTo(World.NOW.minus(Duration.ofMinutes(5)));
    world.later(Duration.ofDays(3000));
    X509Certificate late = leaf(world.approve(world.request(World.client("late"))));
    assertThat(late.getNotBefore().toInstant())
        .isEqualTo(World.NOW.plus(Duration.ofDays(3000)).minus(Duration.ofMinutes(7)));
    assertThat(late.getNotAfter().toInstant()).isEqualTo(World.NOW.plus(Duration.ofDays(3650)));
  }

  @Test
  @DisplayName("a signer with another key, or that cannot do PSS, is refused when opening")
  void refusesBadSigners() {
    world.ca();
    CaSigner otherKey =
        (algorithm, message) ->
            algorithm == CaSigner.Algorithm.SHA256_WITH_RSA
                ? World.jca().signPkcs1(World.key(99).getPrivate(), message)
                : World.jca().signPss(World.key(99).getPrivate(), message);
    CaSigner incapable =
        (algorithm, message) -> {
          throw new java.security.NoSuchAlgorithmException("no PSS here");
        };
    for (CaSigner signer : List.of(otherKey, incapable)) {
      refused(
          ErrorCode.CA_LOAD_FAILED,
          () -> world.engine().openAuthority(world.path("ca")).signer(signer).open());
    }
  }

  @Test
  @DisplayName("a signer elsewhere issues without the key file")
  void signsElsewhere() throws Exception {
    world.ca();
    Path keyFile = world.path("ca/rootCA.key");
    var key =
        io.fedtrust.provisioning.core.x509.KeyFiles.decode(
            Files.readAllBytes(keyFile), new char[0], World.jca());
    Files.delete(keyFile);
    CaSigner hsm =
        (algorithm, message) ->
            algorithm == CaSigner.Algorithm.SHA256_WITH_RSA
                ? World.jca().signPkcs1(key, message)
                : World.jca().signPss(key, message);
    Approval approval =
        world
            .engine()
            .openAuthority(world.path("ca"))
            .signer(hsm)
            .open()
            .approve(world.request(World.client("site-1")).requestZip())
            .against(world.profile())
            .write();
    assertThat(world.engine().openBundle(approval.signedZip()).metadata().name())
        .isEqualTo("site-1");
  }

  @Test
  @DisplayName("an option set twice is the caller's mistake")
  void optionsAreSetOnce() {
    assertThatThrownBy(
            () ->
                world
                    .engine()
                    .createAuthority(World.PROJECT)
                    .deployVersion("00")
                    .deployVersion("01"))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(
            () -> world.engine().createAuthority(World.PROJECT).validFor(Duration.ofHours(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @DisplayName("files missing from a CA folder are CA_NOT_FOUND")
  void missingFiles() throws Exception {
    refused(
        ErrorCode.CA_NOT_FOUND, () -> world.engine().openAuthority(world.path("nowhere")).open());
    world.ca();
    Files.delete(world.path("ca/rootCA.key"));
    refused(ErrorCode.CA_NOT_FOUND, () -> world.engine().openAuthority(world.path("ca")).open());
  }

  private X509Certificate leaf(Approval approval) {
    return world.engine().openBundle(approval.signedZip()).trustOnFirstUse().certificate();
  }

  private static String mode(Path path) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}

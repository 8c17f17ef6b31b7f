// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.fedtrust.provisioning.Approval;
import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.core.document.Json;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.Certificate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The peer's own artefacts: approved, packaged and compared. Skipped where they are absent. */
class GoldenTest {
  private static final Path GOLDEN = Path.of(System.getProperty("fedtrust.golden", "absent"));
  private static final List<String> SCENARIOS =
      List.of("tls-v00", "mtls-v00", "clear-v00", "tls-v01-json", "tls-oneport");

  @TempDir Path temp;

  private record Case(String scenario, String name, Path folder) {}

  private static List<Case> cases() {
    assumeTrue(Files.isDirectory(GOLDEN), "the peer's golden artefacts are not here");
    List<Case> cases = new ArrayList<>();
    for (String scenario : SCENARIOS) {
      try (Stream<Path> folders = Files.list(GOLDEN.resolve(scenario))) {
        folders
            .filter(folder -> Files.exists(folder.resolve("request.json")))
            .sorted()
            .forEach(
                folder -> cases.add(new Case(scenario, folder.getFileName().toString(), folder)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return cases;
  }

  private static StartupKit packageOnFirstUse(World world, Path site, String name) {
    return world
        .engine()
        .packager(world.engine().openBundle(site.resolve(name + ".signed.zip")).trustOnFirstUse())
        .requestFolder(site)
        .packageInto(site.resolveSibling("workspace"));
  }

  private Path copyOf(Path source) {
    Path target = temp.resolve(source.getParent().getFileName() + "-" + System.nanoTime());
    return copy(source, target.resolve(source.getFileName()));
  }

  private static Path copy(Path source, Path target) {
    try (Stream<Path> walk = Files.walk(source)) {
      for (Path path : walk.toList()) {
        Path to = target.resolve(source.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(to);
        } else {
          Files.copy(path, to, StandardCopyOption.REPLACE_EXISTING);
          // The artefacts are readable by everybody; a CA key must not be.
          Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rw-------"));
        }
      }
      return target.toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @TestFactory
  @DisplayName("every golden request zip is approved, with the peer's certificate fields")
  Stream<DynamicTest> approvesGoldenRequests() {
    return cases().stream()
        .map(
            golden ->
                dynamicTest(
                    golden.scenario() + " " + golden.name(),
                    () -> {
                      Path ca = copyOf(GOLDEN.resolve(golden.scenario()).resolve("ca"));
                      // An account of its own: each copy of the CA begins its ledger anew.
                      World world = new World(ca.getParent());
                      Path out = ca.resolveSibling(golden.name() + ".signed.zip");
                      Approval approval =
                          world
                              .engine()
                              .openAuthority(ca)
                              .open()
                              .approve(golden.folder().resolve(golden.name() + ".request.zip"))
                              .against(
                                  GOLDEN.resolve(golden.scenario()).resolve("project_profile.yaml"))
                              .writeTo(out);
                      Map<String, byte[]> ours = Zips.read(approval.signedZip());
                      Map<String, byte[]> theirs =
                          Zips.read(golden.folder().resolve(golden.name() + ".signed.zip"));
                      assertThat(List.copyOf(ours.keySet()))
                          .isEqualTo(List.copyOf(theirs.keySet()));
                      assertThat(ours.get("rootCA.pem")).isEqualTo(theirs.get("rootCA.pem"));
                      assertSameCertificate(
                          ours.get(golden.name() + ".crt"), theirs.get(golden.name() + ".crt"));
                      assertSameApproval(ours.get("signed.json"), theirs.get("signed.json"));
                    }));
  }

  /** All but serial, dates and signature. */
  private static void assertSameCertificate(byte[] ours, byte[] theirs) throws IOException {
    Certificate own = certificate(ours);
    Certificate other = certificate(theirs);
    assertThat(own.getVersionNumber()).isEqualTo(other.getVersionNumber());
    assertThat(own.getIssuer().getEncoded()).isEqualTo(other.getIssuer().getEncoded());
    assertThat(own.getSubject().getEncoded()).isEqualTo(other.getSubject().getEncoded());
    assertThat(own.getSubjectPublicKeyInfo()).isEqualTo(other.getSubjectPublicKeyInfo());
    assertThat(own.getSignatureAlgorithm()).isEqualTo(other.getSignatureAlgorithm());
    assertThat(own.getTBSCertificate().getExtensions().getEncoded())
        .isEqualTo(other.getTBSCertificate().getExtensions().getEncoded());
    assertThat(own.getSerialNumber().getValue().signum()).isPositive();
    assertThat(own.getSerialNumber().getValue().bitLength()).isLessThanOrEqualTo(159);
  }

  private static Certificate certificate(byte[] pem) throws IOException {
    return Certificate.getInstance(
        io.fedtrust.provisioning.core.x509.Pem.first(pem, "CERTIFICATE")
            .orElseThrow()
            .getContent());
  }

  private static void assertSameApproval(byte[] ours, byte[] theirs) throws IOException {
    Map<String, Object> own = Json.readObject(ours);
    Map<String, Object> other = Json.readObject(theirs);
    assertThat(List.copyOf(own.keySet())).isEqualTo(List.copyOf(other.keySet()));
    for (String varying : List.of("approved_at", "certificate", "hashes")) {
      own.remove(varying);
      other.remove(varying);
    }
    assertThat(own).isEqualTo(other);
  }

  @TestFactory
  @DisplayName("every golden signed zip is packaged, and the kits equal the peer's")
  Stream<DynamicTest> packagesGoldenBundles() {
    return cases().stream()
        .map(
            golden ->
                dynamicTest(
                    golden.scenario() + " " + golden.name(),
                    () -> {
                      World world = new World(temp);
                      Path request = copyOf(golden.folder());
                      Path workspace = request.resolveSibling("workspace");
                      String root =
                          (String)
                              Json.readObject(
                                      Files.readAllBytes(
                                          GOLDEN.resolve(golden.scenario()).resolve("ca/ca.json")))
                                  .get("rootCA_fingerprint");
                      StartupKit kit =
                          world
                              .engine()
                              .packager(
                                  world
                                      .engine()
                                      .openBundle(request.resolve(golden.name() + ".signed.zip"))
                                      .trust(root))
                              .requestFolder(request)
                              .packageInto(workspace);
                      Path theirs =
                          GOLDEN
                              .resolve(golden.scenario())
                              .resolve("workspace")
                              .resolve(workspace.relativize(kit.folder()).toString());
                      assertSameKit(kit.folder(), theirs);
                    }));
  }

  private static void assertSameKit(Path ours, Path theirs) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(theirs)) {
      files = walk.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      Path own = ours.resolve(theirs.relativize(file).toString());
      assertThat(own).exists();
      String name = file.getFileName().toString();
      if (name.endsWith(".crt") || name.endsWith(".key") || name.endsWith(".pem")) {
        assertThat(own).hasSameBinaryContentAs(file);
      } else if (name.startsWith("resources")) {
        assertThat(withoutOwnChoices(own)).isEqualTo(withoutOwnChoices(file));
      } else if (!name.startsWith("log_config") && !name.startsWith("privacy")) {
        assertThat(json(own)).as(name).isEqualTo(json(file));
      } else {
        assertThat(json(own)).as(name).isNotEmpty();
      }
    }
  }

  private static Map<String, Object> json(Path file) throws IOException {
    return Json.readObject(Files.readAllBytes(file));
  }

  /** The allow list belongs to a runtime release; the storage paths are ours on purpose. */
  private static String withoutOwnChoices(Path file) throws IOException {
    Map<String, Object> resources = json(file);
    resources.remove("class_allow_list");
    String text = resources.toString();
    return text.replaceAll("(root_dir|uri_root)=[^,}]+", "$1=<storage>");
  }

  @Test
  @DisplayName("a CA that the peer made with --org is refused, for approval and packaging")
  void refusesUnverifiableChains() {
    assumeTrue(Files.isDirectory(GOLDEN), "the peer's golden artefacts are not here");
    World world = new World(temp);
    Path scenario = GOLDEN.resolve("rollover");
    Path ca = copyOf(scenario.resolve("ca"));
    Path site = copyOf(scenario.resolve("hospital-b"));
    assertThatThrownBy(
            () ->
                world
                    .engine()
                    .openAuthority(ca)
                    .open()
                    .approve(site.resolve("hospital-b.request.zip"))
                    .against(scenario.resolve("project_profile.yaml"))
                    .writeTo(site.resolve("again.signed.zip")))
        .isInstanceOfSatisfying(
            ProvisioningException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CERT_SIGNING_FAILED));
    assertThatThrownBy(() -> packageOnFirstUse(world, site, "hospital-b"))
        .isInstanceOfSatisfying(
            ProvisioningException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CERT_CHAIN_INVALID));
  }

  @Test
  @DisplayName("the peer's local builders, unicode and extra members survive our packaging")
  void packagesExtras() throws IOException {
    assumeTrue(Files.isDirectory(GOLDEN), "the peer's golden artefacts are not here");
    World world = new World(temp);
    Path site = copyOf(GOLDEN.resolve("extras/hospital-a"));
    StartupKit kit = packageOnFirstUse(world, site, "hospital-a");
    assertSameKit(kit.folder(), GOLDEN.resolve("extras/workspace/extrafed/prod_00/hospital-a"));
    assertThat(kit.folder().resolve("startup/sub_start.sh"))
        .content()
        .contains("config_folder=config");
    assertThat(world.warnings)
        .anyMatch(warning -> warning.contains("[scheme]"))
        .anyMatch(warning -> warning.contains("SignatureBuilder"));
  }

  @Test
  @DisplayName("a relay in the local definition is refused when packaging")
  void refusesRelay() {
    assumeTrue(Files.isDirectory(GOLDEN), "the peer's golden artefacts are not here");
    World world = new World(temp);
    Path site = copyOf(GOLDEN.resolve("extras/hospital-b"));
    assertThatThrownBy(() -> packageOnFirstUse(world, site, "hospital-b"))
        .isInstanceOfSatisfying(
            ProvisioningException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.BUILD_FAILED));
  }

  @Test
  @DisplayName("our root certificate has the peer's fields; our requests have the peer's members")
  void makesTheSameDocuments() throws Exception {
    assumeTrue(Files.isDirectory(GOLDEN), "the peer's golden artefacts are not here");
    World world = new World(temp);
    Path scenario = GOLDEN.resolve("tls-v00");
    X509Certificate own =
        world.engine().createAuthority("fed_tls_v00").in(temp.resolve("own")).rootCertificate();
    Certificate theirs = certificate(Files.readAllBytes(scenario.resolve("ca/rootCA.pem")));
    Certificate ours = Certificate.getInstance(own.getEncoded());
    assertThat(ours.getSubject().getEncoded()).isEqualTo(theirs.getSubject().getEncoded());
    assertThat(ours.getIssuer().getEncoded()).isEqualTo(theirs.getIssuer().getEncoded());
    assertThat(List.of(ours.getTBSCertificate().getExtensions().getExtensionOIDs()))
        .isEqualTo(List.of(theirs.getTBSCertificate().getExtensions().getExtensionOIDs()));
    for (var oid : theirs.getTBSCertificate().getExtensions().getExtensionOIDs()) {
      var own1 = ours.getTBSCertificate().getExtensions().getExtension(oid);
      var other = theirs.getTBSCertificate().getExtensions().getExtension(oid);
      assertThat(own1.isCritical()).isEqualTo(other.isCritical());
      if (!oid.getId().equals("2.5.29.14") && !oid.getId().equals("2.5.29.35")) {
        assertThat(own1.getExtnValue()).isEqualTo(other.getExtnValue());
      }
    }
    var request =
        world
            .engine()
            .request(world.engine().readDefinition(scenario.resolve("hospital-a.yaml")))
            .writeTo(temp.resolve("hospital-a"));
    Map<String, byte[]> ourZip = Zips.read(request.requestZip());
    Map<String, byte[]> theirZip = Zips.read(scenario.resolve("hospital-a/hospital-a.request.zip"));
    assertThat(ourZip.keySet()).isEqualTo(theirZip.keySet());
    Map<String, Object> ourJson = Json.readObject(ourZip.get("request.json"));
    Map<String, Object> theirJson = Json.readObject(theirZip.get("request.json"));
    assertThat(List.copyOf(ourJson.keySet())).isEqualTo(List.copyOf(theirJson.keySet()));
    assertThat(ourZip.get("site.yaml"))
        .asString()
        .isEqualToIgnoringWhitespace(
            new String(theirZip.get("site.yaml"), java.nio.charset.StandardCharsets.UTF_8));
    for (String same :
        List.of(
            "artifact_type",
            "schema_version",
            "project",
            "name",
            "org",
            "kind",
            "cert_type",
            "cert_role")) {
      assertThat(ourJson.get(same)).isEqualTo(theirJson.get(same));
    }
  }
}

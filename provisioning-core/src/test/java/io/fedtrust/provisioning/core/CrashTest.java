// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.core.document.Json;
import io.fedtrust.provisioning.core.io.BoundedFiles;
import io.fedtrust.provisioning.core.x509.CertificateFile;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.core.x509.KeyFiles;
import io.fedtrust.provisioning.core.x509.SigningRequest;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.CertType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A child process is halted at every step on the file system in turn; afterwards the state is the
 * old one or the new one, and the next command works.
 */
@Execution(ExecutionMode.CONCURRENT)
class CrashTest {
  private static final int MAX_STEPS = 200;

  @TempDir Path temp;

  @Test
  @DisplayName(
      "approve: the zip is absent or whole; the next approve delivers the same certificate")
  void approve() throws Exception {
    World template = template(world -> world.request(World.client("site-1")));
    Path zip = Path.of("site-1/site-1.signed.zip");
    int points =
        atEveryPoint(
            template,
            "approve",
            world -> {
              if (Files.exists(world.root.resolve(zip))) {
                world.engine().openBundle(world.root.resolve(zip));
              }
              Optional<String> promised =
                  world.ca().ledger().records().stream().map(ApprovalRecord::serial).findFirst();
              boolean completed =
                  world.ca().ledger().records().stream().anyMatch(ApprovalRecord::completed);
              if (!completed) {
                CrashingProcess.run("approve", world);
              }
              String delivered = serial(world, world.root.resolve(zip));
              promised.ifPresent(serial -> assertThat(delivered).isEqualTo(serial));
              assertThat(world.ca().ledger().records()).hasSize(1);
              assertThat(world.ca().ledger().records().get(0).completed()).isTrue();
            });
    assertThat(points).isGreaterThan(10);
  }

  @Test
  @DisplayName("roll-over: the CA is the old one or the new one; key and certificate always match")
  void rollOver() throws Exception {
    World template = template(world -> world.ca());
    String old = template.ca().fingerprint().text();
    int points =
        atEveryPoint(
            template,
            "roll-over",
            world -> {
              requireMatchingPair(world);
              CertificateAuthority ca = world.engine().openAuthority(world.path("ca")).open();
              boolean unchanged = ca.fingerprint().text().equals(old);
              assertThat(ca.deployVersion().text()).isEqualTo(unchanged ? "00" : "01");
            });
    assertThat(points).isGreaterThan(10);
  }

  @Test
  @DisplayName("request --force: key, CSR and metadata are all old or all new")
  void request() throws Exception {
    World template = template(world -> world.kit(World.client("site-1")));
    byte[] oldKey = Files.readAllBytes(template.path("site-1/site-1.key"));
    int points =
        atEveryPoint(
            template,
            "request",
            world -> {
              Path folder = world.path("site-1");
              boolean newKeyBesideOldCertificate =
                  Files.exists(folder.resolve("site-1.crt"))
                      && Files.exists(folder.resolve("site-1.key"))
                      && !Arrays.equals(bytes(folder.resolve("site-1.key")), oldKey);
              assertThat(newKeyBesideOldCertificate).isFalse();
              expect(ErrorCode.CERT_ALREADY_EXISTS, () -> world.request(World.client("site-1")));
              world.engine().clean(folder, true);
              requireConsistentRequest(folder);
            });
    assertThat(points).isGreaterThan(15);
  }

  @Test
  @DisplayName("package: the kit is absent or whole; the next package says so or completes it")
  void packageNew() throws Exception {
    World template = template(world -> world.approve(world.request(World.client("site-1"))));
    int points =
        atEveryPoint(
            template,
            "package",
            world -> {
              Path kit = world.path("workspace/fed_test/prod_00/site-1");
              boolean present = Files.exists(kit);
              if (present) {
                world.engine().openKit(kit);
                expect(ErrorCode.OUTPUT_DIR_EXISTS, () -> CrashingProcess.run("package", world));
              } else {
                CrashingProcess.run("package", world);
              }
              requireMaterialized(world);
            });
    assertThat(points).isGreaterThan(20);
  }

  @Test
  @DisplayName(
      "package --force: the kit is exactly the old one or the new one; the site's files stay")
  void packageOver() throws Exception {
    Path kit = Path.of("workspace/fed_test/prod_00/site-1");
    World template =
        template(
            world -> {
              Path folder = world.kit(World.client("site-1")).folder();
              write(folder.resolve("startup/start.sh"), "old");
              write(folder.resolve("startup/old.sh"), "old");
              write(folder.resolve("local/privacy.json.sample"), "old");
              write(folder.resolve("local/old.json.default"), "old");
              write(folder.resolve("local/resources.json"), "the site's");
              write(folder.resolve("transfer/result"), "the site's");
              write(folder.resolve("log.txt"), "the site's");
            });
    Map<String, String> old = Refusals.snapshot(template.root.resolve(kit));
    World finished = new World(copy(template.root, temp.resolve("run")));
    CrashingProcess.run("repackage", finished);
    Map<String, String> replaced = Refusals.snapshot(finished.root.resolve(kit));
    assertThat(replaced).containsEntry("log.txt", "the site's").doesNotContainKey("startup/old.sh");
    Set<String> states = new HashSet<>();
    int points =
        atEveryPoint(
            template,
            "repackage",
            world -> {
              world.engine().clean(world.path("workspace/fed_test"), true);
              Map<String, String> now = Refusals.snapshot(world.root.resolve(kit));
              assertThat(now).isIn(old, replaced);
              states.add(now.get("startup/start.sh"));
              world.engine().openKit(world.root.resolve(kit));
              CrashingProcess.run("repackage", world);
              assertThat(Refusals.snapshot(world.root.resolve(kit))).isEqualTo(replaced);
              requireMaterialized(world);
            });
    assertThat(points).isGreaterThan(40);
    assertThat(states).containsExactlyInAnyOrder("old", replaced.get("startup/start.sh"));
  }

  @Test
  @DisplayName("request --job-ca --force: job CA key, CSR and companion are all old or all new")
  void jobCaRequest() throws Exception {
    World template =
        template(
            world -> {
              world.request(World.server());
              world.jobCaRequest("localhost");
            });
    int points =
        atEveryPoint(
            template,
            "job-ca-request",
            world -> {
              Path folder = world.path("localhost");
              world.engine().clean(folder, true);
              requireConsistentCompanion(folder);
            });
    assertThat(points).isGreaterThan(10);
  }

  @Test
  @DisplayName("request --force of a server: no new key lies beside the old key's companion")
  void serverRequest() throws Exception {
    World template =
        template(
            world -> {
              world.request(World.server());
              world.jobCaRequest("localhost");
            });
    byte[] oldKey = bytes(template.path("localhost/localhost.key"));
    Set<Boolean> outcomes = new HashSet<>();
    int points =
        atEveryPoint(
            template,
            "server-request",
            world -> {
              Path folder = world.path("localhost");
              requireNoOldCompanion(folder, oldKey);
              world.engine().clean(folder, true);
              requireNoOldCompanion(folder, oldKey);
              boolean unchanged = Arrays.equals(bytes(folder.resolve("localhost.key")), oldKey);
              assertThat(Files.exists(folder.resolve("job_ca.key"))).isEqualTo(unchanged);
              outcomes.add(unchanged);
              if (unchanged) {
                requireConsistentCompanion(folder);
              }
            });
    assertThat(points).isGreaterThan(15);
    assertThat(outcomes).containsExactlyInAnyOrder(true, false);
  }

  private static void requireNoOldCompanion(Path folder, byte[] oldKey) {
    Path key = folder.resolve("localhost.key");
    if (Files.exists(key) && !Arrays.equals(bytes(key), oldKey)) {
      assertThat(folder.resolve("job_ca.key")).doesNotExist();
      assertThat(folder.resolve("localhost.jobca.request.zip")).doesNotExist();
    }
  }

  @Test
  @DisplayName("approve --job-ca: the next approve delivers the certificate that was begun")
  void approveJobCa() throws Exception {
    World template =
        template(
            world -> {
              world.approve(world.request(World.server()));
              world.jobCaRequest("localhost");
            });
    Path zip = Path.of("localhost/localhost.jobca.signed.zip");
    int points =
        atEveryPoint(
            template,
            "job-ca-approve",
            world -> {
              Optional<String> promised =
                  jobCas(world).stream().map(ApprovalRecord::serial).findFirst();
              if (jobCas(world).stream().noneMatch(ApprovalRecord::completed)) {
                CrashingProcess.run("job-ca-approve", world);
              }
              assertThat(jobCas(world)).hasSize(1);
              ApprovalRecord record = jobCas(world).get(0);
              promised.ifPresent(serial -> assertThat(record.serial()).isEqualTo(serial));
              assertThat(world.engine().inspect(world.root.resolve(zip)).inspect().facts())
                  .containsEntry("serial", record.serial());
            });
    assertThat(points).isGreaterThan(10);
  }

  @Test
  @DisplayName("package --force --job-ca: the kit has the pair whole or not at all")
  void packageJobCa() throws Exception {
    World template =
        template(
            world -> {
              world.packageKit(world.approve(world.request(World.server())));
              world.jobCa();
            });
    int points =
        atEveryPoint(
            template,
            "job-ca-package",
            world -> {
              world.engine().clean(world.path("workspace/fed_test"), true);
              // A kit with half a pair, or a pair that does not match, is not opened.
              world.engine().openKit(world.path("workspace/fed_test/prod_00/localhost"));
              CrashingProcess.run("job-ca-package", world);
              assertThat(
                      world
                          .engine()
                          .openKit(world.path("workspace/fed_test/prod_00/localhost"))
                          .jobCaCertificate())
                  .isPresent();
            });
    assertThat(points).isGreaterThan(20);
  }

  private static List<ApprovalRecord> jobCas(World world) {
    return world.ca().ledger().records().stream()
        .filter(record -> record.certType() == CertType.JOB_CA)
        .toList();
  }

  private static void requireConsistentCompanion(Path folder) {
    try {
      Jca jca = World.jca();
      byte[] csr = bytes(folder.resolve("job_ca.csr"));
      var key = KeyFiles.decode(bytes(folder.resolve("job_ca.key")), new char[0], jca);
      assertThat(KeyFiles.belongs(key, SigningRequest.read(csr, jca).publicKey())).isTrue();
      assertThat(Zips.read(folder.resolve("localhost.jobca.request.zip")).get("job_ca.csr"))
          .isEqualTo(csr);
    } catch (IOException | java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private World template(Consumer<World> prepare) throws IOException {
    World world = new World(Files.createDirectories(temp.resolve("template")));
    world.ca();
    prepare.accept(world);
    world.writeFixtureKeys();
    return world;
  }

  /** Returns how many points there are. */
  private int atEveryPoint(World template, String operation, Consumer<World> check)
      throws Exception {
    for (int point = 1; point < MAX_STEPS; point++) {
      Path folder = copy(template.root, temp.resolve("run"));
      int exit = crash(operation, folder, point);
      if (exit == 0) {
        return point - 1;
      }
      assertThat(exit).as("point %d of %s", point, operation).isEqualTo(CrashingProcess.HALTED);
      try {
        check.accept(new World(folder));
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("after point " + point + " of " + operation, e);
      }
    }
    throw new AssertionError("too many points in " + operation);
  }

  private static int crash(String operation, Path folder, int point) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                CrashingProcess.class.getName(),
                operation,
                folder.toString(),
                String.valueOf(point))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  /**
   * A temporary folder of its own path each time: a journal names no absolute path but the kit's.
   */
  private static Path copy(Path source, Path parent) {
    try {
      Files.createDirectories(parent);
      Path target = Files.createTempDirectory(parent, "w");
      try (Stream<Path> walk = Files.walk(source)) {
        for (Path path : walk.toList()) {
          Path to = target.resolve(source.relativize(path).toString());
          if (!Files.isDirectory(path)) {
            Files.copy(path, to, StandardCopyOption.COPY_ATTRIBUTES);
          } else if (!Files.exists(to)) {
            Files.createDirectory(to);
          }
        }
      }
      return target.toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String serial(World world, Path zip) {
    return "0x"
        + world
            .engine()
            .openBundle(zip)
            .trustOnFirstUse()
            .certificate()
            .getSerialNumber()
            .toString(16);
  }

  private static void requireMatchingPair(World world) {
    try {
      Path ca = world.path("ca");
      if (Files.exists(ca.resolve("rootCA.key")) && Files.exists(ca.resolve("rootCA.pem"))) {
        Jca jca = World.jca();
        var key = KeyFiles.decode(bytes(ca.resolve("rootCA.key")), new char[0], jca);
        CertificateFile root = CertificateFile.read(bytes(ca.resolve("rootCA.pem")), jca);
        byte[] message = {1, 2, 3};
        assertThat(jca.verifyPkcs1(root.publicKey(), message, jca.signPkcs1(key, message)))
            .isTrue();
      }
    } catch (IOException | java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void requireConsistentRequest(Path folder) {
    try {
      Jca jca = World.jca();
      Map<String, Object> json = Json.readObject(bytes(folder.resolve("request.json")));
      byte[] csr = bytes(folder.resolve("site-1.csr"));
      assertThat(json).containsEntry("csr_sha256", Jca.sha256(csr));
      var key = KeyFiles.decode(bytes(folder.resolve("site-1.key")), new char[0], jca);
      byte[] message = {1, 2, 3};
      assertThat(
              jca.verifyPkcs1(
                  SigningRequest.read(csr, jca).publicKey(), message, jca.signPkcs1(key, message)))
          .isTrue();
      assertThat(Zips.read(folder.resolve("site-1.request.zip")).get("request.json"))
          .isEqualTo(bytes(folder.resolve("request.json")));
    } catch (IOException | java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void requireMaterialized(World world) {
    Map<String, byte[]> zip = Zips.read(world.path("site-1/site-1.signed.zip"));
    for (String file : List.of("signed.json", "site-1.crt", "rootCA.pem")) {
      assertThat(world.path("site-1/" + file)).hasBinaryContent(zip.get(file));
    }
  }

  private static void expect(ErrorCode code, Runnable action) {
    try {
      action.run();
    } catch (ProvisioningException e) {
      assertThat(e.code()).isEqualTo(code);
      return;
    }
    throw new AssertionError("expected " + code);
  }

  private static byte[] bytes(Path file) {
    try {
      return BoundedFiles.read(file, BoundedFiles.ARCHIVE_BYTES);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import static io.fedtrust.provisioning.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.core.engine.DefaultProvisioningEngine;
import io.fedtrust.provisioning.core.io.EffectiveUser;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.Inspection;
import io.fedtrust.provisioning.model.KeyType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may own, read and change the files of a CA. */
class CaProtectionTest {
  private static final int SOMEBODY = 4321;

  @TempDir Path temp;
  private World world;
  private Path folder;
  private Path key;

  @BeforeEach
  void makeWorld() {
    world = new World(temp);
    folder = world.path("ca");
    key = folder.resolve("rootCA.key");
  }

  private CertificateAuthority open() {
    return world.engine().openAuthority(folder).open();
  }

  private CertificateAuthority openForGroup() {
    return world.engine().openAuthority(folder).allowGroup().open();
  }

  private static void chmod(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  private static void giveAway(Path path) throws IOException {
    assumeTrue(EffectiveUser.uid().orElse(-1) == 0, "only root can give files away");
    Files.setAttribute(path, "unix:uid", SOMEBODY);
  }

  private static void refusedWithHint(String hint, Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(
            ProvisioningException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.CA_PERMISSIONS);
              assertThat(e.hint()).contains(hint);
            });
  }

  @Nested
  class TheKeyFile {
    @ParameterizedTest
    @ValueSource(strings = {"rw-r--r--", "rw----r--", "rw-----w-", "rw------x", "rw-r-----"})
    @DisplayName("a key file with rights for others does not open; the hint is the chmod")
    void refusesOthers(String mode) throws Exception {
      world.ca();
      chmod(key, mode);
      refusedWithHint("chmod 600 " + key, CaProtectionTest.this::open);
      Inspection inspection = world.engine().inspect(folder).inspect();
      assertThat(inspection.checks())
          .anySatisfy(check -> assertThat(check.code()).contains(ErrorCode.CA_PERMISSIONS.name()));
    }

    @Test
    @DisplayName("rights of the group count only if the caller allows them")
    void allowsGroup() throws Exception {
      world.ca();
      chmod(key, "rw-r-----");
      chmod(folder, "rwxrwx---");
      refusedWithHint("--allow-group", CaProtectionTest.this::open);
      assertThat(openForGroup().project()).isEqualTo(World.PROJECT);
      assertThat(world.engine().inspect(folder).allowGroup().inspect().sound()).isTrue();
      chmod(key, "rw-r---w-");
      refusedWithHint("chmod o-rwx " + key, CaProtectionTest.this::openForGroup);
    }

    @Test
    @DisplayName("a key file of another user does not open, not even for root")
    void refusesForeignOwner() throws Exception {
      world.ca();
      giveAway(key);
      refusedWithHint("chown 0 " + key, CaProtectionTest.this::open);
      refusedWithHint("chown 0 " + key, CaProtectionTest.this::openForGroup);
    }

    @Test
    @DisplayName("a read-only key file is good")
    void readOnly() throws Exception {
      world.ca();
      chmod(key, "r--------");
      assertThat(open().project()).isEqualTo(World.PROJECT);
    }
  }

  @Nested
  class TheFolder {
    @ParameterizedTest
    @ValueSource(strings = {"rwxrwxrwx", "rwx----w-", "rwxrwx---"})
    @DisplayName("a CA folder that others can write to does not open, and takes no new CA")
    void refusesWritable(String mode) throws Exception {
      world.ca();
      chmod(folder, mode);
      refusedWithHint("chmod go-w " + folder, CaProtectionTest.this::open);
      Path fresh = Files.createDirectories(world.path("fresh"));
      chmod(fresh, mode);
      refusedWithHint(
          "chmod go-w " + fresh, () -> world.engine().createAuthority(World.PROJECT).in(fresh));
      assertThat(fresh.resolve("rootCA.key")).doesNotExist();
    }

    @Test
    @DisplayName("making a CA names no option that it does not have")
    void creationHasNoGroup() throws Exception {
      Path fresh = Files.createDirectories(world.path("fresh"));
      chmod(fresh, "rwxrwx---");
      Path passphrase = world.write("passphrase", "correct horse battery");
      chmod(passphrase, "rw-r-----");
      for (Runnable creation :
          List.<Runnable>of(
              () -> world.engine().createAuthority(World.PROJECT).in(fresh),
              () ->
                  world
                      .engine()
                      .createAuthority(World.PROJECT)
                      .passphraseFile(passphrase)
                      .in(folder))) {
        assertThatThrownBy(creation::run)
            .isInstanceOfSatisfying(
                ProvisioningException.class,
                e -> assertThat(e.hint()).startsWith("Run: chmod").doesNotContain("group"));
      }
    }

    @Test
    @DisplayName("a folder that others can only read opens with a warning")
    void warnsOfReadable() throws Exception {
      world.ca();
      assertThat(world.warnings).isEmpty();
      chmod(folder, "rwxr-xr-x");
      assertThat(open().project()).isEqualTo(World.PROJECT);
      assertThat(world.warnings).hasSize(1).first().asString().contains("chmod 700 " + folder);
    }

    @Test
    @DisplayName("a folder of another user does not open")
    void refusesForeignOwner() throws Exception {
      world.ca();
      giveAway(folder);
      refusedWithHint("chown 0 " + folder, CaProtectionTest.this::open);
      assertThat(world.engine().inspect(folder).inspect().checks())
          .anySatisfy(check -> assertThat(check.code()).contains(ErrorCode.CA_PERMISSIONS.name()));
    }
  }

  @Nested
  class OtherFiles {
    @ParameterizedTest
    @ValueSource(strings = {"rootCA.pem", "ca.json", "approvals.ledger"})
    @DisplayName("a CA whose documents or ledger others can write to does not open")
    void refusesWritable(String name) throws Exception {
      world.ca();
      world.approve(world.request(World.client("site-1")));
      Path file = folder.resolve(name);
      chmod(file, "rw-rw-rw-");
      refusedWithHint("chmod go-w " + file, CaProtectionTest.this::open);
      refusedWithHint("chmod o-w " + file, CaProtectionTest.this::openForGroup);
      assertThat(world.engine().inspect(folder).inspect().checks())
          .anySatisfy(check -> assertThat(check.code()).contains(ErrorCode.CA_PERMISSIONS.name()));
      chmod(file, "rw-rw----");
      refusedWithHint("--allow-group", CaProtectionTest.this::open);
      assertThat(openForGroup().project()).isEqualTo(World.PROJECT);
      chmod(file, "rw-------");
      giveAway(file);
      refusedWithHint("ch", CaProtectionTest.this::open);
    }

    @Test
    @DisplayName("sharing widens the owner's lock file and ledger, and no inspection does")
    void sharesFiles() throws Exception {
      world.ca();
      world.approve(world.request(World.client("site-1")));
      chmod(key, "rw-r-----");
      chmod(folder, "rwxrwx---");
      world.engine().inspect(folder).allowGroup().inspect();
      assertThat(modes()).containsOnly("rw-------");
      openForGroup();
      assertThat(modes()).containsOnly("rw-rw----");
    }

    @Test
    @DisplayName("the owner of a CA that is shared no longer is told a chmod, and goes on")
    void endsSharing() throws Exception {
      sharesFiles();
      chmod(folder, "rwx------");
      chmod(key, "rw-------");
      Path ledger = folder.resolve("approvals.ledger");
      refusedWithHint("chmod go-w " + ledger, CaProtectionTest.this::open);
      chmod(ledger, "rw-------");
      world.approve(world.request(World.client("site-2")));
      assertThat(modes()).containsOnly("rw-------");
    }

    private List<String> modes() throws IOException {
      List<String> modes = new ArrayList<>();
      for (String name : List.of(".fedtrust.lock", "approvals.ledger")) {
        modes.add(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name))));
      }
      return modes;
    }
  }

  @Nested
  class ThePassphraseFile {
    private static final String PASSPHRASE = "correct horse battery";

    private Path file;

    @BeforeEach
    void encrypted() throws Exception {
      file = world.write("passphrase", PASSPHRASE + "\nsecond line\n");
      chmod(file, "rw-------");
      world.engine().createAuthority(World.PROJECT).passphraseFile(file).in(folder);
    }

    private CertificateAuthority openWith(Path passphrase) {
      return world.engine().openAuthority(folder).passphraseFile(passphrase).open();
    }

    @Test
    @DisplayName("the first line of the file is the passphrase")
    void firstLine() throws Exception {
      assertThat(openWith(file).project()).isEqualTo(World.PROJECT);
      assertThat(
              world
                  .engine()
                  .openAuthority(folder)
                  .passphrase(PASSPHRASE.toCharArray())
                  .open()
                  .project())
          .isEqualTo(World.PROJECT);
      Files.writeString(file, PASSPHRASE);
      assertThat(openWith(file).project()).isEqualTo(World.PROJECT);
      Files.writeString(file, PASSPHRASE + "\r\n");
      assertThat(openWith(file).project()).isEqualTo(World.PROJECT);
    }

    @Test
    @DisplayName("a passphrase file that others can read, or own, is refused")
    void refusesOthers() throws Exception {
      chmod(file, "rw-r--r--");
      refusedWithHint("chmod 600 " + file, () -> openWith(file));
      chmod(file, "rw-r-----");
      refusedWithHint("chmod 600 " + file, () -> openWith(file));
      assertThat(world.engine().openAuthority(folder).allowGroup().passphraseFile(file).open())
          .isNotNull();
      chmod(file, "rw-------");
      giveAway(file);
      refusedWithHint("chown 0 " + file, () -> openWith(file));
    }

    @Test
    @DisplayName("links of the user are followed, to files and through folders")
    void followsOwnLinks() throws Exception {
      Path link = Files.createSymbolicLink(world.path("link"), Path.of("passphrase"));
      Path chain = Files.createSymbolicLink(world.path("chain"), link);
      Path up = Files.createDirectories(world.path("deep/er"));
      Path through = Files.createSymbolicLink(up.resolve("up"), Path.of("../.."));
      assertThat(openWith(link).project()).isEqualTo(World.PROJECT);
      assertThat(openWith(chain).project()).isEqualTo(World.PROJECT);
      assertThat(openWith(through.resolve("passphrase")).project()).isEqualTo(World.PROJECT);
      Path loop = Files.createSymbolicLink(world.path("loop"), Path.of("loop"));
      refused(ErrorCode.INVALID_ARGS, () -> openWith(loop));
    }

    @Test
    @DisplayName("a link of another user is refused, wherever it leads")
    void refusesForeignLinks() throws Exception {
      assumeTrue(EffectiveUser.uid().orElse(-1) == 0, "only root can give files away");
      Path link = Files.createSymbolicLink(world.path("link"), file);
      Process chown = new ProcessBuilder("chown", "-h", "" + SOMEBODY, link.toString()).start();
      assertThat(chown.waitFor()).isZero();
      refused(ErrorCode.CA_PERMISSIONS, () -> openWith(link));
    }

    @Test
    @DisplayName("a pipe is read, by its name and as an open file of the process")
    void readsPipes() throws Exception {
      Path pipe = world.path("pipe");
      assertThat(new ProcessBuilder("mkfifo", "-m", "600", pipe.toString()).start().waitFor())
          .isZero();
      Thread writer = writer(pipe);
      assertThat(openWith(pipe).project()).isEqualTo(World.PROJECT);
      writer.join();
      chmod(pipe, "rw-rw-rw-");
      refused(ErrorCode.CA_PERMISSIONS, () -> openWith(pipe));
    }

    @Test
    @DisplayName("what this process has open under /proc/self/fd is read, even without a path")
    void readsOpenFiles() throws Exception {
      Path descriptors = Path.of("/proc/self/fd");
      assumeTrue(Files.isDirectory(descriptors), "no /proc here");
      try (var in = new java.io.RandomAccessFile(file.toFile(), "r")) {
        Path opened = descriptorOf(descriptors, file);
        assertThat(openWith(opened).project()).isEqualTo(World.PROJECT);
        Files.delete(file);
        assertThat(openWith(opened).project()).isEqualTo(World.PROJECT);
        assertThat(in.length()).isPositive();
      }
    }

    private static Path descriptorOf(Path descriptors, Path file) throws IOException {
      try (var list = Files.newDirectoryStream(descriptors)) {
        for (Path path : list) {
          if (Files.isSymbolicLink(path) && Files.readSymbolicLink(path).equals(file)) {
            return path;
          }
        }
      }
      throw new IOException("not open");
    }

    private static Thread writer(Path pipe) {
      Thread writer =
          new Thread(
              () -> {
                try {
                  Files.writeString(pipe, PASSPHRASE + "\n");
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      writer.start();
      return writer;
    }

    @Test
    @DisplayName("what is not text in UTF-8, empty, too long or no file is refused")
    void refusesUnusable() throws Exception {
      for (byte[] content :
          List.of(
              new byte[0],
              "\n".getBytes(StandardCharsets.UTF_8),
              "p\u00e4ssphrase in latin".getBytes(StandardCharsets.ISO_8859_1),
              new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80, '\n'},
              "x".repeat(1025).getBytes(StandardCharsets.UTF_8))) {
        Files.write(file, content);
        refused(ErrorCode.INVALID_ARGS, () -> openWith(file));
      }
      refused(ErrorCode.INVALID_ARGS, () -> openWith(world.path("nothing")));
      refused(
          ErrorCode.INVALID_ARGS,
          () ->
              openWith(
                  Files.createDirectory(
                      world.path("dir"),
                      PosixFilePermissions.asFileAttribute(
                          PosixFilePermissions.fromString("rwx------")))));
    }
  }

  @Nested
  class NewKeys {
    @Test
    @DisplayName("a passphrase has 12 characters when a key is encrypted, not when it is opened")
    void lengthOfPassphrases() {
      for (String text :
          List.of("", "elevenchars", "\ud83d\udd11".repeat(11), "half \ud83d a pair")) {
        refused(
            ErrorCode.INVALID_ARGS,
            () -> world.engine().createAuthority(World.PROJECT).passphrase(text.toCharArray()));
      }
      char[] twelve = "twelve chars".toCharArray();
      world.engine().createAuthority(World.PROJECT).passphrase(twelve).in(folder);
      refused(
          ErrorCode.CA_LOAD_FAILED,
          () -> world.engine().openAuthority(folder).passphrase("short".toCharArray()).open());
    }

    @Test
    @DisplayName("a passphrase of other scripts is UTF-8, as OpenSSL reads it")
    void passphrasesAreUtf8() throws Exception {
      char[] text = "p\u00e4ssw\u00f6rt \u5bc6\u7801 \ud83d\udd11\ud83d\udd11".toCharArray();
      world.engine().createAuthority(World.PROJECT).passphrase(text).in(folder);
      Path file = world.write("passphrase", new String(text) + "\n");
      chmod(file, "rw-------");
      assertThat(world.engine().openAuthority(folder).passphraseFile(file).open()).isNotNull();
      Process openssl;
      try {
        openssl =
            new ProcessBuilder(
                    "openssl", "pkey", "-in", key.toString(), "-passin", "file:" + file, "-noout")
                .start();
      } catch (IOException e) {
        assumeTrue(false, "no openssl here");
        return;
      }
      assertThat(openssl.waitFor()).isZero();
    }

    @ParameterizedTest
    @EnumSource(KeyType.class)
    @DisplayName("a CA key has the size that was asked for, and works through to the kit")
    void keyTypes(KeyType type) {
      CertificateAuthority ca =
          new DefaultProvisioningEngine(world.host())
              .createAuthority(World.PROJECT)
              .keyType(type)
              .in(folder);
      assertThat(bits(ca)).isEqualTo(type.bits());
      assertThat(world.kit(World.client("site-1")).name()).isEqualTo("site-1");
    }

    @Test
    @DisplayName("a CA key has 3072 bits by default")
    void defaultKeyType() {
      List<Integer> asked = new ArrayList<>();
      new DefaultProvisioningEngine(
              world.host(),
              bits -> {
                asked.add(bits);
                return World.key(1);
              },
              bits -> World.key(2))
          .createAuthority(World.PROJECT)
          .in(folder);
      assertThat(asked).containsExactly(3072);
    }

    private static int bits(CertificateAuthority ca) {
      return ((RSAPublicKey) ca.rootCertificate().getPublicKey()).getModulus().bitLength();
    }
  }
}

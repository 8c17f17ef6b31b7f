// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.account;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fedtrust.provisioning.core.io.EffectiveUser;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccountFolderTest {
  private static final byte[] CONTENT = "content".getBytes(UTF_8);

  @TempDir Path temp;
  private Path path;
  private AccountFolder folder;

  @BeforeEach
  void makeFolder() throws IOException {
    path = temp.toRealPath().resolve("account");
    folder = AccountFolder.at(path);
  }

  @Test
  @DisplayName("what is written is read back; the folder has mode 0700 and the file 0600")
  void readsBack() throws IOException {
    assertThat(folder.read("heads/abc")).isEmpty();
    assertThat(folder.path()).isEmpty();
    assertThat(path).doesNotExist();
    assertThat(folder.write("heads/abc", CONTENT)).isTrue();
    assertThat(folder.read("heads/abc")).hasValue(CONTENT);
    assertThat(folder.write("heads/abc", "newer".getBytes(UTF_8))).isTrue();
    assertThat(folder.read("heads/abc")).hasValue("newer".getBytes(UTF_8));
    assertThat(folder.path()).hasValue(path);
    assertThat(mode(path)).isEqualTo("rwx------");
    assertThat(mode(path.resolve("heads"))).isEqualTo("rwx------");
    assertThat(mode(path.resolve("heads/abc"))).isEqualTo("rw-------");
  }

  @ParameterizedTest
  @DisplayName("a name that leads elsewhere is a defect of the caller")
  @ValueSource(strings = {"../x", "a/../b", "/etc/passwd", ".hidden", "a/b/c", "", "a/.b", "a\nb"})
  void names(String name) {
    assertThatThrownBy(() -> folder.read(name)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> folder.write(name, CONTENT))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @DisplayName("a folder reached through a symbolic link is not used")
  void linkedFolder() throws IOException {
    Files.createSymbolicLink(path, Files.createDirectory(temp.resolve("elsewhere")));
    requireUnusable();
    assertThat(temp.resolve("elsewhere")).isEmptyDirectory();
  }

  @ParameterizedTest
  @DisplayName("a folder that group or others can write to is not used")
  @ValueSource(strings = {"rwxrwx---", "rwx----w-", "rwxrwxrwx"})
  void writableFolder(String permissions) throws IOException {
    Files.createDirectory(path);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    requireUnusable();
  }

  @Test
  @DisplayName("a file that is a symbolic link, or has a second name, is refused, not absent")
  void linkedFile() throws IOException {
    folder.write("a", CONTENT);
    Files.createSymbolicLink(path.resolve("b"), path.resolve("a"));
    refusedToRead("b");
    assertThat(folder.read("a")).hasValue(CONTENT);
    Files.createLink(path.resolve("c"), path.resolve("a"));
    refusedToRead("a");
    refusedToRead("c");
  }

  @Test
  @DisplayName("a file larger than 64 KiB is refused")
  void largeFile() throws IOException {
    folder.write("a", CONTENT);
    Files.write(path.resolve("a"), new byte[64 * 1024 + 1]);
    refusedToRead("a");
    Files.write(path.resolve("a"), new byte[64 * 1024]);
    assertThat(folder.read("a")).isPresent();
  }

  @Test
  @DisplayName("a folder or file of another user is not used")
  void otherOwner() throws IOException {
    assumeTrue(EffectiveUser.uid().orElse(-1) == 0, "needs root");
    folder.write("a", CONTENT);
    folder.key();
    Files.setAttribute(path.resolve("a"), "unix:uid", 12345);
    refusedToRead("a");
    Files.delete(path.resolve("a"));
    Files.setAttribute(path.resolve("key"), "unix:uid", 12345);
    assertThat(AccountFolder.at(path).key()).isEmpty();
    Files.setAttribute(path, "unix:uid", 12345);
    requireUnusable();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "heads", "heads/abc"})
  @DisplayName("what others can change is refused with its name, in each part of the path")
  void writableByOthers(String part) throws IOException {
    folder.write("heads/abc", CONTENT);
    Files.setPosixFilePermissions(path.resolve(part), PosixFilePermissions.fromString("rwxrwxr-x"));
    assertThatThrownBy(() -> folder.read("heads/abc"))
        .isInstanceOf(FileSystemException.class)
        .hasMessageStartingWith(path.resolve(part) + ": ");
  }

  private void refusedToRead(String name) {
    assertThatThrownBy(() -> folder.read(name))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining(path.resolve(name).toString());
  }

  @Test
  @DisplayName("the key is 32 bytes, the same at every use, and readable to its owner only")
  void key() throws IOException {
    byte[] key = folder.key().orElseThrow();
    assertThat(key).hasSize(32);
    assertThat(folder.key()).hasValue(key);
    assertThat(AccountFolder.at(path).key()).hasValue(key);
    assertThat(mode(path.resolve("key"))).isEqualTo("rw-------");
    assertThat(AccountFolder.at(temp.resolve("other")).key().orElseThrow()).isNotEqualTo(key);
  }

  @Test
  @DisplayName("a key that others can read, or of another length, is no key, and is not replaced")
  void unusableKey() throws IOException {
    folder.key();
    Files.setPosixFilePermissions(
        path.resolve("key"), PosixFilePermissions.fromString("rw-r-----"));
    assertThat(AccountFolder.at(path).key()).isEmpty();
    Files.setPosixFilePermissions(
        path.resolve("key"), PosixFilePermissions.fromString("rw-------"));
    Files.write(path.resolve("key"), new byte[31]);
    assertThat(AccountFolder.at(path).key()).isEmpty();
    assertThat(Files.size(path.resolve("key"))).isEqualTo(31);
  }

  @Test
  @DisplayName("processes that make the key at the same time agree on one")
  void race() throws Exception {
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      processes.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  KeyPrinter.class.getName(),
                  path.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start());
    }
    Set<String> keys = new HashSet<>();
    for (Process process : processes) {
      keys.add(new String(process.getInputStream().readAllBytes(), UTF_8).strip());
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(keys).hasSize(1);
    assertThat(keys.iterator().next()).hasSize(64);
  }

  /** Prints the key. */
  public static final class KeyPrinter {
    private KeyPrinter() {}

    public static void main(String[] args) {
      System.out.println(
          HexFormat.of().formatHex(AccountFolder.at(Path.of(args[0])).key().orElseThrow()));
    }
  }

  @Test
  @DisplayName("an account without a folder says so once")
  void warnsOnce() throws IOException {
    Files.createFile(path);
    List<String> warnings = new ArrayList<>();
    folder.warnIfMissing(warnings::add);
    folder.warnIfMissing(warnings::add);
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0))
        .contains("no other command can complete it")
        .contains("heads")
        .contains("package");
    AccountFolder.at(path).warnIfMissing(warnings::add);
    assertThat(warnings).as("another engine says it too").hasSize(2);
    assertThat(AccountFolder.ofProcess()).isNotSameAs(AccountFolder.ofProcess());
    List<String> none = new ArrayList<>();
    AccountFolder.at(temp.toRealPath().resolve("usable")).warnIfMissing(none::add);
    assertThat(none).isEmpty();
  }

  @Test
  @DisplayName("the home is that of the user database, by number")
  void userDatabase() {
    byte[] users =
        """
        root:x:0:0:root:/root:/bin/bash
        fl:x:1000:1000::/home/fl:/bin/sh
        second:x:1000:1000::/home/second:/bin/sh
        relative:x:1001:1001::home:/bin/sh
        short:x:1002:1002:/home/short
        nohome:x:1003:1003:::/bin/sh
        """
            .getBytes(UTF_8);
    assertThat(UserDatabase.home(users, 0)).hasValue(Path.of("/root"));
    assertThat(UserDatabase.name(users, 0)).hasValue("root");
    assertThat(UserDatabase.name(users, 4_000_000_000L)).isEmpty();
    assertThat(UserDatabase.home(users, 1000)).hasValue(Path.of("/home/fl"));
    for (long uid : new long[] {1001, 1002, 1003, 1004}) {
      assertThat(UserDatabase.home(users, uid)).isEmpty();
    }
    assertThat(UserDatabase.home(4_000_000_000L)).isEmpty();
  }

  @Test
  @DisplayName("the effective user owns what this process writes")
  void effectiveUser() throws IOException {
    folder.write("a", CONTENT);
    assertThat(Files.getAttribute(path.resolve("a"), "unix:uid"))
        .isEqualTo((int) EffectiveUser.uid().orElseThrow());
  }

  private void requireUnusable() throws IOException {
    AccountFolder fresh = AccountFolder.at(path);
    assertThat(fresh.path()).isEmpty();
    assertThat(fresh.write("a", CONTENT)).isFalse();
    assertThat(fresh.read("a")).isEmpty();
    assertThat(fresh.key()).isEmpty();
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}

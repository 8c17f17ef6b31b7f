// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import static io.fedtrust.provisioning.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.provisioning.core.World;
import io.fedtrust.provisioning.core.io.FileStatus;
import io.fedtrust.provisioning.core.io.HmacKey;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.Fingerprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A kit with another root CA is seen, also in a folder that was compared before. */
class RootHintTest {
  private static final HmacKey KEY = new HmacKey(() -> Optional.of(new byte[32]));
  private static final HmacKey OTHER_KEY = new HmacKey(() -> Optional.of(new byte[] {1}));
  private static final Fingerprint ROOT = Fingerprint.parse("ab".repeat(32));
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  @TempDir Path temp;
  private World world;
  private Path standing;
  private Path hint;

  @BeforeEach
  void makeKit() throws IOException {
    world = new World(Files.createDirectory(temp.resolve("world")));
    standing = world.kit(World.client("site-1")).folder().resolve("startup/rootCA.pem");
    hint = world.path("workspace/fed_test/state/.prod_00.hint");
    assertThat(hint).exists();
  }

  @Test
  @DisplayName("garbage of the same size and time in a kit that was compared before is seen")
  void garbage() throws IOException {
    overwrite(
        standing,
        "x".repeat((int) Files.size(standing)).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    refused(ErrorCode.ROOTCA_LOAD_FAILED, () -> world.kit(World.client("site-2")));
    assertThat(world.path("workspace/fed_test/prod_00/site-2")).doesNotExist();
  }

  @Test
  @DisplayName("another root CA in a kit that was compared before is seen")
  void foreignRoot() throws IOException {
    World other = new World(Files.createDirectory(temp.resolve("other")));
    other.ca();
    overwrite(standing, Files.readAllBytes(other.path("ca/rootCA.pem")));
    refused(ErrorCode.ROOTCA_FINGERPRINT_MISMATCH, () -> world.kit(World.client("site-2")));
  }

  @Test
  @DisplayName("a root CA file that is a link, a folder or unreadable is refused")
  void unreadable() throws IOException {
    Path copy = Files.copy(standing, temp.resolve("copy"));
    Files.delete(standing);
    Files.createSymbolicLink(standing, copy);
    refused(ErrorCode.ROOTCA_LOAD_FAILED, () -> world.kit(World.client("site-2")));
    Files.delete(standing);
    Files.createDirectory(standing);
    refused(
        ErrorCode.ROOTCA_LOAD_FAILED,
        () -> world.packageKit(world.path("site-2/site-2.signed.zip")));
  }

  @Test
  @DisplayName("a kit that is reached through a link is compared also")
  void linkedKit() throws IOException {
    World other = new World(Files.createDirectory(temp.resolve("other")));
    Path foreign = other.kit(World.client("site-9")).folder();
    Files.createSymbolicLink(world.path("workspace/fed_test/prod_00/site-9"), foreign);
    refused(ErrorCode.ROOTCA_FINGERPRINT_MISMATCH, () -> world.kit(World.client("site-2")));
  }

  @Test
  @DisplayName("what is no kit does not disturb")
  void others() throws IOException {
    world.write("workspace/fed_test/prod_00/notes.txt", "text");
    world.write("workspace/fed_test/prod_00/half/readme.txt", "text");
    world.write("workspace/fed_test/prod_00/odd/startup", "a file");
    assertThat(world.kit(World.client("site-2")).name()).isEqualTo("site-2");
  }

  @Test
  @DisplayName("a hint that is damaged or of another account only costs time")
  void badHint() throws IOException {
    byte[] good = Files.readAllBytes(hint);
    good[good.length / 2] ^= 1;
    Files.write(hint, good);
    assertThat(world.kit(World.client("site-2")).name()).isEqualTo("site-2");
    Files.write(hint, new byte[0]);
    assertThat(world.kit(World.client("site-3")).name()).isEqualTo("site-3");
    Files.delete(hint);
    Files.createSymbolicLink(hint, world.path("ca/rootCA.pem"));
    assertThat(world.kit(World.client("site-4")).name()).isEqualTo("site-4");
    assertThat(Files.isRegularFile(hint, java.nio.file.LinkOption.NOFOLLOW_LINKS)).isTrue();
  }

  @Test
  @DisplayName("a hint is read back; with another key, or one byte changed, it does not count")
  void seal() throws IOException {
    FileStatus now = FileStatus.of(standing);
    RootHint some = hint(now, now.changed() + 10 * SECOND);
    byte[] content = some.sealed(KEY).orElseThrow();
    assertThat(RootHint.read(content, KEY)).hasValue(some);
    assertThat(RootHint.read(content, OTHER_KEY)).isEmpty();
    assertThat(some.sealed(new HmacKey(Optional::empty))).isEmpty();
    for (int i = 0; i < content.length; i++) {
      byte[] bad = content.clone();
      bad[i] ^= 1;
      assertThat(RootHint.read(bad, KEY)).as("byte %d", i).isEmpty();
    }
  }

  @Test
  @DisplayName("a file is unchanged only if it changed two seconds before the hint, and all agrees")
  void proof() throws IOException {
    FileStatus now = FileStatus.of(standing);
    assertThat(hint(now, now.changed() + 2 * SECOND + 1).provesUnchanged("site-1", now)).isTrue();
    assertThat(hint(now, now.changed() + 2 * SECOND).provesUnchanged("site-1", now)).isFalse();
    assertThat(hint(now, now.changed() - SECOND).provesUnchanged("site-1", now)).isFalse();
    RootHint later = hint(now, now.changed() + 10 * SECOND);
    assertThat(later.provesUnchanged("site-2", now)).isFalse();
    Files.setLastModifiedTime(standing, FileTime.fromMillis(1));
    assertThat(later.provesUnchanged("site-1", FileStatus.of(standing))).isFalse();
    Files.setLastModifiedTime(standing, FileTime.from(now.modified(), TimeUnit.NANOSECONDS));
    FileStatus touched = FileStatus.of(standing);
    assertThat(touched.modified()).isEqualTo(now.modified());
    assertThat(touched.changed()).isNotEqualTo(now.changed());
    assertThat(later.provesUnchanged("site-1", touched)).isFalse();
  }

  @Test
  @DisplayName("a hint is about one root and one folder")
  void subject() throws IOException {
    FileStatus prod = FileStatus.of(world.path("workspace/fed_test/prod_00"));
    RootHint some = RootHint.none(ROOT, prod);
    assertThat(some.isAbout(ROOT, prod)).isTrue();
    assertThat(some.isAbout(Fingerprint.parse("cd".repeat(32)), prod)).isFalse();
    assertThat(some.isAbout(ROOT, FileStatus.of(world.root))).isFalse();
  }

  private static RootHint hint(FileStatus file, long time) {
    return new RootHint(ROOT.hex(), 1, 2, time, Map.of("site-1", RootHint.Seen.of(file)));
  }

  /** As an attacker does who hides the change. */
  private static void overwrite(Path file, byte[] content) throws IOException {
    FileTime time = Files.getLastModifiedTime(file);
    Files.write(file, content);
    Files.setLastModifiedTime(file, time);
  }
}

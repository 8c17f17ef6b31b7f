// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.provisioning.core.Zips;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the archive reader takes and refuses, at the edges; and what the writer writes. */
class ArchiveTest {
  private static final byte[] CONTENT = "content".getBytes(StandardCharsets.UTF_8);
  private static final int LIMIT = 128 * 1024;
  private static final int END_BYTES = 22;
  private static final int LOCAL_BYTES = 30;
  private static final int CENTRAL_BYTES = 46;
  private static final Instant INSTANT = Instant.parse("2026-11-20T21:30:00Z");

  @ParameterizedTest
  @ValueSource(strings = {"a", "a b", " ~", "..a", "a.", "key", "a.keys"})
  @DisplayName("bare file names are read")
  void takesBareNames(String name) {
    assertThat(read(zip(name)).names()).containsExactly(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " ", ".", "..", "a/b", "a\\b", "c:", "/a", "a\u001f", "a\n", "a\u007f", "\u0000", "a/",
        "a.key", "a.KEY", ".Key"
      })
  @DisplayName("names that leave the folder, hide, or announce a key are refused")
  void refusesOtherNames(String name) {
    refused(zip(name));
  }

  @Test
  @DisplayName("a name twice is refused")
  void refusesDoubles() {
    byte[] zip = zip("aa", "ab");
    byte[] doubled = zip.clone();
    for (int i = 0; i + 1 < doubled.length; i++) {
      if (doubled[i] == 'a' && doubled[i + 1] == 'b') {
        doubled[i + 1] = 'a';
      }
    }
    assertThat(read(zip).names()).containsExactly("aa", "ab");
    refused(doubled);
  }

  @Test
  @DisplayName("eight members are read, nine are refused; none is an archive, too")
  void countsMembers() {
    assertThat(read(zip("1", "2", "3", "4", "5", "6", "7", "8")).names()).hasSize(8);
    refused(zip("1", "2", "3", "4", "5", "6", "7", "8", "9"));
    assertThat(read(zip()).names()).isEmpty();
    refused(Arrays.copyOf(zip(), END_BYTES - 1));
    refused(new byte[0]);
  }

  @Test
  @DisplayName("a member of 128 KiB is read, one byte more is refused")
  void boundsMembers() {
    assertThat(read(zip(Map.of("a", new byte[LIMIT]), true)).get("a")).hasSize(LIMIT);
    refused(zip(Map.of("a", new byte[LIMIT + 1]), true));
  }

  @Test
  @DisplayName("a member that is longer, shorter or other than announced is refused")
  void comparesWithTheDirectory() {
    for (int delta : new int[] {-1, 1, LIMIT}) {
      refused(
          change(
              zip("a"),
              zip -> {
                int size = zip.getInt(central(zip) + 24) + delta;
                zip.putInt(central(zip) + 24, size).putInt(22, size);
              }));
    }
    refused(
        change(
            zip("a"),
            zip -> {
              zip.putInt(central(zip) + 16, 7).putInt(14, 7);
            }));
  }

  @Test
  @DisplayName("private keys are refused, whatever the member's name")
  void refusesKeys() {
    String key = "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n";
    refused(zip(Map.of("a.txt", key.getBytes(StandardCharsets.UTF_8)), true));
    Map<String, byte[]> named = Map.of("a.key", CONTENT);
    Map<String, byte[]> marked = Map.of("a", key.getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> ZipWriter.write(named, INSTANT))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ZipWriter.write(marked, INSTANT))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @DisplayName("symbolic links, devices and folders are refused, modes of regular files are not")
  void refusesOtherFileTypes() {
    assertThat(read(mode(0100644)).names()).containsExactly("a");
    assertThat(read(mode(0644)).names()).containsExactly("a");
    refused(mode(0120777));
    refused(mode(0020644));
    refused(mode(0040755));
    refused(change(zip("a"), zip -> zip.putInt(central(zip) + 38, 0x10)));
  }

  @Test
  @DisplayName("stored and deflated members are read, with and without data descriptors")
  void takesBothMethods() {
    assertThat(read(zip(Map.of("a", CONTENT), false)).get("a")).isEqualTo(CONTENT);
    assertThat(read(zip(Map.of("a", CONTENT), true)).get("a")).isEqualTo(CONTENT);
    Map<String, byte[]> two = new LinkedHashMap<>();
    two.put("a", CONTENT);
    two.put("b", CONTENT);
    assertThat(read(Zips.write(two)).names()).containsExactly("a", "b");
  }

  @Test
  @DisplayName("other methods, encryption, and headers unlike the directory are refused")
  void refusesDisagreement() {
    refused(change(zip("a"), zip -> zip.putShort(8, (short) 0)));
    refused(
        change(
            zip("a"), zip -> zip.putShort(8, (short) 12).putShort(central(zip) + 10, (short) 12)));
    refused(change(zip("a"), zip -> zip.putShort(6, (short) (zip.getShort(6) | 1))));
    refused(change(zip("a"), zip -> zip.putShort(central(zip) + 8, (short) 1)));
    refused(change(zip("a"), zip -> zip.putInt(18, zip.getInt(18) + 1)));
    refused(change(zip("a"), zip -> zip.putInt(22, zip.getInt(22) + 1)));
    refused(change(zip("a"), zip -> zip.putInt(14, zip.getInt(14) + 1)));
    refused(change(zip("a"), zip -> zip.put(LOCAL_BYTES, (byte) 'b')));
    refused(change(zip("a"), zip -> zip.putShort(26, (short) 2)));
    refused(change(zip("a"), zip -> zip.putShort(26, (short) 0xffff)));
    refused(change(zip("a"), zip -> zip.putInt(0, 0)));
  }

  @Test
  @DisplayName("several disks, comments, zip64 and data in front, between and behind are refused")
  void refusesOtherLayouts() {
    byte[] good = zip("a", "b");
    int end = good.length - END_BYTES;
    for (int field : new int[] {4, 6, 8, 10, 12, 16, 20}) {
      refused(change(good, zip -> zip.put(end + field, (byte) (zip.get(end + field) + 1))));
    }
    refused(change(good, zip -> zip.putInt(end + 16, -1)));
    refused(Arrays.copyOf(good, good.length + 1));
    refused(insert(good, 0, false));
    refused(
        insert(good, ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getInt(end + 16), true));
  }

  @Test
  @DisplayName("the writer gives every member its size, its time and mode 0600, without zip64")
  void writesPlainMembers() throws IOException {
    byte[] zip = zip("a");
    try (ZipFile file =
        ZipFile.builder().setSeekableByteChannel(new SeekableInMemoryByteChannel(zip)).get()) {
      ZipArchiveEntry entry = file.getEntry("a");
      assertThat(entry.getUnixMode()).isEqualTo(0100600);
      assertThat(entry.getTime()).isEqualTo(INSTANT.toEpochMilli());
      assertThat(entry.getMethod()).isEqualTo(ZipEntry.DEFLATED);
      assertThat(entry.getExtraFields()).isEmpty();
      assertThat(entry.getSize()).isEqualTo(CONTENT.length);
    }
  }

  @Test
  @DisplayName("a missing member is a refusal with the caller's code")
  void namesMissingMembers() {
    ZipContents contents = read(zip("a"));
    assertThat(contents.find("b")).isEmpty();
    assertThatThrownBy(() -> contents.get("b"))
        .isInstanceOfSatisfying(
            ProvisioningException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_SIGNED_ZIP));
  }

  private static ZipContents read(byte[] archive) {
    return ZipContents.read(archive, ErrorCode.INVALID_SIGNED_ZIP);
  }

  private static void refused(byte[] archive) {
    assertThatThrownBy(() -> read(archive))
        .isInstanceOfSatisfying(
            ProvisioningException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_SIGNED_ZIP));
  }

  /** An archive of ours that holds these names, each with the same content. */
  private static byte[] zip(String... names) {
    Map<String, byte[]> members = new LinkedHashMap<>();
    for (String name : names) {
      members.put(name, CONTENT);
    }
    boolean ours = Arrays.stream(names).noneMatch(name -> name.endsWith("/") || isKey(name));
    return ours ? ZipWriter.write(members, INSTANT) : zip(members, true);
  }

  private static boolean isKey(String name) {
    return name.regionMatches(true, Math.max(0, name.length() - 4), ".key", 0, 4);
  }

  private static byte[] zip(Map<String, byte[]> members, boolean deflated) {
    return zip(members, deflated, 0100600);
  }

  private static byte[] mode(int unixMode) {
    return zip(Map.of("a", CONTENT), true, unixMode);
  }

  private static byte[] zip(Map<String, byte[]> members, boolean deflated, int unixMode) {
    SeekableInMemoryByteChannel channel = new SeekableInMemoryByteChannel();
    try (ZipArchiveOutputStream out = new ZipArchiveOutputStream(channel)) {
      out.setUseZip64(Zip64Mode.Never);
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        ZipArchiveEntry entry = new ZipArchiveEntry(member.getKey());
        entry.setUnixMode(unixMode);
        entry.setMethod(deflated ? ZipEntry.DEFLATED : ZipEntry.STORED);
        CRC32 crc = new CRC32();
        crc.update(member.getValue());
        entry.setCrc(crc.getValue());
        entry.setSize(member.getValue().length);
        out.putArchiveEntry(entry);
        out.write(member.getValue());
        out.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Arrays.copyOf(channel.array(), (int) channel.size());
  }

  /** Where the directory's first header begins. */
  private static int central(ByteBuffer zip) {
    return zip.getInt(zip.capacity() - END_BYTES + 16);
  }

  private static byte[] change(byte[] archive, Consumer<ByteBuffer> change) {
    byte[] changed = archive.clone();
    change.accept(ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN));
    return changed;
  }

  /** A byte more at a place, with the end record corrected for it. */
  private static byte[] insert(byte[] archive, int at, boolean onlyDirectoryMoves) {
    byte[] longer = new byte[archive.length + 1];
    System.arraycopy(archive, 0, longer, 0, at);
    System.arraycopy(archive, at, longer, at + 1, archive.length - at);
    return change(
        longer,
        zip -> {
          int end = longer.length - END_BYTES;
          int directory = zip.getInt(end + 16) + 1;
          zip.putInt(end + 16, directory);
          if (!onlyDirectoryMoves) {
            int second = directory + CENTRAL_BYTES + zip.getShort(directory + 28);
            zip.putInt(directory + 42, zip.getInt(directory + 42) + 1);
            zip.putInt(second + 42, zip.getInt(second + 42) + 1);
          }
        });
  }
}

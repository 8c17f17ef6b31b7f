// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fedtrust.provisioning.core.Zips;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the archive reader takes and refuses, at the edges; and what the writer writes. */
class ArchiveTest {
  @TempDir Path temp;

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

  @ParameterizedTest
  @ValueSource(ints = {0x0001, 0x0009, 0x6375, 0x7075, 0x9901, 0x0017, 0xd935, 0x1234})
  @DisplayName("extra fields that rename, resize, encrypt or are unknown are refused")
  void refusesExtraFields(int id) {
    byte[] field = extra(id, 9);
    refused(withExtras(field, new byte[0]));
    refused(withExtras(new byte[0], field));
    refused(withExtras(field, field));
  }

  @ParameterizedTest
  @ValueSource(ints = {0x000a, 0x5455, 0x5855, 0x7855, 0x7875, 0xcafe})
  @DisplayName("extra fields with times, owners and the mark of jar files are read past")
  void takesHarmlessExtraFields(int id) {
    byte[] field = extra(id, 9);
    assertThat(read(withExtras(field, new byte[0])).get("a")).isEqualTo(CONTENT);
    assertThat(read(withExtras(new byte[0], field)).get("a")).isEqualTo(CONTENT);
    assertThat(read(withExtras(field, extra(id, 5))).get("a")).isEqualTo(CONTENT);
  }

  @Test
  @DisplayName("malformed extra fields, and one kind twice, are refused")
  void refusesMalformedExtraFields() {
    refused(withExtras(new byte[3], new byte[0]));
    refused(withExtras(new byte[0], new byte[3]));
    refused(withExtras(Arrays.copyOf(extra(0x5455, 9), 12), new byte[0]));
    byte[] twice = Arrays.copyOf(extra(0x5455, 0), 8);
    System.arraycopy(twice, 0, twice, 4, 4);
    refused(withExtras(twice, new byte[0]));
  }

  @Test
  @DisplayName("a Unicode path that gives a member another name is refused")
  void refusesUnicodePath() {
    CRC32 crc = new CRC32();
    crc.update('a');
    byte[] field =
        ByteBuffer.allocate(4 + 1 + 4 + 1)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putShort((short) 0x7075)
            .putShort((short) 6)
            .put((byte) 1)
            .putInt((int) crc.getValue())
            .put((byte) 'b')
            .array();
    refused(withExtras(new byte[0], field));
    refused(withExtras(field, field));
  }

  @Test
  @DisplayName("a directory with more or fewer members than announced is refused")
  void countsTheDirectory() {
    byte[] two = zip("a", "b");
    int end = two.length - END_BYTES;
    for (int count : new int[] {0, 1, 3, 7}) {
      refused(
          change(
              two, zip -> zip.putShort(end + 8, (short) count).putShort(end + 10, (short) count)));
    }
    // The directory begins at the second header: the first member is hidden in front of it.
    int first = CENTRAL_BYTES + 1;
    refused(
        change(
            two,
            zip ->
                zip.putShort(end + 8, (short) 1)
                    .putShort(end + 10, (short) 1)
                    .putInt(end + 12, zip.getInt(end + 12) - first)
                    .putInt(end + 16, zip.getInt(end + 16) + first)));
  }

  @Test
  @DisplayName("a data descriptor has 12 or 16 bytes and says what the directory says")
  void readsDescriptors() {
    byte[] signed = Zips.write(Map.of("a", CONTENT));
    int directory = central(ByteBuffer.wrap(signed).order(ByteOrder.LITTLE_ENDIAN));
    assertThat(read(signed).get("a")).isEqualTo(CONTENT);
    byte[] unsigned = remove(signed, directory - 16, 4);
    assertThat(read(unsigned).get("a")).isEqualTo(CONTENT);
    for (int at = directory - 16; at < directory; at++) {
      int place = at;
      refused(change(signed, zip -> zip.put(place, (byte) (zip.get(place) ^ 1))));
    }
    for (int length : new int[] {1, 3, 5, 8, 12, 15, 16}) {
      refused(remove(signed, directory - length, length));
    }
    refused(insert(signed, directory, true));
    refused(insert(signed, directory - 16, true));
    refused(insert(unsigned, directory - 16, true));
  }

  @Test
  @DisplayName(
      "before a data descriptor, each field of a header is blank or agrees with the directory")
  void readsHeadersWithDescriptors() {
    byte[] zip = Zips.write(Map.of("a", CONTENT));
    for (int field : new int[] {14, 18, 22}) {
      refused(change(zip, buffer -> buffer.putInt(field, 1)));
    }
    byte[] sizeOnly = change(zip, buffer -> buffer.putInt(22, buffer.getInt(central(buffer) + 24)));
    assertThat(read(sizeOnly).get("a")).as("zip to a pipe").isEqualTo(CONTENT);
    refused(change(sizeOnly, buffer -> buffer.putInt(18, 1)));
    assertThat(
            read(change(
                    zip,
                    buffer -> {
                      for (int field = 0; field < 12; field += 4) {
                        buffer.putInt(14 + field, buffer.getInt(central(buffer) + 16 + field));
                      }
                    }))
                .get("a"))
        .isEqualTo(CONTENT);
  }

  @Test
  @DisplayName("bytes behind the end of a deflated stream are refused")
  void refusesHiddenBytes() {
    byte[] zip = zip("a");
    int size = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN).getInt(18);
    refused(
        change(
            insert(zip, LOCAL_BYTES + 1 + size, true),
            buffer -> buffer.putInt(18, size + 1).putInt(central(buffer) + 20, size + 1)));
  }

  @Test
  @DisplayName("comments of members, other flags and names outside ASCII are refused")
  void refusesRareFeatures() {
    refused(change(zip("a"), zip -> zip.putShort(central(zip) + 32, (short) 1)));
    refused(change(zip("a"), zip -> zip.putShort(central(zip) + 34, (short) 1)));
    for (int bit : new int[] {0, 4, 5, 6, 7, 12, 13, 15}) {
      refused(
          change(
              zip("a"),
              zip ->
                  zip.putShort(6, (short) (zip.getShort(6) | 1 << bit))
                      .putShort(
                          central(zip) + 8, (short) (zip.getShort(central(zip) + 8) | 1 << bit))));
    }
    refused(zip(Map.of("\u00e4", CONTENT), true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "import sys,zipfile\nz=zipfile.ZipFile(sys.argv[1],'w',zipfile.ZIP_DEFLATED)\n"
            + "z.writestr('a','content')\nz.close()",
        "import sys,zipfile\nz=zipfile.ZipFile(sys.argv[1],'w')\n"
            + "z.writestr('a','content')\nz.close()",
        // To a stream that cannot seek: with data descriptors.
        "import sys,zipfile\nclass W:\n  def __init__(s,f): s.f=f\n  def write(s,b): return"
            + " s.f.write(b)\n  def flush(s): s.f.flush()\nf=open(sys.argv[1],'wb')\n"
            + "z=zipfile.ZipFile(W(f),'w',zipfile.ZIP_DEFLATED)\n"
            + "z.writestr('a','content')\nz.close()\nf.close()"
      })
  @DisplayName("what Python's zipfile writes is read")
  void readsPython(String script) throws Exception {
    Path file = temp.resolve("python.zip");
    run(temp, "python3", "-c", script, file.toString());
    assertThat(read(Files.readAllBytes(file)).get("a")).isEqualTo(CONTENT);
  }

  @Test
  @DisplayName("what Info-ZIP and the JDK's jar tool write is read")
  void readsOtherTools() throws Exception {
    Files.write(temp.resolve("a"), CONTENT);
    Path jar = Path.of(System.getProperty("java.home"), "bin", "jar");
    run(temp, jar.toString(), "-c", "-M", "-f", "jar.zip", "a");
    assertThat(read(Files.readAllBytes(temp.resolve("jar.zip"))).get("a")).isEqualTo(CONTENT);
    run(temp, "zip", "-q", "info.zip", "a");
    assertThat(read(Files.readAllBytes(temp.resolve("info.zip"))).get("a")).isEqualTo(CONTENT);
    run(temp, "bash", "-c", "zip -q - a | cat > pipe.zip");
    assertThat(read(Files.readAllBytes(temp.resolve("pipe.zip"))).get("a")).isEqualTo(CONTENT);
  }

  @Test
  @DisplayName("what the JDK writes with times of any precision is read")
  void readsExtendedTimestamps() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(bytes)) {
      ZipEntry entry = new ZipEntry("a");
      entry.setLastModifiedTime(FileTime.from(INSTANT));
      entry.setCreationTime(FileTime.from(INSTANT));
      out.putNextEntry(entry);
      out.write(CONTENT);
    }
    assertThat(read(bytes.toByteArray()).get("a")).isEqualTo(CONTENT);
  }

  @Test
  @DisplayName(
      "after a change of any bit, the JDK and Python read what is read here, or it is refused")
  void agreesWithOtherReaders() throws Exception {
    Map<String, byte[]> members = new LinkedHashMap<>();
    members.put("a", CONTENT);
    members.put("b", CONTENT);
    int read = 0;
    for (byte[] good : new byte[][] {zip("a", "b"), Zips.write(members), zip(members, false)}) {
      for (int bit = 0; bit < good.length * 8; bit++) {
        byte[] changed = good.clone();
        changed[bit / 8] ^= (byte) (1 << bit % 8);
        Optional<Map<String, String>> here = text(changed);
        if (here.isPresent()) {
          Path file = Files.write(temp.resolve("changed" + read++ + ".zip"), changed);
          assertThat(jdk(file)).as("bit %d", bit).isEqualTo(here.get());
          assertThat(stream(changed)).as("bit %d", bit).isEqualTo(here.get());
          assertThat(here.get()).isEqualTo(Map.of("a", "content", "b", "content"));
        }
      }
    }
    assertThat(read).isPositive();
    run(
        temp,
        "python3",
        "-c",
        """
        import glob, zipfile
        for name in glob.glob('changed*.zip'):
            with zipfile.ZipFile(name) as z:
                assert {m: z.read(m) for m in z.namelist()} == {'a': b'content', 'b': b'content'}, name
        """);
  }

  private static Optional<Map<String, String>> text(byte[] archive) {
    try {
      ZipContents contents = read(archive);
      Map<String, String> text = new TreeMap<>();
      contents
          .names()
          .forEach(name -> text.put(name, new String(contents.get(name), StandardCharsets.UTF_8)));
      return Optional.of(text);
    } catch (ProvisioningException e) {
      return Optional.empty();
    }
  }

  private static Map<String, String> jdk(Path file) throws IOException {
    Map<String, String> text = new TreeMap<>();
    try (java.util.zip.ZipFile zip = new java.util.zip.ZipFile(file.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        text.put(
            entry.getName(),
            new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    return text;
  }

  private static Map<String, String> stream(byte[] archive) {
    Map<String, String> text = new TreeMap<>();
    Zips.read(archive)
        .forEach((name, content) -> text.put(name, new String(content, StandardCharsets.UTF_8)));
    return text;
  }

  /** Runs a tool; where it is missing, the test is skipped. */
  private static void run(Path folder, String... command) throws Exception {
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("output").toFile())
              .start();
    } catch (IOException e) {
      assumeTrue(false, command[0] + " is not installed");
      return;
    }
    assertThat(process.waitFor()).as(command[0]).isZero();
  }

  private static byte[] extra(int id, int length) {
    return ByteBuffer.allocate(4 + length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort((short) id)
        .putShort((short) length)
        .array();
  }

  /** An archive with one member "a" and extra fields in its local header and in the directory. */
  private static byte[] withExtras(byte[] local, byte[] central) {
    byte[] good = zip("a");
    ByteBuffer from = ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN);
    int directory = central(from);
    int end = good.length - END_BYTES;
    ByteBuffer to =
        ByteBuffer.allocate(good.length + local.length + central.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    to.put(good, 0, LOCAL_BYTES + 1).put(local);
    to.put(good, LOCAL_BYTES + 1, directory - LOCAL_BYTES - 1);
    to.put(good, directory, CENTRAL_BYTES + 1).put(central);
    to.put(good, end, END_BYTES);
    int newEnd = to.capacity() - END_BYTES;
    int newDirectory = directory + local.length;
    to.putShort(28, (short) local.length);
    to.putShort(newDirectory + 30, (short) central.length);
    to.putInt(newEnd + 12, CENTRAL_BYTES + 1 + central.length);
    to.putInt(newEnd + 16, newDirectory);
    return to.array();
  }

  /** Bytes fewer in front of the directory, with the end record corrected for it. */
  private static byte[] remove(byte[] archive, int at, int length) {
    byte[] shorter = new byte[archive.length - length];
    System.arraycopy(archive, 0, shorter, 0, at);
    System.arraycopy(archive, at + length, shorter, at, shorter.length - at);
    return change(
        shorter,
        zip -> {
          int end = shorter.length - END_BYTES;
          zip.putInt(end + 16, zip.getInt(end + 16) - length);
        });
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

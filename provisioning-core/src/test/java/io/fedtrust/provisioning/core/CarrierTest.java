// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import static io.fedtrust.provisioning.core.Refusals.refused;
import static io.fedtrust.provisioning.core.Refusals.refusedWithoutTrace;
import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.provisioning.Approval;
import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.StartupKitPackager;
import io.fedtrust.provisioning.error.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Between a site and the project admin, zips go by file, by mail, by a portal: carriers that are
 * clumsy or hostile. What is in a zip counts, not how it arrived.
 */
class CarrierTest {
  private static final int STEP_BYTES = 23;

  @TempDir Path temp;
  private World world;
  private CertificateAuthority ca;
  private RequestFolder request;
  private Path inbox;

  @BeforeEach
  void makeWorld() throws IOException {
    world = new World(temp);
    ca = world.ca();
    request = world.request(World.client("site-1"));
    inbox = Files.createDirectories(world.path("inbox"));
  }

  private Path arrives(byte[] zip, String name) throws IOException {
    return Files.write(inbox.resolve(name), zip);
  }

  private Approval approve(Path zip) {
    return ca.approve(zip).against(world.profile()).write();
  }

  /** Packages what arrived, with the fingerprint that came another way. */
  private StartupKitPackager packager(Path zip) {
    return world.engine().packager(world.engine().openBundle(zip).trust(ca.fingerprint()));
  }

  @Test
  @DisplayName("a renamed zip is still what is in it, for whom it is, and no other kind of zip")
  void renamed() throws IOException {
    byte[] sent = Files.readAllBytes(request.requestZip());
    // Named like another site's, like the other kind, as portals and mail programs name things.
    Path posing = arrives(sent, "site-2.request.zip");
    Approval approval = approve(posing);
    assertThat(approval.metadata().name()).isEqualTo("site-1");
    assertThat(approval.signedZip()).isEqualTo(inbox.resolve("site-1.signed.zip"));
    byte[] answer = Files.readAllBytes(approval.signedZip());
    for (String name : List.of("site-2.signed.zip", "Réponse (1).signed.zip", ".signed.zip")) {
      StartupKit kit = packager(arrives(answer, name)).force().packageInto(world.path("workspace"));
      assertThat(kit.name()).as(name).isEqualTo("site-1");
    }
    // The ending says what a person takes a zip for; nobody is to mistake one kind for the other.
    for (String name : List.of("attachment.zip", "site-1.signed.zip.download", "a.request.zip")) {
      Path other = arrives(answer, name);
      refused(ErrorCode.INVALID_ARGS, () -> world.engine().openBundle(other));
      refused(ErrorCode.INVALID_ARGS, () -> approve(other));
    }
    Path asked = arrives(sent, "y.signed.zip");
    refused(ErrorCode.INVALID_SIGNED_ZIP, () -> world.engine().openBundle(asked));
    refused(ErrorCode.INVALID_ARGS, () -> approve(inbox.resolve("site-1.signed.zip")));
  }

  @Test
  @DisplayName("a zip packed again is read; with a folder, an addition or other lines, refused")
  void rezipped() throws IOException {
    List<UnaryOperator<Map<String, byte[]>>> spoilings =
        List.of(
            members -> renamed(members, name -> "site-1/" + name),
            members -> with(members, "__MACOSX/._site.yaml"),
            members -> with(members, ".DS_Store"),
            members -> with(members, "Thumbs.db"),
            members -> renamed(members, name -> name.replace(".yaml", ".YAML")),
            CarrierTest::withOtherLineEnds);
    Map<String, byte[]> asked = Zips.read(request.requestZip());
    for (UnaryOperator<Map<String, byte[]>> spoiling : spoilings) {
      Path spoiled = arrives(Zips.write(spoiling.apply(asked)), "spoiled.request.zip");
      refusedWithoutTrace(ErrorCode.INVALID_ARGS, temp, () -> approve(spoiled));
    }
    Approval approval = approve(arrives(stored(reversed(asked)), "site-1.request.zip"));

    Map<String, byte[]> answered = Zips.read(approval.signedZip());
    for (UnaryOperator<Map<String, byte[]>> spoiling : spoilings) {
      Path spoiled = arrives(Zips.write(spoiling.apply(answered)), "spoiled.signed.zip");
      refusedWithoutTrace(
          ErrorCode.INVALID_SIGNED_ZIP, temp, () -> world.engine().openBundle(spoiled));
    }
    StartupKit kit =
        packager(arrives(stored(reversed(answered)), "site-1.signed.zip"))
            .packageInto(world.path("workspace"));
    assertThat(kit.certificateChain().get(0).getSerialNumber().toString(16))
        .isEqualTo(approval.serial().substring("0x".length()));
  }

  @Test
  @DisplayName("a zip that comes again, late, or at another's door changes nothing")
  void replayed() throws IOException {
    byte[] asked = Files.readAllBytes(request.requestZip());
    Approval first = approve(request.requestZip());
    byte[] old = Files.readAllBytes(first.signedZip());
    Path again = arrives(asked, "again.request.zip");
    refusedWithoutTrace(ErrorCode.REQUEST_ALREADY_APPROVED, temp, () -> approve(again));

    packager(first.signedZip()).packageInto(world.path("workspace"));
    Path secondCopy = arrives(old, "copy.signed.zip");
    refusedWithoutTrace(
        ErrorCode.OUTPUT_DIR_EXISTS,
        temp,
        () -> packager(secondCopy).packageInto(world.path("workspace")));

    world.later(Duration.ofDays(300));
    ca = world.ca();
    Path renewed = inbox.resolve("renewed.signed.zip");
    ca.approve(request.requestZip()).against(world.profile()).force().writeTo(renewed);
    packager(renewed).force().packageInto(world.path("workspace"));
    refusedWithoutTrace(
        ErrorCode.APPROVAL_SUPERSEDED,
        temp,
        () -> packager(secondCopy).force().packageInto(world.path("workspace")));

    // At the door of another site, which has its own key and its own request.
    world.request(World.client("site-2"));
    StartupKitPackager stray = packager(secondCopy).requestFolder(world.path("site-2"));
    refusedWithoutTrace(
        ErrorCode.REQUEST_DIR_INCOMPLETE, temp, () -> stray.packageInto(world.path("elsewhere")));

    // From a federation of the same name whose root nobody named on another channel.
    World other = new World(Files.createDirectories(temp.resolve("other")));
    Path theirs = other.approve(other.request(World.client("site-1"))).signedZip();
    refused(ErrorCode.ROOTCA_FINGERPRINT_MISMATCH, () -> packager(theirs));
  }

  @Test
  @DisplayName("a zip that was cut, grew, or went through a text filter is refused; then it works")
  void truncated() throws IOException {
    byte[] asked = Files.readAllBytes(request.requestZip());
    Path cut = inbox.resolve("cut.request.zip");
    for (byte[] spoiled : spoilt(asked)) {
      Files.write(cut, spoiled);
      refused(ErrorCode.INVALID_ARGS, () -> approve(cut));
    }
    assertThat(ca.ledger().records()).isEmpty();
    byte[] answered = Files.readAllBytes(approve(request.requestZip()).signedZip());
    Path torn = inbox.resolve("torn.signed.zip");
    for (byte[] spoiled : spoilt(answered)) {
      Files.write(torn, spoiled);
      refused(ErrorCode.INVALID_SIGNED_ZIP, () -> world.engine().openBundle(torn));
    }
    assertThat(packager(arrives(answered, "whole.signed.zip")).packageInto(world.path("w")).name())
        .isEqualTo("site-1");
  }

  /** Every few lengths, and what mail servers and text filters do. */
  private static List<byte[]> spoilt(byte[] zip) {
    List<byte[]> all = new ArrayList<>();
    for (int length = 0; length < zip.length; length += STEP_BYTES) {
      all.add(Arrays.copyOf(zip, length));
      all.add(Arrays.copyOfRange(zip, length + 1, zip.length));
    }
    all.add(Arrays.copyOf(zip, zip.length - 1));
    all.add(Arrays.copyOf(zip, zip.length + 1));
    all.add(
        (text(zip) + "\r\n-- \r\nScanned: no virus found").getBytes(StandardCharsets.ISO_8859_1));
    all.add(text(zip).replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    all.add(text(zip).getBytes(StandardCharsets.UTF_8));
    return all;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static Map<String, byte[]> reversed(Map<String, byte[]> members) {
    List<String> names = new ArrayList<>(members.keySet());
    Collections.reverse(names);
    Map<String, byte[]> reversed = new LinkedHashMap<>();
    names.forEach(name -> reversed.put(name, members.get(name)));
    return reversed;
  }

  private static Map<String, byte[]> renamed(
      Map<String, byte[]> members, UnaryOperator<String> name) {
    Map<String, byte[]> renamed = new LinkedHashMap<>();
    members.forEach((old, content) -> renamed.put(name.apply(old), content));
    return renamed;
  }

  private static Map<String, byte[]> with(Map<String, byte[]> members, String name) {
    Map<String, byte[]> more = new LinkedHashMap<>(members);
    more.put(name, new byte[] {1});
    return more;
  }

  private static Map<String, byte[]> withOtherLineEnds(Map<String, byte[]> members) {
    Map<String, byte[]> other = new LinkedHashMap<>(members);
    other.computeIfPresent(
        "site.yaml",
        (name, content) ->
            text(content).replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    return other;
  }

  /** Without compression, as some tools pack small files. */
  private static byte[] stored(Map<String, byte[]> members) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        CRC32 crc = new CRC32();
        crc.update(member.getValue());
        ZipEntry entry = new ZipEntry(member.getKey());
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(member.getValue().length);
        entry.setCrc(crc.getValue());
        out.putNextEntry(entry);
        out.write(member.getValue());
        out.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.collateral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.CollateralFloors;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.CollateralUse;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Collateral on disk: whole or refused, and never older than before. */
class CollateralFolderTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final Instant LATER = Instant.parse("2026-12-21T12:00:00Z");

  @TempDir Path temp;

  private static CollateralEntry entry(String kind, String subject, int value) {
    return new CollateralEntry(
        CollateralItem.of(kind, subject, new byte[] {(byte) value}),
        "https://example.org/" + kind,
        NOW,
        Optional.of(NOW),
        Optional.of(LATER));
  }

  private static CollateralUse use(int number, Instant issued) {
    return new CollateralUse(
        "amd/crl/vcek-Milan",
        "ab".repeat(32),
        Optional.of(BigInteger.valueOf(number)),
        issued,
        LATER);
  }

  private void refused() {
    assertThatThrownBy(() -> CollateralFolder.open(temp))
        .isInstanceOfSatisfying(
            AttestationException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.COLLATERAL_FOLDER_INVALID));
  }

  @Test
  @DisplayName("what is put in is there when the folder is opened again")
  void keeps() {
    CollateralFolder folder = CollateralFolder.open(temp.resolve("new"));
    assertThat(folder.entries()).isEmpty();
    CollateralEntry undated =
        new CollateralEntry(
            CollateralItem.of("b", "2", new byte[] {2}),
            "here",
            NOW,
            Optional.empty(),
            Optional.empty());
    folder.add(List.of(entry("a", "1", 1), undated));
    folder.add(List.of());
    CollateralFolder again = CollateralFolder.open(temp.resolve("new"));
    assertThat(again.entries()).containsExactly(entry("a", "1", 1), undated);
    assertThat(again.collateral().items("a", "1")).hasSize(1);
    assertThat(again.collateral().items("a", "2")).isEmpty();
  }

  @Test
  @DisplayName("a newer item takes the place of an older one; two processes add to one folder")
  void replaces() throws IOException {
    CollateralFolder first = CollateralFolder.open(temp);
    CollateralFolder second = CollateralFolder.open(temp);
    first.add(List.of(entry("a", "1", 1)));
    second.add(List.of(entry("b", "1", 2)));
    first.add(List.of(entry("a", "1", 3)));
    assertThat(CollateralFolder.open(temp).entries())
        .containsExactlyInAnyOrder(entry("a", "1", 3), entry("b", "1", 2));
    try (Stream<Path> files = Files.list(temp)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("manifest.json", "a-1", "b-1", ".lock");
    }
  }

  @Test
  @DisplayName("an entry ends at its next update")
  void expiry() {
    assertThat(entry("a", "1", 1).isExpired(LATER)).isFalse();
    assertThat(entry("a", "1", 1).isExpired(LATER.plusSeconds(1))).isTrue();
  }

  @Test
  @DisplayName("an item that was changed, cut or removed is refused")
  void changedItem() throws IOException {
    CollateralFolder.open(temp).add(List.of(entry("a", "1", 1)));
    for (byte[] other : List.of(new byte[] {2}, new byte[0], new byte[5 << 20])) {
      Files.write(temp.resolve("a-1"), other);
      refused();
    }
    Files.delete(temp.resolve("a-1"));
    refused();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"file\" : \"a-1\" | \"file\" : \"../a-1\"",
        "\"kind\" : \"a\" | \"kind\" : \"../a\"",
        "\"kind\" : \"a\" | \"kind\" : 1",
        "\"kind\" : \"a\" | \"kin\" : \"a\"",
        "\"items\" | \"item\"",
        "\"sha256\" : \" | \"sha256\" : \"A",
        "2026-11-21T12:00:00Z | yesterday",
        "{ | {{",
        "\"subject\" : \"1\" | \"subject\" : \"1\", \"subject\" : \"1\""
      })
  @DisplayName("a manifest of another shape is refused")
  void changedManifest(String good, String bad) throws IOException {
    CollateralFolder.open(temp).add(List.of(entry("a", "1", 1)));
    String manifest = Files.readString(temp.resolve("manifest.json"));
    String changed = manifest.replace(good, bad);
    assertThat(changed).isNotEqualTo(manifest);
    Files.writeString(temp.resolve("manifest.json"), changed);
    refused();
  }

  @Test
  @DisplayName("a name that could leave the folder is not written")
  void unsafeNames() {
    for (String subject : List.of("../x", "a/b", "", "x".repeat(200))) {
      CollateralFolder folder = CollateralFolder.open(temp);
      assertThatThrownBy(() -> folder.add(List.of(entry(subject.isEmpty() ? "" : "a", subject, 1))))
          .as(subject)
          .isInstanceOf(AttestationException.class);
    }
    assertThat(CollateralFolder.open(temp).entries()).isEmpty();
  }

  @Test
  @DisplayName("floors only rise, survive, and say that the host controls them")
  void floors() throws IOException {
    CollateralFolder folder = CollateralFolder.open(temp);
    folder.remember(List.of(use(5, NOW)));
    folder.remember(List.of(use(4, NOW.minusSeconds(9))));
    CollateralFloors floors = CollateralFolder.open(temp).collateral().floors();
    assertThat(floors.floor("amd/crl/vcek-Milan"))
        .contains(new CollateralFloors.Floor(Optional.of(BigInteger.valueOf(5)), NOW));
    assertThat(floors.latestIssue()).contains(NOW);
    assertThat(floors.isRollback(use(4, NOW))).isTrue();
    assertThat(floors.isRollback(use(5, NOW.minusSeconds(1)))).isTrue();
    assertThat(floors.isRollback(use(5, NOW))).isFalse();
    assertThat(Files.readString(temp.resolve("floors.json"))).contains("\"hostControlled\" : true");
    for (String junk :
        List.of(
            "",
            "{}",
            "{\"hostControlled\":true,\"floors\":{\"a\":1}}",
            "{\"hostControlled\":true,\"floors\":{\"a\":{\"issued\":\"x\"}}}",
            "{\"hostControlled\":true,\"floors\":{\"a\":{\"number\":\"x\",\"issued\":\""
                + NOW
                + "\"}}}")) {
      Files.writeString(temp.resolve("floors.json"), junk);
      refused();
    }
  }

  @Test
  @DisplayName("a folder that cannot be written is told")
  void notWritable() throws IOException {
    Path file = Files.writeString(temp.resolve("file"), "");
    CollateralFolder folder = CollateralFolder.open(file.resolve("below"));
    assertThatThrownBy(() -> folder.add(List.of(entry("a", "1", 1))))
        .isInstanceOfSatisfying(
            AttestationException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.OUTPUT_NOT_WRITABLE));
  }
}

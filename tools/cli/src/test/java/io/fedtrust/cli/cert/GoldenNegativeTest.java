// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.fedtrust.cli.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The peer's own collection of tampered inputs: ours gives the same exit status and code, but for
 * the cases that docs/differences.md lists with their reasons.
 */
class GoldenNegativeTest {
  private static final Path NEGATIVE =
      Path.of(System.getProperty("fedtrust.golden", "absent")).resolve("negative");

  /** What ours refuses where the peer accepts: docs/differences.md, "Stricter than the peer". */
  private static final Map<String, String> STRICTER =
      Map.of("approve with CA dir ca_wrong_key", "1 CA_LOAD_FAILED");

  @TempDir Path temp;

  private record Case(String what, String command, String outcome) {}

  @TestFactory
  @DisplayName("every case of the peer's negative collection has the same outcome")
  Stream<DynamicTest> sameOutcome() throws IOException {
    assumeTrue(Files.isDirectory(NEGATIVE), "the peer's golden artefacts are not here");
    List<Case> cases = cases();
    assertThat(cases).hasSize(78);
    return cases.stream()
        .map(c -> dynamicTest(c.what() + ": " + c.command(), () -> assertOutcome(c)));
  }

  private void assertOutcome(Case c) {
    Path folder = copy(temp.resolve("case-" + System.nanoTime()));
    Shell shell = new Shell(folder);
    Shell.Result result = shell.run(c.command().replaceFirst("^nvflare ", "--format json "));
    String outcome = result.exit() + " " + result.json("error_code");
    assertThat(outcome.strip())
        .as(result.out() + result.err())
        .isEqualTo(STRICTER.getOrDefault(c.what(), c.outcome()).strip());
    if (result.exit() != 0) {
      assertThat(folder.resolve("out")).isEmptyDirectory();
    }
  }

  private static List<Case> cases() throws IOException {
    List<Case> cases = new ArrayList<>();
    byte[] json = Files.readAllBytes(NEGATIVE.resolve("cases.json"));
    try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), json)) {
      Map<String, String> members = new LinkedHashMap<>();
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.PROPERTY_NAME) {
          String name = parser.currentName();
          parser.nextToken();
          members.put(name, parser.getString());
        } else if (token == JsonToken.END_OBJECT) {
          cases.add(
              new Case(
                  members.get("what"),
                  members.get("command"),
                  members.get("exit") + " " + members.get("code")));
          members.clear();
        }
      }
    }
    return cases;
  }

  private static Path copy(Path target) {
    try (Stream<Path> walk = Files.walk(NEGATIVE)) {
      for (Path path : walk.toList()) {
        Path to = target.resolve(NEGATIVE.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(to);
        } else {
          Files.copy(path, to, StandardCopyOption.REPLACE_EXISTING);
          // The artefacts are readable by everybody; a CA key must not be.
          Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rw-------"));
        }
      }
      Files.createDirectories(target.resolve("out"));
      return target;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.cli.CliEnvironment;
import io.fedtrust.cli.program.Cli;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickstartTest {
  @TempDir Path temp;

  @Test
  @DisplayName(
      "quickstart makes kits, shows handshakes and an attestation, and refuses a folder in use")
  void quickstart() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    // The system's clock: the JDK checks certificates against it during the handshake.
    CliEnvironment environment =
        new CliEnvironment(
            InputStream.nullInputStream(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
            temp,
            Map.of("HOME", temp.toString()),
            temp,
            Optional.of(temp.resolve("account")),
            false,
            false,
            Clock.systemUTC());
    assertThat(new Cli(environment, Main::commands).run("quickstart", "-o", "first")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("hospital-a -> localhost", "accepted, TLSv1.3")
        .contains("a kit of another CA -> localhost", "posing as the server", "refused")
        .contains("genuine evidence: trusted", "one bit changed: rejected, SIGNATURE_INVALID");
    assertThat(out.toString(StandardCharsets.UTF_8).lines().map(QuickstartTest::withoutDigest))
        .containsAll(readmeExcerpt(temp.resolve("first")));
    List<String> commands =
        out.toString(StandardCharsets.UTF_8)
            .lines()
            .filter(line -> line.contains(" fedtrust "))
            .map(line -> line.substring(line.indexOf(" fedtrust ") + " fedtrust ".length()))
            .toList();
    assertThat(commands).hasSize(2);
    for (String command : commands) {
      assertThat(new Cli(environment).run(command.split(" ", -1))).as(command).isZero();
    }
    assertThat(temp.resolve("first/hospital-b/workspace/first_federation/prod_00/hospital-b"))
        .isDirectoryContaining("glob:**startup");
    assertThat(temp.resolve(".nvflare")).doesNotExist();
    assertThat(new Cli(environment, Main::commands).run("quickstart", "-o", "first")).isEqualTo(1);
  }

  /** The lines of the README's excerpt, as they are for another folder. */
  private static List<String> readmeExcerpt(Path folder) throws IOException {
    String readme = Files.readString(Path.of("../../README.md"));
    String excerpt = readme.substring(readme.indexOf("\nca: /tmp/try/") + 1);
    List<String> lines =
        excerpt
            .substring(0, excerpt.indexOf("\n```"))
            .replace("/tmp/try", folder.toString())
            .lines()
            .map(QuickstartTest::withoutDigest)
            .toList();
    assertThat(lines).hasSizeGreaterThan(15);
    return lines;
  }

  private static String withoutDigest(String line) {
    return line.replaceAll("SHA256:[0-9A-F:]+", "SHA256:...");
  }

  @Test
  @DisplayName("the program of the demonstrations has none of the CA's commands")
  void nothingElse() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    CliEnvironment training = CliEnvironment.ofTraining(temp);
    CliEnvironment environment =
        new CliEnvironment(
            training.in(),
            training.out(),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            temp,
            training.variables(),
            temp,
            training.account(),
            false,
            false,
            Clock.systemUTC());
    assertThat(new Cli(environment, Main::commands).run("cert", "init", "-o", "ca")).isEqualTo(4);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("Code: INVALID_ARGS");
    assertThat(temp).isEmptyDirectory();
  }
}

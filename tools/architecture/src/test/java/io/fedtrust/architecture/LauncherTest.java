// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A copy of {@code tools/fedtrust} in a checkout of its own, whose Java only says what it is told.
 */
class LauncherTest {
  @TempDir Path checkout;

  @BeforeEach
  void layOut() throws IOException {
    program("java/bin/java", "#!/bin/sh\nfor word in \"$@\"; do echo \"$word\"; done\n");
    program("tools/fedtrust", Files.readString(Path.of("../fedtrust")));
    for (String jar :
        List.of("tools/cli/target/fedtrust.jar", "tools/demo/target/fedtrust-demo.jar")) {
      Files.createDirectories(checkout.resolve(jar).getParent());
      Files.writeString(checkout.resolve(jar), "");
      Files.writeString(checkout.resolve(jar + ".sha256"), "0");
    }
  }

  private void program(String name, String text) throws IOException {
    Path file = checkout.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @ParameterizedTest
  @DisplayName("words of a demonstration start its program, with the same words")
  @ValueSource(
      strings = {
        "quickstart",
        "quickstart -o cert",
        "--format json quickstart",
        "--format=json quickstart --help",
        "--form json quickstart",
        "--connect-timeout 3 quickstart",
        "--connect-timeout=3 quickstart",
        "--c 3 --f json attest federation demo",
        "attest --connect-timeout 3 federation demo",
        "attest federation",
        "attest federation demo -o demo",
        "attest --format json federation demo"
      })
  void demonstrations(String words) throws Exception {
    assertThat(started(words)).startsWith("tools/demo/target/fedtrust-demo.jar").endsWith(words);
  }

  @ParameterizedTest
  @DisplayName("all other words start the command line, whatever files are called")
  @ValueSource(
      strings = {
        "--version",
        "--help",
        "attest --help",
        "attest verify -e quickstart",
        "cert inspect quickstart",
        "cert list --ca-dir federation",
        "--format quickstart cert list",
        "--connect-timeout quickstart cert list",
        "--conn quickstart cert list",
        "--form quickstart cert list",
        "--connect-timeout",
        "quickstarts"
      })
  void commandLine(String words) throws Exception {
    assertThat(started(words)).startsWith("tools/cli/target/fedtrust.jar").endsWith(words);
  }

  @Test
  @DisplayName("a JVM that ends while it archives classes leaves nothing, and is not asked again")
  void failedTraining() throws Exception {
    // The JVM leaves a report where it stands. The command waits until the training is over.
    program(
        "java/bin/java",
        """
        #!/bin/sh
        case "$*" in
          *ArchiveClassesAtExit*)
            echo once >>"$HOME/asked"
            : >hs_err.log
            exit 134
            ;;
        esac
        tries=0
        train="$HOME/.cache/fedtrust/train"
        until [ -e "$HOME/asked" ] && [ -d "$train" ] && [ ! -e "$train/hs_err.log" ] || [ $tries -gt 1000000 ]; do
          tries=$((tries + 1))
        done
        """);
    Path home = Files.createDirectory(checkout.resolve("home"));
    Path folder = Files.createDirectory(checkout.resolve("folder"));
    for (int command = 0; command < 2; command++) {
      ProcessBuilder builder =
          new ProcessBuilder(checkout.resolve("tools/fedtrust").toString(), "--version")
              .directory(folder.toFile())
              .redirectError(checkout.resolve("err").toFile());
      builder.environment().put("JAVA_HOME", checkout.resolve("java").toString());
      builder.environment().put("HOME", home.toString());
      builder.environment().keySet().removeAll(List.of("XDG_CACHE_HOME", "FEDTRUST_CDS"));
      Process process = builder.start();
      try (InputStream output = process.getInputStream()) {
        assertThat(new String(output.readAllBytes(), StandardCharsets.UTF_8)).isEmpty();
      }
      assertThat(process.waitFor()).isZero();
    }
    assertThat(home.resolve("asked")).hasContent("once");
    assertThat(folder).isEmptyDirectory();
    assertThat(home.resolve(".cache/fedtrust/train")).isDirectory();
  }

  /** Returns the jar, from the checkout on, and the words that it got. */
  private String started(String words) throws Exception {
    List<String> command = new ArrayList<>(List.of(checkout.resolve("tools/fedtrust").toString()));
    command.addAll(List.of(words.split(" ", -1)));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(checkout.resolve("err").toFile());
    builder.environment().put("JAVA_HOME", checkout.resolve("java").toString());
    builder.environment().put("FEDTRUST_CDS", "off");
    Process process = builder.start();
    try (InputStream output = process.getInputStream()) {
      String said = new String(output.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).isZero();
      List<String> lines = said.lines().toList();
      List<String> told = lines.subList(lines.indexOf("-jar") + 1, lines.size());
      return String.join(" ", told).substring(checkout.toString().length() + 1);
    }
  }
}

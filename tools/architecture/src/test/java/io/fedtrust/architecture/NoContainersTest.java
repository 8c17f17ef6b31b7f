// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Docker is a choice of whoever runs a site; nothing here needs it. */
class NoContainersTest {
  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
  private static final Set<String> NOT_OURS = Set.of("target", ".git", ".peer", "node_modules");

  private static final String ENGINES = "(docker|podman|nerdctl|buildah|containerd|testcontainers)";

  /** In what is started by a shell or by Maven, no word at all. */
  private static final Pattern WORD = Pattern.compile("(?i)" + ENGINES);

  /** In a test's source: a library, a command, a socket. Names of a kit's files are neither. */
  private static final Pattern CALL =
      Pattern.compile("(?i)import .*" + ENGINES + "|\"" + ENGINES + "[\" ]|" + ENGINES + "\\.sock");

  @Test
  @DisplayName("no build file, script, CI step or test calls Docker or anything like it")
  void noTestNeedsDocker() throws IOException {
    List<Path> started = new ArrayList<>();
    List<Path> tests = new ArrayList<>();
    try (Stream<Path> files = Files.walk(ROOT)) {
      files
          .filter(Files::isRegularFile)
          .map(ROOT::relativize)
          .filter(NoContainersTest::isOurs)
          .filter(file -> !file.endsWith(getClass().getSimpleName() + ".java"))
          .forEach(
              file -> {
                if (isStarted(file)) {
                  started.add(file);
                } else if (isTest(file)) {
                  tests.add(file);
                }
              });
    }
    assertThat(started)
        .contains(
            Path.of("pom.xml"),
            Path.of(".ci/run"),
            Path.of("tools/fedtrust"),
            Path.of("tools/interop/peer"),
            Path.of("tools/interop/pom.xml"));
    assertThat(tests).hasSizeGreaterThan(100);
    assertThat(naming(started, WORD)).isEmpty();
    assertThat(naming(tests, CALL)).isEmpty();
  }

  @Test
  @DisplayName("what would need Docker is found")
  void findsCalls() {
    assertThat("docker build -t x .").containsPattern(WORD);
    assertThat("<groupId>org.testcontainers</groupId>").containsPattern(WORD);
    for (String call :
        List.of(
            "import org.testcontainers.containers.GenericContainer;",
            "new ProcessBuilder(\"docker\", \"run\")",
            "\"podman run --rm debian\"",
            "Path.of(\"/var/run/docker.sock\")")) {
      assertThat(call).containsPattern(CALL);
    }
    assertThat("kit.folder().resolve(\"startup/docker.sh\")").doesNotContainPattern(CALL);
  }

  private static boolean isOurs(Path file) {
    for (Path part : file) {
      if (NOT_OURS.contains(part.toString())) {
        return false;
      }
    }
    return true;
  }

  /** Build files, CI, and scripts beside the modules. */
  private static boolean isStarted(Path file) {
    String name = file.getFileName().toString();
    boolean script = file.startsWith("tools") && (!name.contains(".") || name.endsWith(".sh"));
    return file.startsWith(".ci")
        || file.startsWith(".mvn")
        || file.endsWith("pom.xml")
        || (script && file.getNameCount() <= 3);
  }

  private static boolean isTest(Path file) {
    String path = file.toString();
    return path.contains("src/test/") || path.contains("src/simulated/");
  }

  private static List<String> naming(List<Path> files, Pattern pattern) throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : files) {
      String text = Files.readString(ROOT.resolve(file), StandardCharsets.ISO_8859_1);
      text.lines()
          .filter(line -> pattern.matcher(line).find())
          .forEach(line -> found.add(file + ": " + line.strip()));
    }
    return found;
  }
}

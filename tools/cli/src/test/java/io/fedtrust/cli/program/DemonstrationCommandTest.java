// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.cli.Shell;
import io.fedtrust.cli.demonstration.Demonstration;
import io.fedtrust.cli.demonstration.QuickstartCommand;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.BindException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DemonstrationCommandTest {
  @TempDir Path temp;

  @ParameterizedTest
  @DisplayName("the command line lists the demonstrations, says where they are, and writes nothing")
  @ValueSource(strings = {"quickstart", "attest federation demo"})
  void elsewhere(String words) {
    Shell shell = new Shell(temp);
    Shell.Result result = shell.run(words + " -o shown --format json");
    assertThat(result.exit()).isEqualTo(4);
    assertThat(result.json("error_code")).isEqualTo("INVALID_ARGS");
    assertThat(result.json("hint")).contains("tools/fedtrust", "java -jar fedtrust-demo.jar");
    assertThat(shell.folder.resolve("shown")).doesNotExist();
    assertThat(shell.run(words + " --help").out()).contains("--output-dir");
    assertThat(shell.run("--help").out()).contains("quickstart");
  }

  @Test
  @DisplayName("a folder that cannot be written has another code than a port or process that fails")
  void failures() {
    Shell.Result folder = failing(new AccessDeniedException("shown/admin"));
    assertThat(folder.exit()).isEqualTo(1);
    assertThat(folder.json("error_code")).isEqualTo("OUTPUT_DIR_NOT_WRITABLE");
    assertThat(folder.json("message")).contains("permission denied");
    for (IOException failure :
        new IOException[] {
          new BindException("Address already in use"), new IOException("Cannot run program")
        }) {
      Shell.Result other = failing(failure);
      assertThat(other.exit()).isEqualTo(1);
      assertThat(other.json("error_code")).isEqualTo("DEMONSTRATION_FAILED");
      assertThat(other.json("message")).contains(failure.getClass().getSimpleName());
    }
  }

  /** Runs a demonstration that ends with this failure. */
  private Shell.Result failing(IOException failure) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Demonstration demonstration =
        (engine, folder, now, say) -> {
          throw failure;
        };
    int exit =
        new Cli(
                new Shell(temp).environment(out, err),
                (invocation, words) ->
                    Map.of("quickstart", () -> new QuickstartCommand(invocation, demonstration)))
            .run("quickstart", "-o", "shown", "--format", "json");
    return new Shell.Result(
        exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}

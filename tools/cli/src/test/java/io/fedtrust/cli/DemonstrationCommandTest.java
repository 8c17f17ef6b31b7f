// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
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
}

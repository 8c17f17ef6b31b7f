// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.cli.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code package --force} at the command line. */
class ReplacedKitCommandTest {
  private static final String PACKAGE = "package localhost/localhost.signed.zip --fingerprint ";

  @TempDir Path temp;
  private Shell shell;
  private String command;

  private Path kit() throws IOException {
    shell = new Shell(temp);
    shell.writeFederation();
    command =
        PACKAGE
            + shell
                .run("cert init --profile project_profile.yaml -o ./ca --format json")
                .json("rootca_fingerprint_sha256");
    shell.run("cert request -p localhost.yaml");
    shell.run(
        "cert approve localhost/localhost.request.zip --ca-dir ./ca --profile project_profile.yaml");
    Path kit = Path.of(shell.run(command + " --format json").json("output_dir"));
    Files.createDirectories(kit.resolve("storage/jobs"));
    return kit;
  }

  @Test
  @DisplayName("--dry-run --force says what is replaced and what stays; --force does it")
  void plan() throws IOException {
    Path kit = kit();
    Shell.Result plan = shell.run(command + " --dry-run --force --format json");
    assertThat(plan.exit()).as(plan.out()).isZero();
    assertThat(plan.out())
        .contains("\"replaced\":[\"readme.txt\",\"startup\",\"local/authorization.json.default\",")
        .contains("\"kept\":[\"storage\",\"transfer\"]");
    for (int job = 0; job < 120; job++) {
      Files.createDirectory(kit.resolve("job-" + job));
    }
    assertThat(shell.run(command + " --dry-run --force --format json").out())
        .contains("\"and 22 more\"");
    assertThat(shell.run(command + " --force").exit()).isZero();
    assertThat(kit.resolve("storage/jobs")).isDirectory();
  }

  @Test
  @DisplayName("a kit in use is refused with exit 1, unless --force-running is given")
  void inUse() throws Exception {
    Path kit = kit();
    Process process = new ProcessBuilder("sleep", "60").start();
    try {
      Files.writeString(kit.resolve("pid.fl"), process.pid() + "\n");
      Shell.Result refused = shell.run(command + " --force");
      assertThat(refused.exit()).isEqualTo(1);
      assertThat(refused.err())
          .contains("KIT_IN_USE", "process " + process.pid(), "--force-running");
      assertThat(shell.run(command + " --force-running").err()).contains("OUTPUT_DIR_EXISTS");
      assertThat(shell.run(command + " --force --force-running").exit()).isZero();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
  }
}

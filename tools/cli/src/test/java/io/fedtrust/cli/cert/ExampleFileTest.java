// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.cli.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExampleFileTest {
  @TempDir Path temp;

  private static void done(Shell.Result result) {
    assertThat(result.exit()).as(result.err()).isZero();
  }

  @Test
  @DisplayName("the examples, as they are, lead from a new CA to a kit")
  void journey() {
    Shell shell = new Shell(temp);
    done(shell.run("cert init --example"));
    done(shell.run("cert init --profile project_profile.yaml -o ./ca"));
    done(shell.run("cert request --example"));
    done(shell.run("cert request --participant site.yaml"));
    done(
        shell.run(
            "cert approve hospital-a/hospital-a.request.zip -c ca --profile project_profile.yaml"));
    done(shell.run("package hospital-a/hospital-a.signed.zip"));
  }

  @ParameterizedTest
  @DisplayName("what is commented out is read, too")
  @CsvSource({"init, project_profile.yaml", "request, site.yaml"})
  void comments(String command, String file) throws IOException {
    Shell shell = new Shell(temp);
    done(shell.run("cert " + command + " --example"));
    Path example = shell.folder.resolve(file);
    String text = Files.readString(example);
    assertThat(text).startsWith("# ");
    if (command.equals("init")) {
      Files.writeString(example, text.replace("# require_", "require_"));
      done(shell.run("cert init --profile project_profile.yaml -o ca"));
      Shell.Result approval = shell.run("cert approve none.zip -c ca --profile " + file);
      assertThat(approval.err()).contains("REQUEST_ZIP_NOT_FOUND");
    } else {
      Files.writeString(
          example,
          text.replace("# role:", "role:")
              .replace("type: client", "type: admin")
              .replace("name: hospital-a", "name: lead@example.org"));
      done(shell.run("cert request -p site.yaml --out admin"));
      Files.writeString(
          example,
          text.replace("# host_names:", "host_names:").replace("type: client", "type: server"));
      done(shell.run("cert request -p site.yaml --out server"));
    }
  }

  @ParameterizedTest
  @DisplayName("an existing file is never replaced")
  @CsvSource({"init, project_profile.yaml", "request, site.yaml"})
  void existing(String command, String file) {
    Shell shell = new Shell(temp);
    Path mine = shell.write(file, "mine");
    Shell.Result result = shell.run("cert " + command + " --example --format json");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.json("error_code")).isEqualTo("OUTPUT_DIR_EXISTS");
    assertThat(result.json("message")).contains(file, "already exists");
    assertThat(mine).hasContent("mine");
  }
}

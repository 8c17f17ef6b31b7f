// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import static io.fedtrust.cli.cert.Federation.PROFILE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.cli.Shell;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the requester reads to the approver. */
class RequestCommandTest {
  @TempDir Path temp;

  @Test
  @DisplayName("the comparison code and key that request prints are those that approve shows")
  void comparisonCode() throws IOException {
    Shell shell = Federation.in(temp);
    shell.definition("site-1", "client", "alpha", "");
    Shell.Result request = shell.run("cert request -p site-1.yaml --format json");
    String code = request.json("comparison_code");
    assertThat(code).matches("([A-Z2-7]{4}-){5}[A-Z2-7]{4}");
    assertThat(request.json("next_step")).contains("Tell").contains("comparison code");
    String approve = "cert approve site-1/site-1.request.zip" + PROFILE;
    Shell.Result asked = shell.typing("n\n").run(approve);
    assertThat(asked.err()).contains("Comparison code: " + code + "\n");
    assertThat(shell.run(approve + " --dry-run --format json").json("comparison_code"))
        .isEqualTo(code);
    assertThat(shell.run("cert approve site-1 --all --dry-run" + PROFILE).err()).contains(code);
    assertThat(
            shell
                .run("cert inspect site-1/site-1.request.zip --format json")
                .json("comparison_code"))
        .isEqualTo(code);
    String key = request.json("public_key_sha256");
    assertThat(shell.run(approve + " --expect-key " + key).exit()).isZero();
  }

  @Test
  @DisplayName("another key has another code")
  void otherKey() throws IOException {
    Shell shell = Federation.in(temp);
    assertThat(
            shell
                .run("cert inspect again/hospital-a.request.zip --format json")
                .json("comparison_code"))
        .isNotEqualTo(
            shell
                .run("cert inspect hospital-a/hospital-a.request.zip --format json")
                .json("comparison_code"));
  }
}

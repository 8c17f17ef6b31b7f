// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShellWordTest {
  @ParameterizedTest
  @DisplayName("a shell reads the word as the same text")
  @ValueSource(strings = {"/a/b-1.x", "/a b", "/it's", "$HOME", "a;b", "*", "~", "", "\"q\"", "!x"})
  void sameText(String text) throws IOException, InterruptedException {
    Process shell =
        new ProcessBuilder("sh", "-c", "printf %s " + ShellWord.of(text))
            .redirectErrorStream(true)
            .start();
    String read = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor()).isZero();
    assertThat(read).isEqualTo(text);
  }

  @Test
  @DisplayName("a plain path stays as it is")
  void plain() {
    assertThat(ShellWord.of(Path.of("/srv/kits/site-1"))).isEqualTo("/srv/kits/site-1");
  }
}

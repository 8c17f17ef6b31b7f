// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every beginning of every option of NVFlare's commands, asked of NVFlare's own parser. {@code
 * PeerWordsTest} of {@code tools/cli} compares the recorded answers with ours, without Python.
 */
class PeerWordsLiveTest {
  private static final Path RECORDED =
      Path.of(
          System.getProperty("fedtrust.root"),
          "tools/cli/src/test/resources/io/fedtrust/cli/program/peer-words.jsonl");

  @TempDir Path folder;

  @Test
  @DisplayName("NVFlare's parser still answers what our command line is compared with")
  void answers() throws IOException {
    Path script = folder.resolve("peer_words.py");
    Files.write(
        script, PeerWordsLiveTest.class.getResourceAsStream("peer_words.py").readAllBytes());
    String answers =
        Command.run(
                folder,
                folder.resolve("home"),
                List.of(Tool.peer().resolve("bin/python").toString(), script.toString()))
            .succeeded()
            .output();
    assertThat(answers.lines().filter(line -> line.startsWith("{")))
        .hasSizeGreaterThan(2000)
        .containsExactlyElementsOf(Files.readAllLines(RECORDED, StandardCharsets.UTF_8));
  }
}

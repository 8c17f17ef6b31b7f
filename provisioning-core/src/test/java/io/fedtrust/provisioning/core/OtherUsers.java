// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fedtrust.provisioning.core.io.EffectiveUser;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs children of a test as other users, which only root can. */
final class OtherUsers {
  private OtherUsers() {}

  static void assumePossible() {
    assumeTrue(EffectiveUser.uid().orElse(-1) == 0, "needs root");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "needs setpriv");
  }

  /** Copies the class path to where every user can read it. */
  static String readableClassPath(Path library) throws Exception {
    List<String> copies = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path source = Path.of(entry);
      Path target = library.resolve(copies.size() + "-" + source.getFileName());
      if (entry.isEmpty()) {
        continue;
      }
      if (Files.isDirectory(source)) {
        run("cp", "-R", source.toString(), target.toString());
      } else if (Files.exists(source)) {
        Files.copy(source, target, StandardCopyOption.REPLACE_EXISTING);
      }
      copies.add(target.toString());
    }
    run("chmod", "-R", "a+rX", library.toString());
    return String.join(File.pathSeparator, copies);
  }

  static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output;
  }
}

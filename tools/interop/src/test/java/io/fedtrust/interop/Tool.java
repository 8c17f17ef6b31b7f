// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A command line with the verbs of distributed provisioning: FedTrust's, or NVFlare's own. */
enum Tool {
  FEDTRUST {
    @Override
    Path program() {
      return ROOT.resolve("tools/fedtrust");
    }
  },
  NVFLARE {
    @Override
    Path program() {
      return peer().resolve("bin/nvflare");
    }
  };

  private static final Path ROOT = Path.of(System.getProperty("fedtrust.root")).normalize();
  private static final Path HOME = newHome();

  abstract Path program();

  /** Runs a command as a user would, in a folder. */
  Command.Answer run(Path folder, String... arguments) {
    List<String> command = new ArrayList<>(List.of(program().toString()));
    command.addAll(Arrays.asList(arguments));
    return Command.run(folder, HOME.resolve(name()), command);
  }

  /** The folder of the peer's Python environment; made on first use. */
  static Path peer() {
    return Peer.FOLDER;
  }

  private static Path newHome() {
    try {
      return Files.createTempDirectory("fedtrust-interop").toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Peer {
    static final Path FOLDER = install();

    private static Path install() {
      String script = ROOT.resolve("tools/interop/peer").toString();
      Command.Answer answer =
          Command.run(ROOT, HOME, List.of(script, System.getProperty("fedtrust.peer.line")))
              .succeeded();
      System.out.println(answer.output());
      return Path.of(answer.output().lines().reduce((first, last) -> last).orElseThrow());
    }
  }
}

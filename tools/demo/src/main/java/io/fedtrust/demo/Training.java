// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.demo;

import io.fedtrust.cli.CliEnvironment;
import io.fedtrust.cli.program.Cli;
import java.nio.file.Path;

/** Runs the quickstart in a folder, so that the launcher can archive the classes it loads. */
public final class Training {
  private Training() {}

  /** Takes one argument, a folder that may be written to and thrown away. */
  public static void main(String[] args) {
    Path folder = Path.of(args[0]).toAbsolutePath();
    new Cli(CliEnvironment.ofTraining(folder), Main::commands).run("quickstart", "-o", "first");
  }
}

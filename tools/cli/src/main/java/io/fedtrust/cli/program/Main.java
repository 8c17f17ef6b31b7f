// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.program;

import io.fedtrust.cli.CliEnvironment;

/** Entry point of {@code tools/fedtrust}. */
public final class Main {
  private Main() {}

  /** Runs one command and ends the process with its status. */
  public static void main(String[] args) {
    System.exit(new Cli(CliEnvironment.ofProcess()).run(args));
  }
}

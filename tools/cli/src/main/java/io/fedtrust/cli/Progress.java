// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli;

/** A bar on standard error while a person is watching; nothing otherwise. */
public final class Progress {
  private static final int WIDTH = 40;

  private final CliEnvironment environment;
  private final String what;
  private final int total;
  private int done;

  public Progress(CliEnvironment environment, String what, int total) {
    this.environment = environment;
    this.what = what;
    this.total = total;
  }

  public void step() {
    done++;
    if (environment.movesCursor()) {
      int filled = WIDTH * done / total;
      environment
          .err()
          .print(
              "\r"
                  + what
                  + " ["
                  + "#".repeat(filled)
                  + ".".repeat(WIDTH - filled)
                  + "] "
                  + done
                  + "/"
                  + total);
      environment.err().flush();
    }
  }

  public void done() {
    if (environment.movesCursor()) {
      environment.err().println();
    }
  }
}

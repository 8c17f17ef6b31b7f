// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli;

/** A bar on standard error while a person is watching; nothing otherwise. */
final class Progress {
  private static final int WIDTH = 40;

  private final CliEnvironment surroundings;
  private final String what;
  private final int total;
  private int done;

  Progress(CliEnvironment surroundings, String what, int total) {
    this.surroundings = surroundings;
    this.what = what;
    this.total = total;
  }

  void step() {
    done++;
    if (surroundings.movesCursor()) {
      int filled = WIDTH * done / total;
      surroundings
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
      surroundings.err().flush();
    }
  }

  void done() {
    if (surroundings.movesCursor()) {
      surroundings.err().println();
    }
  }
}

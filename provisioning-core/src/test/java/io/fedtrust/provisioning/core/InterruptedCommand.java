// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import io.fedtrust.provisioning.core.io.FailPoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs an operation of {@link CrashingProcess} up to its first move after a journal was written.
 */
public final class InterruptedCommand {
  private InterruptedCommand() {}

  /** No operation of ours catches it. */
  private static final class Halted extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** Interrupts an operation in this process, and returns the journal that it leaves. */
  static Path interrupt(String operation, Path root) {
    try {
      CrashingProcess.run(operation, new World(root, List.of(), halting(root)));
    } catch (Halted e) {
      return journals(root).get(0);
    }
    throw new AssertionError("not interrupted: " + operation);
  }

  /** The same in a process of its own. Arguments: operation, folder. */
  public static void main(String[] args) throws IOException {
    Path root = Path.of(args[1]).toRealPath();
    interrupt(args[0], root);
  }

  private static FailPoint halting(Path root) {
    return (step, path) -> {
      boolean journal = path.getFileName().toString().contains("journal");
      if (step == FailPoint.Step.RENAME
          && !journal
          && journals(root).stream().anyMatch(file -> path.startsWith(file.getParent()))) {
        throw new Halted();
      }
    };
  }

  /** Every journal below a folder. */
  static List<Path> journals(Path root) {
    try (Stream<Path> walk = Files.walk(root)) {
      return walk.filter(
              path -> path.endsWith(".journal.fedtrust") || path.toString().endsWith(".journal"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

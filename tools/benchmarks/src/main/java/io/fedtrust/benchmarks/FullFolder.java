// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.benchmarks;

import io.fedtrust.provisioning.core.io.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Packaging into a prod folder that already contains many kits, with its hint and without,
 * alternating in one run. Arguments: kits in the folder (default 1000), rounds (default 30).
 */
public final class FullFolder {
  private static final int WARM_UP = 5;

  private final Federation federation = new Federation(Durability.NO_SYNC);
  private final Path workspace = federation.root.resolve("workspace");

  private FullFolder() throws Exception {}

  /** Runs and prints. */
  public static void main(String[] args) throws Exception {
    int kits = args.length > 0 ? Integer.parseInt(args[0]) : 1000;
    Rounds rounds = new Rounds(args.length > 1 ? Integer.parseInt(args[1]) : 30, WARM_UP);
    FullFolder folder = new FullFolder();
    try {
      folder.run(kits, rounds);
    } finally {
      folder.federation.remove();
    }
    rounds.print(kits + " kits");
  }

  private void run(int kits, Rounds rounds) throws Exception {
    Path prod = workspace.resolve(Federation.PROJECT + "/prod_00");
    byte[] root = Files.readAllBytes(federation.root.resolve("ca/rootCA.pem"));
    for (int i = 0; i < kits; i++) {
      Path startup = Files.createDirectories(prod.resolve("kit-" + i + "/startup"));
      Files.write(startup.resolve("rootCA.pem"), root);
    }
    Kits next = new Kits(federation);
    rounds.run(
        () -> {
          next.approveNext();
          rounds.measure("package, with the hint", next::packageKit);
          next.approveNext();
          removeHint();
          rounds.measure("package, without the hint", next::packageKit);
        });
  }

  private void removeHint() throws IOException {
    Files.deleteIfExists(workspace.resolve(Federation.PROJECT + "/state/.prod_00.hint"));
  }
}

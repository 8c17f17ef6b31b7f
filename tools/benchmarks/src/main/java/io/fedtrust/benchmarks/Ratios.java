// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.benchmarks;

import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.core.io.Durability;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/**
 * Each operation of provisioning and the primitive that bounds it, alternating in one run. Prints
 * medians of wall time and of thread CPU time in microseconds. Arguments: rounds (default 400),
 * then NO_SYNC or SYNC.
 */
public final class Ratios {
  private static final int WARM_UP = 2_500;
  private static final String SIGNATURES = "two raw signatures";
  private static final String SYNC = "one raw sync";
  private static final String APPROVE = "approve";
  private static final String FILES = "write the kit's files";
  private static final String PACKAGE = "package";

  private Ratios() {}

  /** Runs and prints. */
  public static void main(String[] args) throws Exception {
    Rounds rounds = new Rounds(args.length > 0 ? Integer.parseInt(args[0]) : 400, WARM_UP);
    Durability durability = args.length > 1 ? Durability.valueOf(args[1]) : Durability.NO_SYNC;
    Federation federation = new Federation(durability);
    Federation packaging = new Federation(durability);
    byte[] message = new byte[1024];
    try (FileChannel log =
        FileChannel.open(
            federation.root.resolve("log"), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      Kits kits = new Kits(packaging);
      RequestFolder[] request = new RequestFolder[1];
      rounds.run(
          () -> {
            rounds.measure(
                SIGNATURES,
                () -> {
                  federation.jca.signPkcs1(federation.keys.getPrivate(), message);
                  return federation.jca.signPss(federation.keys.getPrivate(), message);
                });
            rounds.measure(
                SYNC,
                () -> {
                  log.write(ByteBuffer.wrap(message));
                  log.force(true);
                  return log;
                });
            rounds.measure("request (key given)", () -> request[0] = federation.request());
            rounds.measure(
                APPROVE,
                () ->
                    federation
                        .ca
                        .approve(request[0].requestZip())
                        .against(federation.profile)
                        .write());
            kits.approveNext();
            rounds.measure(FILES, kits::writeSameFiles);
            rounds.measure(PACKAGE, kits::packageKit);
          });
    } finally {
      federation.remove();
      packaging.remove();
    }
    rounds.print(durability + " in " + federation.root.getParent());
    ratio(
        "approve / two signatures (cpu)", rounds.cpuMedian(APPROVE) / rounds.cpuMedian(SIGNATURES));
    ratio(
        "approve / (two signatures + four syncs) (wall)",
        rounds.median(APPROVE) / (rounds.median(SIGNATURES) + 4 * rounds.median(SYNC)));
    ratio("package / writing its files (wall)", rounds.median(PACKAGE) / rounds.median(FILES));
  }

  private static void ratio(String what, double value) {
    System.out.printf(Locale.ROOT, "%-50s %.2f%n", what, value);
  }
}

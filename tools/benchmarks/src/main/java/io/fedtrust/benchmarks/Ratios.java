// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.benchmarks;

import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.core.io.Durability;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * Each operation and the primitive that bounds it, alternating in one run: on a machine whose speed
 * drifts, only such ratios mean something. Prints medians of thread CPU time and of wall time in
 * microseconds. Arguments: rounds (default 400), then NO_SYNC or SYNC.
 */
public final class Ratios {
  private static final int WARM_UP = 2_500;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final int rounds;
  private final Map<String, long[]> cpu = new LinkedHashMap<>();
  private final Map<String, long[]> wall = new LinkedHashMap<>();

  private Ratios(int rounds) {
    this.rounds = rounds;
  }

  /** Runs and prints. */
  public static void main(String[] args) throws Exception {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 400;
    Durability durability = args.length > 1 ? Durability.valueOf(args[1]) : Durability.NO_SYNC;
    new Ratios(rounds).run(durability);
  }

  private void run(Durability durability) throws Exception {
    Federation federation = new Federation(durability);
    PackageBenchmark kits = new PackageBenchmark();
    kits.durability = durability;
    kits.setUp();
    byte[] message = new byte[1024];
    try (FileChannel log =
        FileChannel.open(
            federation.root.resolve("log"), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (int round = -WARM_UP; round < rounds; round++) {
        int at = round;
        measure(
            "two raw signatures",
            at,
            () -> {
              federation.jca.signPkcs1(federation.keys.getPrivate(), message);
              return federation.jca.signPss(federation.keys.getPrivate(), message);
            });
        measure(
            "one raw sync",
            at,
            () -> {
              log.write(ByteBuffer.wrap(message));
              log.force(true);
              return log;
            });
        RequestFolder[] request = new RequestFolder[1];
        measure("request (key given)", at, () -> request[0] = federation.request());
        measure(
            "approve",
            at,
            () ->
                federation.ca.approve(request[0].requestZip()).against(federation.profile).write());
        kits.approveNext();
        measure("write the kit's files", at, kits::writeSameFiles);
        measure("package", at, kits::packageKit);
      }
    } finally {
      federation.remove();
      kits.tearDown();
    }
    print(federation.root, durability);
  }

  private void measure(String name, int round, Callable<Object> action) throws Exception {
    long cpuStart = THREADS.getCurrentThreadCpuTime();
    long wallStart = System.nanoTime();
    Object result = action.call();
    long wallNanos = System.nanoTime() - wallStart;
    long cpuNanos = THREADS.getCurrentThreadCpuTime() - cpuStart;
    if (result == null) {
      throw new IllegalStateException(name);
    }
    if (round >= 0) {
      cpu.computeIfAbsent(name, ignored -> new long[rounds])[round] = cpuNanos;
      wall.computeIfAbsent(name, ignored -> new long[rounds])[round] = wallNanos;
    }
  }

  private void print(Path folder, Durability durability) {
    System.out.printf(
        Locale.ROOT,
        "%s, %d rounds, Java %s, %s%n",
        durability,
        rounds,
        Runtime.version(),
        folder.getParent());
    cpu.forEach(
        (name, samples) ->
            System.out.printf(
                Locale.ROOT,
                "%-24s cpu %8.0f us   wall %8.0f us%n",
                name,
                median(samples),
                median(wall.get(name))));
    double signatures = median(cpu.get("two raw signatures"));
    System.out.printf(
        Locale.ROOT,
        "approve / two signatures (cpu)   %.2f%n",
        median(cpu.get("approve")) / signatures);
    System.out.printf(
        Locale.ROOT,
        "approve / (two signatures + four syncs) (wall)   %.2f%n",
        median(wall.get("approve"))
            / (median(wall.get("two raw signatures")) + 4 * median(wall.get("one raw sync"))));
    System.out.printf(
        Locale.ROOT,
        "package / writing its files (wall)   %.2f%n",
        median(wall.get("package")) / median(wall.get("write the kit's files")));
  }

  private static double median(long[] samples) {
    long[] sorted = samples.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2] / 1000.0;
  }
}

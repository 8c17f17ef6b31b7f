// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * What a parser of foreign bytes may spend on one input: CPU time of the thread and bytes it
 * allocates. Neither depends on what else the machine does. The first runs of a method are slow
 * until it is compiled; a bound is kept if one of a few runs keeps it.
 */
public final class WorkBound {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int RUNS = 6;
  private static final int HOPELESS = 20;

  /** 1, and 10 where classes are instrumented (an agent, or a fuzzer that says so). */
  private static final int FACTOR =
      Boolean.getBoolean("fedtrust.instrumented")
              || ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                  .anyMatch(argument -> argument.startsWith("-javaagent"))
          ? 10
          : 1;

  static final Duration CPU = Duration.ofMillis(250).multipliedBy(FACTOR);
  static final long BYTES = 64L * 1024 * 1024 * FACTOR;

  private WorkBound() {}

  /** Some work. */
  @FunctionalInterface
  public interface Work {
    /** Does it. */
    void run() throws Exception;
  }

  /** Does work until one run keeps both bounds. */
  public static void within(Work work) throws Exception {
    long nanos = Long.MAX_VALUE;
    long bytes = Long.MAX_VALUE;
    for (int run = 0; run < RUNS; run++) {
      long bytesBefore = THREADS.getCurrentThreadAllocatedBytes();
      long nanosBefore = THREADS.getCurrentThreadCpuTime();
      work.run();
      long spentNanos = THREADS.getCurrentThreadCpuTime() - nanosBefore;
      long spentBytes = THREADS.getCurrentThreadAllocatedBytes() - bytesBefore;
      if (spentNanos <= CPU.toNanos() && spentBytes <= BYTES) {
        return;
      }
      nanos = Math.min(nanos, spentNanos);
      bytes = Math.min(bytes, spentBytes);
      if (nanos > HOPELESS * CPU.toNanos()) {
        break;
      }
    }
    throw new AssertionError(
        "%d ms of %d ms, %d MiB of %d MiB"
            .formatted(nanos / 1_000_000, CPU.toMillis(), bytes >> 20, BYTES >> 20));
  }
}

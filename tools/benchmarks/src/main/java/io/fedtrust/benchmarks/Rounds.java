// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Medians of operations that alternate in one run: on a machine whose speed drifts, only ratios of
 * such medians are meaningful.
 */
final class Rounds {
  static final int BATCH = 50;
  private static final int WARM_UP = 60;
  private static final int GAINS = 15;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final Map<String, double[]> wall = new LinkedHashMap<>();
  private final Map<String, double[]> cpu = new LinkedHashMap<>();
  private final int rounds;
  private final int warmUp;
  private int round;
  private int next;

  Rounds(int rounds) {
    this(rounds, WARM_UP);
  }

  Rounds(int rounds, int warmUp) {
    this.rounds = rounds;
    this.warmUp = warmUp;
  }

  /** One operation on one input. */
  interface Operation<T> {
    boolean on(T input) throws Exception;
  }

  /** A round: what is measured in turn. */
  interface Turn {
    void take() throws Exception;
  }

  /** Takes all turns; the first ones are not counted. */
  void run(Turn turn) throws Exception {
    for (round = -warmUp; round < rounds; round++) {
      turn.take();
    }
  }

  /** Where in the inputs the next batch begins. */
  int next() {
    return next;
  }

  /** Measures an operation that has no inputs, once a round. */
  void measure(String name, Callable<?> operation) throws Exception {
    measure(name, 1, List.of(name), ignored -> operation.call() != null);
  }

  <T> void measure(String name, int batch, List<T> inputs, Operation<T> operation)
      throws Exception {
    long cpuStart = THREADS.getCurrentThreadCpuTime();
    long wallStart = System.nanoTime();
    for (int i = 0; i < batch; i++) {
      require(operation.on(inputs.get((next + i) % inputs.size())));
    }
    long wallNanos = System.nanoTime() - wallStart;
    long cpuNanos = THREADS.getCurrentThreadCpuTime() - cpuStart;
    next += batch;
    if (round >= 0) {
      wall.computeIfAbsent(name, ignored -> new double[rounds])[round] = wallNanos / 1000.0 / batch;
      cpu.computeIfAbsent(name, ignored -> new double[rounds])[round] = cpuNanos / 1000.0 / batch;
    }
  }

  static void require(boolean good) {
    if (!good) {
      throw new IllegalStateException("the operation did not succeed");
    }
  }

  /** Returns the median wall time of an operation in microseconds. */
  double median(String name) {
    return median(wall, name);
  }

  /** Returns the median time of an operation on the CPU, in its own thread, in microseconds. */
  double cpuMedian(String name) {
    return median(cpu, name);
  }

  private static double median(Map<String, double[]> samples, String name) {
    double[] sorted = samples.get(name).clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  void print(int inputs) {
    print("batches of " + BATCH + ", " + inputs + " inputs");
  }

  void print(String what) {
    System.out.printf(Locale.ROOT, "%d rounds, %s, Java %s%n", rounds, what, Runtime.version());
    for (String name : wall.keySet()) {
      System.out.printf(
          Locale.ROOT, "%-40s %9.2f us, cpu %9.2f us%n", name, median(name), cpuMedian(name));
    }
  }

  /** Median of how much faster two threads are than one. */
  static <T> double gain(List<T> inputs, Callable<Operation<T>> operation) throws Exception {
    List<Double> gains = new ArrayList<>();
    for (int i = 0; i < GAINS; i++) {
      gains.add(seconds(1, inputs, operation) / seconds(2, inputs, operation));
    }
    gains.sort(Double::compare);
    return gains.get(GAINS / 2);
  }

  private static <T> double seconds(int threads, List<T> inputs, Callable<Operation<T>> operation)
      throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<Boolean>> halves = new ArrayList<>();
      for (int half = 0; half < 2; half++) {
        int offset = half * inputs.size() / 2;
        halves.add(
            () -> {
              Operation<T> own = operation.call();
              for (int i = 0; i < inputs.size() / 2; i++) {
                require(own.on(inputs.get(offset + i)));
              }
              return true;
            });
      }
      long start = System.nanoTime();
      for (Future<Boolean> done : executor.invokeAll(halves)) {
        done.get();
      }
      return (System.nanoTime() - start) / 1e9;
    } finally {
      executor.shutdown();
    }
  }
}

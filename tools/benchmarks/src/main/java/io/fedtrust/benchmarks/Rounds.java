// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.benchmarks;

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

/** Medians of operations that alternate in one run, each over the same rotating inputs. */
final class Rounds {
  static final int BATCH = 50;
  private static final int WARM_UP = 60;
  private static final int GAINS = 15;

  private final Map<String, double[]> micros = new LinkedHashMap<>();
  private final int rounds;
  private int round;
  private int next;

  Rounds(int rounds) {
    this.rounds = rounds;
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
    for (round = -WARM_UP; round < rounds; round++) {
      turn.take();
    }
  }

  /** Where in the inputs the next batch begins. */
  int next() {
    return next;
  }

  <T> void measure(String name, int batch, List<T> inputs, Operation<T> operation)
      throws Exception {
    long start = System.nanoTime();
    for (int i = 0; i < batch; i++) {
      require(operation.on(inputs.get((next + i) % inputs.size())));
    }
    double each = (System.nanoTime() - start) / 1000.0 / batch;
    next += batch;
    if (round >= 0) {
      micros.computeIfAbsent(name, ignored -> new double[rounds])[round] = each;
    }
  }

  static void require(boolean good) {
    if (!good) {
      throw new IllegalStateException("not genuine");
    }
  }

  double median(String name) {
    double[] sorted = micros.get(name).clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  void print(int inputs) {
    System.out.printf(
        Locale.ROOT,
        "%d rounds of %d, %d inputs, Java %s%n",
        rounds,
        BATCH,
        inputs,
        Runtime.version());
    micros.keySet().forEach(name -> System.out.printf("%-40s %9.2f us%n", name, median(name)));
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

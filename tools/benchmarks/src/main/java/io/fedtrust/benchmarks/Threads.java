// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.benchmarks;

import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.core.io.Durability;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * How much a second thread helps approvals in one CA folder, beside how much it helps the raw
 * signatures, alternating in one run. Arguments: rounds (default 40), then NO_SYNC or SYNC.
 */
public final class Threads {
  private static final int WARM_UP = 15;
  private static final int BATCH = 60;

  private Threads() {}

  /** Runs and prints the medians. */
  public static void main(String[] args) throws Exception {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 40;
    Durability durability = args.length > 1 ? Durability.valueOf(args[1]) : Durability.NO_SYNC;
    Federation federation = new Federation(durability);
    byte[] message = new byte[1024];
    Callable<Object> signTwice =
        () -> {
          federation.jca.signPkcs1(federation.keys.getPrivate(), message);
          return federation.jca.signPss(federation.keys.getPrivate(), message);
        };
    double[] raw = new double[rounds];
    double[] approve = new double[rounds];
    try {
      for (int round = -WARM_UP; round < rounds; round++) {
        double rawGain = gain(List.of(), ignored -> signTwice);
        List<RequestFolder> requests = new ArrayList<>();
        for (int i = 0; i < 2 * BATCH; i++) {
          requests.add(federation.request());
        }
        double approveGain =
            gain(
                requests,
                request ->
                    () ->
                        federation
                            .ca
                            .approve(request.requestZip())
                            .against(federation.profile)
                            .write());
        if (round >= 0) {
          raw[round] = rawGain;
          approve[round] = approveGain;
        }
      }
    } finally {
      federation.remove();
    }
    Arrays.sort(raw);
    Arrays.sort(approve);
    double rawMedian = raw[rounds / 2];
    double approveMedian = approve[rounds / 2];
    System.out.printf(
        Locale.ROOT,
        "%s: second thread, raw signatures x %.2f, approve x %.2f, ratio %.2f%n",
        durability,
        rawMedian,
        approveMedian,
        approveMedian / rawMedian);
  }

  private interface Work {
    Callable<Object> on(RequestFolder request);
  }

  /** Time of a batch on one thread over the time of an equal batch on two. */
  private static double gain(List<RequestFolder> requests, Work work) throws Exception {
    List<Callable<Object>> calls = new ArrayList<>();
    for (int i = 0; i < 2 * BATCH; i++) {
      calls.add(work.on(requests.isEmpty() ? null : requests.get(i)));
    }
    double one = seconds(1, calls.subList(0, BATCH));
    double two = seconds(2, calls.subList(BATCH, 2 * BATCH));
    return one / two;
  }

  private static double seconds(int threads, List<Callable<Object>> calls) throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      long start = System.nanoTime();
      for (Future<Object> done : executor.invokeAll(calls)) {
        done.get();
      }
      return (System.nanoTime() - start) / 1e9;
    } finally {
      executor.shutdown();
    }
  }
}

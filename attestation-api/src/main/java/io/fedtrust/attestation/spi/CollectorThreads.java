// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.spi;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.Evidence;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A daemon thread for each collector that collects by blocking, while it has something to do. A
 * collector that hangs holds this one thread and no other.
 */
final class CollectorThreads {
  private static final long IDLE_SECONDS = 10;

  /** Managers that share a collector, each with one report at a time. */
  private static final int MAX_WAITING = 64;

  private static final Map<EvidenceCollector, ThreadPoolExecutor> BY_COLLECTOR =
      new WeakHashMap<>();

  private CollectorThreads() {}

  static CompletableFuture<Evidence> start(
      EvidenceCollector collector, Binding binding, Deadline deadline) {
    CompletableFuture<Evidence> evidence = new CompletableFuture<>();
    FutureTask<Void> task =
        new FutureTask<>(
            () -> {
              try {
                evidence.complete(collector.collect(binding, deadline));
              } catch (Throwable e) {
                evidence.completeExceptionally(e);
              }
              return null;
            });
    ThreadPoolExecutor thread = of(collector);
    try {
      thread.execute(task);
    } catch (RejectedExecutionException e) {
      throw AttestationException.of(
          ErrorCode.COLLECTION_TIMED_OUT,
          collector.form().text(),
          "the collector is busy: " + MAX_WAITING + " requests wait for it");
    }
    CompletableFuture<Evidence> unused =
        evidence.whenComplete(
            (value, failure) -> {
              if (evidence.isCancelled()) {
                task.cancel(true);
                thread.remove(task);
              }
            });
    return evidence;
  }

  private static ThreadPoolExecutor of(EvidenceCollector collector) {
    synchronized (BY_COLLECTOR) {
      return BY_COLLECTOR.computeIfAbsent(collector, CollectorThreads::thread);
    }
  }

  private static ThreadPoolExecutor thread(EvidenceCollector collector) {
    String name = "fedtrust-collector-" + collector.form().text();
    ThreadPoolExecutor thread =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING),
            task -> {
              Thread daemon = new Thread(task, name);
              daemon.setDaemon(true);
              return daemon;
            });
    thread.allowCoreThreadTimeOut(true);
    return thread;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads for waiting, for work and for the hardware (docs/requirements.md#t23). Those of the host
 * are left alone; a manager's own end with it.
 */
public final class ManagerThreads {
  /** Code of the host runs here as well: a listener that blocks must not be alone. */
  private static final int LEAST_WORKERS = 4;

  /** Collectors do not block; a few that do so all the same keep no other from beginning. */
  private static final int HARDWARE_THREADS = 4;

  private static final Duration IDLE = Duration.ofSeconds(30);

  private final ScheduledExecutorService timers;
  private final Executor work;
  private final Executor hardware;
  private final List<ExecutorService> owned;

  private ManagerThreads(
      ScheduledExecutorService timers,
      Executor work,
      Executor hardware,
      List<ExecutorService> owned) {
    this.timers = timers;
    this.work = work;
    this.hardware = hardware;
    this.owned = owned;
  }

  /**
   * Uses threads of the host.
   *
   * @param timers for waiting
   * @param work for cryptography, appraisal and code of the host
   * @param hardware for collecting evidence
   * @return those, never shut down from here
   */
  public static ManagerThreads ofHost(
      ScheduledExecutorService timers, Executor work, Executor hardware) {
    return new ManagerThreads(timers, work, hardware, List.of());
  }

  /**
   * Makes daemon threads: one for timers, one for each processor and at least {@value
   * #LEAST_WORKERS} for work, up to {@value #HARDWARE_THREADS} for the hardware.
   *
   * @param site names the threads
   * @return threads to be shut down
   */
  public static ManagerThreads own(String site) {
    ScheduledThreadPoolExecutor timers =
        new ScheduledThreadPoolExecutor(1, named("fedtrust-timers-" + site));
    timers.setRemoveOnCancelPolicy(true);
    ThreadPoolExecutor work =
        pool(
            Math.max(LEAST_WORKERS, Runtime.getRuntime().availableProcessors()),
            named("fedtrust-work-" + site));
    ThreadPoolExecutor hardware = pool(HARDWARE_THREADS, named("fedtrust-hardware-" + site));
    return new ManagerThreads(timers, work, hardware, List.of(timers, hardware, work));
  }

  private static ThreadPoolExecutor pool(int threads, ThreadFactory factory) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE.toNanos(),
            TimeUnit.NANOSECONDS,
            new LinkedBlockingQueue<>(),
            factory);
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  private static ThreadFactory named(String name) {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /** {@return the pool that fires timers} */
  public ScheduledExecutorService timers() {
    return timers;
  }

  /** {@return the pool for cryptography, appraisal and code of the host} */
  public Executor work() {
    return work;
  }

  /** {@return the pool that starts the collection of evidence} */
  public Executor hardware() {
    return hardware;
  }

  /**
   * Ends the threads that are not the host's. Work that was begun is interrupted when half of the
   * time is over.
   *
   * @param limit of the wait
   */
  public void close(Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    for (ExecutorService pool : owned) {
      if (pool == work) {
        pool.shutdown();
      } else {
        pool.shutdownNow();
      }
    }
    if (!ended(System.nanoTime() + limit.toNanos() / 2)) {
      owned.forEach(ExecutorService::shutdownNow);
      ended(end);
    }
  }

  private boolean ended(long endNanos) {
    try {
      for (ExecutorService pool : owned) {
        if (!pool.awaitTermination(endNanos - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          return false;
        }
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}

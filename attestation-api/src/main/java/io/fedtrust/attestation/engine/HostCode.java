// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs code of the host, which may throw whatever it likes or never return: neither stops anything
 * here (docs/requirements.md#t20).
 */
final class HostCode implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("io.fedtrust.attestation");

  private final ScheduledExecutorService timers;
  private final Executor work;
  private final Duration limit;
  private volatile boolean closed;

  HostCode(Settings settings) {
    this(settings.timers(), settings.work(), settings.timing().decisionTimeout());
  }

  /**
   * Runs nothing yet.
   *
   * @param timers ends the wait for code that does not return
   * @param work runs the code
   * @param limit of each call
   */
  HostCode(ScheduledExecutorService timers, Executor work, Duration limit) {
    this.timers = timers;
    this.work = work;
    this.limit = limit;
  }

  /**
   * Runs code that decides something, in a thread of the work pool. Its thread is interrupted when
   * its time is over.
   *
   * @param what names it in the log
   * @param code of the host
   * @param otherwise the result if it throws, returns nothing or does not return in time, and once
   *     this is closed
   * @return the result; never completes exceptionally
   */
  <T> CompletableFuture<T> call(String what, Callable<T> code, T otherwise) {
    CompletableFuture<T> result = new CompletableFuture<>();
    if (closed) {
      result.complete(otherwise);
      return result;
    }
    FutureTask<T> task =
        new FutureTask<>(() -> contained(what, code, otherwise)) {
          @Override
          protected void done() {
            if (!isCancelled()) {
              result.complete(resultNow(this));
            }
          }
        };
    try {
      ScheduledFuture<?> alarm =
          timers.schedule(
              () -> late(what, task, () -> result.complete(otherwise)),
              limit.toNanos(),
              TimeUnit.NANOSECONDS);
      CompletableFuture<T> unused = result.whenComplete((value, failure) -> alarm.cancel(false));
      work.execute(task);
    } catch (RejectedExecutionException e) {
      LOG.error("the host's {} cannot run: no thread takes it", what);
      result.complete(otherwise);
    }
    return result;
  }

  /** What follows a timeout is work: the timers' thread does not do it. */
  private void late(String what, FutureTask<?> task, Runnable end) {
    if (task.cancel(true)) {
      LOG.error("the host's {} did not return in {}", what, limit);
      try {
        work.execute(end);
      } catch (RejectedExecutionException e) {
        end.run();
      }
    }
  }

  private static <T> T resultNow(FutureTask<T> done) {
    try {
      return done.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException("contained code neither fails nor waits", e);
    }
  }

  private static <T> T contained(String what, Callable<T> code, T otherwise) {
    try {
      T value = code.call();
      if (value != null) {
        return value;
      }
      LOG.error("the host's {} returned nothing", what);
    } catch (Throwable e) {
      LOG.error("the host's {} failed", what, e);
    }
    return otherwise;
  }

  /**
   * Runs code that decides nothing, in the thread of the caller.
   *
   * @param what names it in the log
   * @param code of the host
   */
  static void guarded(String what, Runnable code) {
    try {
      code.run();
    } catch (Throwable e) {
      LOG.error("the host's {} failed", what, e);
    }
  }

  /** Begins no call from now on; those under way go on. */
  @Override
  public void close() {
    closed = true;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Many instants to wake up at, with one timer: the next one's (docs/requirements.md#t23). */
final class Alarms implements AutoCloseable {
  private final ScheduledExecutorService timers;
  private final Executor work;
  private final LongSupplier nanoTime;
  private final TreeSet<Alarm> waiting =
      new TreeSet<>(
          Comparator.comparingLong((Alarm alarm) -> alarm.dueNanos)
              .thenComparingLong(alarm -> alarm.number));
  private long count;
  private boolean closed;
  private @Nullable ScheduledFuture<?> timer;
  private long timerNanos;

  /**
   * Waits for nothing yet.
   *
   * @param timers runs the one timer
   * @param work runs what an alarm is set for
   * @param nanoTime a monotonic clock
   */
  Alarms(ScheduledExecutorService timers, Executor work, LongSupplier nanoTime) {
    this.timers = timers;
    this.work = work;
    this.nanoTime = nanoTime;
  }

  /** Something to do later, unless it is canceled. */
  final class Alarm {
    private final long dueNanos;
    private final long number;
    private final Runnable task;

    private Alarm(long dueNanos, long number, Runnable task) {
      this.dueNanos = dueNanos;
      this.number = number;
      this.task = task;
    }

    void cancel() {
      synchronized (Alarms.this) {
        waiting.remove(this);
      }
    }
  }

  /** Does something after a while; nothing once this is closed. */
  synchronized Alarm after(Duration delay, Runnable task) {
    long now = nanoTime.getAsLong();
    Alarm alarm = new Alarm(now + Math.max(0, delay.toNanos()), count++, task);
    if (!closed) {
      waiting.add(alarm);
      arm(now);
    }
    return alarm;
  }

  synchronized int size() {
    return waiting.size();
  }

  /**
   * A timer that is too early only wakes up once more than needed; one that is late is replaced.
   */
  private void arm(long now) {
    long next = waiting.first().dueNanos;
    if (timer != null && timerNanos - next <= 0) {
      return;
    }
    if (timer != null) {
      timer.cancel(false);
    }
    timerNanos = next;
    try {
      timer = timers.schedule(this::due, Math.max(0, next - now), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      // The host has stopped its timers: nothing is due any more.
      timer = null;
    }
  }

  private void due() {
    List<Alarm> rung = new ArrayList<>();
    synchronized (this) {
      timer = null;
      long now = nanoTime.getAsLong();
      while (!waiting.isEmpty() && waiting.first().dueNanos - now <= 0) {
        rung.add(waiting.pollFirst());
      }
      if (!waiting.isEmpty()) {
        arm(now);
      }
    }
    for (Alarm alarm : rung) {
      try {
        work.execute(alarm.task);
      } catch (RejectedExecutionException e) {
        if (!Settings.hasStopped(work)) {
          Alarm unused = after(Settings.FULL, alarm.task);
        }
      }
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    waiting.clear();
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Threads, clocks and waiting of a whole federation in one thread: time passes when a test says so,
 * and tasks run in the order in which they are due.
 */
final class VirtualTime extends AbstractExecutorService implements ScheduledExecutorService {
  private final TreeSet<Task<?>> tasks =
      new TreeSet<>(
          Comparator.comparingLong((Task<?> task) -> task.due)
              .thenComparingLong(task -> task.order));
  private final Instant start;
  private long now;
  private long count;

  VirtualTime(Instant start) {
    this.start = start;
  }

  private final class Task<V> extends FutureTask<V> implements ScheduledFuture<V> {
    private final long due;
    private final long order;

    Task(Callable<V> work, long due) {
      super(work);
      this.due = due;
      this.order = count++;
    }

    @Override
    public boolean cancel(boolean interrupt) {
      tasks.remove(this);
      return super.cancel(interrupt);
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(due - now, TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
  }

  long nanos() {
    return now;
  }

  Instant instant() {
    return start.plusNanos(now);
  }

  /** Lets time pass, and with it everything that is due. */
  void pass(Duration time) {
    long end = now + time.toNanos();
    while (!tasks.isEmpty() && tasks.first().due <= end) {
      step();
    }
    now = Math.max(now, end);
  }

  private void step() {
    Task<?> task = tasks.pollFirst();
    now = Math.max(now, task.due);
    task.run();
  }

  /** Tasks and timers that wait. */
  int waiting() {
    return tasks.size();
  }

  /** Lets time pass until something is there, and what is due by then has run. */
  <T> T await(CompletionStage<T> stage) {
    CompletableFuture<T> future = stage.toCompletableFuture();
    while (!future.isDone() && !tasks.isEmpty()) {
      step();
    }
    if (!future.isDone()) {
      throw new AssertionError("nothing will ever complete this");
    }
    pass(Duration.ZERO);
    return future.join();
  }

  @Override
  public void execute(Runnable work) {
    ScheduledFuture<?> unused = schedule(work, 0, TimeUnit.NANOSECONDS);
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> work, long delay, TimeUnit unit) {
    Task<V> task = new Task<>(work, now + unit.toNanos(delay));
    tasks.add(task);
    return task;
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable work, long delay, TimeUnit unit) {
    return schedule(
        () -> {
          work.run();
          return null;
        },
        delay,
        unit);
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable work, long initialDelay, long period, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable work, long initialDelay, long delay, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void shutdown() {}

  @Override
  public List<Runnable> shutdownNow() {
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return false;
  }

  @Override
  public boolean isTerminated() {
    return false;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return true;
  }
}

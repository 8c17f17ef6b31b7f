// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Code of the host may fail in every way; the flow goes on. */
class HostCodeTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final VirtualTime time = new VirtualTime(TestProject.NOW);
  private final HostCode host = new HostCode(time, time, LIMIT);

  @Test
  @DisplayName("code that returns gives its value, and its timer is gone")
  void returns() {
    assertThat(time.await(host.call("hook", () -> "yes", "no"))).isEqualTo("yes");
    time.pass(LIMIT.multipliedBy(2));
  }

  @Test
  @DisplayName("code that throws an exception or an error, or returns nothing, declines")
  void fails() {
    assertThat(
            time.await(
                host.call(
                    "hook",
                    () -> {
                      throw new java.io.IOException("broken");
                    },
                    "no")))
        .isEqualTo("no");
    assertThat(
            time.await(
                host.call(
                    "hook",
                    () -> {
                      throw new NoClassDefFoundError("missing");
                    },
                    "no")))
        .isEqualTo("no");
    assertThat(time.await(host.<String>call("hook", () -> null, "no"))).isEqualTo("no");
    assertThatCode(
            () ->
                HostCode.guarded(
                    "listener",
                    () -> {
                      throw new StackOverflowError();
                    }))
        .doesNotThrowAnyException();
  }

  @Test
  @DisplayName("code that does not return declines when its time is over, and is interrupted")
  void hangs() throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    CompletableFuture<String> result =
        new HostCode(time, threads, LIMIT)
            .call(
                "hook",
                () -> {
                  running.countDown();
                  try {
                    new CountDownLatch(1).await();
                  } catch (InterruptedException e) {
                    interrupted.countDown();
                  }
                  return "yes";
                },
                "no");
    assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();
    time.pass(LIMIT.minusNanos(1));
    assertThat(result).isNotDone();
    time.pass(Duration.ofNanos(1));
    assertThat(result.get(10, TimeUnit.SECONDS)).isEqualTo("no");
    assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    threads.shutdownNow();
  }

  @Test
  @DisplayName("code that no thread takes declines, and after closing none is begun")
  void refused() {
    HostCode without =
        new HostCode(
            time,
            task -> {
              throw new RejectedExecutionException();
            },
            LIMIT);
    assertThat(without.call("hook", () -> "yes", "no")).isCompletedWithValue("no");
    List<String> called = new ArrayList<>();
    host.close();
    assertThat(host.call("hook", () -> called.add("x"), false)).isCompletedWithValue(false);
    time.pass(LIMIT);
    assertThat(called).isEmpty();
  }
}

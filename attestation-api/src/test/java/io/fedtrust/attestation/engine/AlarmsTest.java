// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Many alarms, one timer. */
class AlarmsTest {
  private final VirtualTime time = new VirtualTime(TestProject.NOW);
  private final Alarms alarms = new Alarms(time, time, time::nanos);
  private final List<String> rung = new ArrayList<>();

  private Alarms.Alarm set(String name, int seconds) {
    return alarms.after(Duration.ofSeconds(seconds), () -> rung.add(name));
  }

  @Test
  @DisplayName("alarms ring in the order of their times, whatever the order they were set in")
  void order() {
    set("c", 30);
    set("a", 10);
    set("b", 20);
    Alarms.Alarm canceled = set("canceled", 15);
    canceled.cancel();
    time.pass(Duration.ofSeconds(10));
    assertThat(rung).containsExactly("a");
    time.pass(Duration.ofSeconds(20));
    assertThat(rung).containsExactly("a", "b", "c");
    assertThat(time.waiting()).isZero();
  }

  @Test
  @DisplayName("thousands of alarms are one timer")
  void oneTimer() {
    for (int i = 10_000; i > 0; i--) {
      set("x", i);
    }
    assertThat(time.waiting()).isEqualTo(1);
    alarms.close();
    assertThat(time.waiting()).isZero();
    set("late", 0);
    time.pass(Duration.ofDays(1));
    assertThat(rung).isEmpty();
  }

  @Test
  @DisplayName("an alarm that the pool rejects rings a second later, and costs no other alarm")
  void fullPool() {
    AtomicInteger rejections = new AtomicInteger(1);
    Alarms bounded =
        new Alarms(
            time,
            task -> {
              if (rejections.getAndDecrement() > 0) {
                throw new RejectedExecutionException("full");
              }
              time.execute(task);
            },
            time::nanos);
    for (String name : List.of("a", "b", "c")) {
      Alarms.Alarm unused = bounded.after(Duration.ofSeconds(10), () -> rung.add(name));
    }
    time.pass(Duration.ofSeconds(10));
    assertThat(rung).containsExactly("b", "c");
    time.pass(Duration.ofSeconds(1));
    assertThat(rung).containsExactly("b", "c", "a");
    assertThat(time.waiting()).isZero();
  }

  @Test
  @DisplayName("an admission lapses at its last end, once, and none that was forgotten does")
  void lapses() {
    Lapses lapses = new Lapses(alarms, time::instant, rung::add);
    Instant start = time.instant();
    for (int i = 1; i <= 1000; i++) {
      lapses.watch("a", start.plusSeconds(i));
    }
    lapses.watch("far", Instant.MAX);
    lapses.watch("left", start.plusSeconds(5));
    lapses.forget("left");
    assertThat(alarms.size()).as("one a site").isEqualTo(2);
    time.pass(Duration.ofSeconds(999));
    assertThat(rung).isEmpty();
    time.pass(Duration.ofSeconds(1));
    assertThat(rung).containsExactly("a");
    time.pass(Duration.ofDays(3));
    assertThat(rung).containsExactly("a");
    assertThat(alarms.size()).isEqualTo(1);
  }
}

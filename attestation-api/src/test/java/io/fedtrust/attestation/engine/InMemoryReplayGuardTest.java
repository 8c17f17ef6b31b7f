// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is remembered of peers that choose their nonce, and for how long. */
class InMemoryReplayGuardTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Optional<Instant> SOON = Optional.of(NOW.plusSeconds(100));

  private final InMemoryReplayGuard seen = new InMemoryReplayGuard();

  private boolean first(String site, Instant at, Optional<Instant> end, String... keys) {
    return seen.note(site, List.of(keys), end, at).first().isEmpty();
  }

  @Test
  @DisplayName("keys are known together: one that is known refuses all, and none is added")
  void allOrNone() {
    assertThat(first("a", NOW, Optional.empty(), "1", "2")).isTrue();
    assertThat(seen.note("b", List.of("3", "2"), Optional.empty(), NOW))
        .isEqualTo(new InMemoryReplayGuard.Noted(Optional.of("a"), 0));
    assertThat(first("b", NOW, Optional.empty(), "3")).as("was not added").isTrue();
  }

  @Test
  @DisplayName("a key with an end is known until 60 seconds after it")
  void ends() {
    assertThat(first("a", NOW, SOON, "1")).isTrue();
    assertThat(first("b", NOW.plusSeconds(159), Optional.empty(), "1")).isFalse();
    assertThat(first("b", NOW.plusSeconds(160), Optional.empty(), "1")).isTrue();
    assertThat(seen.size()).isEqualTo(1);
    assertThat(first("a", NOW, Optional.of(Instant.MAX), "2")).isTrue();
    assertThat(first("a", NOW.plusSeconds(9_999_999), SOON, "2")).isFalse();
  }

  @Test
  @DisplayName("without an end the newest 10,000 of each site are known, and a drop is counted")
  void newest() {
    for (int i = 0; i < InMemoryReplayGuard.MAX_KEYS; i++) {
      assertThat(first("a", NOW, Optional.empty(), "a" + i)).isTrue();
    }
    assertThat(first("b", NOW, Optional.empty(), "b")).isTrue();
    assertThat(seen.note("a", List.of("x", "y"), Optional.empty(), NOW))
        .isEqualTo(new InMemoryReplayGuard.Noted(Optional.empty(), 2));
    assertThat(first("a", NOW, Optional.empty(), "a2")).as("still known").isFalse();
    assertThat(first("b", NOW, Optional.empty(), "b")).as("of another site").isFalse();
    assertThat(first("a", NOW, Optional.empty(), "a0")).as("dropped").isTrue();
    assertThat(seen.size()).isEqualTo(InMemoryReplayGuard.MAX_KEYS + 1);
  }

  @Property(tries = 200)
  @Label("whatever is presented in whatever order, no key is taken for new twice")
  void neverTwice(
      @ForAll @Size(max = 60)
          List<@Size(min = 1, max = 4) Set<@IntRange(max = 40) Integer>> answers) {
    InMemoryReplayGuard memory = new InMemoryReplayGuard();
    Set<Integer> known = ConcurrentHashMap.newKeySet();
    for (Set<Integer> answer : answers) {
      boolean fresh =
          memory
              .note(
                  "site-" + known.size() % 3,
                  answer.stream().map(String::valueOf).toList(),
                  Optional.empty(),
                  NOW)
              .first()
              .isEmpty();
      assertThat(fresh).isEqualTo(answer.stream().noneMatch(known::contains));
      if (fresh) {
        known.addAll(answer);
      }
    }
  }

  @Test
  @DisplayName("of copies that arrive at once exactly one is the first")
  void atOnce() throws Exception {
    int copies = 8;
    ExecutorService pool = Executors.newFixedThreadPool(copies);
    CountDownLatch go = new CountDownLatch(1);
    List<Future<Boolean>> answers = new ArrayList<>();
    for (int i = 0; i < copies; i++) {
      String site = "site-" + i;
      String own = "own-" + i;
      answers.add(
          pool.submit(
              () -> {
                go.await();
                return first(site, NOW, Optional.empty(), own, "shared");
              }));
    }
    go.countDown();
    int winners = 0;
    for (Future<Boolean> answer : answers) {
      winners += answer.get() ? 1 : 0;
    }
    pool.shutdown();
    assertThat(winners).isEqualTo(1);
    assertThat(seen.size()).isEqualTo(2);
  }

  @Test
  @DisplayName("the host's listeners hear when evidence is no longer remembered")
  void dropIsAnEvent() throws Exception {
    List<CCEvent> heard = new ArrayList<>();
    ReplayCheck check =
        new ReplayCheck(Optional.empty(), new Events(List.of(heard::add), Runnable::run));
    for (int i = 0; i <= InMemoryReplayGuard.MAX_KEYS; i++) {
      check.first("a", List.of(claims(i)), NOW);
    }
    assertThat(heard).containsExactly(new CCEvent.ReplayKeysDropped(NOW, "a", 1));
  }

  @Test
  @DisplayName("evidence whose verifier names no keys is refused: it could come again unnoticed")
  void nameless() {
    ReplayCheck check = new ReplayCheck(Optional.empty(), new Events(List.of(), Runnable::run));
    Claims nameless = Claims.of(EvidenceForm.NV_EVIDENCE, "", new byte[0]).build();
    assertThatThrownBy(() -> check.first("a", List.of(claims(1), nameless), NOW))
        .isInstanceOfSatisfying(
            MalformedEvidenceException.class,
            refused -> {
              assertThat(refused.check().code()).contains(ReasonCode.NO_FRESHNESS);
              assertThat(refused).hasMessageContaining("nv-evidence");
            });
  }

  private static Claims claims(int number) {
    return Claims.of(EvidenceForm.SNP_REPORT, "", new byte[0])
        .signedContent(Integer.toString(number).getBytes(StandardCharsets.US_ASCII))
        .build();
  }

  @Test
  @DisplayName("keys with an end are never dropped before it, however many there are")
  void manyEnding() {
    for (int i = 0; i <= InMemoryReplayGuard.MAX_KEYS; i++) {
      assertThat(seen.note("a", List.of("a" + i), SOON, NOW).dropped()).isZero();
    }
    assertThat(first("a", NOW, SOON, "a0")).isFalse();
    assertThat(first("a", NOW.plusSeconds(160), SOON, "b")).isTrue();
    assertThat(seen.size()).as("all others are forgotten").isEqualTo(1);
  }
}

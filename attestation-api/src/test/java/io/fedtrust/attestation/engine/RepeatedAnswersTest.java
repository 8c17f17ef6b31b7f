// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.Challenge;
import java.util.AbstractMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Answers that a client may have to repeat. */
class RepeatedAnswersTest {
  private final AtomicLong now = new AtomicLong();
  private final RepeatedAnswers repeated = new RepeatedAnswers(now::get);

  private static Answered answered(int number, Map<String, Object> body, long end) {
    byte[] challenge = new byte[Challenge.BYTES];
    challenge[0] = (byte) number;
    return new Answered(
        Challenge.of(challenge), Bytes.of(new byte[] {(byte) number}), null, null, null, body, end);
  }

  /** A body that counts how often somebody looks through it. */
  private static final class Counted extends AbstractMap<String, Object> {
    private final AtomicInteger looks = new AtomicInteger();

    @Override
    public Set<Entry<String, Object>> entrySet() {
      looks.incrementAndGet();
      return Map.<String, Object>of("a", "b").entrySet();
    }
  }

  @Test
  @DisplayName("an answer is measured once, however many others are kept")
  void measuredOnce() {
    Counted alone = new Counted();
    assertThat(answered(0, alone, 10).bytes()).isPositive();
    for (int i = 1; i <= 20; i++) {
      repeated.keep(answered(i, Map.of(), 10));
    }
    Counted last = new Counted();
    repeated.keep(answered(21, last, 10));
    repeated.keep(answered(22, Map.of(), 10));
    assertThat(last.looks.get()).isEqualTo(alone.looks.get());
  }

  @Test
  @DisplayName("an answer is found by its round and by its set until the set expires")
  void found() {
    Answered answer = answered(1, Map.of(), 10);
    repeated.keep(answer);
    assertThat(repeated.ofRound(answer.challenge())).contains(answer);
    assertThat(repeated.ofSet(answer.set())).contains(answer);
    now.set(10);
    assertThat(repeated.ofRound(answer.challenge())).isEmpty();
    assertThat(repeated.ofSet(answer.set())).isEmpty();
    repeated.keep(answered(2, Map.of(), 20));
    now.set(0);
    assertThat(repeated.ofSet(answer.set())).as("forgotten").isEmpty();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.job.JobDecision;
import io.fedtrust.attestation.job.JobRequirements;
import io.fedtrust.attestation.job.ScheduleHistory;
import io.fedtrust.attestation.policy.AppraisalRules;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.policy.ReferenceValue;
import io.fedtrust.attestation.spi.PeerMessage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What one site replies costs no other site anything. */
class HostileReplyTest {
  private static final String A = "hospital-a";
  private static final String B = "hospital-b";
  private static final String SERVER = Federation.SERVER;

  private final Federation federation = new Federation();
  private Object deep = "x";

  @BeforeEach
  void nest() {
    for (int i = 0; i < 100_000; i++) {
      deep = List.of(deep);
    }
  }

  private ScriptedClient hostile() {
    return new ScriptedClient(federation, B, SoftTee.CPU).registered();
  }

  private CCEvent.JobDecided attempt() {
    JobRequirements job =
        new JobRequirements(
            "job-1", false, Optional.of(Set.of(A, B)), Set.of(), 1, Optional.empty());
    return federation.time.await(federation.server().attempt(job, ScheduleHistory.NONE));
  }

  private void instead(ScriptedClient client, String topic, String reply, String key) {
    client.instead.put(
        topic, any -> CompletableFuture.completedFuture(new PeerMessage(reply, Map.of(key, deep))));
  }

  @Test
  @DisplayName("a refusal whose reason is nested deeply is silence, and the job starts without it")
  void nestedReason() {
    federation.add(SERVER, builder -> builder.verifyFrequency(Duration.ofHours(20)));
    federation.add(A, builder -> {});
    federation.started();
    instead(hostile(), Topics.JOB_NONCE, PeerMessage.REFUSED, PeerMessage.REASON);
    assertThat(attempt().decision())
        .isInstanceOfSatisfying(
            JobDecision.Dispatch.class, made -> assertThat(made.clients()).containsExactly(A));
    assertThat(federation.heard(SERVER, CCEvent.Unanswered.class))
        .singleElement()
        .satisfies(
            silent -> {
              assertThat(silent.site()).isEqualTo(B);
              assertThat(silent.problem()).contains("refused: (a list)");
            });
  }

  @Test
  @DisplayName("a nonce that is nested deeply is none, and the job starts without that client")
  void nestedNonce() {
    federation.add(SERVER, builder -> builder.verifyFrequency(Duration.ofHours(20)));
    federation.add(A, builder -> {});
    federation.started();
    instead(hostile(), Topics.JOB_NONCE, Topics.JOB_NONCE, Topics.NONCE);
    assertThat(attempt().decision())
        .isInstanceOfSatisfying(
            JobDecision.Dispatch.class, made -> assertThat(made.clients()).containsExactly(A));
  }

  @Test
  @DisplayName("a signed refusal that cannot be verified without a failure is silence")
  void nestedSignature() {
    federation.add(SERVER, builder -> builder.verifyFrequency(Duration.ofHours(20)));
    federation.add(A, builder -> {});
    federation.started();
    instead(hostile(), Topics.JOB_NONCE, PeerMessage.REFUSED, Topics.SIGNATURE);
    assertThat(attempt().decision()).isInstanceOf(JobDecision.Dispatch.class);
  }

  @Test
  @DisplayName("in cross-site validation, a reply that no check survives is a miss of who sent it")
  void miss() {
    federation.add(SERVER, builder -> builder.toleratedMisses(0));
    federation.add(A, builder -> {});
    federation.started();
    ScriptedClient hostile = hostile();
    instead(hostile, Topics.FRESH_TOKEN, PeerMessage.REFUSED, PeerMessage.REASON);
    CCEvent.RoundEnded ended = federation.time.await(federation.server().validate()).orElseThrow();
    assertThat(ended.answered()).isEqualTo(1);
    assertThat(federation.heard(SERVER, CCEvent.Quarantined.class))
        .extracting(CCEvent.Quarantined::site)
        .containsExactly(B);
  }

  @Test
  @DisplayName("a site that says BUSY 599 and is silent by turns lets no other site lapse")
  void busyAndSilent() {
    AppraisalRules rules =
        AppraisalRules.of(SoftTee.CPU.vocabulary())
            .measurement(ReferenceValue.of("good", SoftTee.GOOD))
            .maximumAge(Duration.ofMinutes(15))
            .build();
    FederationPolicy policy = FederationPolicy.named("young", "1").anySite(rules).build();
    federation.add(SERVER, policy, builder -> builder.forgetAfter(Duration.ofDays(1)));
    federation.add(A, policy, builder -> {});
    federation.started();
    ScriptedClient busy = hostile();
    boolean[] silent = {true};
    busy.instead.put(
        Topics.FRESH_TOKEN,
        message -> {
          silent[0] = !silent[0];
          return silent[0]
              ? Network.lost()
              : CompletableFuture.completedFuture(
                  busy.refusing(message, Refusal.busy(Duration.ofSeconds(599))));
        });
    federation.time.pass(Duration.ofHours(4));
    assertThat(federation.heard(SERVER, CCEvent.RoundSkipped.class)).isEmpty();
    assertThat(federation.heard(SERVER, CCEvent.Quarantined.class))
        .extracting(CCEvent.Quarantined::site)
        .doesNotContain(A);
  }

  @Test
  @DisplayName("a round ends before the next is due, however short the interval and late the reply")
  void shortRounds() {
    federation.add(SERVER, builder -> builder.verifyFrequency(Duration.ofMinutes(1)));
    federation.add(A, builder -> builder.verifyFrequency(Duration.ofMinutes(1)));
    federation.started();
    federation.network.attackedBy(
        (sent, on) ->
            sent.message().topic().equals(Topics.GET_SITES)
                    || sent.message().topic().equals(Topics.FRESH_TOKEN)
                ? Network.lost()
                : on.apply(sent));
    federation.time.pass(Duration.ofHours(1));
    assertThat(federation.heard(A, CCEvent.RoundEnded.class)).hasSizeGreaterThan(10);
    assertThat(federation.heard(A, CCEvent.RoundSkipped.class)).isEmpty();
    assertThat(federation.heard(SERVER, CCEvent.RoundSkipped.class)).isEmpty();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.event.CCEvent.Occasion;
import io.fedtrust.attestation.job.JobDecision;
import io.fedtrust.attestation.job.JobRequirements;
import io.fedtrust.attestation.job.ScheduleHistory;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.policy.AppraisalRules;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.policy.ReferenceValue;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * In Swarm learning each round's aggregator is drawn from the clients of the job, and receives the
 * models of all others. So a client must trust every client of the job, not only the server.
 */
class AggregatorTest {
  private static final String CAREFUL = "hospital-a";
  private static final String EASY = "hospital-b";
  private static final String AGGREGATOR = "hospital-c";
  private static final Set<String> CLIENTS = Set.of(CAREFUL, EASY, AGGREGATOR);

  /** Also accepts the other software, of the site that runs it alone. */
  private static final FederationPolicy ACCEPTING =
      FederationPolicy.named("accepting", "1")
          .anySite(SoftTee.CPU.rules())
          .site(
              AGGREGATOR,
              AppraisalRules.of(SoftTee.CPU.vocabulary())
                  .measurement(ReferenceValue.of("good", SoftTee.GOOD))
                  .measurement(ReferenceValue.of("other", Federation.OTHER_SOFTWARE))
                  .build())
          .build();

  /** All but the careful hospital accept what the aggregator runs. */
  private static Federation federation() {
    Federation federation = new Federation();
    federation.add(Federation.SERVER, ACCEPTING, builder -> {});
    federation.add(CAREFUL, Federation.CPU, builder -> {});
    federation.add(EASY, ACCEPTING, builder -> {});
    federation.add(AGGREGATOR, ACCEPTING, builder -> {});
    federation.tamperWith(AGGREGATOR);
    return federation.started();
  }

  private static JobDecision.Dispatch schedule(Federation federation, String id) {
    JobRequirements job =
        new JobRequirements(id, false, Optional.of(CLIENTS), Set.of(), 2, Optional.empty());
    JobDecision decision =
        federation.time.await(federation.server().attempt(job, ScheduleHistory.NONE)).decision();
    assertThat(decision).isInstanceOf(JobDecision.Dispatch.class);
    return (JobDecision.Dispatch) decision;
  }

  /** Whom a client has judged for a job, and trusts. */
  private static Set<String> trusted(Federation federation, String by) {
    return federation.heard(by, CCEvent.Appraised.class).stream()
        .filter(judged -> judged.occasion() == Occasion.JOB)
        .map(CCEvent.Appraised::verdict)
        .filter(SiteVerdict::trusted)
        .map(SiteVerdict::site)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"reloaded", "kept"})
  @DisplayName("each client judges by its own policy whoever may aggregate, not the server for it")
  void eachClientJudgesTheAggregator(String policy) {
    Federation federation = federation();
    if (policy.equals("reloaded")) {
      federation.at(CAREFUL).replacePolicy(ACCEPTING);
    }
    JobDecision.Dispatch dispatch = schedule(federation, "swarm");

    if (policy.equals("reloaded")) {
      assertThat(dispatch.clients()).containsExactlyInAnyOrder(CAREFUL, EASY, AGGREGATOR);
    } else {
      assertThat(dispatch.clients()).containsExactlyInAnyOrder(EASY, AGGREGATOR);
      assertThat(dispatch.left().get(CAREFUL)).contains(AGGREGATOR, "MEASUREMENT_UNKNOWN");
      assertThat(federation.at(CAREFUL).participants("swarm"))
          .as("no model of this hospital goes to anybody")
          .isEmpty();
      assertThat(federation.at(AGGREGATOR).participants("swarm"))
          .as("and nobody expects one")
          .doesNotContain(CAREFUL);
    }
    // Whoever the draw makes the aggregator of a round, every other client has judged it itself.
    for (String aggregator : dispatch.clients()) {
      for (String client : dispatch.clients()) {
        if (!client.equals(aggregator)) {
          assertThat(trusted(federation, client)).as(client).contains(aggregator);
        }
      }
    }
    assertThat(List.copyOf(dispatch.clients())).hasSizeGreaterThan(1);
  }
}

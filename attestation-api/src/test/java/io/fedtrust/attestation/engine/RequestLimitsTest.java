// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidencePurpose;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.protocol.EvidenceRequest;
import io.fedtrust.attestation.spi.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Many requests: each challenger has its share, and one report answers those that come together.
 */
class RequestLimitsTest {

  private final AtomicLong nanos = new AtomicLong();

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  @Test
  @DisplayName(
      "each challenger has a burst and then one request a while; one's excess costs others nothing")
  void limited() {
    RequestLimiter limiter = new RequestLimiter(nanos::get, 2, Duration.ofSeconds(10));
    assertThat(limiter.admit("a")).isTrue();
    assertThat(limiter.admit("a")).isTrue();
    assertThat(limiter.admit("a")).isFalse();
    assertThat(limiter.admit("b")).isTrue();
    pass(Duration.ofSeconds(9));
    assertThat(limiter.untilNext("a")).isEqualTo(Duration.ofSeconds(1));
    assertThat(limiter.untilNext("b")).isZero();
    assertThat(limiter.admit("a")).isFalse();
    pass(Duration.ofSeconds(1));
    assertThat(limiter.admit("a")).isTrue();
    assertThat(limiter.admit("a")).isFalse();
    pass(Duration.ofDays(1));
    assertThat(limiter.admit("a")).isTrue();
    assertThat(limiter.admit("a")).isTrue();
    assertThat(limiter.admit("a")).isFalse();
  }

  @Test
  @DisplayName("a proven challenger beyond its share is refused before the hardware is touched")
  void refused() throws Exception {
    Site server = Site.named("server1", "server", SoftTee.CPU);
    Site client = Site.named("hospital-a", "client", SoftTee.CPU);
    AtomicInteger collected = new AtomicInteger();
    Attester attester =
        Site.attester(
            client.identity,
            client.certificates,
            Site.limited(nanos::get, 1, Duration.ofSeconds(1)),
            Site.reporter(
                client.identity,
                client.session,
                List.of(
                    SoftTee.giving(
                        EvidenceForm.SNP_REPORT,
                        binding -> {
                          collected.incrementAndGet();
                          return SoftTee.CPU.collect(binding, Deadline.in(Site.LIFE));
                        }))));
    assertThat(
            attester
                .verified(
                    server.request(client),
                    EvidenceRequest.Mode.PAIRWISE,
                    EvidencePurpose.REGISTRATION,
                    TestProject.NOW)
                .name())
        .isEqualTo("server1");
    assertThatThrownBy(
            () ->
                attester.verified(
                    server.request(client),
                    EvidenceRequest.Mode.PAIRWISE,
                    EvidencePurpose.REGISTRATION,
                    TestProject.NOW))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e ->
                assertThat(e.refusal())
                    .isEqualTo(
                        Refusal.busy(Duration.ofSeconds(1), ReasonCode.REQUESTED_TOO_OFTEN)));
    assertThat(collected).hasValue(0);
  }

  @Test
  @DisplayName("what a site uses up for one purpose is not missing for another")
  void byPurpose() throws Exception {
    RequestLimits limits =
        new RequestLimits(
            nanos::get,
            Map.of(
                EvidencePurpose.REGISTRATION, new RequestLimits.Limit(1, Duration.ofMinutes(20)),
                EvidencePurpose.JOB, new RequestLimits.Limit(2, Duration.ofSeconds(2)),
                EvidencePurpose.CROSS_SITE, new RequestLimits.Limit(3, Duration.ofMillis(1500))));
    limits.count("a", EvidencePurpose.REGISTRATION);
    for (int i = 0; i < 2; i++) {
      limits.count("a", EvidencePurpose.JOB);
    }
    for (int i = 0; i < 3; i++) {
      limits.count("a", EvidencePurpose.CROSS_SITE);
    }
    for (Map.Entry<EvidencePurpose, Integer> wait :
        Map.of(
                EvidencePurpose.REGISTRATION,
                600,
                EvidencePurpose.JOB,
                2,
                EvidencePurpose.CROSS_SITE,
                2)
            .entrySet()) {
      assertThatThrownBy(() -> limits.count("a", wait.getKey()))
          .isInstanceOfSatisfying(
              RefusedException.class,
              e ->
                  assertThat(e.refusal())
                      .as("at most ten minutes, in whole seconds, and not too early")
                      .isEqualTo(
                          Refusal.busy(
                              Duration.ofSeconds(wait.getValue()),
                              ReasonCode.REQUESTED_TOO_OFTEN)));
    }
    limits.count("b", EvidencePurpose.REGISTRATION);
  }
}

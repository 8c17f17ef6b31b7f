// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.CCManager;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.PeerMessage;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A client's part in jobs of a compat server. */
class AssertedJobsTest {
  private static final String A = "hospital-a";
  private static final String SERVER = Federation.SERVER;
  private static final FederationPolicy UNBOUND =
      FederationPolicy.named("unbound", "1")
          .anySite(SoftTee.CPU.rules())
          .site(SERVER, SoftTee.CPU.rules())
          .acceptUnbound(SERVER)
          .build();

  private static List<Map<String, Object>> entries(String name) {
    return new Site(Federation.identity(name), SoftTee.CPU)
        .attester.unasked("anybody", new SecureRandom(), Deadline.in(Site.LIFE)).join().stream()
            .map(CCToken::toMap)
            .toList();
  }

  @Test
  @DisplayName("what the host reserves while the manager closes is released")
  void closing() {
    Federation federation = new Federation();
    RecordingHost host =
        new RecordingHost() {
          @Override
          public Optional<String> reserve(String job, Set<String> participants) {
            federation.at(A).close();
            return super.reserve(job, participants);
          }
        };
    CCManager client =
        federation.add(A, SoftTee.CPU, UNBOUND, builder -> builder.nvflarePeer(SERVER).hooks(host));
    federation.start(client);
    Map<String, Object> shown = new TreeMap<>();
    for (String site : List.of(SERVER, A)) {
      shown.put(site, entries(site));
    }
    CompletionStage<PeerMessage> unused =
        client.receive(
            SERVER,
            new PeerMessage(
                Topics.CHECK_RESOURCE, Map.of(Topics.JOB, "job-1", Topics.PEER_TOKENS, shown)));
    federation.time.pass(Duration.ofMinutes(5));
    assertThat(host.calls).hasSize(2);
    assertThat(host.calls.get(0)).startsWith("reserve");
    assertThat(host.calls.get(1)).startsWith("released");
  }
}

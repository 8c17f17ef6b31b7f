// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.job.JobDecision;
import io.fedtrust.attestation.job.JobRequirements;
import io.fedtrust.attestation.job.ScheduleHistory;
import io.fedtrust.attestation.job.SchedulerHooks;
import io.fedtrust.attestation.job.UntrustedClientPolicy;
import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.policy.AppraisalRules;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.policy.ReferenceValue;
import io.fedtrust.attestation.spi.CCAuthorizer;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.EvidenceCollector;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A federation, and a witness who sees what each site proves and what each verifies. At every start
 * of a job it checks that everybody in it verified everybody else's evidence of this very round, by
 * a policy that accepts it.
 */
final class JobWitness {
  static final String JOB = "job";

  final Federation federation = new Federation();

  /** Why a start was wrong. The host's failures are contained: a test looks here. */
  final List<String> wrong = new ArrayList<>();

  private int starts;
  private final Map<String, Proof> proofs = new HashMap<>();
  private final Map<String, Set<String>> verified = new HashMap<>();
  private final Map<String, String> latestRound = new HashMap<>();
  private final Map<String, Set<String>> rejected = new TreeMap<>();
  private final Set<String> tampered = new HashSet<>();

  /** Evidence that a site gave. */
  private record Proof(String site, String round, boolean good) {}

  /** A server that leaves out whoever fails, and clients. */
  JobWitness(Map<String, Set<String>> rejections) {
    add(Federation.SERVER, Set.of());
    rejections.forEach(this::add);
    federation.started();
  }

  private void add(String name, Set<String> rejects) {
    rejected.put(name, rejects);
    verified.put(name, new HashSet<>());
    FederationPolicy.Builder policy =
        FederationPolicy.named("of-" + name, "1").anySite(SoftTee.CPU.rules());
    for (String other : rejects) {
      policy.site(
          other,
          AppraisalRules.of(SoftTee.CPU.vocabulary())
              .measurement(ReferenceValue.of("newer", "cc".repeat(48)))
              .build());
    }
    federation.add(
        name,
        SoftTee.collecting(
            SoftTee.giving(EvidenceForm.SNP_REPORT, binding -> collect(name, binding))),
        policy.build(),
        builder ->
            builder
                .authorizer(new Verifying(verified.get(name)))
                .untrustedClients(UntrustedClientPolicy.EXCLUDE)
                .verifyFrequency(Duration.ofDays(7))
                .hooks(starting(name)));
  }

  private Evidence collect(String name, Binding binding) {
    boolean good = !tampered.contains(name);
    Evidence evidence =
        (good ? SoftTee.CPU : SoftTee.CPU.running(Federation.OTHER_SOFTWARE))
            .collect(binding, Deadline.in(Site.LIFE));
    String round = challenge(binding);
    proofs.put(evidence.token(), new Proof(name, round, good));
    if (new String(binding.transcript(), StandardCharsets.ISO_8859_1).contains(Binding.GROUP)) {
      latestRound.put(name, round);
    }
    return evidence;
  }

  /** The fourth field of a transcript (docs/protocol/bindings.md#transcript). */
  private static String challenge(Binding binding) {
    ByteBuffer transcript = ByteBuffer.wrap(binding.transcript());
    byte[] field = new byte[0];
    for (int i = 0; i < 4; i++) {
      field = new byte[transcript.getInt()];
      transcript.get(field);
    }
    return HexFormat.of().formatHex(field);
  }

  /** The usual verifier; it writes down what it found authentic. */
  private record Verifying(Set<String> tokens) implements CCAuthorizer, EvidenceVerifier {
    @Override
    public Set<EvidenceForm> forms() {
      return SoftTee.CPU.forms();
    }

    @Override
    public EvidenceVerification verify(Evidence evidence, Collateral collateral, Instant at) {
      EvidenceVerification found = SoftTee.CPU.verify(evidence, collateral, at);
      if (found instanceof EvidenceVerification.Genuine) {
        tokens.add(evidence.token());
      }
      return found;
    }

    @Override
    public Namespace namespace() {
      return SoftTee.CPU.namespace();
    }

    @Override
    public Optional<EvidenceCollector> collector() {
      return Optional.empty();
    }

    @Override
    public Optional<EvidenceVerifier> verifier() {
      return Optional.of(this);
    }
  }

  private SchedulerHooks starting(String client) {
    return new SchedulerHooks() {
      @Override
      public void dispatched(String job, Set<String> participants) {
        starts++;
        Set<String> others = new TreeSet<>(participants);
        if (!others.remove(client) || !others.contains(Federation.SERVER)) {
          wrong.add(client + " starts without itself or the server: " + participants);
        }
        for (String by : participants) {
          for (String other : participants) {
            if (!by.equals(other) && !trusts(by, other, latestRound.get(client))) {
              wrong.add(client + " starts, but " + by + " did not trust " + other);
            }
          }
        }
      }
    };
  }

  private boolean trusts(String by, String other, String round) {
    return !rejected.get(by).contains(other)
        && verified.get(by).stream()
            .map(proofs::get)
            .anyMatch(proof -> proof != null && proof.equals(new Proof(other, round, true)));
  }

  void tamperWith(String client) {
    tampered.add(client);
  }

  /** How often a client started a job so far. */
  int starts() {
    return starts;
  }

  /** One attempt for all clients, and the end of the job. */
  JobDecision attempt() {
    Set<String> clients = new TreeSet<>(rejected.keySet());
    clients.remove(Federation.SERVER);
    JobDecision decision =
        federation
            .time
            .await(
                federation
                    .server()
                    .attempt(
                        new JobRequirements(
                            JOB, false, Optional.of(clients), Set.of(), 1, Optional.empty()),
                        ScheduleHistory.NONE))
            .decision();
    federation.server().jobEnded(JOB);
    return decision;
  }

  /** Nothing wrong was started, nobody is to blame, and on an honest path the job runs. */
  void harmless(String what, Collection<String> runs) {
    federation.network.honest();
    int before = starts;
    if (!runs(runs)) {
      // A client that was not told of the former end hears of it in the next attempt.
      before = starts;
      assertThat(runs(runs)).as("the job runs after: " + what).isTrue();
    }
    assertThat(starts - before).as(what).isEqualTo(runs.size());
    assertThat(wrong).as(what).isEmpty();
    assertThat(federation.admittedAt(Federation.SERVER)).as(what).containsAll(runs);
  }

  private boolean runs(Collection<String> clients) {
    federation.time.pass(Duration.ofMinutes(15));
    return attempt() instanceof JobDecision.Dispatch dispatch
        && dispatch.clients().equals(new TreeSet<>(clients));
  }
}

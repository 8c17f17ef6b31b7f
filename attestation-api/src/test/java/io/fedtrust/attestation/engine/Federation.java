// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.CCManager;
import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.policy.AppraisalRules;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.policy.ReferenceValue;
import io.fedtrust.attestation.spi.CCAuthorizer;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.SiteActions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** A server and clients, each with a manager, in virtual time. */
final class Federation {
  static final String SERVER = "server1";
  static final FederationPolicy CPU =
      FederationPolicy.named("cpu", "1").anySite(SoftTee.CPU.rules()).build();
  static final String OTHER_SOFTWARE = "bb".repeat(48);

  /** Of a site that accepts itself whatever it runs, and of others what all do. */
  static FederationPolicy selfSatisfied(String name) {
    return FederationPolicy.named("self-satisfied", "1")
        .anySite(SoftTee.CPU.rules())
        .site(
            name,
            AppraisalRules.of(SoftTee.CPU.vocabulary())
                .measurement(ReferenceValue.of("good", SoftTee.GOOD))
                .measurement(ReferenceValue.of("other", OTHER_SOFTWARE))
                .build())
        .build();
  }

  private static final Map<String, SiteIdentity> IDENTITIES = new HashMap<>();

  final VirtualTime time = new VirtualTime(TestProject.NOW);
  final Network network = new Network(time);
  final Map<String, CCManager> managers = new TreeMap<>();
  final Map<String, List<CCEvent>> events = new HashMap<>();
  final List<String> actions = new ArrayList<>();
  private final Set<CCManager> started = new HashSet<>();
  private final Map<String, SiteIdentity> given = new HashMap<>();
  private final Set<String> tampered = new HashSet<>();

  /** Keys take a while to make: one for each name. */
  static SiteIdentity identity(String name) {
    return IDENTITIES.computeIfAbsent(
        name,
        some -> TestProject.HOSPITALS.site(some, some.startsWith("server") ? "server" : "client"));
  }

  /** Gives a name an identity that was made elsewhere. */
  static void know(SiteIdentity identity) {
    IDENTITIES.put(identity.name(), identity);
  }

  /** In this federation a site has this identity, instead of the one that all tests share. */
  void give(String name, SiteIdentity identity) {
    given.put(name, identity);
  }

  /** A server and clients that all run what the policy accepts. */
  static Federation of(String... clients) {
    Federation federation = new Federation();
    federation.add(SERVER, builder -> {});
    for (String client : clients) {
      federation.add(client, builder -> {});
    }
    return federation;
  }

  CCManager add(String name, Consumer<CCManager.Builder> more) {
    return add(name, CPU, more);
  }

  /** A site that runs what is asked for, until somebody tampers with it. */
  CCManager add(String name, FederationPolicy policy, Consumer<CCManager.Builder> more) {
    SoftTee other = SoftTee.CPU.running(OTHER_SOFTWARE);
    return add(
        name,
        SoftTee.collecting(
            SoftTee.giving(
                EvidenceForm.SNP_REPORT,
                binding ->
                    (tampered.contains(name) ? other : SoftTee.CPU)
                        .collect(binding, Deadline.in(Site.LIFE)))),
        policy,
        more.andThen(builder -> builder.authorizer(SoftTee.CPU.verifying())));
  }

  /** From now on a site runs other software than it is asked for. */
  void tamperWith(String name) {
    tampered.add(name);
  }

  CCManager add(
      String name,
      CCAuthorizer hardware,
      FederationPolicy policy,
      Consumer<CCManager.Builder> more) {
    List<CCEvent> heard = events.computeIfAbsent(name, any -> new ArrayList<>());
    CCManager.Builder builder =
        CCManager.builder(
                given.getOrDefault(name, identity(name)), SERVER, policy, network.from(name))
            .authorizer(hardware)
            .executor(time)
            .clock(time::instant, time::nanos)
            .random(new LateJitter())
            .actions(recording(name))
            .listener(heard::add);
    more.accept(builder);
    CCManager manager = builder.build();
    managers.put(name, manager);
    network.join(name, manager::receive);
    return manager;
  }

  /** A site that runs other software than it is asked for, and thinks well of itself. */
  CCManager addTampered(String name) {
    SoftTee other = SoftTee.CPU.running(OTHER_SOFTWARE);
    CCManager manager =
        add(
            name,
            SoftTee.collecting(other),
            selfSatisfied(name),
            builder -> builder.authorizer(SoftTee.CPU.verifying()));
    start(manager);
    return manager;
  }

  /** Unless the test has started it. */
  void start(CCManager manager) {
    if (started.add(manager)) {
      try {
        manager.start();
      } catch (IllegalStateException e) {
        assertThat(e).hasMessageContaining("already started");
      }
    }
  }

  private SiteActions recording(String self) {
    return new SiteActions() {
      @Override
      public void quarantine(String site, String reason) {
        actions.add(self + " quarantines " + site);
      }

      @Override
      public void stopJobs(String site, String reason) {
        actions.add(self + " stops jobs of " + site);
      }

      @Override
      public void shutDown(String site, String reason) {
        actions.add(self + " shuts down because of " + site);
      }

      @Override
      public void readmit(String site) {
        actions.add(self + " readmits " + site);
      }

      @Override
      public void forgotten(String site) {
        actions.add(self + " forgets " + site);
      }
    };
  }

  CCManager server() {
    return managers.get(SERVER);
  }

  CCManager at(String name) {
    return managers.get(name);
  }

  /** Everybody starts; then every client registers. */
  Federation started() {
    managers.values().forEach(this::start);
    managers.keySet().stream().filter(name -> !name.equals(SERVER)).forEach(this::register);
    return this;
  }

  SiteVerdict register(String client) {
    start(at(client));
    return time.await(at(client).register());
  }

  <T extends CCEvent> List<T> heard(String site, Class<T> kind) {
    time.pass(Duration.ZERO);
    return events.get(site).stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** Whom a site admits, of all who have a manager. */
  List<String> admittedAt(String site) {
    return managers.keySet().stream()
        .filter(other -> at(site).admitted(other).isPresent())
        .toList();
  }
}

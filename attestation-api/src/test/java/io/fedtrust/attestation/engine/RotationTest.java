// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.job.JobDecision;
import io.fedtrust.attestation.job.JobRequirements;
import io.fedtrust.attestation.job.ScheduleHistory;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.EntryProof;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.spi.Deadline;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Certificates, keys and roots are replaced without a break. */
class RotationTest {
  private static final String A = "hospital-a";
  private static final String B = "hospital-b";
  private static final KeyPair KEYS = TestProject.keys(2048);
  private static final TestProject NEXT = new TestProject("hospitals-2");

  private static Bytes leaf(List<CCToken> entries) {
    return entries.get(0).proof().map(EntryProof::certificates).orElseThrow().get(0);
  }

  private static Bytes leaf(SiteIdentity identity) {
    return identity.chain().get(0);
  }

  private static void everybodyValidates(Federation federation) {
    List<CompletableFuture<Optional<CCEvent.RoundEnded>>> cycles =
        federation.managers.values().stream()
            .map(manager -> manager.validate().toCompletableFuture())
            .toList();
    cycles.forEach(federation.time::await);
  }

  private static void nobodyNoticed(Federation federation) {
    for (String site : federation.managers.keySet()) {
      assertThat(federation.heard(site, CCEvent.Quarantined.class)).isEmpty();
      assertThat(federation.heard(site, CCEvent.SessionChanged.class)).isEmpty();
      assertThat(federation.heard(site, CCEvent.Unanswered.class)).isEmpty();
    }
  }

  @Test
  @DisplayName("a site goes on with a new key and certificate; its session and admissions stay")
  void newKey() {
    Federation federation = Federation.of(A, B).started();
    everybodyValidates(federation);
    SiteIdentity next = TestProject.HOSPITALS.site(A, "client");
    federation.at(A).replaceIdentity(next);
    federation.time.pass(Duration.ofSeconds(30));
    everybodyValidates(federation);
    assertThat(leaf(federation.server().entries().get(A))).isEqualTo(leaf(next));
    assertThat(leaf(federation.at(B).entries().get(A))).isEqualTo(leaf(next));
    assertThat(federation.admittedAt(Federation.SERVER)).containsExactly(A, B);
    nobodyNoticed(federation);
  }

  @Test
  @DisplayName("while a root is replaced, sites of both roots trust each other, site after site")
  void newRoot() {
    Federation federation = new Federation();
    for (String name : List.of(Federation.SERVER, A, B)) {
      federation.add(name, builder -> builder.root(NEXT.root).root(TestProject.HOSPITALS.root));
    }
    federation.started();
    for (String name : List.of(A, Federation.SERVER, B)) {
      federation
          .at(name)
          .replaceIdentity(NEXT.site(name, name.equals(Federation.SERVER) ? "server" : "client"));
      federation.time.pass(Duration.ofMinutes(1));
      everybodyValidates(federation);
      nobodyNoticed(federation);
      for (String site : federation.managers.keySet()) {
        assertThat(federation.admittedAt(site)).as(site).hasSize(2);
      }
    }
    assertThat(federation.register(A).trusted()).isTrue();
  }

  @Test
  @DisplayName("a site under a root that nobody named is not admitted")
  void foreignRoot() {
    Federation federation = Federation.of(A);
    federation.give(B, NEXT.site(B, "client"));
    federation.add(B, builder -> {});
    federation.start(federation.server());
    federation.start(federation.at(B));
    assertThatThrownBy(() -> federation.register(B)).isInstanceOf(RuntimeException.class);
    assertThat(federation.admittedAt(Federation.SERVER)).isEmpty();
  }

  @Test
  @DisplayName("the identity of another site, project or role, or without its root, is refused")
  void foreignIdentity() {
    Federation federation = Federation.of(A).started();
    SiteIdentity genuine = Federation.identity(A);
    SiteIdentity otherProject =
        SiteIdentity.of(
            "other",
            List.of(TestProject.HOSPITALS.certificate(TestProject.subject(A, "client"), KEYS)),
            KEYS.getPrivate(),
            genuine.root());
    SiteIdentity otherRoot =
        SiteIdentity.of(
            TestProject.NAME,
            List.of(TestProject.HOSPITALS.certificate(TestProject.subject(A, "client"), KEYS)),
            KEYS.getPrivate(),
            NEXT.root);
    for (SiteIdentity wrong :
        List.of(
            Federation.identity(B),
            TestProject.HOSPITALS.site(A, "server", KEYS),
            otherProject,
            otherRoot)) {
      assertThatThrownBy(() -> federation.at(A).replaceIdentity(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("The new identity");
    }
    everybodyValidates(federation);
    assertThat(leaf(federation.server().entries().get(A))).isEqualTo(leaf(genuine));
  }

  @Test
  @DisplayName("a report that was begun with the former identity ends with it, and counts")
  void reportUnderWay() {
    Federation federation = new Federation();
    federation.add(Federation.SERVER, builder -> {});
    AtomicReference<Function<Evidence, CompletionStage<Evidence>>> speed =
        new AtomicReference<>(CompletableFuture::completedFuture);
    federation.add(
        A,
        SoftTee.collecting(
            SoftTee.starting(
                EvidenceForm.SNP_REPORT,
                binding ->
                    speed.get().apply(SoftTee.CPU.collect(binding, Deadline.in(Site.LIFE))))),
        Federation.CPU,
        builder -> builder.authorizer(SoftTee.CPU.verifying()));
    federation.started();
    speed.set(
        evidence ->
            federation.network.after(Duration.ofSeconds(10)).thenApply(nothing -> evidence));
    CompletableFuture<?> cycle = federation.server().validate().toCompletableFuture();
    federation.time.pass(Duration.ofSeconds(5));
    federation.at(A).replaceIdentity(TestProject.HOSPITALS.site(A, "client"));
    federation.time.await(cycle);
    assertThat(leaf(federation.server().entries().get(A))).isEqualTo(leaf(Federation.identity(A)));
    nobodyNoticed(federation);
  }

  @Test
  @DisplayName("a former key and its root are kept for 12 minutes, and no longer")
  void kept() {
    VirtualTime time = new VirtualTime(TestProject.NOW);
    SiteIdentity first = Federation.identity(A);
    SiteIdentity second = NEXT.site(A, "client");
    Identities identities = new Identities(first, Set.of(), time::nanos);
    assertThat(identities.holding(leaf(first))).contains(first);
    assertThat(identities.holding(leaf(second))).isEmpty();
    identities.replace(second);
    assertThat(identities.current()).isEqualTo(second);
    assertThat(identities.roots()).containsExactlyInAnyOrder(first.root(), second.root());
    time.pass(Duration.ofMinutes(12).minusNanos(1));
    assertThat(identities.holding(leaf(first))).contains(first);
    time.pass(Duration.ofNanos(1));
    assertThat(identities.holding(leaf(first))).isEmpty();
    assertThat(identities.roots()).containsExactly(second.root());
  }

  @Test
  @DisplayName("a server without evidence ends a round with the key that it began it with")
  void unattestedServer() {
    FederationPolicy policy =
        FederationPolicy.named("sparing", "1")
            .anySite(SoftTee.CPU.rules())
            .unattested(Federation.SERVER)
            .build();
    Federation federation = new Federation();
    federation.add(Federation.SERVER, SoftTee.CPU.verifying(), policy, builder -> {});
    federation.add(A, policy, builder -> {});
    federation.started();
    AtomicBoolean replaced = new AtomicBoolean();
    federation.network.attackedBy(
        (sent, on) -> {
          if (sent.message().topic().equals(Topics.JOB_LIST)
              && replaced.compareAndSet(false, true)) {
            federation
                .server()
                .replaceIdentity(TestProject.HOSPITALS.site(Federation.SERVER, "server"));
          }
          return on.apply(sent);
        });
    JobRequirements job =
        new JobRequirements("job-1", false, Optional.of(Set.of(A)), Set.of(A), 1, Optional.empty());
    JobDecision decision =
        federation.time.await(federation.server().attempt(job, ScheduleHistory.NONE)).decision();
    assertThat(replaced).isTrue();
    assertThat(decision).isInstanceOf(JobDecision.Dispatch.class);
    assertThat(federation.at(A).participants("job-1")).containsExactly(A, Federation.SERVER);
  }
}

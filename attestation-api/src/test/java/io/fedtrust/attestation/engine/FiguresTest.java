// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.CCManager;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.EntryProof;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.spi.Deadline;
import java.security.Provider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** What a large federation costs: time by the virtual clock, timers, and heap where it is asked. */
class FiguresTest {
  private static final Provider BOUNCY_CASTLE = new BouncyCastleProvider();
  private static final int CLIENTS = Integer.getInteger("fedtrust.figures.clients", 1000);
  private static final int ROUNDS = Integer.getInteger("fedtrust.figures.rounds", 20_000);
  private static final int SITES = 1000;

  /** Its hardware takes a second once all have started. */
  private static CCManager add(Federation federation, String name, List<Boolean> started) {
    return federation.add(
        name,
        SoftTee.collecting(
            SoftTee.starting(
                EvidenceForm.SNP_REPORT,
                binding -> {
                  Evidence evidence = SoftTee.CPU.collect(binding, Deadline.in(Site.LIFE));
                  return started.isEmpty()
                      ? CompletableFuture.completedFuture(evidence)
                      : federation
                          .network
                          .after(Duration.ofSeconds(1))
                          .thenApply(nothing -> evidence);
                })),
        Federation.CPU,
        builder ->
            builder
                .authorizer(SoftTee.CPU.verifying())
                .provider(BOUNCY_CASTLE)
                .verifyFrequency(Duration.ofDays(7)));
  }

  @Test
  @DisplayName("1,000 clients whose evidence takes a second register within 60 seconds")
  void registrations() {
    Federation federation = new Federation();
    List<Boolean> started = new ArrayList<>();
    add(federation, Federation.SERVER, started);
    List<CCManager> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      Federation.know(Crowd.identity("site-" + i));
      clients.add(add(federation, "site-" + i, started));
    }
    federation.managers.values().forEach(federation::start);
    started.add(true);
    List<CompletableFuture<SiteVerdict>> verdicts =
        clients.stream().map(client -> client.register().toCompletableFuture()).toList();
    federation.time.pass(Duration.ofSeconds(60));
    assertThat(verdicts)
        .allSatisfy(
            verdict -> assertThat(verdict).isCompletedWithValueMatching(SiteVerdict::trusted));
    assertThat(federation.server().entries()).hasSize(CLIENTS + 1);
  }

  @Test
  @DisplayName("a hundred rounds leave no timers behind")
  void timers() {
    Federation federation = Federation.of("hospital-a", "hospital-b").started();
    rounds(federation, 10);
    int timers = federation.time.waiting();
    assertThat(timers).isLessThan(20);
    rounds(federation, 90);
    assertThat(federation.time.waiting()).isLessThanOrEqualTo(timers + 4);
    assertThat(federation.admittedAt(Federation.SERVER)).hasSize(2);
  }

  private static void rounds(Federation federation, int count) {
    for (int i = 0; i < count; i++) {
      federation.time.pass(Duration.ofMinutes(12));
      federation.network.sent().clear();
      federation.events.values().forEach(Collection::clear);
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "fedtrust.figures.rounds", matches = "[0-9]{5,}")
  @DisplayName("heap is flat over as many rounds as asked for")
  void flat() {
    Federation federation = Federation.of("hospital-a", "hospital-b").started();
    int tenth = ROUNDS / 10;
    rounds(federation, tenth);
    long before = heap();
    rounds(federation, ROUNDS - tenth);
    long now = heap();
    System.out.printf("heap after %d rounds %,d, after %d %,d%n", tenth, before, ROUNDS, now);
    assertThat(now - before).as("growth in bytes").isLessThan(1 << 20);
    assertThat(federation.admittedAt(Federation.SERVER)).hasSize(2);
  }

  @Test
  @EnabledIfSystemProperty(named = "fedtrust.figures", matches = "true")
  @DisplayName("an admitted site costs at most 4 KiB beside its entries")
  void admitted() {
    Federation federation = new Federation();
    CCManager server =
        federation.add(
            Federation.SERVER,
            builder -> builder.provider(BOUNCY_CASTLE).verifyFrequency(Duration.ofDays(7)));
    federation.start(server);
    for (int i = 0; i < SITES; i++) {
      Crowd.identity("site-" + i);
    }
    long before = heap();
    for (int i = 0; i < SITES; i++) {
      Crowd.register(federation, "site-" + i, SoftTee.GOOD);
      federation.events.get(Federation.SERVER).clear();
    }
    federation.network.clear();
    // Challenges and remembered asks end with their time.
    federation.time.pass(Duration.ofMinutes(7));
    Crowd.register(federation, "site-0", SoftTee.GOOD);
    federation.network.clear();
    federation.events.get(Federation.SERVER).clear();
    long shown =
        server.entries().values().stream().flatMap(List::stream).mapToLong(FiguresTest::size).sum();
    long each = (heap() - before - shown) / SITES;
    System.out.printf("an admitted site: %,d bytes beside %,d of entries%n", each, shown / SITES);
    assertThat(server.entries()).hasSize(SITES + 1);
    assertThat(each).isLessThan(4096);
  }

  private static long size(CCToken entry) {
    EntryProof proof = entry.proof().orElseThrow();
    return entry.token().length()
        + proof.certificates().stream().mapToLong(Bytes::size).sum()
        + proof.signature().size()
        + proof.session().map(each -> each.signature().size() + each.publicKey().size()).orElse(0);
  }

  private static long heap() {
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < 4; i++) {
      System.gc();
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }
}

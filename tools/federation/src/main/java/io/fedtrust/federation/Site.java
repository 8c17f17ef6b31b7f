// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.federation;

import io.fedtrust.attestation.CCManager;
import io.fedtrust.attestation.model.JobRequirements;
import io.fedtrust.attestation.model.ReadableFailure;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.policy.RetryPolicy;
import io.fedtrust.attestation.providers.policy.FederationPolicies;
import io.fedtrust.attestation.spi.CCEvent;
import io.fedtrust.attestation.spi.OnBadClient;
import io.fedtrust.attestation.spi.PeerChannel;
import io.fedtrust.provisioning.StartupKit;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** One site of the example: the whole process of a server or a client. */
final class Site {
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final long PAUSE_MILLIS = 100;

  private final SiteFolder folder;
  private final Clock clock;
  private final StartupKit kit;
  private final EventLog log;
  private final Set<String> judged = ConcurrentHashMap.newKeySet();

  Site(SiteFolder folder, Clock clock) {
    this.folder = folder;
    this.clock = clock;
    this.kit = StartupKit.open(folder.kit());
    this.log = new EventLog(folder.name(), System.out, folder.events());
  }

  /** Runs until its part is played; a client's until its input ends. */
  void run() throws Exception {
    Hardware hardware =
        new Hardware(
            folder.published(),
            folder.name(),
            Machine.of(folder.setting("machine"), folder.setting("software"), clock),
            clock.instant());
    List<String> all = folder.sites();
    waitFor(() -> all.stream().allMatch(site -> Files.exists(folder.published().resolve(site))));
    if (folder.name().equals(kit.endpoint().serverName())) {
      serve(hardware);
    } else {
      take(hardware);
    }
  }

  private CCManager.Builder manager(Hardware hardware, PeerChannel channel) {
    CCManager.Builder builder = CCManager.builder();
    hardware.authorizers(folder.sites()).forEach(builder::authorizer);
    return builder
        .site(
            SiteIdentity.of(
                kit.project(), kit.certificateChain(), kit.privateKey(), kit.rootCertificate()))
        .server(kit.endpoint().serverName())
        .policy(FederationPolicies.read(folder.policy()))
        .channel(channel)
        .listener(log)
        .listener(this::note);
  }

  private void note(CCEvent event) {
    if (event instanceof CCEvent.Judged judgement) {
      judged.add(judgement.verdict().site());
    }
  }

  /** The server: registers whoever is trusted, then schedules two jobs and validates everybody. */
  private void serve(Hardware hardware) throws Exception {
    try (FederationServer server = new FederationServer(kit, folder.sites());
        CCManager manager =
            manager(hardware, server.channel())
                .onBadClient(OnBadClient.EXCLUDE)
                .retry(new RetryPolicy(2, Duration.ofSeconds(1), Duration.ofSeconds(1)))
                .build()) {
      manager.start();
      server.start(manager::receive);
      log.say("listens at port " + kit.endpoint().port());
      waitFor(() -> judged.containsAll(folder.sites()));
      Set<String> clients = new TreeSet<>(folder.sites());
      clients.remove(folder.name());
      waitForStage(manager.schedule(job("train", clients, 1)).decision());
      waitForStage(manager.schedule(job("train-with-all", clients, clients.size())).decision());
      waitForStage(manager.validate());
    }
  }

  private static JobRequirements job(String id, Set<String> clients, int minimum) {
    return new JobRequirements(
        id, false, Optional.of(clients), Set.of(), minimum, Optional.empty());
  }

  private static void waitForStage(CompletionStage<?> stage) {
    Object unused =
        stage.toCompletableFuture().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
  }

  private void take(Hardware hardware) throws Exception {
    try (SiteConnection connection = new SiteConnection(kit);
        CCManager manager = manager(hardware, connection).build()) {
      manager.start();
      waitFor(connection::serverIsThere);
      try {
        waitForStage(manager.register());
        connection.listen(manager::receive);
        log.say("registered, and waits for jobs");
      } catch (CompletionException e) {
        log.say("could not register: " + ReadableFailure.textOf(e));
      }
      while (System.in.read() >= 0) {
        // Whoever started this process ends it by closing its input.
      }
    }
  }

  private static void waitFor(BooleanSupplier there) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!there.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException("the other sites did not come in " + PATIENCE);
      }
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    }
  }
}

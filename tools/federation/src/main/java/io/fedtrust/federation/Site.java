// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.federation;

import io.fedtrust.attestation.CCManager;
import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.job.JobDecision;
import io.fedtrust.attestation.job.JobRequirements;
import io.fedtrust.attestation.job.RetryPolicy;
import io.fedtrust.attestation.job.UntrustedClientPolicy;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.providers.policy.PolicyFile;
import io.fedtrust.attestation.spi.PeerChannel;
import io.fedtrust.provisioning.StartupKit;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** One site of the example: the whole process of a server or a client. */
final class Site {
  /** The line that a site prints when it has started, and after each command. */
  static final String DONE = "done";

  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final long PAUSE_MILLIS = 100;
  private static final int PLACES = 2;

  private final SiteFolder folder;
  private final Clock clock;
  private final StartupKit kit;
  private final PolicyFile policy;
  private final EventLog log;
  private final Set<String> running = new TreeSet<>();

  Site(SiteFolder folder, Clock clock) {
    this.folder = folder;
    this.clock = clock;
    this.kit = StartupKit.open(folder.kit());
    this.policy = PolicyFile.open(folder.policy());
    this.log = new EventLog(folder.name(), System.out, folder.events());
  }

  /** Runs until its console closes. */
  void run() throws Exception {
    Hardware hardware =
        new Hardware(
            folder.published(),
            folder.name(),
            Machine.of(folder.setting("machine"), folder::installed, clock),
            clock.instant());
    List<String> all = folder.sites();
    waitFor(() -> all.stream().allMatch(site -> Files.exists(folder.published().resolve(site))));
    if (folder.name().equals(kit.endpoint().serverName())) {
      serve(hardware);
    } else {
      participate(hardware);
    }
  }

  private CCManager.Builder manager(Hardware hardware, PeerChannel channel) {
    CCManager.Builder builder =
        CCManager.builder(
            SiteIdentity.of(
                kit.project(), kit.certificateChain(), kit.privateKey(), kit.rootCertificate()),
            kit.endpoint().serverName(),
            policy.current(),
            channel);
    hardware.authorizers(folder.sites()).forEach(builder::authorizer);
    return builder
        // Rounds of the demonstration are asked for, so that each line has its reason.
        .verifyFrequency(Duration.ofDays(30))
        .actions(new QuarantineActions(log::say))
        .listener(log);
  }

  /** The server: appraises itself, then listens, and schedules jobs as its administrator says. */
  private void serve(Hardware hardware) throws Exception {
    try (FederationServer server = new FederationServer(kit, folder.sites());
        CCManager manager =
            manager(hardware, server.channel())
                .untrustedClients(UntrustedClientPolicy.EXCLUDE)
                .retry(new RetryPolicy(2, Duration.ofSeconds(1), Duration.ofSeconds(1)))
                .build()) {
      manager.start();
      server.start(manager::receive);
      log.say("listens at port " + kit.endpoint().port());
      obey(
          command -> {
            switch (command.get(0)) {
              case "schedule" ->
                  schedule(manager, command.get(1), Integer.parseInt(command.get(2)));
              case "end" -> end(manager, command.get(1));
              case "validate" -> validate(manager);
              case "reload" -> reload(manager);
              default -> throw new IllegalArgumentException("unknown command: " + command);
            }
          });
    }
  }

  /** A client: appraises itself, then registers, and takes part in jobs. */
  private void participate(Hardware hardware) throws Exception {
    try (SiteConnection connection = new SiteConnection(kit);
        CCManager manager =
            manager(hardware, connection).hooks(new JobPlaces(PLACES, log::say)).build()) {
      manager.start();
      waitFor(connection::serverIsThere);
      connection.listen(manager::receive);
      register(manager);
      obey(
          command -> {
            switch (command.get(0)) {
              case "register" -> register(manager);
              case "reload" -> reload(manager);
              default -> throw new IllegalArgumentException("unknown command: " + command);
            }
          });
    }
  }

  private void register(CCManager manager) {
    try {
      waitForStage(manager.register());
      log.say("registered, and waits for jobs");
    } catch (CompletionException e) {
      if (e.getCause() instanceof AttestationException refused
          && refused.code() == ErrorCode.REGISTRATION_DECLINED) {
        log.say("could not register, " + refused.getMessage() + ". " + refused.hint());
      } else {
        throw e;
      }
    }
  }

  private void schedule(CCManager manager, String id, int minimum) {
    Set<String> clients = new TreeSet<>(folder.sites());
    clients.remove(folder.name());
    JobRequirements job =
        new JobRequirements(id, false, Optional.of(clients), Set.of(), minimum, Optional.empty());
    if (waitForStage(manager.schedule(job).decision()) instanceof JobDecision.Dispatch) {
      running.add(id);
      exchangeModels(manager);
    }
  }

  private void end(CCManager manager, String job) {
    running.remove(job);
    manager.jobEnded(job);
  }

  private void validate(CCManager manager) {
    waitForStage(manager.validate());
    exchangeModels(manager);
  }

  /** A model goes to whoever takes part in its job now, which the host asks each time. */
  private void exchangeModels(CCManager manager) {
    for (String job : running) {
      log.say("exchanges models of job " + job + " among " + manager.participants(job));
    }
  }

  /** Takes the policy from its file; if that is not one, the policy in force stays. */
  private void reload(CCManager manager) {
    try {
      log.say("reads its policy again: " + policy.reload().size() + " settings differ");
      manager.replacePolicy(policy.current());
    } catch (AttestationException e) {
      if (e.code() != ErrorCode.POLICY_INVALID) {
        throw e;
      }
      log.say("keeps its policy, " + e.getMessage() + ". " + e.hint());
    }
  }

  /** Does what the administrator writes, line by line, until the console closes. */
  private void obey(Consumer<List<String>> commands) throws IOException {
    BufferedReader console =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    log.done();
    for (String line = console.readLine(); line != null; line = console.readLine()) {
      commands.accept(List.of(line.split(" ", -1)));
      log.done();
    }
  }

  private static <T> T waitForStage(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
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

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.provisioning.model.Fingerprint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** NVFlare's own processes, started from kits; ends the processes it started and no others. */
final class LiveFederation implements AutoCloseable {
  static final String PROJECT = "live";
  static final String LEAD = "lead@hospital-alpha.org";
  static final String MEMBER = "member@hospital-alpha.org";

  private final Path folder;
  private final List<Path> started = new ArrayList<>();

  LiveFederation(Path folder, Network network) throws IOException {
    this.folder = Files.createDirectories(folder).toRealPath();
    Files.writeString(this.folder.resolve("profile.yaml"), network.profile(PROJECT));
    makeAuthority("ca");
  }

  /** Makes a further authority of the same project. */
  LiveFederation makeAuthority(String ca) {
    Tool.FEDTRUST.run(folder, "cert", "init", "--profile", "profile.yaml", "-o", ca).succeeded();
    return this;
  }

  /** Requests, approves and packages a participant. */
  Path kit(Tool site, String name, String type, String... more) throws Exception {
    return kit("ca", site, name, type, more);
  }

  Path kit(String ca, Tool site, String name, String type, String... more) throws Exception {
    Path own = Files.createDirectories(folder.resolve(ca + "-" + name));
    Definition definition =
        new Definition("", name, type, "hospital_alpha", "", Arrays.asList(more));
    Files.writeString(own.resolve("site.yaml"), definition.yaml(PROJECT));
    site.run(own, "cert", "request", "--participant", "site.yaml").succeeded();
    Tool.FEDTRUST
        .run(
            folder,
            "cert",
            "approve",
            own.resolve(name).resolve(name + ".request.zip").toString(),
            "-c",
            ca,
            "--profile",
            "profile.yaml")
        .succeeded();
    Fingerprint fingerprint = Kits.fingerprint(folder.resolve(ca).resolve("rootCA.pem"));
    site.run(
            own,
            "package",
            name + "/" + name + ".signed.zip",
            "--fingerprint",
            fingerprint.toString(),
            "--workspace",
            "workspace")
        .succeeded();
    return own.resolve("workspace").resolve(PROJECT).resolve("prod_00").resolve(name);
  }

  /** Replaces a server's kit by one with a job CA. */
  Path withJobCa(String name, Path kit) throws Exception {
    Path own = folder.resolve("ca-" + name);
    String request = own.resolve(name).resolve(name + ".jobca.request.zip").toString();
    Fingerprint fingerprint = Kits.fingerprint(folder.resolve("ca").resolve("rootCA.pem"));
    Tool.FEDTRUST.run(own, "cert", "request", "--participant", "site.yaml", "--job-ca").succeeded();
    Tool.FEDTRUST
        .run(
            folder,
            "cert",
            "approve",
            request,
            "-c",
            "ca",
            "--profile",
            "profile.yaml",
            "--job-ca",
            "--accept-job-ca-risk")
        .succeeded();
    Tool.FEDTRUST
        .run(
            own,
            "package",
            name + "/" + name + ".signed.zip",
            "--fingerprint",
            fingerprint.toString(),
            "--workspace",
            "workspace",
            "--force",
            "--job-ca",
            name + "/" + name + ".jobca.signed.zip")
        .succeeded();
    return kit;
  }

  /** Runs the kit's start script, with the peer's Python first on the path. */
  void start(Path kit) throws IOException {
    start(kit, List.of(), Tool.peer().resolve("bin"));
  }

  /** The same by way of a program, for example one that changes the user, and with its Python. */
  void start(Path kit, List<String> program, Path python) throws IOException {
    started.add(kit);
    List<String> command = new ArrayList<>(program);
    command.addAll(
        List.of(
            "env",
            "PATH=" + python + ":" + System.getenv("PATH"),
            "bash",
            "-c",
            "./startup/start.sh > start.out 2>&1"));
    Command.run(kit, folder.resolve("home"), command).succeeded();
  }

  /** Moves a kit, and leaves a file where the folder of kits was: nothing can be written there. */
  Path move(Path kit, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    Path moved = Files.move(kit, to).toRealPath();
    Path workspace = kit.getParent().getParent().getParent();
    Command.run(folder, folder.resolve("home"), List.of("rm", "-r", workspace.toString()))
        .succeeded();
    Files.writeString(workspace, "in the way");
    return moved;
  }

  /** Packages a participant's approval over its kit. */
  Command.Answer packageAgain(Tool site, String name, String... options) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "package",
                name + "/" + name + ".signed.zip",
                "--fingerprint",
                Kits.fingerprint(folder.resolve("ca").resolve("rootCA.pem")).toString(),
                "--workspace",
                "workspace",
                "--force"));
    command.addAll(Arrays.asList(options));
    return site.run(folder.resolve("ca-" + name), command.toArray(String[]::new));
  }

  /** An administrator's session; every line of the answer that starts with @ is an event. */
  List<String> session(Path kit, String user, String action, String... clients) throws IOException {
    Path resources = Path.of("src/test/resources").toAbsolutePath();
    Command.Answer answer =
        Command.run(
            folder,
            folder.resolve("home"),
            List.of(
                Tool.peer().resolve("bin/python").toString(),
                resources.resolve("session.py").toString(),
                user,
                kit.toString(),
                action,
                job(resources.resolve("job")).toString(),
                String.join(",", clients)));
    List<String> events = answer.output().lines().filter(line -> line.startsWith("@")).toList();
    assertThat(answer.exit()).as("%s%n%s", answer.output(), logs()).isZero();
    return events;
  }

  /** A copy for this federation: the peer signs a job in its folder when it is submitted. */
  private Path job(Path template) throws IOException {
    Path job = folder.resolve("job");
    try (Stream<Path> files = Files.walk(template)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = job.resolve(template.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return job;
  }

  /** Runs the kit's administration console with these lines typed in, and returns what it shows. */
  String console(Path kit, String... lines) {
    return Command.run(
            kit,
            folder.resolve("home"),
            List.of(
                "env",
                "PATH=" + Tool.peer().resolve("bin") + ":" + System.getenv("PATH"),
                "bash",
                "-c",
                "printf '%s\\n' \"$@\" | timeout 60 ./startup/fl_admin.sh",
                "console",
                String.join("\n", lines)))
        .output();
  }

  String log(Path kit) {
    Path log = kit.resolve("log.txt");
    try {
      return Files.exists(log) ? Files.readString(log, StandardCharsets.UTF_8) : "";
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Returns in how many jobs a client trained. A job may complete without a client whose job
   * process does not start.
   */
  static long jobsTrained(Path client) throws IOException {
    try (Stream<Path> folders = Files.list(client)) {
      List<Path> logs =
          folders.map(it -> it.resolve("log.txt")).filter(Files::isRegularFile).toList();
      long trained = 0;
      for (Path log : logs) {
        trained += Files.readString(log, StandardCharsets.UTF_8).contains("NPTrainer") ? 1 : 0;
      }
      return trained;
    }
  }

  void awaitLog(Path kit, String text) {
    boolean seen = await(Duration.ofSeconds(60), () -> log(kit).contains(text));
    assertThat(seen).as("%s in the log of %s%n%s", text, kit.getFileName(), log(kit)).isTrue();
  }

  /** Waits until every started member has ended by itself. */
  void awaitEnd() {
    assertThat(await(Duration.ofSeconds(60), () -> started.stream().noneMatch(kit -> isAlive(kit))))
        .as("the members end after the administrator's shutdown%n%s", logs())
        .isTrue();
  }

  /** Ends what is still running, by the process numbers in its kit. */
  void stop(Path kit) {
    for (String file : List.of("daemon_pid.fl", "pid.fl")) {
      process(kit, file)
          .ifPresent(
              process -> {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
              });
    }
  }

  @Override
  public void close() {
    started.forEach(this::stop);
  }

  private String logs() {
    StringBuilder all = new StringBuilder();
    for (Path kit : started) {
      String log = log(kit);
      all.append("== ").append(kit.getFileName()).append('\n');
      all.append(log.substring(Math.max(0, log.length() - 3000))).append('\n');
    }
    return all.toString();
  }

  private static boolean isAlive(Path kit) {
    return process(kit, "daemon_pid.fl").isPresent() || process(kit, "pid.fl").isPresent();
  }

  /** Only a process that names this kit on its command line is ours to end. */
  private static Optional<ProcessHandle> process(Path kit, String file) {
    try {
      long pid = Long.parseLong(Files.readString(kit.resolve(file)).strip());
      return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).filter(p -> belongs(p, kit));
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static boolean belongs(ProcessHandle process, Path kit) {
    return process.info().commandLine().map(line -> line.contains(kit.toString())).orElse(true);
  }

  private static boolean await(Duration limit, BooleanSupplier condition) {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
    }
    return true;
  }
}

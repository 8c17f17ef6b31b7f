// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.model.Participant;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kits' scripts, run against a stand-in for python3 that records how it was called. */
class KitScriptsTest {
  @TempDir Path temp;
  private World world;
  private Path bin;
  private Path calls;

  @BeforeEach
  void makeStub() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "bash is not here");
    world = new World(temp);
    bin = Files.createDirectories(world.path("bin"));
    calls = world.path("calls.txt");
    Path python = bin.resolve("python3");
    Files.writeString(
        python,
        "#!/bin/bash\nprintf '%s\\n' \"$*\" >> '"
            + calls
            + "'\n"
            + "printf 'PYTHONPATH=%s\\n' \"$PYTHONPATH\" >> '"
            + calls
            + "'\n"
            + "exit 7\n");
    Files.setPosixFilePermissions(python, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private record Outcome(int exit, String output) {}

  private Outcome run(
      StartupKit kit, String input, Map<String, String> environment, String... command)
      throws Exception {
    // The pipe ends when what was started in the background has ended too: nothing writes after the
    // test. The JDK's own end of it closes as soon as the process does.
    List<String> piped =
        new ArrayList<>(List.of("bash", "-c", "set -o pipefail; \"$@\" 2>&1 | cat", "bash"));
    piped.addAll(List.of(command));
    ProcessBuilder builder = new ProcessBuilder(piped).redirectErrorStream(true);
    builder.environment().put("PATH", bin + ":" + System.getenv("PATH"));
    builder.environment().remove("NVFL_WORKSPACE");
    builder.environment().putAll(environment);
    builder.directory(kit.folder().toFile());
    Process process = builder.start();
    try (var in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    }
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    byte[] output = process.getInputStream().readAllBytes();
    return new Outcome(process.exitValue(), new String(output, StandardCharsets.UTF_8));
  }

  @Test
  @DisplayName("A47 every script is executable and has valid syntax, for every role")
  void syntax() throws Exception {
    for (Participant participant : List.of(World.server(), World.client("site-1"), World.lead())) {
      StartupKit kit = world.kit(participant);
      try (Stream<Path> scripts = Files.list(kit.folder().resolve("startup"))) {
        for (Path script : scripts.filter(file -> file.toString().endsWith(".sh")).toList()) {
          assertThat(Files.isExecutable(script)).isTrue();
          assertThat(run(kit, "", Map.of(), "bash", "-n", script.toString()).exit()).isZero();
          assertThat(script).content().doesNotContain("@WORKSPACE@", "@NAME@", "@ORG@");
        }
      }
    }
  }

  @Test
  @DisplayName("A04 A47 a client starts the runtime with its name and organization")
  void clientCommand() throws Exception {
    StartupKit kit = world.kit(World.client("site-1"));
    Outcome outcome = run(kit, "", Map.of(), "./startup/sub_start.sh", "--once");
    assertThat(outcome.exit()).isEqualTo(7);
    assertThat(calls)
        .content()
        .contains(
            "-u -m nvflare.private.fed.app.client.client_train -m "
                + kit.folder()
                + " -s fed_client.json --set secure_train=true uid=site-1 org=hospital config_folder=\n")
        .contains("PYTHONPATH=/local/custom");
    assertThat(kit.folder().resolve("transfer")).isDirectory();
  }

  @Test
  @DisplayName("A49 the server starts the runtime with its organization")
  void serverCommand() throws Exception {
    StartupKit kit = world.kit(World.server());
    run(kit, "", Map.of(), "./startup/sub_start.sh", "--once");
    assertThat(calls)
        .content()
        .contains(
            "-u -m nvflare.private.fed.app.server.server_train -m "
                + kit.folder()
                + " -s fed_server.json --set secure_train=true org=central config_folder=\n");
  }

  @Test
  @DisplayName("A48 an administrator's script opens the console and passes options on")
  void adminCommand() throws Exception {
    StartupKit kit = world.kit(World.lead());
    run(kit, "", Map.of(), "./startup/fl_admin.sh", "--study", "my study");
    assertThat(calls)
        .content()
        .contains(
            "-m nvflare.fuel.hci.tools.admin -m "
                + kit.folder()
                + " -s fed_admin.json --study my study\n");
  }

  @Test
  @DisplayName("a second start finds the running daemon by its pid file")
  void singleInstance() throws Exception {
    StartupKit kit = world.kit(World.client("site-1"));
    long self = ProcessHandle.current().pid();
    Files.writeString(kit.folder().resolve("daemon_pid.fl"), self + "\n");
    Outcome outcome = run(kit, "", Map.of(), "./startup/sub_start.sh");
    assertThat(outcome.exit()).isZero();
    assertThat(outcome.output()).contains("Already running with process id " + self);
    assertThat(calls).doesNotExist();
  }

  @Test
  @DisplayName("a detached workspace receives a private copy of the kit")
  void detachedWorkspace() throws Exception {
    StartupKit kit = world.kit(World.client("site-1"));
    Path workspace = world.path("detached");
    run(
        kit,
        "",
        Map.of("NVFL_WORKSPACE", workspace.toString()),
        "./startup/sub_start.sh",
        "--once");
    assertThat(workspace.resolve("kit/startup/client.key")).exists();
    assertThat(workspace.resolve("startup").toRealPath())
        .isEqualTo(workspace.resolve("kit/startup").toRealPath());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(workspace)))
        .isEqualTo("rwx------");
    assertThat(calls).content().contains("-m " + workspace + " -s fed_client.json");
    Outcome refused =
        run(kit, "", Map.of("NVFL_WORKSPACE", "/"), "./startup/sub_start.sh", "--once");
    assertThat(refused.exit()).isEqualTo(1);
  }

  @Test
  @DisplayName("stop asks, and does nothing unless the answer is yes")
  void stopAsks() throws Exception {
    StartupKit kit = world.kit(World.client("site-1"));
    run(kit, "n", Map.of(), "./startup/stop_fl.sh");
    assertThat(kit.folder().resolve("shutdown.fl")).doesNotExist();
    run(kit, "y", Map.of(), "./startup/stop_fl.sh");
    assertThat(kit.folder().resolve("shutdown.fl")).exists();
  }

  @Test
  @DisplayName("start returns at once; an unknown cloud is refused")
  void startReturns() throws Exception {
    StartupKit kit = world.kit(World.client("site-1"));
    assertThat(run(kit, "", Map.of(), "./startup/start.sh", "--cloud", "moon").exit()).isEqualTo(1);
    Files.writeString(kit.folder().resolve("daemon_pid.fl"), ProcessHandle.current().pid() + "\n");
    assertThat(run(kit, "", Map.of(), "./startup/start.sh").exit()).isZero();
  }
}

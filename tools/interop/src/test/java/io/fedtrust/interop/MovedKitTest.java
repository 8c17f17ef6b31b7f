// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.model.ConnectionSecurity;
import io.fedtrust.provisioning.model.Scheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** NVFlare's server from kits that were moved, packaged again, or belong to another user: P32. */
class MovedKitTest {
  private static final String LOGIN = "@{\"event\": \"login\"}";
  private static final String NO_CLIENTS = "@{\"event\": \"clients\", \"names\": []}";
  private static final String NO_JOBS = "@{\"event\": \"stored\", \"jobs\": []}";
  private static final String ONE_JOB =
      "@{\"event\": \"stored\", \"jobs\": [\"FINISHED:COMPLETED\"]}";
  private static final List<String> OTHER_USER =
      List.of("setpriv", "--reuid=12345", "--regid=12345", "--clear-groups");

  @TempDir Path folder;

  private static Network network() {
    return Network.on(Scheme.TCP, ConnectionSecurity.MTLS, 1);
  }

  private static List<String> runJob(LiveFederation federation, Path lead) throws Exception {
    return federation.session(lead, LiveFederation.LEAD, "stored", "site-1", "site-2");
  }

  @Test
  @DisplayName("A server's jobs are there after package --force and after its kit was moved")
  void jobsMoveAlong() throws Exception {
    try (LiveFederation federation = new LiveFederation(folder, network())) {
      Path server = federation.kit(Tool.FEDTRUST, "localhost", "server");
      Path site = federation.kit(Tool.FEDTRUST, "site-1", "client");
      Path second = federation.kit(Tool.FEDTRUST, "site-2", "client");
      Path lead = federation.kit(Tool.FEDTRUST, LiveFederation.LEAD, "admin", "role: lead");
      for (Path kit : List.of(server, site, second)) {
        federation.start(kit);
      }
      assertThat(runJob(federation, lead))
          .contains(NO_JOBS, "@{\"event\": \"finished\", \"status\": \"FINISHED:COMPLETED\"}");
      federation.awaitEnd();

      federation.packageAgain(Tool.FEDTRUST, "localhost").succeeded();
      Path moved = federation.move(server, folder.toRealPath().resolve("elsewhere/kit"));
      for (Path kit : List.of(moved, site, second)) {
        federation.start(kit);
      }
      assertThat(federation.packageAgain(Tool.FEDTRUST, "site-1").output()).contains("KIT_IN_USE");
      assertThat(runJob(federation, lead))
          .contains(ONE_JOB, "@{\"event\": \"finished\", \"status\": \"FINISHED:COMPLETED\"}");
      federation.awaitEnd();
      try (Stream<Path> jobs = Files.list(moved.resolve("storage/jobs"))) {
        assertThat(jobs).hasSize(2);
      }
    }
  }

  @Test
  @DisplayName("Two servers of one host, one of another user, keep their jobs apart")
  void twoServers() throws Exception {
    try (LiveFederation first = new LiveFederation(folder.resolve("first"), network());
        LiveFederation second = new LiveFederation(folder.resolve("second"), network())) {
      Path server = first.kit(Tool.FEDTRUST, "localhost", "server");
      Path lead = first.kit(Tool.FEDTRUST, LiveFederation.LEAD, "admin", "role: lead");
      Path other = second.kit(Tool.FEDTRUST, "localhost", "server");
      Path otherLead = second.kit(Tool.FEDTRUST, LiveFederation.LEAD, "admin", "role: lead");
      Path moved = second.move(other, folder.toRealPath().resolve("other/kit"));
      boolean otherUser = giveAway(moved);
      first.start(server);
      second.start(moved, otherUser ? OTHER_USER : List.of());
      assertThat(first.session(lead, LiveFederation.LEAD, "stored"))
          .containsExactly(
              LOGIN, NO_CLIENTS, NO_JOBS, "@{\"event\": \"stored\", \"jobs\": [\"SUBMITTED\"]}");
      assertThat(second.session(otherLead, LiveFederation.LEAD, "list"))
          .containsExactly(LOGIN, NO_CLIENTS, NO_JOBS);
      try (Stream<Path> jobs = Files.list(server.resolve("storage/jobs"))) {
        assertThat(jobs).hasSize(1);
      }
      assertThat(moved.resolve("storage/snapshots")).isDirectory();
      assumeTrue(
          otherUser, "two servers ran; another user needs root, setpriv and a peer it reads");
      assertThat(Files.getAttribute(moved.resolve("storage/snapshots"), "unix:uid"))
          .isEqualTo(12345);
    }
  }

  @Test
  @DisplayName("Our package --force keeps the files of a server kit that NVFlare packaged")
  void overTheKitOfPeer() throws Exception {
    try (LiveFederation federation = new LiveFederation(folder, network())) {
      Path server = federation.kit(Tool.NVFLARE, "localhost", "server");
      Files.writeString(server.resolve("log.txt"), "the site's");
      Files.writeString(server.resolve("local/resources.json.own"), "the site's");
      Command.Answer answer = federation.packageAgain(Tool.FEDTRUST, "localhost").succeeded();
      assertThat(answer.output())
          .contains("keeps its jobs in /tmp/nvflare/jobs-storage, which stays")
          .doesNotContain("the former startup/ also had");
      assertThat(server.resolve("log.txt")).hasContent("the site's");
      assertThat(server.resolve("local/resources.json.own")).hasContent("the site's");
      assertThat(server.resolve("local/resources.json.default")).content().contains("storage/jobs");
      StartupKit.open(server);
    }
  }

  /** Gives the kit to another user, if this machine can start NVFlare as one. */
  private boolean giveAway(Path kit) throws Exception {
    Path home = folder.toRealPath().resolve("home");
    if (!Files.isExecutable(Path.of("/usr/bin/setpriv"))
        || !Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
      return false;
    }
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    // As the kit's script finds it: setpriv itself may still reach what the user cannot.
    String path = "PATH=" + Tool.peer().resolve("bin") + ":" + System.getenv("PATH");
    List<String> python =
        List.of("env", path, "bash", "-c", "python3 -c 'import nvflare.private.fed.app.server'");
    List<String> trial = Stream.concat(OTHER_USER.stream(), python.stream()).toList();
    if (Command.run(folder, home, trial).exit() != 0) {
      return false;
    }
    Command.run(folder, home, List.of("chown", "-R", "12345:12345", kit.toString())).succeeded();
    return true;
  }
}

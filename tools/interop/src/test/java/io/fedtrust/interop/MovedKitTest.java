// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.model.ConnectionSecurity;
import io.fedtrust.provisioning.model.Scheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
  private static final String SUBMITTED = "@{\"event\": \"stored\", \"jobs\": [\"SUBMITTED\"]}";
  private static final String FINISHED =
      "@{\"event\": \"finished\", \"status\": \"FINISHED:COMPLETED\"}";

  @TempDir Path folder;

  private static Network network() {
    return Network.on(Scheme.TCP, ConnectionSecurity.MTLS, 1);
  }

  private static List<String> runJob(LiveFederation federation, Path lead) throws Exception {
    return federation.session(lead, LiveFederation.LEAD, "stored", "site-1", "site-2");
  }

  @Test
  @DisplayName(
      "Jobs of a server whose kit NVFlare packaged stay over our package --force and a move of all")
  void jobsMoveAlong() throws Exception {
    try (LiveFederation federation = new LiveFederation(folder, network())) {
      Path server = replacedKitOfPeer(federation);
      Path site = federation.kit(Tool.FEDTRUST, "site-1", "client");
      Path second = federation.kit(Tool.NVFLARE, "site-2", "client");
      Path lead = federation.kit(Tool.FEDTRUST, LiveFederation.LEAD, "admin", "role: lead");
      for (Path kit : List.of(server, site, second)) {
        federation.start(kit);
      }
      assertThat(federation.packageAgain(Tool.FEDTRUST, "site-1").output()).contains("KIT_IN_USE");
      assertThat(runJob(federation, lead)).contains(NO_JOBS, FINISHED);
      federation.awaitEnd();

      federation.packageAgain(Tool.FEDTRUST, "localhost").succeeded();
      Path elsewhere = folder.toRealPath().resolve("elsewhere");
      Path moved = federation.move(server, elsewhere.resolve("kit"));
      List<Path> clients =
          List.of(
              federation.move(site, elsewhere.resolve("site")),
              federation.move(second, elsewhere.resolve("second")));
      Path movedLead = federation.move(lead, elsewhere.resolve("lead"));
      federation.start(moved);
      for (Path kit : clients) {
        federation.start(kit);
      }
      assertThat(runJob(federation, movedLead)).contains(ONE_JOB, FINISHED);
      federation.awaitEnd();
      try (Stream<Path> jobs = Files.list(moved.resolve("storage/jobs"))) {
        assertThat(jobs).hasSize(2);
      }
      for (Path kit : clients) {
        assertThat(LiveFederation.jobsTrained(kit)).as("%s", kit).isEqualTo(2);
      }
    }
  }

  /** Makes a server's kit with NVFlare and packages over it; the site's files must stay. */
  private static Path replacedKitOfPeer(LiveFederation federation) throws Exception {
    Path server = federation.kit(Tool.NVFLARE, "localhost", "server");
    Files.writeString(server.resolve("audit.log"), "the site's");
    Files.writeString(server.resolve("local/resources.json.own"), "the site's");
    Command.Answer answer = federation.packageAgain(Tool.FEDTRUST, "localhost").succeeded();
    assertThat(answer.output())
        .contains("keeps its jobs in /tmp/nvflare/jobs-storage, which stays")
        .doesNotContain("the former startup/ also had");
    assertThat(server.resolve("audit.log")).hasContent("the site's");
    assertThat(server.resolve("local/resources.json.own")).hasContent("the site's");
    assertThat(server.resolve("local/resources.json.default")).content().contains("storage/jobs");
    StartupKit.open(server);
    return server;
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
      Optional<OtherUser> user = OtherUser.find(folder.toRealPath());
      first.start(server);
      if (user.isPresent()) {
        OtherUser.own(moved);
        second.start(moved, user.get().program(), user.get().python());
      } else {
        second.start(moved);
      }
      for (List<String> stored :
          List.of(
              first.session(lead, LiveFederation.LEAD, "stored"),
              second.session(otherLead, LiveFederation.LEAD, "stored"))) {
        assertThat(stored).containsExactly(LOGIN, NO_CLIENTS, NO_JOBS, SUBMITTED);
      }
      for (Path kit : List.of(server, moved)) {
        try (Stream<Path> jobs = Files.list(kit.resolve("storage/jobs"))) {
          assertThat(jobs).hasSize(1);
        }
      }
      assumeTrue(user.isPresent(), "two servers ran; " + OtherUser.NEEDS);
      try (Stream<Path> stored = Files.walk(moved.resolve("storage"))) {
        for (Path path : stored.toList()) {
          assertThat(Files.getAttribute(path, "unix:uid")).as("%s", path).isEqualTo(OtherUser.ID);
        }
      }
    }
  }
}

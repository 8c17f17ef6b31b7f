// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.provisioning.error.ProvisioningException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A CA that belongs to root and whose folder a group of administrators shares. */
class SharedCaTest {
  private static final int GROUP = 12000;

  @TempDir Path temp;
  private World world;
  private String classPath;

  @BeforeEach
  void sharedFolder() throws Exception {
    OtherUsers.assumePossible();
    world = new World(Files.createDirectory(temp.resolve("world")));
    world.ca();
    world.request(World.client("site-1"));
    world.request(World.client("site-2"));
    classPath = OtherUsers.readableClassPath(Files.createDirectory(temp.resolve("library")));
    Path ca = world.path("ca");
    world.approve(world.request(World.client("site-0")));
    OtherUsers.run("chown", "-R", "0:" + GROUP, ca.toString());
    OtherUsers.run("chmod", "2770", ca.toString());
    OtherUsers.run("chmod", "0640", ca.resolve("rootCA.key").toString());
    OtherUsers.run("chmod", "0640", ca.resolve("ca.json").toString());
    OtherUsers.run("chmod", "0755", temp.toRealPath().toString());
    for (String site : List.of("site-1", "site-2")) {
      OtherUsers.run("chmod", "-R", "a+rwX", world.path(site).toString());
    }
  }

  private void openAsOwner() {
    world.engine().openAuthority(world.path("ca")).allowGroup().open();
  }

  private String approveAs(int user, int group, String site, boolean allowGroup) throws Exception {
    return approveAs(user, group, "--clear-groups", site, allowGroup);
  }

  private String approveAs(int user, int group, String groups, String site, boolean allowGroup)
      throws Exception {
    Path home = Files.createDirectories(temp.resolve("home-" + user));
    OtherUsers.run("chown", String.valueOf(user), home.toString());
    return OtherUsers.run(
        "/usr/bin/setpriv",
        "--reuid=" + user,
        "--regid=" + group,
        groups,
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        classPath,
        Approver.class.getName(),
        world.root.toString(),
        site,
        String.valueOf(allowGroup),
        home.resolve("account").toString());
  }

  /** Approves a request as an administrator does. */
  public static final class Approver {
    private Approver() {}

    public static void main(String[] args) {
      Path root = Path.of(args[0]);
      try {
        var opening =
            new EngineBuilder()
                .accountFolder(Path.of(args[3]))
                .clock(java.time.Clock.fixed(World.NOW, java.time.ZoneOffset.UTC))
                .build()
                .openAuthority(root.resolve("ca"));
        if (Boolean.parseBoolean(args[2])) {
          opening.allowGroup();
        }
        var ca = opening.open();
        ca.approve(root.resolve(args[1]).resolve(args[1] + ".request.zip"))
            .against(
                new io.fedtrust.provisioning.model.ProjectProfile(
                    World.PROJECT,
                    io.fedtrust.provisioning.model.Scheme.GRPC,
                    io.fedtrust.provisioning.model.ConnectionSecurity.MTLS,
                    new io.fedtrust.provisioning.model.ServerEndpoint("localhost", 8002, 8003)))
            .write();
        System.out.println("approved, " + ca.ledger().records().size() + " in the ledger");
      } catch (ProvisioningException e) {
        System.out.println(e.code() + " " + e.getMessage() + " " + e.hint());
      }
    }
  }

  @Test
  @DisplayName("two members of the group approve with one ledger and one lock file")
  void membersShare() throws Exception {
    openAsOwner();
    assertThat(approveAs(12001, GROUP, "site-1", true)).contains("approved, 2 in the ledger");
    assertThat(approveAs(12002, GROUP, "site-2", true)).contains("approved, 3 in the ledger");
    requireShared();
  }

  private void requireShared() throws Exception {
    for (String file : List.of("approvals.ledger", ".fedtrust.lock")) {
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(world.path("ca").resolve(file))))
          .isEqualTo("rw-rw----");
      assertThat(Files.getAttribute(world.path("ca").resolve(file), "unix:gid")).isEqualTo(GROUP);
    }
  }

  @Test
  @DisplayName("a member is told the commands that share a ledger and lock file of the owner")
  void membersLearnCommands() throws Exception {
    for (String file : List.of("approvals.ledger", ".fedtrust.lock")) {
      Path path = world.path("ca").resolve(file);
      assertThat(approveAs(12001, GROUP, "site-1", true))
          .contains("CA_PERMISSIONS")
          .contains("chgrp " + GROUP + " " + path + " && chmod 0660 " + path);
      OtherUsers.run("chmod", "0660", path.toString());
    }
    assertThat(approveAs(12001, GROUP, "site-1", true)).contains("approved, 2 in the ledger");
  }

  @Test
  @DisplayName("without setgid, files of a member with another primary group are the folder's")
  void withoutSetgid() throws Exception {
    Path ca = world.path("ca");
    Files.delete(ca.resolve(".fedtrust.lock"));
    Files.delete(ca.resolve("approvals.ledger"));
    OtherUsers.run("chmod", "g-s", ca.toString());
    String groups = "--groups=" + GROUP;
    assertThat(approveAs(12001, 12003, groups, "site-1", true))
        .contains("approved, 1 in the ledger");
    requireShared();
    assertThat(approveAs(12002, 12004, groups, "site-2", true))
        .contains("approved, 2 in the ledger");
  }

  @Test
  @DisplayName("without the option no account uses a CA that the group can change")
  void optionIsNeeded() throws Exception {
    assertThat(approveAs(12001, GROUP, "site-1", false)).contains("CA_PERMISSIONS");
  }

  @Test
  @DisplayName("a user outside the group cannot approve, with the option or without")
  void strangerIsRefused() throws Exception {
    assertThat(approveAs(12003, 12003, "site-1", true)).doesNotContain("approved");
    assertThat(Files.exists(world.path("site-1/site-1.signed.zip"))).isFalse();
  }
}

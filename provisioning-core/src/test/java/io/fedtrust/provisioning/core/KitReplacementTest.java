// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import static io.fedtrust.provisioning.core.Refusals.refused;
import static io.fedtrust.provisioning.core.Refusals.refusedWithoutTrace;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.provisioning.Approval;
import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.StartupKitPackager;
import io.fedtrust.provisioning.core.io.FailPoint;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.Participant;
import io.fedtrust.provisioning.model.ParticipantDefinition;
import io.fedtrust.provisioning.spi.StartupKitBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code package --force} replaces what packaging made, and nothing else. */
class KitReplacementTest {
  private static final String BACKUP = "workspace/fed_test/state/.bak/20261120T213000-0/";

  @TempDir Path temp;
  private World world;

  @BeforeEach
  void makeWorld() {
    world = new World(temp);
  }

  private Path server() {
    return world.kit(World.server()).folder();
  }

  private StartupKitPackager packager(String name) {
    return world
        .engine()
        .packager(
            world
                .engine()
                .openBundle(world.path(name).resolve(name + ".signed.zip"))
                .trust(world.ca().fingerprint()))
        .force();
  }

  private void replace(String name) {
    packager(name).packageInto(world.path("workspace"));
  }

  private static Path write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  @Test
  @DisplayName("job store, transferred files, logs, job folders and own settings stay in place")
  void keepsTheSites() throws IOException {
    Path kit = server();
    List<String> own =
        List.of(
            "storage/jobs/1234/meta.json",
            "storage/snapshots/1234/data",
            "transfer/result.bin",
            "log.txt",
            "audit.log",
            "0fdb5c5e-1d7f/app_server/config.json",
            "local/resources.json",
            "local/authorization.json",
            "local/study_registry.json",
            "local/custom/plugin.py");
    for (String file : own) {
      write(kit.resolve(file), "of the site: " + file);
    }
    Object inode = Files.getAttribute(kit.resolve("storage"), "unix:ino");
    write(kit.resolve("startup/fed_server.json"), "{}");
    write(kit.resolve("local/authorization.json.default"), "{}");
    write(kit.resolve("local/former.json.default"), "{}");
    write(kit.resolve("readme.txt"), "old");
    replace("localhost");
    for (String file : own) {
      assertThat(kit.resolve(file)).hasContent("of the site: " + file);
    }
    assertThat(Files.getAttribute(kit.resolve("storage"), "unix:ino")).isEqualTo(inode);
    StartupKit.open(kit);
    assertThat(kit.resolve("local/authorization.json.default")).content().contains("permissions");
    assertThat(kit.resolve("local/former.json.default")).doesNotExist();
    assertThat(kit.resolve("readme.txt")).content().contains("localhost");
    Path backup = world.path(BACKUP + "localhost");
    assertThat(backup.resolve("startup/fed_server.json")).hasContent("{}");
    assertThat(backup.resolve("startup/server.key")).exists();
    assertThat(backup.resolve("local/authorization.json.default")).hasContent("{}");
    assertThat(backup.resolve("local/former.json.default")).hasContent("{}");
    assertThat(backup.resolve("readme.txt")).hasContent("old");
    assertThat(world.path("workspace/fed_test/state/.localhost.journal")).doesNotExist();
  }

  @Test
  @DisplayName("a dry run says what is replaced and what stays, and changes nothing")
  void plan() throws IOException {
    Path kit = server();
    write(kit.resolve("storage/jobs/1/meta.json"), "");
    write(kit.resolve("local/resources.json"), "{}");
    Map<String, String> before = Refusals.snapshot(temp);
    StartupKitPackager.KitPlan plan = packager("localhost").plan(world.path("workspace"));
    assertThat(plan.replaced())
        .containsExactly(
            "readme.txt",
            "startup",
            "local/authorization.json.default",
            "local/log_config.json.default",
            "local/privacy.json.sample",
            "local/resources.json.default");
    assertThat(plan.kept()).containsExactly("storage", "transfer", "local/resources.json");
    assertThat(Refusals.snapshot(temp)).isEqualTo(before);
    StartupKitPackager.KitPlan fresh = packager("localhost").plan(world.path("elsewhere"));
    assertThat(fresh.replaced()).isEmpty();
    assertThat(fresh.kept()).isEmpty();
  }

  @Test
  @DisplayName("while a pid file names a live process it is refused, also by a dry run")
  void running() throws Exception {
    Path kit = server();
    Process process = new ProcessBuilder("sleep", "60").start();
    try {
      write(kit.resolve("daemon_pid.fl"), process.pid() + "\n");
      refusedWithoutTrace(ErrorCode.KIT_IN_USE, temp, () -> replace("localhost"));
      refusedWithoutTrace(
          ErrorCode.KIT_IN_USE, temp, () -> packager("localhost").plan(world.path("workspace")));
      packager("localhost").forceRunning().packageInto(world.path("workspace"));
      assertThat(kit.resolve("daemon_pid.fl")).hasContent(process.pid() + "\n");
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.waitFor(20, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
    replace("localhost");
  }

  @Test
  @DisplayName("a process that starts while the kit is staged is noticed")
  void startedMeanwhile() throws Exception {
    Path kit = server();
    Process process = new ProcessBuilder("sleep", "60").start();
    try {
      FailPoint starting =
          (step, path) -> {
            if (path.getFileName().toString().startsWith(".startup.")) {
              write(kit.resolve("pid.fl"), process.pid() + "\n");
            }
          };
      World busy = new World(temp, List.of(), starting);
      refused(
          ErrorCode.KIT_IN_USE,
          () ->
              busy.engine()
                  .packager(
                      busy.engine()
                          .openBundle(world.path("localhost/localhost.signed.zip"))
                          .trustOnFirstUse())
                  .force()
                  .packageInto(world.path("workspace")));
      try (var state = Files.list(world.path("workspace/fed_test/state"))) {
        assertThat(state).noneMatch(file -> file.toString().endsWith(".fedtrust-tmp"));
      }
      StartupKit.open(kit);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  @DisplayName("files of the former startup/ that the new one lacks are named, and in the backup")
  void formerStartup() throws IOException {
    Path kit = server();
    write(kit.resolve("startup/azure_start.sh"), "mine");
    replace("localhost");
    assertThat(kit.resolve("startup/azure_start.sh")).doesNotExist();
    assertThat(world.path(BACKUP + "localhost/startup/azure_start.sh")).hasContent("mine");
    assertThat(world.warnings)
        .anyMatch(text -> text.contains("azure_start.sh") && text.contains(".bak"));
  }

  @Test
  @DisplayName("a link in place of local/ or startup/ is refused, and nothing goes through it")
  void links() throws IOException {
    for (String name : List.of("local", "startup")) {
      Path kit = server();
      Path elsewhere = Files.move(kit.resolve(name), world.path("elsewhere-" + name));
      Files.createSymbolicLink(kit.resolve(name), elsewhere);
      refusedWithoutTrace(ErrorCode.BUILD_FAILED, temp, () -> replace("localhost"));
      Files.delete(kit.resolve(name));
      Files.move(elsewhere, kit.resolve(name));
      Files.move(world.path("localhost"), world.path("done-" + name));
      Files.move(world.path("workspace"), world.path("workspace-" + name));
      Files.move(world.path("ca"), world.path("ca-" + name));
    }
  }

  @Test
  @DisplayName("a signed kit is refused: its signature would not fit the new defaults")
  void signed() throws IOException {
    Path kit = server();
    write(kit.resolve("local/signature.json"), "{}");
    refusedWithoutTrace(ErrorCode.KIT_SIGNED, temp, () -> replace("localhost"));
    refusedWithoutTrace(
        ErrorCode.KIT_SIGNED, temp, () -> packager("localhost").plan(world.path("workspace")));
    Files.delete(kit.resolve("local/signature.json"));
    replace("localhost");
  }

  @Test
  @DisplayName("more defaults than one change can list are refused, and the hint says what to move")
  void tooManyDefaults() throws IOException {
    Path kit = server();
    for (int i = 0; i < 1_600; i++) {
      write(kit.resolve("local/default-of-the-site-number-" + i + ".json.default"), "{}");
    }
    assertThatThrownBy(() -> replace("localhost"))
        .isInstanceOfSatisfying(
            ProvisioningException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.BUILD_FAILED);
              assertThat(e.problem()).contains("local", "too many *.default");
              assertThat(e.hint()).contains("Move those that packaging did not make");
            });
    StartupKit.open(kit);
    assertThat(kit.resolve("local/default-of-the-site-number-1599.json.default")).exists();
  }

  @Test
  @DisplayName("a kit without startup/, local/ and transfer/ is made whole")
  void incomplete() throws IOException {
    Path kit = server();
    for (String name : List.of("startup", "local", "transfer")) {
      Files.move(kit.resolve(name), world.path("away-" + name));
    }
    replace("localhost");
    StartupKit.open(kit);
    assertThat(kit.resolve("local/resources.json.default")).exists();
    assertThat(kit.resolve("transfer")).isDirectory();
  }

  private Path kitOfPeer(String jobs) throws IOException {
    Path kit = server();
    Path defaults = kit.resolve("local/resources.json.default");
    Files.writeString(defaults, Files.readString(defaults).replace("storage/jobs", jobs));
    return kit;
  }

  @Test
  @DisplayName("the job store of a kit made by NVFlare is not in the kit: it stays, and is named")
  void storeOfPeer() throws IOException {
    kitOfPeer("/tmp/nvflare/jobs-storage");
    replace("localhost");
    assertThat(world.warnings)
        .anyMatch(
            text ->
                text.contains("keeps its jobs in /tmp/nvflare/jobs-storage, which stays")
                    && text.contains(
                        world
                            .path("workspace/fed_test/prod_00/localhost/storage/jobs")
                            .toString()));
  }

  @Test
  @DisplayName("nothing is said of a store in the kit, or of one that the site's own file names")
  void storeInKit() throws IOException {
    Path kit =
        kitOfPeer(world.path("workspace/fed_test/prod_00/localhost/storage/jobs").toString());
    replace("localhost");
    replace("localhost");
    Files.writeString(
        kit.resolve("local/resources.json.default"),
        "{\"components\": [{\"id\": \"job_manager\", \"args\": {\"uri_root\": \"/elsewhere\"}}]}");
    write(kit.resolve("local/resources.json"), "{}");
    replace("localhost");
    write(kit.resolve("local/resources.json"), "rubbish");
    write(kit.resolve("local/resources.json.default"), "rubbish");
    replace("localhost");
    assertThat(world.warnings).noneMatch(text -> text.contains("keeps its jobs"));
    Files.delete(kit.resolve("local/resources.json"));
    write(
        kit.resolve("local/resources.json.default"),
        "{\"components\": [{\"id\": \"job_manager\", \"args\": {\"uri_root\": \"/else\u202ewhere\"}}]}");
    replace("localhost");
    assertThat(world.warnings).anyMatch(text -> text.contains("keeps its jobs in /else\\u{202E}"));
  }

  /** Writes one file whose path and text come from the definition. */
  private static final class Writer implements StartupKitBuilder {
    @Override
    public String path() {
      return "org.example.Writer";
    }

    @Override
    public void build(KitDraft kit, Map<String, Object> args) {
      kit.write(
          String.valueOf(args.get("file")),
          String.valueOf(args.get("text")).getBytes(StandardCharsets.UTF_8),
          false);
    }
  }

  private World withBuilder(String file, String text) {
    World own = new World(temp, List.of(new Writer()), FailPoint.NONE);
    Participant participant = World.client("site-1");
    ParticipantDefinition definition =
        own.engine()
            .readDefinition(
                own.write(
                    "site.yaml",
                    """
                    name: fed_test
                    participants: [{name: %s, type: client, org: hospital}]
                    builders: [{path: org.example.Writer, args: {file: "%s", text: %s}}]
                    """
                        .formatted(participant.name(), file, text)));
    if (!Files.exists(own.path("site-1"))) {
      own.approve(own.request(definition));
    }
    return own;
  }

  @Test
  @DisplayName("a file that a builder makes is added, but does not replace the site's")
  void builders() throws IOException {
    world = withBuilder("local/banner.txt", "Hello");
    Path kit = packager("site-1").packageInto(world.path("workspace")).folder();
    replace("site-1");
    assertThat(world.warnings).noneMatch(text -> text.contains("banner"));
    write(kit.resolve("local/banner.txt"), "mine");
    replace("site-1");
    assertThat(kit.resolve("local/banner.txt")).hasContent("mine");
    assertThat(world.warnings).anyMatch(text -> text.contains("local/banner.txt"));
    Files.delete(kit.resolve("local/banner.txt"));
    replace("site-1");
    assertThat(kit.resolve("local/banner.txt")).hasContent("Hello");
  }

  @Test
  @DisplayName("a builder's file in a folder below local/ is added with its folder")
  void builderFolder() throws IOException {
    world = withBuilder("local/docker/compose.yaml", "Hello");
    Path kit = packager("site-1").packageInto(world.path("workspace")).folder();
    Files.move(kit.resolve("local/docker"), world.path("away"));
    replace("site-1");
    assertThat(kit.resolve("local/docker/compose.yaml")).hasContent("Hello");
  }

  @Test
  @DisplayName("a builder's file with a name that no journal holds is refused in an existing kit")
  void oddName() throws IOException {
    world = withBuilder("local/a b", "Hello");
    Path kit = packager("site-1").packageInto(world.path("workspace")).folder();
    replace("site-1");
    Files.delete(kit.resolve("local/a b"));
    refusedWithoutTrace(ErrorCode.BUILD_FAILED, temp, () -> replace("site-1"));
  }

  @Test
  @DisplayName("a renewal replaces the certificate beside the job store")
  void renewal() throws IOException {
    Path kit = server();
    write(kit.resolve("storage/jobs/1/meta.json"), "job");
    byte[] former = Files.readAllBytes(kit.resolve("startup/server.crt"));
    World later = world.later(java.time.Duration.ofDays(300));
    Approval renewed =
        later
            .ca()
            .approve(world.path("localhost/localhost.request.zip"))
            .against(later.profile())
            .force()
            .renew()
            .write();
    later
        .engine()
        .packager(later.engine().openBundle(renewed.signedZip()).trust(later.ca().fingerprint()))
        .force()
        .packageInto(later.path("workspace"));
    assertThat(Files.readAllBytes(kit.resolve("startup/server.crt"))).isNotEqualTo(former);
    assertThat(kit.resolve("storage/jobs/1/meta.json")).hasContent("job");
  }
}

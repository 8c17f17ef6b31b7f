// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import static io.fedtrust.provisioning.core.Refusals.refused;
import static io.fedtrust.provisioning.core.Refusals.refusedWithoutTrace;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.StartupKitPackager;
import io.fedtrust.provisioning.core.World;
import io.fedtrust.provisioning.core.account.AccountFolder;
import io.fedtrust.provisioning.core.bundle.VerifiedBundle;
import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.AuthIdentities;
import io.fedtrust.provisioning.model.ConnectionSecurity;
import io.fedtrust.provisioning.model.Participant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An approval that a newer one replaced does not come back unnoticed. */
class FreshnessTest {
  @TempDir Path temp;
  private World world;
  private Path older;
  private Path newer;

  @BeforeEach
  void approveTwice() throws IOException {
    world = new World(temp);
    RequestFolder request = world.request(World.client("site-1"));
    older = approve(request, "older");
    world.later(Duration.ofDays(1));
    newer = approve(request, "newer");
  }

  private Path approve(RequestFolder request, String name) throws IOException {
    Path zip =
        Files.createDirectory(world.path(request.metadata().name() + "-" + name))
            .resolve(request.metadata().name() + ".signed.zip");
    world.ca().approve(request.requestZip()).against(world.profile()).force().writeTo(zip);
    return zip;
  }

  private StartupKitPackager packager(Path zip) {
    return packager(zip, "site-1");
  }

  private StartupKitPackager packager(Path zip, String folder) {
    return world
        .engine()
        .packager(world.engine().openBundle(zip).trust(world.ca().fingerprint()))
        .requestFolder(world.path(folder));
  }

  @Test
  @DisplayName("an older approval over a newer kit is refused, also with force, and in a plan")
  void older() {
    StartupKit kit = packager(newer).packageInto(world.path("workspace"));
    refusedWithoutTrace(
        ErrorCode.APPROVAL_SUPERSEDED,
        world.root,
        () -> packager(older).force().packageInto(world.path("workspace")));
    refused(
        ErrorCode.APPROVAL_SUPERSEDED, () -> packager(older).force().plan(world.path("workspace")));
    refused(
        ErrorCode.OUTPUT_DIR_EXISTS,
        () -> packager(older).allowOlder().packageInto(world.path("workspace")));
    StartupKit back = packager(older).force().allowOlder().packageInto(world.path("workspace"));
    assertThat(back.certificateChain().get(0)).isNotEqualTo(kit.certificateChain().get(0));
  }

  @Test
  @DisplayName("the same approval, and a newer one, replace a kit with force alone")
  void sameAndNewer() {
    packager(older).packageInto(world.path("workspace"));
    world.warnings.clear();
    packager(older).force().packageInto(world.path("workspace"));
    packager(newer).force().packageInto(world.path("workspace"));
    packager(newer).force().packageInto(world.path("workspace"));
    assertThat(world.warnings).noneMatch(text -> text.contains("newest"));
  }

  @Test
  @DisplayName("approvals made minutes after the CA are compared, and an older one is refused")
  void minutesAfterTheCa() throws IOException {
    world = new World(Files.createDirectory(world.path("young")));
    RequestFolder request = world.request(World.client("site-1"));
    Path first = approve(request, "first");
    world.later(Duration.ofMinutes(2));
    Path second = approve(request, "second");
    packager(first).packageInto(world.path("workspace"));
    packager(second).force().packageInto(world.path("workspace"));
    refused(
        ErrorCode.APPROVAL_SUPERSEDED,
        () -> packager(first).force().packageInto(world.path("workspace")));
  }

  @Test
  @DisplayName("another approval of the same second may be the older one, so it is refused")
  void sameSecond() throws IOException {
    RequestFolder request = world.request(World.client("site-2"));
    Path first = approve(request, "first");
    Path second = world.path("second.signed.zip");
    world
        .ca()
        .approve(request.requestZip())
        .against(world.profile())
        .validFor(Duration.ofDays(10))
        .force()
        .writeTo(second);
    String folder = "site-2";
    packager(second, folder).packageInto(world.path("workspace"));
    assertThatThrownBy(() -> packager(first, folder).force().packageInto(world.path("workspace")))
        .isInstanceOfSatisfying(
            ProvisioningException.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(ErrorCode.APPROVAL_SUPERSEDED);
              assertThat(refusal).hasMessageContaining("valid from the same time");
              assertThat(refusal.hint()).contains("serial", "--allow-older");
            });
    packager(first, folder).force().allowOlder().packageInto(world.path("workspace"));
  }

  @Test
  @DisplayName("a newer kit that another command places in the meantime is not replaced")
  void overtaken() {
    StartupKit[] placed = new StartupKit[1];
    EngineContext host = world.host();
    EngineContext overtaken =
        new EngineContext(
            host.jca(),
            Clock.fixed(host.now(), ZoneOffset.UTC),
            host.output(),
            AccountFolder.at(world.path("account"), host.output()),
            Optional.empty(),
            List.of(),
            warning -> {
              if (placed[0] == null && warning.contains("no kit to compare with")) {
                placed[0] = packager(newer).packageInto(world.path("workspace"));
              }
            });
    StartupKitPackager late =
        new DefaultStartupKitPackager(
                VerifiedBundle.from(
                    world.engine().openBundle(older).trust(world.ca().fingerprint())),
                overtaken)
            .requestFolder(world.path("site-1"))
            .force();
    refused(ErrorCode.APPROVAL_SUPERSEDED, () -> late.packageInto(world.path("workspace")));
    assertThat(world.engine().openKit(placed[0].folder()).certificateChain())
        .isEqualTo(placed[0].certificateChain());
  }

  @Test
  @DisplayName("an empty workspace, or a kit without a readable certificate, cannot be compared")
  void nothingToCompare() throws IOException {
    StartupKit kit = packager(older).packageInto(world.path("workspace"));
    assertThat(world.warnings).anyMatch(text -> text.contains("no kit to compare with"));
    world.warnings.clear();
    Files.writeString(kit.folder().resolve("startup/client.crt"), "rubbish");
    packager(older).force().packageInto(world.path("workspace"));
    assertThat(world.warnings).anyMatch(text -> text.contains("cannot be read"));
  }

  @Test
  @DisplayName("a connection security below the required one is refused; an equal one is accepted")
  void security() throws IOException {
    RequestFolder request = world.request(World.client("site-2"));
    for (ConnectionSecurity security : ConnectionSecurity.values()) {
      Path zip = Files.createDirectory(world.path(security.text())).resolve("site-2.signed.zip");
      world
          .ca()
          .approve(request.requestZip())
          .against(world.profile(security))
          .force()
          .writeTo(zip);
      for (ConnectionSecurity least : ConnectionSecurity.values()) {
        StartupKitPackager packager =
            world
                .engine()
                .packager(world.engine().openBundle(zip).trust(world.ca().fingerprint()))
                .requestFolder(world.path("site-2"))
                .requireSecurity(least);
        if (security.compareTo(least) < 0) {
          refused(ErrorCode.SECURITY_TOO_WEAK, () -> packager.plan(world.path("workspace")));
        } else {
          assertThat(packager.plan(world.path("workspace")).files()).isNotEmpty();
        }
      }
    }
  }

  @Test
  @DisplayName("the setting of a server's own definition counts, not the profile's")
  void effectiveSecurity() {
    Participant.Server server =
        new Participant.Server(
            "localhost",
            "central",
            World.server().hostNames(),
            Optional.of(ConnectionSecurity.CLEAR),
            Optional.empty(),
            AuthIdentities.NONE);
    Path zip = world.approve(world.request(server)).signedZip();
    world.warnings.clear();
    assertThat(world.packageKit(zip).connectionSecurity()).isEqualTo(ConnectionSecurity.CLEAR);
    assertThat(world.warnings).anyMatch(text -> text.contains("WITHOUT ENCRYPTION"));
    refused(
        ErrorCode.SECURITY_TOO_WEAK,
        () ->
            world
                .engine()
                .packager(world.engine().openBundle(zip).trust(world.ca().fingerprint()))
                .force()
                .requireSecurity(ConnectionSecurity.TLS)
                .packageInto(world.path("workspace")));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import static io.fedtrust.provisioning.core.Refusals.refused;
import static io.fedtrust.provisioning.core.Refusals.refusedWithoutTrace;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.provisioning.Approval;
import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.SignedBundle;
import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.StartupKitPackager;
import io.fedtrust.provisioning.core.document.Json;
import io.fedtrust.provisioning.core.io.FailPoint;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.AuthIdentities;
import io.fedtrust.provisioning.model.ConnectionSecurity;
import io.fedtrust.provisioning.model.Participant;
import io.fedtrust.provisioning.spi.StartupKitBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PackagingTest {
  @TempDir Path temp;
  private World world;

  @BeforeEach
  void makeWorld() {
    world = new World(temp);
  }

  @Test
  @DisplayName("kits of one generation lie side by side in prod_00")
  void kitsShareProdFolder() throws IOException {
    StartupKit first = world.kit(World.client("site-1"));
    StartupKit second = world.kit(World.client("site-2"));
    assertThat(first.folder()).isEqualTo(world.path("workspace/fed_test/prod_00/site-1"));
    assertThat(second.folder()).isEqualTo(world.path("workspace/fed_test/prod_00/site-2"));
    assertThat(first.folder().resolve("startup/client.key"))
        .hasSameBinaryContentAs(world.path("site-1/site-1.key"));
    assertThat(mode(first.folder().resolve("startup/client.key"))).isEqualTo("rw-------");
    assertThat(mode(first.folder().resolve("startup/client.crt"))).isEqualTo("rw-r--r--");
    assertThat(mode(first.folder().resolve("startup/start.sh"))).isEqualTo("rwxr-xr-x");
  }

  @Test
  @DisplayName("endpoint and security of a client come from the signed zip alone")
  void endpointIsSigned() throws IOException {
    Path definition =
        world.write(
            "site.yaml",
            """
            name: fed_test
            participants:
              - name: site-1
                type: client
                org: hospital
                connection_security: clear
                server: {host: evil.example.org, fed_learn_port: 1, admin_port: 2}
            """);
    world.engine().request(world.engine().readDefinition(definition)).writeTo(world.path("site-1"));
    Approval approval =
        world
            .ca()
            .approve(world.path("site-1/site-1.request.zip"))
            .against(world.profile())
            .write();
    StartupKit kit = world.packageKit(approval);
    assertThat(json(kit, "startup/fed_client.json").toString())
        .contains("target=localhost:8002", "scheme=grpc", "connection_security=mtls")
        .doesNotContain("evil");
    assertThat(kit.endpoint().port()).isEqualTo(8002);
  }

  @Test
  @DisplayName("the server's own connection security is applied locally and never travels")
  void serverOverride() throws IOException {
    Participant.Server server =
        new Participant.Server(
            "localhost",
            "central",
            List.of(),
            Optional.of(ConnectionSecurity.CLEAR),
            Optional.empty(),
            AuthIdentities.NONE);
    Approval approval = world.approve(world.request(server));
    Zips.read(approval.signedZip())
        .forEach(
            (name, content) -> {
              if (name.equals("site.yaml")) {
                assertThat(content).asString().doesNotContain("clear");
              }
            });
    StartupKit kit = world.packageKit(approval);
    assertThat(kit.connectionSecurity()).isEqualTo(ConnectionSecurity.CLEAR);
    assertThat(world.kit(World.client("site-1")).connectionSecurity())
        .isEqualTo(ConnectionSecurity.MTLS);
  }

  @Test
  @DisplayName("a server without a connection security of its own has the project's")
  void serverDefault() {
    assertThat(world.kit(World.server(), ConnectionSecurity.TLS).connectionSecurity())
        .isEqualTo(ConnectionSecurity.TLS);
  }

  @Test
  @DisplayName("packaging needs neither profile nor CA: only zip, request folder, fingerprint")
  void needsNothingOfTheAdmin() throws IOException {
    Approval approval = world.approve(world.request(World.client("site-1")));
    String fingerprint = world.ca().fingerprint().text();
    Path site = Files.createDirectories(temp.resolve("elsewhere"));
    Files.move(world.path("site-1"), site.resolve("secret"));
    Files.move(site.resolve("secret/site-1.signed.zip"), site.resolve("mail.signed.zip"));
    Files.move(world.path("ca"), temp.resolve("gone"));
    StartupKit kit =
        world
            .engineWithoutAudit()
            .packager(world.engine().openBundle(site.resolve("mail.signed.zip")).trust(fingerprint))
            .requestFolder(site.resolve("secret"))
            .packageInto(site.resolve("ws"));
    assertThat(kit.name()).isEqualTo("site-1");
    assertThat(approval.metadata().name()).isEqualTo("site-1");
  }

  @Test
  @DisplayName("another fingerprint stops packaging; going without is a named choice")
  void fingerprint() {
    Approval approval = world.approve(world.request(World.client("site-1")));
    refused(
        ErrorCode.ROOTCA_FINGERPRINT_MISMATCH,
        () -> world.engine().openBundle(approval.signedZip()).trust("00".repeat(32)));
    refused(
        ErrorCode.INVALID_ROOTCA_FINGERPRINT,
        () -> world.engine().openBundle(approval.signedZip()).trust("SHA256:AA"));
    SignedBundle unverified = world.engine().openBundle(approval.signedZip()).trustOnFirstUse();
    assertThat(unverified.fingerprintVerified()).isFalse();
    assertThat(world.warnings).anyMatch(w -> w.contains(world.ca().fingerprint().text()));
  }

  @Test
  @DisplayName("a spoiled signed zip is refused, also on first use")
  void refusesSpoiledBundles() throws IOException {
    Approval approval = world.approve(world.request(World.client("site-1")));
    byte[] good = Files.readAllBytes(approval.signedZip());
    World other = new World(Files.createDirectories(temp.resolve("other")));
    byte[] foreignRoot =
        Zips.read(other.approve(other.request(World.client("site-1"))).signedZip())
            .get("rootCA.pem");
    byte[] otherLeaf =
        Zips.read(world.approve(world.request(World.client("site-2"))).signedZip())
            .get("site-2.crt");
    byte[] key = Files.readAllBytes(world.path("site-1/site-1.key"));
    List<Consumer<Map<String, byte[]>>> spoilings =
        List.of(
            m -> m.get("signed.json")[100] ^= 1,
            m -> m.get("signed.json.sig")[10] ^= 1,
            m -> m.put("signed.json.sig", "###".getBytes(StandardCharsets.US_ASCII)),
            m -> m.put("rootCA.pem", foreignRoot),
            m -> m.put("site-1.crt", otherLeaf),
            m -> m.put("site.yaml", "name: x".getBytes(StandardCharsets.US_ASCII)),
            m -> m.put("site-1.key", key),
            m -> m.put("extra.txt", new byte[1]),
            m -> m.remove("signed.json.sig"),
            m -> m.remove("site-1.crt"));
    for (Consumer<Map<String, byte[]>> spoiling : spoilings) {
      Map<String, byte[]> members = Zips.read(good);
      spoiling.accept(members);
      Files.write(approval.signedZip(), Zips.write(members));
      refusedWithoutTrace(
          ErrorCode.INVALID_SIGNED_ZIP,
          temp,
          () -> world.engine().openBundle(approval.signedZip()).trustOnFirstUse());
    }
  }

  @Test
  @DisplayName("a signed fingerprint that is not the root's is refused")
  void refusesOtherSignedFingerprint() throws Exception {
    Approval approval = world.approve(world.request(World.client("site-1")));
    resign(approval, json -> caInfo(json).put("rootCA_fingerprint", "ab".repeat(32)));
    refused(
        ErrorCode.ROOTCA_FINGERPRINT_MISMATCH,
        () -> world.engine().openBundle(approval.signedZip()));
  }

  @Test
  @DisplayName("a signed zip without CA metadata counts as version 00, with the root's fingerprint")
  void legacyZip() throws Exception {
    Approval approval = world.approve(world.request(World.client("site-1")));
    resign(
        approval,
        json -> {
          json.remove("ca_info");
          json.remove("approved_at");
          json.remove("certificate");
        });
    StartupKit kit = world.packageKit(approval);
    assertThat(kit.folder().getParent()).hasFileName("prod_00");
    assertThat(world.engine().openBundle(approval.signedZip()).metadata().rootFingerprint())
        .isEqualTo(world.ca().fingerprint());
  }

  @Test
  @DisplayName("a swapped key, other metadata or another definition is refused")
  void refusesOtherLocalMaterial() throws IOException {
    Approval approval = world.approve(world.request(World.client("site-1")));
    world.request(World.client("site-2"));
    Path folder = world.path("site-1");
    byte[] key = Files.readAllBytes(folder.resolve("site-1.key"));
    Files.copy(
        world.path("site-2/site-2.key"),
        folder.resolve("site-1.key"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    refusedWithoutTrace(ErrorCode.KEY_CERT_MISMATCH, temp, () -> world.packageKit(approval));
    Files.writeString(folder.resolve("site-1.key"), "nothing");
    refusedWithoutTrace(ErrorCode.KEY_INVALID, temp, () -> world.packageKit(approval));
    Files.write(folder.resolve("site-1.key"), key);

    String request = Files.readString(folder.resolve("request.json"));
    Files.writeString(folder.resolve("request.json"), request.replace("hospital", "hospita1"));
    refusedWithoutTrace(
        ErrorCode.REQUEST_METADATA_MISMATCH, temp, () -> world.packageKit(approval));
    Files.writeString(folder.resolve("request.json"), request);

    String site = Files.readString(folder.resolve("site.yaml"));
    Files.writeString(folder.resolve("site.yaml"), site.replace("hospital", "hospita1"));
    refusedWithoutTrace(ErrorCode.LOCAL_SITE_MISMATCH, temp, () -> world.packageKit(approval));
    Files.writeString(folder.resolve("site.yaml"), site + "    listening_host: {port: 1}\n");
    refused(ErrorCode.LOCAL_SITE_INVALID, () -> world.packageKit(approval));
    Files.writeString(
        folder.resolve("site.yaml"), site.replace("  type:", "  listening_host: x\n  type:"));
    refusedWithoutTrace(
        ErrorCode.LOCAL_SITE_UNSUPPORTED_FEATURE, temp, () -> world.packageKit(approval));
    Files.delete(folder.resolve("site.yaml"));
    refusedWithoutTrace(ErrorCode.LOCAL_SITE_INVALID, temp, () -> world.packageKit(approval));
  }

  @Test
  @DisplayName("expired and not yet valid certificates are refused")
  void refusesOutsideValidity() {
    Approval approval = world.approve(world.request(World.client("site-1")));
    world.at(World.NOW.minusSeconds(600));
    refused(ErrorCode.CERT_NOT_YET_VALID, () -> world.packageKit(approval));
    world.at(World.NOW.plusSeconds(1096L * 86_400));
    refused(ErrorCode.CERT_EXPIRED, () -> world.packageKit(approval));
  }

  @Test
  @DisplayName("the request folder: explicit, by audit record, beside the zip; else clear errors")
  void requestFolder() throws IOException {
    Approval approval = world.approve(world.request(World.client("site-1")));
    world.request(World.client("site-2"));
    StartupKitPackager wrong = packager(approval).requestFolder(world.path("site-2"));
    refused(ErrorCode.REQUEST_DIR_INCOMPLETE, () -> wrong.packageInto(world.path("w")));
    StartupKitPackager absent = packager(approval).requestFolder(world.path("nope"));
    refused(ErrorCode.REQUEST_DIR_NOT_FOUND, () -> absent.packageInto(world.path("w")));
    Path link = Files.createSymbolicLink(world.path("link"), world.path("site-1"));
    StartupKitPackager linked = packager(approval).requestFolder(link);
    refused(ErrorCode.REQUEST_DIR_MISMATCH, () -> linked.packageInto(world.path("w")));

    Path inbox = Files.createDirectories(world.path("inbox"));
    Path moved = Files.move(approval.signedZip(), inbox.resolve("site-1.signed.zip"));
    assertThat(world.packageKit(moved).name()).isEqualTo("site-1");
    StartupKitPackager blind =
        world
            .engineWithoutAudit()
            .packager(
                world.engine().openBundle(inbox.resolve("site-1.signed.zip")).trustOnFirstUse());
    // <parent of the zip's folder>/<name> is the last place looked at.
    assertThat(blind.plan(world.path("w")).requestFolder()).isEqualTo(world.path("site-1"));
    Files.move(world.path("site-1"), world.path("hidden"));
    refused(ErrorCode.REQUEST_DIR_NOT_FOUND, () -> blind.plan(world.path("w")));
  }

  @Test
  @DisplayName("a kit of another root in the same prod folder is a hard error, also with force")
  void refusesSecondRoot() throws IOException {
    world.kit(World.client("site-1"));
    World other = new World(Files.createDirectories(temp.resolve("other")));
    Approval foreign = other.approve(other.request(World.client("site-2")));
    for (boolean hinted : new boolean[] {true, false}) {
      if (!hinted) {
        Files.delete(world.path("workspace/fed_test/state/.prod_00.hint"));
      }
      StartupKitPackager packager =
          other
              .engine()
              .packager(other.engine().openBundle(foreign.signedZip()).trustOnFirstUse())
              .force();
      refused(
          ErrorCode.ROOTCA_FINGERPRINT_MISMATCH,
          () -> packager.packageInto(world.path("workspace")));
    }
    assertThat(world.path("workspace/fed_test/prod_00/site-2")).doesNotExist();
  }

  @Test
  @DisplayName("a kit put there by somebody else is noticed although a hint exists")
  void noticesForeignKitDespiteHint() throws IOException {
    world.kit(World.client("site-1"));
    World other = new World(Files.createDirectories(temp.resolve("other")));
    Path foreign = other.kit(World.client("site-9")).folder();
    Path planted = Files.createDirectories(world.path("workspace/fed_test/prod_00/site-9/startup"));
    Files.copy(foreign.resolve("startup/rootCA.pem"), planted.resolve("rootCA.pem"));
    refused(ErrorCode.ROOTCA_FINGERPRINT_MISMATCH, () -> world.kit(World.client("site-2")));
    Files.writeString(planted.resolve("rootCA.pem"), "rubbish");
    refused(
        ErrorCode.ROOTCA_LOAD_FAILED,
        () -> world.packageKit(world.path("site-2/site-2.signed.zip")));
  }

  @Test
  @DisplayName(
      "an existing kit is kept, unless forced: then it is replaced, but what is the site's")
  void forceReplacesKit() throws IOException {
    Approval approval = world.approve(world.request(World.client("site-1")));
    Path kit = world.packageKit(approval).folder();
    Files.writeString(kit.resolve("local/resources.json"), "precious");
    Files.writeString(kit.resolve("startup/start.sh"), "old");
    refusedWithoutTrace(ErrorCode.OUTPUT_DIR_EXISTS, temp, () -> world.packageKit(approval));
    packager(approval).force().packageInto(world.path("workspace"));
    assertThat(kit.resolve("local/resources.json")).hasContent("precious");
    assertThat(kit.resolve("startup/start.sh")).content().startsWith("#!");
    assertThat(
            world.path("workspace/fed_test/state/.bak/20261120T213000-0/site-1/startup/start.sh"))
        .hasContent("old");
  }

  @Test
  @DisplayName("the request folder receives the approval once the kit is in place")
  void materializes() throws IOException {
    Approval approval = world.approve(world.request(World.client("site-1")));
    world.packageKit(approval);
    Map<String, byte[]> zip = Zips.read(approval.signedZip());
    for (String file : List.of("signed.json", "site-1.crt", "rootCA.pem")) {
      assertThat(world.path("site-1/" + file)).hasBinaryContent(zip.get(file));
    }
  }

  @Test
  @DisplayName("standard builders are honoured; a registered one is applied; others are refused")
  void localBuilders() throws IOException {
    StartupKitBuilder banner =
        new StartupKitBuilder() {
          @Override
          public String path() {
            return "org.example.Banner";
          }

          @Override
          public void build(KitDraft kit, Map<String, Object> args) {
            String text = args.get("text") + " " + kit.participant().name();
            kit.write("local/banner.txt", text.getBytes(StandardCharsets.UTF_8), false);
            refused(
                ErrorCode.BUILD_FAILED, () -> kit.write("startup/client.key", new byte[0], false));
            refused(ErrorCode.BUILD_FAILED, () -> kit.write("../x", new byte[0], false));
          }
        };
    World own = new World(temp, List.of(banner), FailPoint.NONE);
    String definition =
        """
        name: fed_test
        participants: [{name: site-1, type: client, org: hospital, capacity: {num_of_gpus: 2, mem_per_gpu_in_GiB: 16}, allow_log_streaming: false}]
        builders:
          - path: nvflare.lighter.impl.workspace.WorkspaceBuilder
          - path: nvflare.lighter.impl.static_file.StaticFileBuilder
            args: {config_folder: config, docker_image: "nvflare/nvflare:2.8", require_signed_jobs: false, scheme: tcp}
          - path: org.example.Banner
            args: {text: Hello}
        """;
    own.engine()
        .request(own.engine().readDefinition(own.write("site.yaml", definition)))
        .writeTo(own.path("site-1"));
    Approval approval =
        own.ca().approve(own.path("site-1/site-1.request.zip")).against(own.profile()).write();
    StartupKit kit = own.packageKit(approval);
    assertThat(kit.folder().resolve("local/banner.txt")).hasContent("Hello site-1");
    assertThat(kit.folder().resolve("startup/docker.sh")).content().contains("nvflare/nvflare:2.8");
    assertThat(kit.folder().resolve("startup/sub_start.sh"))
        .content()
        .contains("config_folder=config");
    assertThat(json(kit, "startup/fed_client.json")).containsEntry("require_signed_jobs", false);
    assertThat(json(kit, "local/resources.json.default"))
        .containsEntry("allow_log_streaming", false);
    assertThat(json(kit, "local/resources.json.default").toString()).contains("num_of_gpus=2");
    // Without the registration, the same request is refused, naming the builder.
    refused(
        ErrorCode.UNSUPPORTED_BUILDER,
        () ->
            world
                .engine()
                .packager(world.engine().openBundle(approval.signedZip()).trustOnFirstUse())
                .force()
                .packageInto(world.path("workspace")));
  }

  @Test
  @DisplayName("a builder of homomorphic encryption is refused, with a pointer to the central way")
  void refusesHomomorphicEncryption() throws IOException {
    refusesCentralBuilder("nvflare.lighter.impl.he.HEBuilder");
  }

  @Test
  @DisplayName("a builder of confidential computing is refused, with the same pointer")
  void refusesConfidentialComputing() throws IOException {
    refusesCentralBuilder("nvflare.lighter.cc_provision.impl.cc.CCBuilder");
  }

  private void refusesCentralBuilder(String path) throws IOException {
    Approval approval = world.approve(world.request(World.client("site-1")));
    Path site = world.path("site-1/site.yaml");
    Files.writeString(site, Files.readString(site) + "builders:\n- path: " + path + "\n");
    refusedWithoutTrace(ErrorCode.UNSUPPORTED_BUILDER, temp, () -> world.packageKit(approval));
    assertThatThrownBy(() -> world.packageKit(approval))
        .hasMessageContaining(path)
        .extracting(refusal -> ((ProvisioningException) refusal).hint())
        .asString()
        .contains("Homomorphic encryption and confidential computing", "centralized provisioning");
  }

  @Test
  @DisplayName("connect_to overrides host and port of a client, with a warning")
  void connectTo() throws IOException {
    Approval approval = world.approve(world.request(World.client("site-1")));
    Path site = world.path("site-1/site.yaml");
    Files.writeString(
        site,
        Files.readString(site)
            .replace("  type:", "  connect_to: {host: proxy.example.org, port: 443}\n  type:"));
    StartupKit kit = world.packageKit(approval);
    assertThat(kit.endpoint().host()).isEqualTo("proxy.example.org");
    assertThat(kit.endpoint().port()).isEqualTo(443);
    assertThat(kit.endpoint().serverName()).isEqualTo("localhost");
    assertThat(world.warnings).anyMatch(w -> w.contains("proxy.example.org"));
  }

  @Test
  @DisplayName("custom_ca_cert reaches the kit, also an administrator's")
  void customCa() throws IOException {
    World proxy = new World(Files.createDirectories(temp.resolve("proxy")));
    proxy.ca();
    Participant.Admin admin =
        new Participant.Admin(
            "lead@example.org",
            "hospital",
            io.fedtrust.provisioning.model.AdminRole.LEAD,
            Optional.empty(),
            Optional.of(proxy.path("ca/rootCA.pem")));
    StartupKit kit = world.packageKit(world.approve(world.request(admin)));
    assertThat(kit.folder().resolve("startup/customRootCA.pem"))
        .hasSameBinaryContentAs(proxy.path("ca/rootCA.pem"));
  }

  @Test
  @DisplayName("a standard kit has no signature.json; it carries the project's root")
  void noSignatureJson() throws IOException {
    for (Participant participant : List.of(World.server(), World.client("site-1"), World.lead())) {
      StartupKit kit = world.kit(participant);
      try (Stream<Path> files = Files.walk(kit.folder())) {
        assertThat(files.map(file -> file.getFileName().toString()))
            .contains("rootCA.pem")
            .doesNotContain("signature.json");
      }
      assertThat(kit.folder().resolve("startup/rootCA.pem"))
          .hasSameTextualContentAs(world.path("ca/rootCA.pem"));
      assertThat(kit.fingerprint()).isEqualTo(world.ca().fingerprint());
    }
  }

  @Test
  @DisplayName("server storage is not in a folder that all servers of a host share")
  void serverStorage() throws IOException {
    StartupKit kit = world.kit(World.server());
    assertThat(json(kit, "local/resources.json.default").toString())
        .contains("uri_root=storage/jobs,")
        .contains("root_dir=storage/snapshots,")
        .doesNotContain("class_allow_list");
  }

  @Test
  @DisplayName("kits packaged in two folders are equal: none names its folder")
  void namesNoFolder() throws IOException {
    for (Participant participant : List.of(World.server(), World.client("site-1"), World.lead())) {
      Approval approval = world.approve(world.request(participant));
      Path first = packager(approval).packageInto(world.path("w1")).folder();
      Path second = packager(approval).packageInto(world.path("w2/deeper")).folder();
      try (Stream<Path> files = Files.walk(first)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          assertThat(second.resolve(first.relativize(file))).hasSameBinaryContentAs(file);
        }
      }
    }
  }

  @Test
  @DisplayName("the allow list is the caller's choice")
  void allowedClasses() throws IOException {
    Approval approval = world.approve(world.request(World.client("site-1")));
    packager(approval).allowedClasses(List.of("nvflare.x")).packageInto(world.path("w1"));
    assertThat(
            Json.readObject(
                Files.readAllBytes(
                    world.path("w1/fed_test/prod_00/site-1/local/resources.json.default"))))
        .containsEntry("class_allow_list", List.of("nvflare.x"));
    packager(approval)
        .runtimeLine("2.8")
        .allowedClasses(List.of("nvflare.y"))
        .packageInto(world.path("w2"));
    assertThat(
            Files.readString(world.path("w2/fed_test/prod_00/site-1/local/resources.json.default")))
        .contains("nvflare.y")
        .doesNotContain("nvflare.app_common.workflows");
  }

  @ParameterizedTest
  @CsvSource({
    "2.8, true, false",
    "2.9, true, true",
    "none, false, true",
    "9.9, false, true",
  })
  @DisplayName("the runtime line chooses allow list and policy; without one: no list, newest")
  void runtimeLine(String line, boolean allowList, boolean flower) throws IOException {
    Approval approval = world.approve(world.request(World.client("site-1")));
    StartupKitPackager packager = packager(approval);
    StartupKit kit =
        (line.equals("none") ? packager : packager.runtimeLine(line))
            .packageInto(world.path("workspace"));
    String resources = Files.readString(kit.folder().resolve("local/resources.json.default"));
    assertThat(resources.contains("class_allow_list")).isEqualTo(allowList);
    assertThat(resources.contains("nvflare.app_common.workflows.fedavg.FedAvg"))
        .isEqualTo(allowList);
    assertThat(
            Files.readString(kit.folder().resolve("local/authorization.json.default"))
                .contains("\"server-predeployed-flwr\""))
        .isEqualTo(flower);
    assertThat(world.warnings.stream().anyMatch(w -> w.contains("known are [2.8, 2.9]")))
        .isEqualTo(line.equals("9.9"));
  }

  @Test
  @DisplayName("a symbolic link where the project or prod folder belongs is refused")
  void refusesLinkedFolders() throws IOException {
    Approval approval = world.approve(world.request(World.client("site-1")));
    Path elsewhere = Files.createDirectories(world.path("elsewhere"));
    Files.createDirectories(world.path("workspace"));
    Files.createSymbolicLink(world.path("workspace/fed_test"), elsewhere);
    refused(ErrorCode.OUTPUT_DIR_NOT_WRITABLE, () -> world.packageKit(approval));
    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  @DisplayName("a file where the prod folder belongs is BUILD_FAILED")
  void refusesFileInTheWay() {
    Approval approval = world.approve(world.request(World.client("site-1")));
    world.write("workspace/fed_test/prod_00", "a file");
    refused(ErrorCode.BUILD_FAILED, () -> world.packageKit(approval));
  }

  @Test
  @DisplayName("a plan lists the kit's files and writes nothing")
  void planWritesNothing() {
    Approval approval = world.approve(world.request(World.client("site-1")));
    Map<String, String> before = Refusals.snapshot(temp);
    assertThat(packager(approval).plan(world.path("workspace")).files())
        .contains(
            "startup/fed_client.json", "startup/client.key", "local/authorization.json.default");
    assertThat(Refusals.snapshot(temp)).isEqualTo(before);
  }

  private StartupKitPackager packager(Approval approval) {
    return world
        .engine()
        .packager(world.engine().openBundle(approval.signedZip()).trust(world.ca().fingerprint()));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> caInfo(Map<String, Object> json) {
    return (Map<String, Object>) json.get("ca_info");
  }

  /** Changes signed.json and signs it again with the CA's own key. */
  private void resign(Approval approval, Consumer<Map<String, Object>> change) throws Exception {
    var key =
        io.fedtrust.provisioning.core.x509.KeyFiles.decode(
            Files.readAllBytes(world.path("ca/rootCA.key")), new char[0], World.jca());
    Jca jca = World.jca();
    Zips.change(
        approval.signedZip(),
        members -> {
          try {
            Map<String, Object> json = Json.readObject(members.get("signed.json"));
            change.accept(json);
            byte[] bytes = Json.write(json);
            members.put("signed.json", bytes);
            members.put("signed.json.sig", Base64.getEncoder().encode(jca.signPss(key, bytes)));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static Map<String, Object> json(StartupKit kit, String file) throws IOException {
    return Json.readObject(Files.readAllBytes(kit.folder().resolve(file)));
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  @DisplayName("a private key that others can read is packaged with a warning, and is private then")
  void readableKey() throws Exception {
    RequestFolder request = world.request(World.client("site-1"));
    Approval approval = world.approve(request);
    Path key = request.folder().resolve("site-1.key");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    StartupKit kit = world.packageKit(approval);
    assertThat(world.warnings).anyMatch(text -> text.contains("chmod 600"));
    assertThat(Files.getPosixFilePermissions(kit.folder().resolve("startup/client.key")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }
}

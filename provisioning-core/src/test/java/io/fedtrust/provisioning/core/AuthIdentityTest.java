// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import static io.fedtrust.provisioning.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.provisioning.Approval;
import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.core.document.Json;
import io.fedtrust.provisioning.core.document.Yaml;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.AuthIdentities;
import io.fedtrust.provisioning.model.Capacity;
import io.fedtrust.provisioning.model.Participant;
import io.fedtrust.provisioning.model.ParticipantDefinition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Auth_identity and auth_identity_map are settings of a participant's own kit. */
class AuthIdentityTest {
  @TempDir Path temp;
  private World world;

  @BeforeEach
  void world() {
    world = new World(temp);
  }

  @Test
  @DisplayName("a client's auth_identity is in its kit, with its own cell in the map, as NVFlare")
  void clientIdentity() {
    StartupKit kit = kit(client("auth_identity: site-1-cert"));
    assertThat(entry(kit))
        .containsEntry("auth_identity", "site-1-cert")
        .containsEntry("auth_identity_map", Map.of("site-1", "site-1-cert"));
    assertThat(kit.certificateChain().get(0).getSubjectX500Principal().getName())
        .endsWith("CN=site-1");
    assertThat(world.warnings)
        .filteredOn(text -> text.startsWith("auth_identity"))
        .singleElement()
        .asString()
        .contains("site-1, not site-1-cert", "Certificates of this flow always carry");
  }

  @Test
  @DisplayName("a server's auth_identity and map are in its kit; its own name is not in the map")
  void serverIdentity() {
    StartupKit kit =
        kit(server("auth_identity: fl-cert", "auth_identity_map: {relay-1.site-4: site-4}"));
    assertThat(entry(kit))
        .containsEntry("auth_identity", "fl-cert")
        .containsEntry("auth_identity_map", Map.of("relay-1.site-4", "site-4"));
    assertThat(StartupKit.open(kit.folder()).name()).isEqualTo("localhost");
  }

  @Test
  @DisplayName("what the runtime expects by itself is not written, as NVFlare")
  void defaultsAreLeftOut() {
    assertThat(
            entry(kit(client("auth_identity: site-1", "auth_identity_map: {site-2.job: site-2}"))))
        .doesNotContainKeys("auth_identity", "auth_identity_map");
    assertThat(entry(kit(server("auth_identity_map: {}"))))
        .doesNotContainKeys("auth_identity", "auth_identity_map");
    assertThat(world.warnings).noneMatch(text -> text.contains("auth_identity"));
  }

  @Test
  @DisplayName("identities that certificates of this flow carry give no warning")
  void fittingIdentities() {
    StartupKit kit =
        kit(client("auth_identity_map: {relay-1.site-4: site-4, r.s.job-1: s, server: localhost}"));
    assertThat(entry(kit))
        .containsEntry(
            "auth_identity_map",
            Map.of("relay-1.site-4", "site-4", "r.s.job-1", "s", "server", "localhost"));
    assertThat(world.warnings).noneMatch(text -> text.contains("auth_identity"));
  }

  @Test
  @DisplayName("a plan warns of identities that no certificate carries, and names 16 of them")
  void warnsOfManyOnce() {
    StringBuilder map = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      map.append(i == 0 ? "" : ", ").append("site-").append(i).append(": Klinikum Süd");
    }
    Path zip = world.approve(world.request(server("auth_identity_map: {" + map + "}"))).signedZip();
    world.warnings.clear();
    assertThat(
            world
                .engine()
                .packager(world.engine().openBundle(zip).trust(world.ca().fingerprint()))
                .plan(temp.resolve("w"))
                .files())
        .contains("startup/fed_server.json");
    assertThat(world.warnings)
        .filteredOn(text -> text.startsWith("auth_identity_map"))
        .singleElement()
        .asString()
        .contains("site-15: Klinikum Süd and 4 more")
        .doesNotContain("site-16");
  }

  @Test
  @DisplayName("neither the request nor the approval carries them; the request folder does")
  void neverTravels() throws IOException {
    RequestFolder request =
        world.request(
            client("auth_identity: site-1-cert", "auth_identity_map: {relay-1.site-4: site-4}"));
    Approval approval = world.approve(request);
    for (Path zip : List.of(request.requestZip(), approval.signedZip())) {
      Zips.read(zip)
          .forEach(
              (name, content) ->
                  assertThat(new String(content, StandardCharsets.ISO_8859_1))
                      .as(name)
                      .doesNotContain("auth_identity", "site-1-cert", "relay-1"));
    }
    assertThat(Files.readString(request.folder().resolve("site.yaml")))
        .contains("auth_identity: site-1-cert", "relay-1.site-4: site-4");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "  auth_identity: site-1-cert\n",
        "  auth_identity: [1, 2]\n",
        "  auth_identity: {a: b}\n  auth_identity_map: 7\n",
        "  auth_identity: \"a\\u202eb\"\n  auth_identity_map: {'a b': 1}\n"
      })
  @DisplayName("a request that carries them, of whatever type, is approved without them")
  void approvalDropsThem(String more) throws IOException {
    Path zip = world.request(World.client("site-1")).requestZip();
    addToSite(zip, more);
    Approval approval = world.ca().approve(zip).against(world.profile()).write();
    assertThat(world.warnings)
        .anyMatch(
            text ->
                text.contains("left out: [participants[0].auth_identity")
                    && !text.contains("site-1-cert"));
    assertThat(Zips.read(approval.signedZip()).get("site.yaml"))
        .asString(StandardCharsets.UTF_8)
        .doesNotContain("auth_identity");
    assertThat(entry(world.packageKit(approval)))
        .doesNotContainKeys("auth_identity", "auth_identity_map");
  }

  @Test
  @DisplayName("the local site.yaml decides what is rendered, also after a plain request")
  void localSettingsOfALaterDay() throws IOException {
    RequestFolder request = world.request(World.client("site-1"));
    Approval approval = world.approve(request);
    Path site = request.folder().resolve("site.yaml");
    Files.writeString(site, Files.readString(site) + "  auth_identity_map: {r.s: s}\n");
    assertThat(entry(world.packageKit(approval)))
        .containsEntry("auth_identity_map", Map.of("r.s", "s"));
  }

  @Test
  @DisplayName("a local site.yaml with a map of the wrong type is refused when packaging")
  void refusesWrongLocalType() throws IOException {
    RequestFolder request = world.request(World.client("site-1"));
    Approval approval = world.approve(request);
    Path site = request.folder().resolve("site.yaml");
    Files.writeString(site, Files.readString(site) + "  auth_identity_map: {r.s: 1}\n");
    refused(ErrorCode.LOCAL_SITE_INVALID, () -> world.packageKit(approval));
  }

  @Test
  @DisplayName("an administrator's auth_identity has no effect, as with NVFlare")
  void administrator() {
    StartupKit kit =
        kit(participant("lead@example.org", "admin", "role: lead", "auth_identity: [x]"));
    assertThat(json(kit, "startup/fed_admin.json").toString()).doesNotContain("auth_identity");
  }

  @Test
  @DisplayName("connect_to.auth_identity is rendered nowhere, as with NVFlare")
  void connectTo() {
    StartupKit kit = kit(client("connect_to: {host: localhost, auth_identity: other}"));
    assertThat(json(kit, "startup/fed_client.json").toString()).doesNotContain("other");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "auth_identity: [a]",
        "auth_identity: 12",
        "auth_identity: ''",
        "auth_identity: ' a'",
        "auth_identity: \"a\\nb\"",
        "auth_identity: \"a\\u202eb\"",
        "auth_identity: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "auth_identity_map: [a]",
        "auth_identity_map: a",
        "auth_identity_map: {a: 1}",
        "auth_identity_map: {a: {b: c}}",
        "auth_identity_map: {a: ''}",
        "auth_identity_map: {'': a}",
        "auth_identity_map: {'a b': c}",
        "auth_identity_map: {a..b: c}",
        "auth_identity_map: {.a: c}",
        "auth_identity_map: {a.: c}",
        "auth_identity_map: {\"a\\u202e\": c}",
        "auth_identity_map: {a/b: c}",
      })
  @DisplayName("settings of another type, and names that no cell or certificate has, are refused")
  void refusesBadSettings(String line) {
    refused(ErrorCode.INVALID_ARGS, () -> client(line));
    refused(ErrorCode.INVALID_ARGS, () -> server(line));
  }

  @Test
  @DisplayName("a map that contradicts the client's auth_identity is refused")
  void refusesContradiction() {
    refused(
        ErrorCode.INVALID_ARGS, () -> client("auth_identity: a", "auth_identity_map: {site-1: b}"));
    assertThat(entry(kit(client("auth_identity: a", "auth_identity_map: {site-1: a}"))))
        .containsEntry("auth_identity_map", Map.of("site-1", "a"));
  }

  @Test
  @DisplayName("2048 cells are taken, one more is refused")
  void boundsTheMap() {
    assertThat(server("auth_identity_map: {" + cells(2048) + "}").participant())
        .isInstanceOfSatisfying(
            Participant.Server.class,
            server -> assertThat(server.authIdentities().others()).hasSize(2048));
    refused(ErrorCode.INVALID_ARGS, () -> server("auth_identity_map: {" + cells(2049) + "}"));
  }

  @Test
  @DisplayName("a definition made in a program has the document that a file would hold")
  void programAndFileAgree() {
    Map<String, String> map = new LinkedHashMap<>();
    map.put("relay-1.site-4", "site-4");
    map.put("site-2", "Klinikum Süd");
    AuthIdentities identities = new AuthIdentities(Optional.of("me"), map);
    for (Participant participant :
        List.of(
            new Participant.Client(
                "site-1",
                "hospital",
                Optional.empty(),
                Capacity.NONE,
                true,
                Optional.empty(),
                identities),
            new Participant.Server(
                "localhost",
                "central",
                List.of(),
                Optional.empty(),
                Optional.empty(),
                identities))) {
      ParticipantDefinition made = World.definition(participant);
      Path file =
          world.write("made.yaml", new String(Yaml.write(made.document()), StandardCharsets.UTF_8));
      assertThat(world.engine().readDefinition(file).participant()).isEqualTo(participant);
    }
  }

  private StartupKit kit(ParticipantDefinition definition) {
    return world.packageKit(world.approve(world.request(definition)));
  }

  private static String cells(int count) {
    StringBuilder cells = new StringBuilder();
    for (int i = 0; i < count; i++) {
      cells.append(i == 0 ? "" : ", ").append("r.s").append(i).append(": s").append(i);
    }
    return cells.toString();
  }

  private ParticipantDefinition client(String... lines) {
    return participant("site-1", "client", lines);
  }

  private ParticipantDefinition server(String... lines) {
    return participant("localhost", "server", lines);
  }

  private ParticipantDefinition participant(String name, String type, String... lines) {
    StringBuilder yaml = new StringBuilder("name: " + World.PROJECT + "\nparticipants:\n");
    yaml.append("  - name: ").append(name).append("\n    type: ").append(type);
    yaml.append("\n    org: hospital\n");
    for (String line : lines) {
      yaml.append("    ").append(line).append('\n');
    }
    return world.engine().readDefinition(world.write("definition.yaml", yaml.toString()));
  }

  /** The part of the runtime's configuration that is about this participant. */
  private static Map<String, Object> entry(StartupKit kit) {
    Map<?, ?> entry =
        Files.exists(kit.folder().resolve("startup/fed_server.json"))
            ? (Map<?, ?>) ((List<?>) json(kit, "startup/fed_server.json").get("servers")).get(0)
            : (Map<?, ?>) json(kit, "startup/fed_client.json").get("client");
    Map<String, Object> copy = new LinkedHashMap<>();
    entry.forEach((key, value) -> copy.put(String.valueOf(key), value));
    return copy;
  }

  private static Map<String, Object> json(StartupKit kit, String file) {
    try {
      return Json.readObject(Files.readAllBytes(kit.folder().resolve(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Adds to the participant of a request's site.yaml, as NVFlare does, and corrects its hash. */
  private static void addToSite(Path zip, String more) {
    Zips.change(
        zip,
        members -> {
          byte[] site =
              (new String(members.get("site.yaml"), StandardCharsets.UTF_8) + more)
                  .getBytes(StandardCharsets.UTF_8);
          members.put("site.yaml", site);
          try {
            Map<String, Object> json = Json.readObject(members.get("request.json"));
            json.put("site_yaml_sha256", Jca.sha256(site));
            members.put("request.json", Json.write(json));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import static io.fedtrust.provisioning.core.Refusals.refused;
import static io.fedtrust.provisioning.core.Refusals.refusedWithoutTrace;
import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.core.document.Json;
import io.fedtrust.provisioning.core.document.Yaml;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.AdminRole;
import io.fedtrust.provisioning.model.Participant;
import io.fedtrust.provisioning.model.ParticipantDefinition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTest {
  @TempDir Path temp;
  private World world;

  @BeforeEach
  void makeWorld() {
    world = new World(temp);
  }

  @Test
  @DisplayName("a request makes exactly five files and an empty lock file; the private key is 0600")
  void makesFiveFiles() throws IOException {
    Path folder = world.request(World.client("site-1")).folder();
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "site-1.key",
              "site-1.csr",
              "site.yaml",
              "request.json",
              "site-1.request.zip",
              ".fedtrust.lock");
    }
    assertThat(mode(folder)).isEqualTo("rwx------");
    assertThat(mode(folder.resolve("site-1.key"))).isEqualTo("rw-------");
    assertThat(mode(folder.resolve("site-1.csr"))).isEqualTo("rw-r--r--");
    assertThat(mode(folder.resolve("request.json"))).isEqualTo("rw-------");
    assertThat(mode(folder.resolve("site-1.request.zip"))).isEqualTo("rw-------");
  }

  @Test
  @DisplayName("the request zip holds request.json, site.yaml and the CSR; no private key")
  void zipHoldsThreeMembers() {
    RequestFolder request = world.request(World.client("site-1"));
    Map<String, byte[]> members = Zips.read(request.requestZip());
    assertThat(List.copyOf(members.keySet()))
        .isEqualTo(List.of("request.json", "site.yaml", "site-1.csr"));
    members
        .values()
        .forEach(
            content ->
                assertThat(new String(content, StandardCharsets.ISO_8859_1))
                    .doesNotContain("PRIVATE KEY"));
  }

  @Test
  @DisplayName("request.json carries the metadata and the hashes of what is in the zip")
  void metadataHashes() throws Exception {
    RequestFolder request = world.request(World.client("site-1"));
    Map<String, byte[]> members = Zips.read(request.requestZip());
    Map<String, Object> json = Json.readObject(members.get("request.json"));
    assertThat(members.get("request.json"))
        .isEqualTo(Files.readAllBytes(request.folder().resolve("request.json")));
    assertThat(json)
        .containsEntry("artifact_type", "nvflare.cert.request")
        .containsEntry("schema_version", "1")
        .containsEntry("created_at", "2026-11-20T21:30:00Z")
        .containsEntry("kind", "site")
        .containsEntry("cert_type", "client")
        .containsEntry("cert_role", null)
        .containsEntry("csr_sha256", Jca.sha256(members.get("site-1.csr")))
        .containsEntry("site_yaml_sha256", Jca.sha256(members.get("site.yaml")));
    assertThat((String) json.get("request_id")).matches("[0-9a-f]{12}4[0-9a-f]{19}");
  }

  @Test
  @DisplayName("local site.yaml is the full definition; the zip's copy is short")
  void copyIsSanitized() throws Exception {
    Path definition =
        world.write(
            "server.yaml",
            """
            name: fed_test
            description: "Hôpital – Ä"
            participants:
              - name: localhost
                type: server
                org: central
                host_names: [fl.example.org, 10.0.0.7]
                connection_security: clear
                fed_learn_port: 9999
                custom_ca_cert: /home/secret/ca.pem
                extra: {deep: [1, 2]}
            builders:
              - path: nvflare.lighter.impl.static_file.StaticFileBuilder
                args: {config_folder: config}
            packager: something
            """);
    RequestFolder request =
        world.engine().request(world.engine().readDefinition(definition)).writeTo(world.path("x"));
    Map<String, Object> copy = Yaml.readMapping(Zips.read(request.requestZip()).get("site.yaml"));
    assertThat(copy.keySet()).containsExactly("name", "description", "participants");
    assertThat(copy).containsEntry("description", "Hôpital – Ä");
    assertThat(((List<?>) copy.get("participants")).get(0).toString())
        .isEqualTo(
            "{name=localhost, type=server, org=central, host_names=[fl.example.org, 10.0.0.7]}");
    Map<String, Object> full =
        Yaml.readMapping(Files.readAllBytes(request.folder().resolve("site.yaml")));
    assertThat(full).isEqualTo(Yaml.readMapping(Files.readAllBytes(definition)));
  }

  @Test
  @DisplayName("the role's other spelling is stored in its canonical form")
  void roleIsCanonical() throws Exception {
    Path definition =
        world.write(
            "admin.yaml",
            "name: fed_test\nparticipants:\n- {name: a@b.org, type: admin, org: o1x, role: org-admin}\n");
    ParticipantDefinition read = world.engine().readDefinition(definition);
    assertThat(((Participant.Admin) read.participant()).role()).isEqualTo(AdminRole.ORG_ADMIN);
    assertThat(new String(Yaml.write(read.document()), StandardCharsets.UTF_8))
        .contains("role: org_admin");
  }

  @Test
  @DisplayName(
      "an existing request is kept, unless forced: then it is backed up and the key is new")
  void forceBacksUp() throws Exception {
    Path folder = world.request(World.client("site-1")).folder();
    String oldKey = Files.readString(folder.resolve("site-1.key"));
    refusedWithoutTrace(
        ErrorCode.CERT_ALREADY_EXISTS, temp, () -> world.request(World.client("site-1")));
    Files.delete(folder.resolve("site-1.request.zip"));
    refusedWithoutTrace(
        ErrorCode.KEY_ALREADY_EXISTS, temp, () -> world.request(World.client("site-1")));
    world.engine().request(World.definition(World.client("site-1"))).force().writeTo(folder);
    assertThat(Files.readString(folder.resolve("site-1.key"))).isNotEqualTo(oldKey);
    assertThat(folder.resolve(".bak/20261120T213000-0/site-1.key")).hasContent(oldKey);
  }

  @Test
  @DisplayName("a forced request takes the old certificate away with the old key")
  void forceRetiresCertificate() {
    world.kit(World.client("site-1"));
    Path folder = world.path("site-1");
    assertThat(folder.resolve("site-1.crt")).exists();
    world.engine().request(World.definition(World.client("site-1"))).force().writeTo(folder);
    assertThat(folder.resolve("site-1.crt")).doesNotExist();
    assertThat(folder.resolve(".bak/20261120T213000-0/site-1.crt")).exists();
  }

  @Test
  @DisplayName("audit record: where the request folder is, and the hashes of its files")
  void auditRecord() throws Exception {
    RequestFolder request = world.request(World.client("site-1"));
    Path audit = request.audit().orElseThrow();
    assertThat(audit)
        .isEqualTo(
            world.path(
                "home/.nvflare/cert_requests/" + request.metadata().requestId() + "/audit.json"));
    assertThat(mode(audit)).isEqualTo("rw-------");
    Map<String, Object> record = Json.readObject(Files.readAllBytes(audit));
    assertThat(record)
        .containsEntry("schema_version", "1")
        .containsEntry("request_dir", request.folder().toString());
    assertThat(((Map<?, ?>) record.get("hashes")).keySet().stream().map(String::valueOf))
        .containsExactly(
            "request_json_sha256",
            "site_yaml_sha256",
            "local_site_yaml_sha256",
            "csr_sha256",
            "request_zip_sha256",
            "public_key_sha256");
  }

  @Test
  @DisplayName("an audit record that cannot be written is a warning, not a refusal")
  void auditIsBestEffort() {
    world.write("home/.nvflare/cert_requests", "a file in the way");
    assertThat(world.request(World.client("site-1")).audit()).isEmpty();
    assertThat(world.warnings).anyMatch(w -> w.contains("audit record not written"));
  }

  @ParameterizedTest
  @DisplayName("definitions that break a rule are refused with the peer's code")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "INVALID_ARGS | name: fed_test\\nparticipants: []",
        "INVALID_ARGS | name: fed_test\\nparticipants: [{name: a, type: client, org: o_x}, {name: b, type: client, org: o_x}]",
        "INVALID_ARGS | participants: [{name: a, type: client, org: o_x}]",
        "INVALID_PROJECT_NAME | name: ../x\\nparticipants: [{name: a, type: client, org: o_x}]",
        "INVALID_PROJECT_NAME | name: 12\\nparticipants: [{name: a, type: client, org: o_x}]",
        "INVALID_ARGS | name: fed_test\\nparticipants: [{name: a, type: relay, org: o_x}]",
        "INVALID_ARGS | name: fed_test\\nparticipants: [{name: a@b.org, type: admin, org: o_x}]",
        "INVALID_ARGS | name: fed_test\\nparticipants: [{name: a@b.org, type: admin, org: o_x, role: project_admin}]",
        "INVALID_ARGS | name: fed_test\\nparticipants: [{name: notmail, type: admin, org: o_x, role: lead}]",
        "INVALID_NAME | name: fed_test\\nparticipants: [{name: a+b@c.org, type: admin, org: o_x, role: lead}]",
        "INVALID_ARGS | name: fed_test\\nparticipants: [{name: a, type: client, org: o-x}]",
        "INVALID_ARGS | name: fed_test\\nparticipants: [{name: a, type: client, org: 'o x'}]",
        "INVALID_ARGS | name: fed_test\\nparticipants: [{name: a.b, type: client, org: o_x}]",
        "INVALID_NAME | name: fed_test\\nparticipants: [{name: 'a b', type: client, org: o_x}]",
        "INVALID_NAME | name: fed_test\\nparticipants: [{name: ' a', type: client, org: o_x}]",
        "INVALID_ARGS | name: fed_test\\nparticipants: [{name: a_b, type: server, org: o_x}]",
        "INVALID_NAME | name: fed_test\\nparticipants: [{name: -a, type: client, org: o_x}]",
        "INVALID_NAME | name: fed_test\\nparticipants: [{name: 'nan', type: client, org: o_x}]",
        "INVALID_NAME | name: fed_test\\nparticipants: [{name: '1e5', type: client, org: o_x}]",
        "INVALID_ARGS | name: fed_test\\nparticipants: [{name: a, type: client, org: '1_000'}]",
        "INVALID_ARGS | name: fed_test\\nparticipants: [{name: a, type: client, org: 'yes'}]",
        "INVALID_ARGS | name: fed_test\\nparticipants: [{name: a, type: client, org: o_x, listening_host: null}]",
        "INVALID_ARGS | name: fed_test\\nparticipants: [{name: s.o, type: server, org: o_x, connection_security: ssl}]",
        "INVALID_ARGS | name: fed_test\\nparticipants: [{name: s.o, type: server, org: o_x, connection_security: ' tls '}]",
        "INVALID_ARGS | name: fed_test\\nparticipants: [{name: s.o, type: server, org: o_x, fed_learn_port: true}]",
        "INVALID_ARGS | name: fed_test\\nparticipants: [{name: s.o, type: server, org: o_x, fed_learn_port: '80'}]",
        "INVALID_ARGS | name: fed_test\\nparticipants: [{name: s.o, type: server, org: o_x, host_names: [a_b]}]",
        "INVALID_ARGS | name: fed_test\\nparticipants: [{name: s.o, type: server, org: o_x, host_names: {a: b}}]",
        "INVALID_ARGS | name: fed_test\\nparticipants: [{name: a, type: client, org: o_x, server: {host: h}}]",
        "INVALID_ARGS | name: fed_test\\napi_version: 2\\nparticipants: [{name: a, type: client, org: o_x}]",
        "INVALID_ARGS | name: fed_test\\nname: twice\\nparticipants: [{name: a, type: client, org: o_x}]",
        "INVALID_ARGS | name: fed_test\\nparticipants: [{name: a, type: client, org: o_x}]\\n---\\nsecond: document",
        "INVALID_ARGS | name: fed_test\\nparticipants: [{<<: {org: o_x}, name: a, type: client}]",
        "INVALID_ARGS | name: fed_test\\nparticipants: [{name: !!python/object:x a, type: client, org: o_x}]",
        "INVALID_ARGS | [a, b]",
      })
  void refusesBadDefinitions(ErrorCode code, String yaml) {
    Path file = world.write("bad.yaml", yaml.replace("\\n", "\n"));
    refused(code, () -> world.engine().readDefinition(file));
  }

  @Test
  @DisplayName("server names over 64 characters are refused up front")
  void refusesLongServerName() {
    Path file =
        world.write(
            "bad.yaml",
            "name: fed_test\nparticipants: [{name: "
                + "a".repeat(60)
                + ".org.x, type: server, org: o_x}]");
    refused(ErrorCode.INVALID_NAME, () -> world.engine().readDefinition(file));
  }

  @ParameterizedTest
  @DisplayName("definitions with members of other uses are accepted, and make requests")
  @ValueSource(
      strings = {
        "name: fed_test\nparticipants: [{name: site-1, type: client, org: o_x, studies: [a], server: {host: h.org, fed_learn_port: 1, admin_port: 2}}]",
        "name: fed_test\nparticipants: [{name: 1e5x, type: client, org: o_x, connection_security: TLS}]",
        "name: fed_test\ndescription: 2026-01-01\nparticipants: [{name: localhost, type: server, org: o_x, host_names: 10.0.0.1}]",
        "{\"name\": \"fed_test\", \"participants\": [{\"name\": \"10.0.0.1\", \"type\": \"server\", \"org\": \"o_x\"}]}",
      })
  void acceptsGoodDefinitions(String yaml) {
    Path file = world.write("good.yaml", yaml);
    ParticipantDefinition read = world.engine().readDefinition(file);
    assertThat(read.project()).isEqualTo("fed_test");
    RequestFolder request = world.engine().request(read).writeTo(world.path("request"));
    assertThat(request.metadata().name()).isEqualTo(read.participant().name());
    assertThat(request.requestZip()).isRegularFile();
  }

  @Test
  @DisplayName("a number of base 60 with thousands of groups is refused like other names")
  void longNumber() {
    Path file =
        world.write(
            "long.yaml",
            "participants: [{name: site-1, type: client, org: o_x}]\nname: 1"
                + ":1".repeat(60_000));
    refused(ErrorCode.INVALID_PROJECT_NAME, () -> world.engine().readDefinition(file));
  }

  @Test
  @DisplayName("a definition over 128 KiB is refused before it is parsed")
  void refusesLargeDefinition() {
    Path file = world.write("big.yaml", "name: fed_test\n# " + "x".repeat(128 * 1024));
    refused(ErrorCode.INVALID_ARGS, () -> world.engine().readDefinition(file));
  }

  @Test
  @DisplayName("depth, aliases and recursion of YAML are bounded")
  void refusesYamlBombs() {
    String deep = "a: " + "[".repeat(40) + "]".repeat(40);
    String aliases = "a: &a [x]\nb: [" + "*a, ".repeat(30) + "*a]";
    String recursive = "a: &a [*a]";
    for (String yaml : List.of(deep, aliases, recursive)) {
      Path file = world.write("bomb.yaml", yaml);
      refused(ErrorCode.INVALID_ARGS, () -> world.engine().readDefinition(file));
    }
  }

  @Test
  @DisplayName("a definition reached through a symbolic link is refused")
  void refusesLinks() throws IOException {
    Path file = world.write("real.yaml", "name: fed_test");
    Path link = Files.createSymbolicLink(world.path("link.yaml"), file);
    refused(ErrorCode.INVALID_ARGS, () -> world.engine().readDefinition(link));
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import static io.fedtrust.provisioning.core.Refusals.refused;
import static io.fedtrust.provisioning.core.Refusals.refusedWithoutTrace;
import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.provisioning.Approval;
import io.fedtrust.provisioning.ApprovalPlan;
import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.document.Json;
import io.fedtrust.provisioning.core.engine.DefaultProvisioningEngine;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.core.x509.Pem;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.AdminRole;
import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.KeyFingerprint;
import io.fedtrust.provisioning.model.Participant;
import io.fedtrust.provisioning.model.ProjectProfile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ApprovalTest {
  @TempDir Path temp;
  private World world;
  private String random = "the same";

  @BeforeEach
  void makeWorld() {
    world = new World(temp);
  }

  @Test
  @DisplayName("approve writes the five-member signed zip beside the request zip")
  void writesSignedZip() throws Exception {
    Approval approval = world.approve(world.request(World.client("site-1")));
    assertThat(approval.signedZip()).isEqualTo(world.path("site-1/site-1.signed.zip"));
    Map<String, byte[]> members = Zips.read(approval.signedZip());
    assertThat(List.copyOf(members.keySet()))
        .isEqualTo(
            List.of("signed.json", "signed.json.sig", "site.yaml", "site-1.crt", "rootCA.pem"));
    assertThat(members.get("rootCA.pem"))
        .isEqualTo(Files.readAllBytes(world.path("ca/rootCA.pem")));
  }

  @Test
  @DisplayName("signed.json carries and signs identity, hashes, endpoint and CA")
  void signsEverything() throws Exception {
    Approval approval = world.approve(world.request(World.lead()));
    Map<String, byte[]> members = Zips.read(approval.signedZip());
    Map<String, Object> json = Json.readObject(members.get("signed.json"));
    assertThat(json.toString())
        .contains("artifact_type=nvflare.cert.signed", "cert_role=lead", "kind=user")
        .contains("server={host=localhost, fed_learn_port=8002, admin_port=8003}")
        .contains("scheme=grpc", "default_connection_security=mtls")
        .contains("provision_version=00", world.ca().fingerprint().text())
        .contains(Jca.sha256(members.get("lead@example.org.crt")))
        .contains(Jca.sha256(members.get("rootCA.pem")))
        .contains(Jca.sha256(members.get("site.yaml")));
    String signature = new String(members.get("signed.json.sig"), StandardCharsets.US_ASCII);
    assertThat(signature).hasSize(344).doesNotContain("\n");
    assertThat(
            World.jca()
                .verifyPss(
                    world.ca().rootCertificate().getPublicKey(),
                    members.get("signed.json"),
                    Base64.getDecoder().decode(signature)))
        .isTrue();
  }

  @Test
  @DisplayName("the signed zip holds no key and no startup file")
  void signedZipIsNoKit() {
    Approval approval = world.approve(world.request(World.client("site-1")));
    Zips.read(approval.signedZip())
        .forEach(
            (name, content) -> {
              assertThat(Pem.holdsPrivateKey(content)).isFalse();
              assertThat(name).doesNotStartWith("fed_").doesNotEndWith(".sh");
            });
  }

  @Test
  @DisplayName("the server's certificate names its host, DNS names and IP addresses")
  void serverAlternativeNames() throws Exception {
    Approval approval = world.approve(world.request(World.server()));
    assertThat(approval.subjectAlternativeNames())
        .containsExactly("DNS:localhost", "IP:127.0.0.1", "DNS:fl.example.org");
    X509Certificate leaf = leaf(approval);
    assertThat(leaf.getSubjectAlternativeNames().toString())
        .isEqualTo("[[2, localhost], [7, 127.0.0.1], [2, fl.example.org]]");
    assertThat(leaf.getExtendedKeyUsage())
        .containsExactly("1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.1");
    assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("a user's certificate carries name, organization, role and clientAuth alone")
  void userCertificate(AdminRole role) throws Exception {
    Participant.Admin user = new Participant.Admin("user@example.org", "hospital", role);
    X509Certificate leaf = leaf(world.approve(world.request(user)));
    // NVFlare reads a user's role from unstructuredName (PKCS #9).
    assertThat(X500Name.getInstance(leaf.getSubjectX500Principal().getEncoded()))
        .hasToString("CN=user@example.org,O=hospital,unstructuredName=" + role.text());
    assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
    assertThat(leaf.getKeyUsage()).startsWith(true, true, false);
  }

  @Test
  @DisplayName("studies in a definition change no byte of the signed zip")
  void studiesChangeNothing() throws Exception {
    String without =
        """
        name: fed_test
        participants:
          - name: lead@example.org
            type: admin
            org: hospital
            role: lead
        """;
    Map<String, byte[]> plain = signedZipOf(without, "plain");
    Map<String, byte[]> withStudies =
        signedZipOf(
            without
                + """
                    studies: [cancer, heart]
                    study_roles: {cancer: org_admin}
                studies:
                  cancer: {site_orgs: {hospital: [site-1]}, admins: [lead@example.org]}
                """,
            "with");
    assertThat(withStudies).containsOnlyKeys(plain.keySet());
    plain.forEach(
        (name, content) ->
            assertThat(withStudies.get(name))
                .as(name)
                .asString()
                .isEqualTo(new String(content, StandardCharsets.UTF_8)));
    // The same clock and keys without the same randomness give other bytes: equality says
    // something.
    random = "other";
    assertThat(signedZipOf(without, "other").get("lead@example.org.crt"))
        .isNotEqualTo(plain.get("lead@example.org.crt"));
  }

  /**
   * Everything of a definition's approval, with a clock that stands and fixed keys and randomness.
   */
  private Map<String, byte[]> signedZipOf(String definition, String folder) throws Exception {
    World own = new World(Files.createDirectories(temp.resolve(folder)));
    SecureRandom fixed = SecureRandom.getInstance("SHA1PRNG");
    fixed.setSeed(random.getBytes(StandardCharsets.US_ASCII));
    EngineContext host = own.host();
    DefaultProvisioningEngine engine =
        new DefaultProvisioningEngine(
            new EngineContext(
                new Jca(Optional.empty(), fixed),
                host.clock(),
                host.output(),
                host.account(),
                Optional.empty(),
                List.of(),
                own.warnings::add),
            bits -> World.key(1),
            bits -> World.key(2));
    Path request =
        engine
            .request(engine.readDefinition(own.write("site.yaml", definition)))
            .writeTo(own.path("request"))
            .requestZip();
    Path zip =
        engine
            .createAuthority(World.PROJECT)
            .in(own.path("ca"))
            .approve(request)
            .against(own.profile())
            .write()
            .signedZip();
    return Zips.read(zip);
  }

  @Test
  @DisplayName("a bad profile value is refused")
  void refusesBadProfiles() {
    RequestFolder request = world.request(World.client("site-1"));
    String good =
        "name: fed_test\nscheme: grpc\nconnection_security: mtls\nserver: {host: localhost, fed_learn_port: 8002}\n";
    for (String bad :
        List.of(
            good.replace("grpc", "udp"),
            good.replace("mtls", "ssl"),
            good.replace("8002", "0"),
            good.replace("8002", "'8002'"),
            good.replace("8002", "true"),
            good.replace("localhost", "'::1'"),
            good.replace("name: fed_test\n", ""),
            good.replace("scheme: grpc\n", ""),
            // A68: the server block is needed before anything is approved.
            good.replaceFirst("server: .*\n", ""))) {
      Path profile = world.write("profile.yaml", bad);
      refused(
          ErrorCode.INVALID_ARGS,
          () -> world.ca().approve(request.requestZip()).against(profile).write());
    }
    Path other = world.write("profile.yaml", good.replace("fed_test", "other"));
    refused(
        ErrorCode.PROJECT_PROFILE_MISMATCH,
        () -> world.ca().approve(request.requestZip()).against(other).write());
  }

  @Test
  @DisplayName("a profile without admin_port serves both on one port")
  void onePort() {
    Path profile =
        world.write(
            "profile.yaml",
            "name: fed_test\nscheme: ' HTTP '\nconnection_security: TLS\nserver: {host: localhost, fed_learn_port: 443}\n");
    ProjectProfile read = world.engine().readProfile(profile);
    assertThat(read.server().adminPort()).isEqualTo(443);
    assertThat(read.scheme().text()).isEqualTo("http");
    for (Participant participant : List.of(World.client("site-1"), World.lead())) {
      StartupKit kit = world.packageKit(world.approve(world.request(participant), read));
      assertThat(kit.endpoint().port()).isEqualTo(443);
    }
  }

  @Test
  @DisplayName("a request of another project is refused")
  void refusesOtherProject() {
    RequestFolder request =
        world.request(
            io.fedtrust.provisioning.model.ParticipantDefinition.of(
                "other", World.client("site-1")));
    world.ca();
    refusedWithoutTrace(ErrorCode.PROJECT_CA_MISMATCH, temp, () -> world.approve(request));
  }

  @Test
  @DisplayName("a server must be named like the profile's host")
  void refusesOtherServerName() {
    world.ca();
    RequestFolder request = world.request(new Participant.Server("fl.example.org", "central"));
    refusedWithoutTrace(ErrorCode.SERVER_NAME_HOST_MISMATCH, temp, () -> world.approve(request));
  }

  @Test
  @DisplayName("a site named like the server is refused, in any case")
  void refusesImpersonation() {
    world.ca();
    RequestFolder request = world.request(World.client("LocalHost"));
    refusedWithoutTrace(ErrorCode.INVALID_NAME, temp, () -> world.approve(request));
  }

  @Test
  @DisplayName("EC and short RSA keys are refused")
  void refusesOtherKeys() throws Exception {
    KeyPairGenerator ec = KeyPairGenerator.getInstance("EC");
    KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
    rsa.initialize(1024);
    for (KeyPairGenerator generator : List.of(ec, rsa)) {
      var engine =
          new io.fedtrust.provisioning.core.engine.DefaultProvisioningEngine(
              world.host(), World.jca()::generateKeyPair, bits -> generator.generateKeyPair());
      Path folder = temp.resolve("bad-" + generator.getAlgorithm());
      refused(
          generator == ec ? ErrorCode.CSR_GENERATION_FAILED : ErrorCode.INVALID_CSR,
          () -> {
            RequestFolder request =
                engine.request(World.definition(World.client("site-1"))).writeTo(folder);
            world.approve(request);
          });
    }
  }

  @Test
  @DisplayName("spoiled request zips are refused, each with its code, and leave no trace")
  void refusesSpoiledRequests() throws Exception {
    world.ca();
    RequestFolder request = world.request(World.client("site-1"));
    byte[] good = Files.readAllBytes(request.requestZip());
    byte[] key = Files.readAllBytes(request.folder().resolve("site-1.key"));
    RequestFolder again = world.request(World.client("site-1"), "again");
    byte[] otherCsr = Files.readAllBytes(again.folder().resolve("site-1.csr"));
    record Spoiling(ErrorCode code, java.util.function.Consumer<Map<String, byte[]>> change) {}
    List<Spoiling> spoilings =
        List.of(
            new Spoiling(ErrorCode.INVALID_ARGS, m -> m.put("site-1.key", key)),
            new Spoiling(ErrorCode.INVALID_ARGS, m -> m.put("notes.pem", key)),
            new Spoiling(ErrorCode.INVALID_ARGS, m -> m.put("README.txt", new byte[0])),
            new Spoiling(ErrorCode.INVALID_ARGS, m -> m.put("../x", new byte[0])),
            new Spoiling(ErrorCode.INVALID_ARGS, m -> m.put("a\\b", new byte[0])),
            new Spoiling(ErrorCode.INVALID_ARGS, m -> m.put("sub/x", new byte[0])),
            new Spoiling(ErrorCode.INVALID_ARGS, m -> m.remove("site.yaml")),
            new Spoiling(ErrorCode.INVALID_ARGS, m -> m.remove("site-1.csr")),
            new Spoiling(ErrorCode.INVALID_ARGS, m -> m.put("site-1.csr", otherCsr)),
            new Spoiling(ErrorCode.INVALID_ARGS, m -> m.put("site.yaml", ascii("name: x"))),
            new Spoiling(
                ErrorCode.INVALID_ARGS, m -> replace(m, "site.yaml", "hospital", "hospita1")),
            new Spoiling(
                ErrorCode.INVALID_ARGS, m -> replace(m, "request.json", "\"client\"", "\"lead\"")),
            new Spoiling(
                ErrorCode.INVALID_ARGS,
                m -> replace(m, "request.json", "cert.request", "cert.signed")),
            new Spoiling(ErrorCode.INVALID_NAME, m -> replace(m, "request.json", "site-1", "../1")),
            new Spoiling(
                ErrorCode.INVALID_PROJECT_NAME,
                m -> replace(m, "request.json", "fed_test", "../fed")),
            new Spoiling(
                ErrorCode.INVALID_ARGS,
                m -> replace(m, "request.json", "_sha256\": \"", "_sha256\": \"0")),
            new Spoiling(
                ErrorCode.INVALID_ARGS, m -> m.put("request.json", ascii("{\"a\":1,\"a\":2}"))),
            new Spoiling(ErrorCode.INVALID_ARGS, m -> m.put("request.json", ascii("{} {}"))),
            new Spoiling(ErrorCode.INVALID_CSR, m -> m.put("site-1.csr", ascii("nothing"))));
    for (Spoiling spoiling : spoilings) {
      Map<String, byte[]> members = Zips.read(good);
      spoiling.change().accept(members);
      if (spoiling.code() == ErrorCode.INVALID_CSR) {
        Map<String, Object> json = Json.readObject(members.get("request.json"));
        json.put("csr_sha256", Jca.sha256(members.get("site-1.csr")));
        members.put("request.json", Json.write(json));
      }
      Files.write(request.requestZip(), Zips.write(members));
      refusedWithoutTrace(spoiling.code(), temp, () -> world.approve(request));
    }
  }

  @Test
  @DisplayName("archives that readers disagree on are refused")
  void refusesAmbiguousArchives() throws Exception {
    world.ca();
    RequestFolder request = world.request(World.client("site-1"));
    byte[] good = Files.readAllBytes(request.requestZip());
    List<byte[]> bad = new ArrayList<>();
    bad.add(concat(new byte[] {1, 2, 3}, good));
    bad.add(concat(good, new byte[] {0}));
    bad.add(java.util.Arrays.copyOf(good, good.length - 1));
    bad.add(new byte[0]);
    bad.add(ascii("not a zip"));
    byte[] otherName = good.clone();
    otherName[30] ^= 1;
    bad.add(otherName);
    byte[] encrypted = good.clone();
    encrypted[6] |= 1;
    bad.add(encrypted);
    byte[] comment = good.clone();
    comment[good.length - 2] = 5;
    bad.add(comment);
    byte[] count = good.clone();
    count[good.length - 12] = 9;
    bad.add(count);
    for (byte[] archive : bad) {
      Files.write(request.requestZip(), archive);
      refused(ErrorCode.INVALID_ARGS, () -> world.approve(request));
    }
  }

  @Test
  @DisplayName("a zip bomb or an oversize archive is refused by size, before it is unpacked")
  void refusesBombs() throws IOException {
    world.ca();
    RequestFolder request = world.request(World.client("site-1"));
    Zips.change(request.requestZip(), m -> m.put("site.yaml", new byte[50 * 1024 * 1024]));
    refused(ErrorCode.INVALID_ARGS, () -> world.approve(request));
    Files.write(request.requestZip(), new byte[1024 * 1024 + 1]);
    refused(ErrorCode.INVALID_ARGS, () -> world.approve(request));
  }

  @Test
  @DisplayName("what a request carries beyond its identity is dropped and named")
  void dropsExtras() throws Exception {
    RequestFolder request = world.request(World.client("site-1"));
    Zips.change(
        request.requestZip(),
        m -> {
          try {
            byte[] site =
                ascii(new String(m.get("site.yaml"), StandardCharsets.UTF_8) + "builders: []\n");
            Map<String, Object> json = Json.readObject(m.get("request.json"));
            json.put("site_yaml_sha256", Jca.sha256(site));
            m.put("site.yaml", site);
            m.put("request.json", Json.write(json));
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
    Approval approval = world.approve(request);
    assertThat(Zips.read(approval.signedZip()).get("site.yaml"))
        .asString()
        .doesNotContain("builders");
    assertThat(world.warnings).anyMatch(w -> w.contains("[builders]"));
  }

  @Test
  @DisplayName("an approval is in the ledger; the same request or name again is refused")
  void ledgerRemembers() {
    RequestFolder request = world.request(World.client("site-1"));
    Approval approval = world.approve(request);
    ApprovalRecord record =
        world.ca().ledger().byRequestId(request.metadata().requestId()).orElseThrow();
    assertThat(record.completed()).isTrue();
    assertThat(record.serial()).isEqualTo(approval.serial());
    Path elsewhere = world.path("again.signed.zip");
    refused(
        ErrorCode.REQUEST_ALREADY_APPROVED,
        () -> world.ca().approve(request.requestZip()).against(world.profile()).writeTo(elsewhere));
    RequestFolder second =
        world.engine().request(World.definition(World.client("SITE-1"))).writeTo(world.path("x"));
    refused(ErrorCode.PARTICIPANT_ALREADY_CERTIFIED, () -> world.approve(second));
    assertThat(
            world
                .ca()
                .approve(second.requestZip())
                .against(world.profile())
                .renew()
                .expectKey(new KeyFingerprint(second.metadata().publicKeySha256()))
                .write())
        .isNotNull();
  }

  @Test
  @DisplayName("a name is free again when its certificate has expired")
  void expiredNameIsFree() {
    world
        .ca()
        .approve(world.request(World.client("site-1")).requestZip())
        .against(world.profile())
        .validFor(Duration.ofDays(10))
        .write();
    world.later(Duration.ofDays(11));
    RequestFolder second =
        world.engine().request(World.definition(World.client("site-1"))).writeTo(world.path("x"));
    assertThat(world.approve(second).metadata().name()).isEqualTo("site-1");
  }

  @Test
  @DisplayName("force replaces the signed zip, keeps a backup, and re-approves the request")
  void forceReapproves() throws IOException {
    RequestFolder request = world.request(World.client("site-1"));
    byte[] first = Files.readAllBytes(world.approve(request).signedZip());
    refusedWithoutTrace(ErrorCode.CERT_ALREADY_EXISTS, temp, () -> world.approve(request));
    world.ca().approve(request.requestZip()).against(world.profile()).force().write();
    assertThat(world.path("site-1/.bak/20261120T213000-0/site-1.signed.zip"))
        .hasBinaryContent(first);
    assertThat(world.ca().ledger().records()).hasSize(2);
  }

  @Test
  @DisplayName("an edited ledger stops approvals; a truncated one differs from a noted head")
  void ledgerShowsTampering() throws IOException {
    world.approve(world.request(World.client("site-1")));
    String head = world.ca().ledger().head();
    Path ledger = world.path("ca/approvals.ledger");
    String text = Files.readString(ledger);
    RequestFolder next = world.request(World.client("site-2"));
    Files.writeString(ledger, text.replaceFirst("site-1", "site-9"));
    refused(ErrorCode.LEDGER_INVALID, () -> world.approve(next));
    Files.writeString(ledger, text.substring(0, text.indexOf('\n') + 1));
    assertThat(world.ca().ledger().head()).isNotEqualTo(head);
    assertThat(world.ca().ledger().records().get(0).completed()).isFalse();
    Files.writeString(ledger, text);
    assertThat(world.ca().ledger().head()).isEqualTo(head);
  }

  @Test
  @DisplayName("a last ledger line cut short by a crash is removed, with a warning")
  void ledgerSurvivesTornLine() throws IOException {
    world.approve(world.request(World.client("site-1")));
    Path ledger = world.path("ca/approvals.ledger");
    Files.writeString(ledger, Files.readString(ledger) + "0123 {\"seq\"");
    world.approve(world.request(World.client("site-2")));
    assertThat(world.ca().ledger().records()).hasSize(2);
    assertThat(world.warnings).anyMatch(w -> w.contains("cut short"));
  }

  @Test
  @DisplayName("cleaning removes copies of delivered zips after ten minutes, and no other")
  void cleansDeliveredCopies() throws IOException {
    RequestFolder request = world.request(World.client("site-1"));
    world.approve(request);
    Path pending = Files.createDirectories(world.path("ca/.pending"));
    Path delivered = Files.createFile(pending.resolve(request.metadata().requestId() + ".zip"));
    Path open = Files.createFile(pending.resolve("f".repeat(32) + ".zip"));
    FileTime written = FileTime.from(World.NOW);
    Files.setLastModifiedTime(delivered, written);
    Files.setLastModifiedTime(open, written);
    assertThat(world.engine().clean(world.path("ca"), true))
        .singleElement()
        .asString()
        .startsWith("younger than ten minutes");
    assertThat(delivered).exists();
    world.later(Duration.ofMinutes(11));
    assertThat(world.engine().clean(world.path("ca"), false)).hasSize(1);
    assertThat(delivered).exists();
    world.engine().clean(world.path("ca"), true);
    assertThat(delivered).doesNotExist();
    assertThat(open).exists();
  }

  @Test
  @DisplayName("a plan says what would be signed, and changes nothing")
  void planChangesNothing() {
    world.ca();
    RequestFolder request = world.request(World.server());
    Map<String, String> before = Refusals.snapshot(temp);
    ApprovalPlan plan = world.ca().approve(request.requestZip()).against(world.profile()).plan();
    assertThat(plan.subjectAlternativeNames()).contains("IP:127.0.0.1");
    assertThat(plan.notAfter()).isEqualTo(World.NOW.plus(Duration.ofDays(1095)));
    assertThat(Refusals.snapshot(temp)).isEqualTo(before);
  }

  @Test
  @DisplayName("a review before signing can stop the approval")
  void reviewCanStop() {
    world.ca();
    RequestFolder request = world.request(World.client("site-1"));
    refusedWithoutTrace(
        ErrorCode.INVALID_NAME,
        temp,
        () ->
            world
                .ca()
                .approve(request.requestZip())
                .against(world.profile())
                .beforeSigning(
                    plan -> {
                      throw io.fedtrust.provisioning.error.ProvisioningException.refuse(
                              ErrorCode.INVALID_NAME, "name")
                          .actual(plan.request().name())
                          .build();
                    })
                .write());
  }

  @Test
  @DisplayName("approval audit record: what was approved, with which CA, without its key")
  void auditRecord() throws IOException {
    Approval approval = world.approve(world.request(World.client("site-1")));
    Path audit = approval.audit().orElseThrow();
    assertThat(audit.getParent()).isEqualTo(world.path("home/.nvflare/cert_approves"));
    Map<String, Object> record = Json.readObject(Files.readAllBytes(audit));
    assertThat(List.copyOf(record.keySet()))
        .isEqualTo(
            List.of(
                "schema_version",
                "approval",
                "request",
                "request_zip_path",
                "signed_zip_path",
                "ca",
                "hashes"));
    assertThat(Files.readString(audit)).doesNotContain("PRIVATE KEY");
  }

  @Test
  @DisplayName("a symbolic link or folder in the way of the output is refused and not followed")
  void refusesLinksInTheWay() throws IOException {
    world.ca();
    RequestFolder request = world.request(World.client("site-1"));
    Path target = world.write("elsewhere", "precious");
    Files.createSymbolicLink(world.path("site-1/site-1.signed.zip"), target);
    refused(ErrorCode.OUTPUT_DIR_NOT_WRITABLE, () -> world.approve(request));
    assertThat(target).hasContent("precious");
  }

  @Test
  @DisplayName("an output that cannot be written leaves no ledger entry")
  void unwritableOutputLeavesNoEntry() {
    world.ca();
    RequestFolder request = world.request(World.client("site-1"));
    Path below = world.write("file", "a file, not a folder").resolve("x/site-1.signed.zip");
    refusedWithoutTrace(
        ErrorCode.OUTPUT_DIR_NOT_WRITABLE,
        temp,
        () -> world.ca().approve(request.requestZip()).against(world.profile()).writeTo(below));
    assertThat(world.ca().ledger().records()).isEmpty();
  }

  @Test
  @DisplayName("nothing on the admin's side holds a site's key")
  void adminHoldsNoSiteKey() throws Exception {
    // Not one of the tests' quick keys: those share primes, so the CA's would hold parts of it.
    RequestFolder request =
        world.request(World.client("site-1"), "site-1", World.jca().generateKeyPair(2048));
    List<String> siteKey =
        Files.readAllLines(request.folder().resolve("site-1.key")).stream()
            .filter(line -> line.matches("[A-Za-z0-9+/]{64}"))
            .toList();
    assertThat(siteKey).hasSizeGreaterThan(20);
    Path received = Files.createDirectories(world.path("ca/inbox")).resolve("in.request.zip");
    Files.move(request.requestZip(), received);
    world.ca().approve(received).against(world.profile()).writeTo(world.path("ca/out.signed.zip"));
    List<byte[]> held = new ArrayList<>();
    for (String side : List.of("ca", "home")) {
      try (Stream<Path> files = Files.walk(world.path(side))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          held.add(Files.readAllBytes(file));
          if (file.toString().endsWith(".zip")) {
            held.addAll(Zips.read(file).values());
          }
        }
      }
    }
    assertThat(held).hasSizeGreaterThan(10);
    for (byte[] content : held) {
      assertThat(new String(content, StandardCharsets.ISO_8859_1))
          .doesNotContain(siteKey.toArray(String[]::new));
    }
  }

  private X509Certificate leaf(Approval approval) {
    return world.engine().openBundle(approval.signedZip()).trustOnFirstUse().certificate();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void replace(Map<String, byte[]> members, String name, String from, String to) {
    String text = new String(members.get(name), StandardCharsets.UTF_8);
    assertThat(text).contains(from);
    members.put(name, ascii(text.replaceFirst(java.util.regex.Pattern.quote(from), to)));
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = java.util.Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}

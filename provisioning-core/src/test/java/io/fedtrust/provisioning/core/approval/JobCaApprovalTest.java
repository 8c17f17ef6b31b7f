// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import static io.fedtrust.provisioning.core.Refusals.refused;
import static io.fedtrust.provisioning.core.Refusals.refusedWithoutTrace;
import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.provisioning.Approval;
import io.fedtrust.provisioning.ApprovalPlan;
import io.fedtrust.provisioning.BatchApproving;
import io.fedtrust.provisioning.JobCaApproval;
import io.fedtrust.provisioning.JobCaRequest;
import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.core.LedgerText;
import io.fedtrust.provisioning.core.World;
import io.fedtrust.provisioning.core.Zips;
import io.fedtrust.provisioning.core.context.CheckProgress;
import io.fedtrust.provisioning.core.document.JobCaRequestDocument;
import io.fedtrust.provisioning.core.document.Json;
import io.fedtrust.provisioning.core.engine.DefaultProvisioningEngine;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.core.x509.KeyFiles;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.CertType;
import io.fedtrust.provisioning.model.Inspection;
import io.fedtrust.provisioning.model.JobCaServer;
import io.fedtrust.provisioning.model.KeyFingerprint;
import io.fedtrust.provisioning.model.Participant;
import io.fedtrust.provisioning.model.RevocationReason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The companion request of a server and the approval of its job CA. */
class JobCaApprovalTest {
  private static final String TAG = "FEDTRUST-JOBCA-REQUEST-1\n";
  private static final String NAME = "job_ca.fed_test";

  @TempDir Path temp;
  private World world;
  private RequestFolder server;
  private Approval approved;

  @BeforeEach
  void certifiedServer() {
    world = new World(temp);
    server = world.request(World.server());
    approved = world.approve(server);
  }

  private Path folder() {
    return world.path("localhost");
  }

  @Test
  @DisplayName("the companion is a key of its own, a CSR and a zip that the server's key signed")
  void companion() throws Exception {
    JobCaRequest request = world.jobCaRequest("localhost");
    assertThat(request.requestZip()).isEqualTo(folder().resolve("localhost.jobca.request.zip"));
    assertThat(request.server())
        .isEqualTo(
            new JobCaServer("localhost", server.metadata().requestId(), World.keyOf(server)));
    assertThat(request.publicKey()).isNotEqualTo(World.keyOf(server));
    assertThat(PosixFilePermissions.toString(mode("job_ca.key"))).isEqualTo("rw-------");
    Map<String, byte[]> members = Zips.read(request.requestZip());
    assertThat(members).containsOnlyKeys("request.json", "request.json.sig", "job_ca.csr");
    Map<String, Object> json = Json.readObject(members.get("request.json"));
    assertThat(json)
        .containsEntry("artifact_type", "fedtrust.jobca.request")
        .containsEntry("name", NAME)
        .containsEntry("public_key_sha256", request.publicKey().hex());
    byte[] signed =
        (TAG + new String(members.get("request.json"), StandardCharsets.UTF_8))
            .getBytes(StandardCharsets.UTF_8);
    java.security.Signature signature = java.security.Signature.getInstance("SHA256withRSA");
    signature.initVerify(
        world
            .engine()
            .openBundle(approved.signedZip())
            .trustOnFirstUse()
            .certificate()
            .getPublicKey());
    signature.update(signed);
    assertThat(signature.verify(Base64.getDecoder().decode(members.get("request.json.sig"))))
        .isTrue();
  }

  @Test
  @DisplayName("a second companion needs force; the server's own request stays as it was")
  void companionOnce() throws Exception {
    JobCaRequest first = world.jobCaRequest("localhost");
    byte[] serverZip = Files.readAllBytes(server.requestZip());
    refused(ErrorCode.KEY_ALREADY_EXISTS, () -> world.jobCaRequest("localhost"));
    JobCaRequest second = world.engine().jobCaRequest(folder()).force().write();
    assertThat(second.publicKey()).isNotEqualTo(first.publicKey());
    assertThat(server.requestZip()).hasBinaryContent(serverZip);
    assertThat(folder().resolve(".bak")).isDirectoryRecursivelyContaining("glob:**job_ca.key");
  }

  @Test
  @DisplayName("a new request with force retires the companion, which the old key signed")
  void forcedRequest() throws Exception {
    world.jobCaRequest("localhost");
    List<String> companion = List.of("job_ca.key", "job_ca.csr", "localhost.jobca.request.zip");
    byte[] key = Files.readAllBytes(folder().resolve("job_ca.key"));
    RequestFolder again =
        world.engine().request(World.definition(World.server())).force().writeTo(folder());
    for (String file : companion) {
      assertThat(folder().resolve(file)).doesNotExist();
      assertThat(folder().resolve(".bak")).isDirectoryRecursivelyContaining("glob:**/" + file);
    }
    try (var backups = Files.walk(folder().resolve(".bak"))) {
      assertThat(backups.filter(path -> path.endsWith("job_ca.key")))
          .singleElement()
          .satisfies(path -> assertThat(path).hasBinaryContent(key));
    }
    assertThat(world.jobCaRequest("localhost").server().publicKey()).isEqualTo(World.keyOf(again));
  }

  @Test
  @DisplayName("a request beside a companion alone needs force as well")
  void companionAlone() throws Exception {
    world.jobCaRequest("localhost");
    for (String file : List.of("localhost.key", "localhost.csr", "request.json", "site.yaml")) {
      Files.delete(folder().resolve(file));
    }
    Files.delete(server.requestZip());
    refusedWithoutTrace(
        ErrorCode.KEY_ALREADY_EXISTS, folder(), () -> world.request(World.server()));
    Files.delete(folder().resolve("job_ca.key"));
    refusedWithoutTrace(
        ErrorCode.CERT_ALREADY_EXISTS, folder(), () -> world.request(World.server()));
  }

  @Test
  @DisplayName("only a server's folder gets a companion, and only with the key that asked")
  void companionOfServersOnly() throws Exception {
    world.request(World.client("site-1"));
    refusedWithoutTrace(
        ErrorCode.INVALID_ARGS, world.path("site-1"), () -> world.jobCaRequest("site-1"));
    refused(ErrorCode.REQUEST_DIR_NOT_FOUND, () -> world.jobCaRequest("nowhere"));
    Files.write(folder().resolve("localhost.key"), KeyFiles.encode(World.key(3).getPrivate()));
    refusedWithoutTrace(
        ErrorCode.KEY_CERT_MISMATCH, folder(), () -> world.jobCaRequest("localhost"));
    Files.delete(folder().resolve("localhost.key"));
    refused(ErrorCode.REQUEST_DIR_INCOMPLETE, () -> world.jobCaRequest("localhost"));
  }

  @Test
  @DisplayName("a project whose job CA would have too long a name gets no companion")
  void tooLongProject() {
    String project = "p".repeat(58);
    world
        .engine()
        .request(io.fedtrust.provisioning.model.ParticipantDefinition.of(project, World.server()))
        .writeTo(world.path("long"));
    refused(ErrorCode.INVALID_PROJECT_NAME, () -> world.jobCaRequest("long"));
  }

  @Test
  @DisplayName("an approval is recorded apart, with the action job-ca, and delivered")
  void approval() throws Exception {
    JobCaApproval approval = world.jobCa();
    assertThat(approval.name()).isEqualTo(NAME);
    assertThat(approval.validUntil()).isEqualTo(World.NOW.plus(Duration.ofDays(360)));
    assertThat(approval.signedZip()).isEqualTo(folder().resolve("localhost.jobca.signed.zip"));
    assertThat(approval.audit()).isPresent();
    List<ApprovalRecord> records = world.ca().ledger().records();
    assertThat(records).hasSize(2);
    ApprovalRecord record = records.get(1);
    assertThat(record.certType()).isEqualTo(CertType.JOB_CA);
    assertThat(record.jobCaOf()).contains(approval.server());
    assertThat(record.name()).isEqualTo(NAME);
    assertThat(record.completed()).isTrue();
    assertThat(records.get(0).certType()).isEqualTo(CertType.SERVER);
    List<Map<String, Object>> events = LedgerText.entries(world);
    assertThat(events.stream().map(event -> event.get("event")))
        .containsSubsequence("intent", "issued", "delivered", "job_ca_intent", "issued");
    Map<?, ?> statement =
        (Map<?, ?>)
            events.stream()
                .filter(event -> event.get("event").equals("job_ca_intent"))
                .findFirst()
                .orElseThrow()
                .get("statement");
    assertThat(statement.get("action")).isEqualTo("job-ca");
    assertThat(String.valueOf(statement.get("server"))).contains(World.keyOf(server).hex());
  }

  @Test
  @DisplayName("without the risk accepted nothing is planned, signed or written")
  void risk() {
    JobCaRequest request = world.jobCaRequest("localhost");
    refusedWithoutTrace(
        ErrorCode.JOB_CA_RISK_NOT_ACCEPTED,
        world.root,
        () -> world.ca().approveJobCa(request.requestZip()).against(world.profile()).write());
  }

  @Test
  @DisplayName("the plan says whose job CA it is; a dry run writes nothing")
  void plan() {
    JobCaRequest request = world.jobCaRequest("localhost");
    ApprovalPlan plan = world.approving(request).plan();
    assertThat(plan.jobCaOf()).contains(request.server());
    assertThat(plan.subjectAlternativeNames()).containsExactly("DNS:" + NAME);
    assertThat(plan.publicKey()).isEqualTo(request.publicKey());
    assertThat(world.ca().ledger().records()).hasSize(1);
  }

  @Test
  @DisplayName("another expected key than the job CA's is refused; the same is signed")
  void expectedKey() {
    JobCaRequest request = world.jobCaRequest("localhost");
    refused(
        ErrorCode.PUBLIC_KEY_MISMATCH,
        () -> world.approving(request).expectKey(World.keyOf(server)).write());
    assertThat(world.approving(request).expectKey(request.publicKey()).write().name())
        .isEqualTo(NAME);
  }

  @Test
  @DisplayName("approved once; a second job CA is a renewal, which needs the expected key")
  void renewal() {
    JobCaApproval first = world.jobCa();
    JobCaRequest again = world.engine().jobCaRequest(folder()).force().write();
    Path out = world.path("second.jobca.signed.zip");
    refused(ErrorCode.PARTICIPANT_ALREADY_CERTIFIED, () -> world.approving(again).writeTo(out));
    refused(ErrorCode.EXPECTED_KEY_REQUIRED, () -> world.approving(again).renew().writeTo(out));
    JobCaApproval second = world.approving(again).renew().expectKey(again.publicKey()).writeTo(out);
    assertThat(second.serial()).isNotEqualTo(first.serial());
  }

  @Test
  @DisplayName("the same request twice is refused")
  void twice() {
    JobCaRequest request = world.jobCaRequest("localhost");
    world.approving(request).write();
    refused(
        ErrorCode.REQUEST_ALREADY_APPROVED,
        () -> world.approving(request).writeTo(world.path("x.jobca.signed.zip")));
  }

  @Test
  @DisplayName("a server that was not approved, or is revoked or on hold, gets no job CA")
  void unknownServer() throws Exception {
    World other = new World(Files.createDirectories(temp.resolve("other")));
    other.request(World.server());
    JobCaRequest unapproved = other.jobCaRequest("localhost");
    refused(ErrorCode.JOB_CA_SERVER_MISMATCH, () -> other.approving(unapproved).write());
    JobCaRequest request = world.jobCaRequest("localhost");
    world.ca().revoke("localhost").reason(RevocationReason.CERTIFICATE_HOLD).record();
    refused(ErrorCode.JOB_CA_SERVER_MISMATCH, () -> world.approving(request).write());
  }

  @Test
  @DisplayName("a companion kept from before the server's renewal is refused")
  void replayed() {
    JobCaRequest kept = world.jobCaRequest("localhost");
    RequestFolder renewed = world.request(World.server(), "renewed");
    world
        .ca()
        .approve(renewed.requestZip())
        .against(world.profile())
        .renew()
        .expectKey(World.keyOf(renewed))
        .write();
    refused(ErrorCode.JOB_CA_SERVER_MISMATCH, () -> world.approving(kept).write());
    assertThat(world.approving(world.jobCaRequest("renewed")).write().server().publicKey())
        .isEqualTo(World.keyOf(renewed));
  }

  @Test
  @DisplayName(
      "a companion that names the request of another server, and is signed again, is refused")
  void otherRequest() throws Exception {
    JobCaRequest request = world.jobCaRequest("localhost");
    PrivateKey key = privateKey(folder().resolve("localhost.key"));
    rewrite(request, key, server -> server.put("request_id", "0123456789abcdef0123456789abcdef"));
    refused(ErrorCode.JOB_CA_SERVER_MISMATCH, () -> world.approving(request).write());
  }

  @Test
  @DisplayName("a companion with the id of the server's own request is refused")
  void sameRequestId() throws Exception {
    JobCaRequest request = world.jobCaRequest("localhost");
    Object own =
        Json.readObject(Zips.read(request.requestZip()).get("request.json")).get("request_id");
    PrivateKey key = privateKey(folder().resolve("localhost.key"));
    rewrite(request, key, server -> server.put("request_id", own));
    refused(ErrorCode.INVALID_ARGS, () -> world.approving(request).write());
  }

  @Test
  @DisplayName("a companion for another organization than the server's is refused")
  void otherOrganization() throws Exception {
    Path json = folder().resolve("request.json");
    Map<String, Object> edited = Json.readObject(Files.readAllBytes(json));
    edited.put("org", "hospital_a");
    Files.write(json, Json.write(edited));
    JobCaRequest request = world.jobCaRequest("localhost");
    refused(ErrorCode.JOB_CA_SERVER_MISMATCH, () -> world.approving(request).write());
  }

  @Test
  @DisplayName("another key than the one that request.json names did not sign: refused")
  void otherSignature() throws Exception {
    JobCaRequest request = world.jobCaRequest("localhost");
    rewrite(request, World.key(4).getPrivate(), server -> {});
    refused(ErrorCode.INVALID_ARGS, () -> world.approving(request).write());
  }

  @Test
  @DisplayName("a stranger's key that signs for the server's name is not the server's: refused")
  void strangersKey() throws Exception {
    JobCaRequest request = world.jobCaRequest("localhost");
    KeyPair stranger = World.key(4);
    byte[] spki = stranger.getPublic().getEncoded();
    rewrite(
        request,
        stranger.getPrivate(),
        server -> {
          server.put("public_key", Base64.getEncoder().encodeToString(spki));
          server.put("public_key_sha256", Jca.sha256(spki));
        });
    refused(ErrorCode.JOB_CA_SERVER_MISMATCH, () -> world.approving(request).write());
  }

  @Test
  @DisplayName("any changed byte of request.json ends its signature")
  void changed() throws Exception {
    JobCaRequest request = world.jobCaRequest("localhost");
    Zips.change(
        request.requestZip(),
        members ->
            members.computeIfPresent(
                "request.json",
                (name, json) ->
                    (new String(json, StandardCharsets.UTF_8) + " ")
                        .getBytes(StandardCharsets.UTF_8)));
    refused(ErrorCode.INVALID_ARGS, () -> world.approving(request).write());
  }

  @Test
  @DisplayName(
      "the server's own key, or a client's, cannot be the job CA's; nor the other way round")
  void sameKey() throws Exception {
    KeyPair own = World.key(7);
    RequestFolder renewed = world.request(World.server(), "same", own);
    world
        .ca()
        .approve(renewed.requestZip())
        .against(world.profile())
        .renew()
        .expectKey(World.keyOf(renewed))
        .write();
    JobCaRequest sameAsServer = companionWith(own, "same");
    refused(ErrorCode.KEY_ALREADY_CERTIFIED, () -> world.approving(sameAsServer).write());
    KeyPair clients = World.key(8);
    world.approve(world.request(World.client("site-1"), "site-1", clients));
    Files.delete(world.path("same/job_ca.key"));
    Files.delete(world.path("same/job_ca.csr"));
    Files.delete(world.path("same/localhost.jobca.request.zip"));
    JobCaRequest sameAsClient = companionWith(clients, "same");
    refused(ErrorCode.KEY_ALREADY_CERTIFIED, () -> world.approving(sameAsClient).write());

    KeyPair jobCas = World.key(9);
    Files.delete(world.path("same/job_ca.key"));
    Files.delete(world.path("same/job_ca.csr"));
    Files.delete(world.path("same/localhost.jobca.request.zip"));
    world.approving(companionWith(jobCas, "same")).write();
    RequestFolder client = world.request(World.client("site-2"), "site-2", jobCas);
    refused(ErrorCode.KEY_ALREADY_CERTIFIED, () -> world.approve(client));
  }

  @Test
  @DisplayName("a job CA is revoked by its name or serial; its key is refused for ever")
  void revoked() throws Exception {
    KeyPair keys = World.key(9);
    JobCaApproval approval = world.approving(companionWith(keys, "localhost")).write();
    assertThat(world.ca().revoke(NAME).reason(RevocationReason.KEY_COMPROMISE).record())
        .extracting(ApprovalRecord::serial)
        .containsExactly(approval.serial());
    for (String file : List.of("job_ca.key", "job_ca.csr", "localhost.jobca.request.zip")) {
      Files.delete(folder().resolve(file));
    }
    JobCaRequest again = companionWith(keys, "localhost");
    refused(
        ErrorCode.KEY_REVOKED,
        () -> world.approving(again).writeTo(world.path("again.jobca.signed.zip")));
  }

  @Test
  @DisplayName("who revokes the server is told that its job CA still stands")
  void revokedServer() {
    JobCaApproval jobCa = world.jobCa();
    world.ca().revoke("localhost").reason(RevocationReason.SUPERSEDED).record();
    assertThat(world.warnings).anyMatch(text -> text.contains(jobCa.serial()));
    assertThat(world.ca().ledger().records().get(1).revocation()).isEmpty();
  }

  @Test
  @DisplayName("approve and --all refuse a companion with a pointer; --job-ca refuses a request")
  void wrongCommand() {
    JobCaRequest request = world.jobCaRequest("localhost");
    refused(
        ErrorCode.INVALID_ARGS,
        () -> world.ca().approve(request.requestZip()).against(world.profile()).write());
    BatchApproving.Plan batch =
        world
            .ca()
            .approveAll(List.of(request.requestZip()))
            .against(world.profile())
            .expectKey(NAME, request.publicKey())
            .expectKey("localhost", request.publicKey())
            .plan();
    assertThat(batch.approvals()).isEmpty();
    assertThat(batch.leftOut().get(0).reason().hint()).contains("--job-ca");
    refused(
        ErrorCode.INVALID_ARGS,
        () ->
            world
                .ca()
                .approveJobCa(server.requestZip())
                .against(world.profile())
                .acceptRisk()
                .write());
  }

  @Test
  @DisplayName("another project, or another server than the profile's, is refused")
  void otherProject() throws Exception {
    JobCaRequest request = world.jobCaRequest("localhost");
    World other = new World(Files.createDirectories(temp.resolve("other")));
    refused(
        ErrorCode.PROJECT_CA_MISMATCH,
        () ->
            other
                .engine()
                .createAuthority("another")
                .in(other.path("ca"))
                .approveJobCa(request.requestZip())
                .against(world.profile())
                .acceptRisk()
                .write());
    RequestFolder elsewhere = world.request(new Participant.Server("fl2.example.org", "central"));
    JobCaRequest companion = world.jobCaRequest(elsewhere.metadata().name());
    refused(ErrorCode.SERVER_NAME_HOST_MISMATCH, () -> world.approving(companion).write());
  }

  @Test
  @DisplayName("a private key, another member, or too many bytes inside are refused")
  void members() throws Exception {
    JobCaRequest request = world.jobCaRequest("localhost");
    byte[] good = Files.readAllBytes(request.requestZip());
    byte[] key = Files.readAllBytes(folder().resolve("job_ca.key"));
    for (Consumer<Map<String, byte[]>> change :
        List.<Consumer<Map<String, byte[]>>>of(
            zip -> zip.put("job_ca.key", key),
            zip -> zip.put("notes.txt", key),
            zip -> zip.put("notes.txt", new byte[1]),
            zip -> zip.put("job_ca.csr", new byte[200_000]),
            zip -> zip.remove("request.json.sig"))) {
      Files.write(request.requestZip(), good);
      Zips.change(request.requestZip(), change);
      refused(ErrorCode.INVALID_ARGS, () -> world.approving(request).write());
    }
    Files.write(request.requestZip(), new byte[2 * 1024 * 1024]);
    refused(ErrorCode.INVALID_ARGS, () -> world.approving(request).write());
  }

  @Test
  @DisplayName("a zip with any bit changed is refused, or says the same as before")
  void everyByte() throws Exception {
    byte[] good = Files.readAllBytes(world.jobCaRequest("localhost").requestZip());
    Jca jca = World.jca();
    VerifiedJobCaRequest before = verified(good, jca);
    int refused = 0;
    for (int at = 0; at < good.length; at += 7) {
      byte[] changed = good.clone();
      changed[at] ^= (byte) (1 << at % 8);
      try {
        VerifiedJobCaRequest same = verified(changed, jca);
        assertThat(same.metadata()).isEqualTo(before.metadata());
        assertThat(same.server()).isEqualTo(before.server());
      } catch (ProvisioningException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(good.length / 10);
  }

  private static VerifiedJobCaRequest verified(byte[] zip, Jca jca) {
    return VerifiedJobCaRequest.of(zip, jca, new CheckProgress<>(VerifiedJobCaRequest.Check.class));
  }

  @Test
  @DisplayName("inspect knows both zips, and the CA folder says how long its job CA lasts")
  void inspect() {
    JobCaRequest request = world.jobCaRequest("localhost");
    Inspection asked = world.engine().inspect(request.requestZip()).inspect();
    assertThat(asked.kind()).isEqualTo(Inspection.Kind.JOB_CA_REQUEST_ZIP);
    assertThat(asked.sound()).isTrue();
    assertThat(asked.facts()).containsEntry("server", "localhost");
    JobCaApproval approval = world.approving(request).write();
    Inspection signed =
        world
            .engine()
            .inspect(approval.signedZip())
            .fingerprint(world.ca().fingerprint().text())
            .inspect();
    assertThat(signed.kind()).isEqualTo(Inspection.Kind.JOB_CA_SIGNED_ZIP);
    assertThat(signed.sound()).as(signed.checks().toString()).isTrue();
    assertThat(signed.facts()).containsEntry("job_ca_days_left", "360");
    assertThat(world.engine().inspect(world.path("ca")).inspect().facts())
        .containsEntry("job_cas", "1")
        .containsEntry("job_ca_days_left", "360");
    world.later(Duration.ofDays(360).minusMinutes(30));
    assertThat(world.engine().inspect(approval.signedZip()).inspect().sound()).isFalse();
  }

  @Test
  @DisplayName("a ledger that lost the approval learns it again from the signed zip")
  void imported() throws Exception {
    Path ledger = world.path("ca/approvals.ledger");
    byte[] before = Files.readAllBytes(ledger);
    JobCaApproval approval = world.jobCa();
    Files.write(ledger, before);
    world.as("another account");
    ApprovalRecord record = world.ca().importApproval(approval.signedZip());
    assertThat(record.jobCaOf()).contains(approval.server());
    assertThat(record.serial()).isEqualTo(approval.serial());
    ApprovalRecord read =
        world.engine().openAuthority(world.path("ca")).open().ledger().records().get(1);
    assertThat(read).isEqualTo(record);
  }

  @Test
  @DisplayName("a ledger whose event contradicts its statement, or is unknown, is refused")
  void contradiction() {
    world.jobCa();
    List<Map<String, Object>> entries = LedgerText.entries(world);
    int at = entries.stream().map(entry -> entry.get("event")).toList().indexOf("job_ca_intent");
    List<Map<String, Object>> begun = entries.subList(0, at + 1);
    LedgerText.write(world, begun);
    assertThat(ledger()).hasSize(2);
    for (String event : List.of("intent", "job_ca_approved")) {
      begun.get(at).put("event", event);
      LedgerText.write(world, begun);
      refused(ErrorCode.LEDGER_INVALID, this::ledger);
    }
  }

  private List<ApprovalRecord> ledger() {
    return world.engine().ledger(world.path("ca")).records();
  }

  private JobCaRequest companionWith(KeyPair keys, String folder) {
    return new DefaultProvisioningEngine(world.host(), bits -> keys, bits -> keys)
        .jobCaRequest(world.path(folder))
        .write();
  }

  /** Changes what a companion says of the server, and signs it with a key. */
  private static void rewrite(
      JobCaRequest request, PrivateKey key, Consumer<Map<String, Object>> change) throws Exception {
    Map<String, Object> json = Json.readObject(Zips.read(request.requestZip()).get("request.json"));
    Map<String, Object> server = new HashMap<>();
    ((Map<?, ?>) json.get("server"))
        .forEach((name, value) -> server.put(String.valueOf(name), value));
    change.accept(server);
    json.put("server", server);
    byte[] bytes = Json.write(json);
    byte[] signature = World.jca().signPkcs1(key, JobCaRequestDocument.signedBytes(bytes));
    Zips.change(
        request.requestZip(),
        members -> {
          members.put("request.json", bytes);
          members.put("request.json.sig", Base64.getEncoder().encode(signature));
        });
    assertThat(new KeyFingerprint(String.valueOf(server.get("public_key_sha256")))).isNotNull();
  }

  private static PrivateKey privateKey(Path file) throws Exception {
    return KeyFiles.decode(Files.readAllBytes(file), new char[0], World.jca());
  }

  private java.util.Set<java.nio.file.attribute.PosixFilePermission> mode(String file)
      throws Exception {
    return Files.getPosixFilePermissions(folder().resolve(file));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.document;

import static io.fedtrust.provisioning.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.provisioning.Approval;
import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.core.LedgerText;
import io.fedtrust.provisioning.core.World;
import io.fedtrust.provisioning.core.Zips;
import io.fedtrust.provisioning.core.ca.InterceptedLedger;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.RevocationReason;
import io.fedtrust.provisioning.spi.LedgerEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is approved is written down, and its digest is recorded. */
class StatementTest {
  @TempDir Path temp;
  private World world;

  @BeforeEach
  void makeCa() {
    world = new World(temp);
    world.ca();
  }

  @SuppressWarnings("unchecked") // members of JSON objects are texts
  private static Map<String, Object> mapping(Object value) {
    return (Map<String, Object>) value;
  }

  private Map<String, Object> statement(int entry) {
    return mapping(LedgerText.entries(world).get(entry).get("statement"));
  }

  @Test
  @DisplayName("the statement holds every item, and only those")
  void items() throws IOException {
    RequestFolder request = world.request(World.server());
    Approval approval = world.approve(request);
    Map<String, Object> statement = statement(0);
    assertThat(statement)
        .containsOnlyKeys(
            "action",
            "made_at",
            "expires_at",
            "rootca_fingerprint_sha256",
            "request_id",
            "request_zip_sha256",
            "csr_sha256",
            "public_key_sha256",
            "name",
            "cert_type",
            "cert_role",
            "org",
            "subject_alternative_names",
            "not_before",
            "not_after",
            "profile",
            "renewal",
            "replaced_serial")
        .containsEntry("action", "approve")
        .containsEntry("made_at", "2026-11-20T21:30:00Z")
        .containsEntry("expires_at", "2026-12-04T21:30:00Z")
        .containsEntry("rootca_fingerprint_sha256", world.ca().fingerprint().text())
        .containsEntry("request_id", request.metadata().requestId())
        .containsEntry("request_zip_sha256", Jca.sha256(Files.readAllBytes(request.requestZip())))
        .containsEntry("csr_sha256", request.metadata().csrSha256())
        .containsEntry("public_key_sha256", request.metadata().publicKeySha256())
        .containsEntry("name", "localhost")
        .containsEntry("cert_type", "server")
        .containsEntry("cert_role", null)
        .containsEntry("org", "central")
        .containsEntry(
            "subject_alternative_names",
            List.of("DNS:localhost", "IP:127.0.0.1", "DNS:fl.example.org"))
        .containsEntry("not_after", Timestamps.text(approval.validUntil()))
        .containsEntry("renewal", false)
        .containsEntry("replaced_serial", null);
    Map<String, Object> profile = mapping(statement.get("profile"));
    assertThat(profile)
        .containsEntry("name", World.PROJECT)
        .containsEntry("scheme", "grpc")
        .containsEntry("connection_security", "mtls")
        .containsEntry(
            "server", Map.of("host", "localhost", "fed_learn_port", 8002, "admin_port", 8003))
        .containsEntry("sha256", StatementDocument.profileSha256(world.profile()));
  }

  @Test
  @DisplayName("the recorded digest is the one of the recorded statement's canonical form")
  void digest() {
    Approval approval = world.approve(world.request(World.lead()));
    String digest = StatementDocument.sha256(statement(0));
    assertThat(LedgerText.entries(world).get(0)).containsEntry("statement_sha256", digest);
    assertThat(approval.statementSha256()).isEqualTo(digest);
    assertThat(world.ca().ledger().records().get(0).decision().orElseThrow().statementSha256())
        .isEqualTo(digest);
    assertThat(world.ca().ledger().hasStatement(digest)).isTrue();
    assertThat(StatementDocument.write(StatementDocument.read(statement(0))))
        .isEqualTo(statement(0));
    assertThat(statement(0)).containsEntry("cert_role", "lead");
  }

  @Test
  @DisplayName("a renewal's statement names the certificate that is replaced")
  void renewal() {
    String first = world.approve(world.request(World.client("site-1"), "a")).serial();
    RequestFolder second = world.request(World.client("site-1"), "b");
    String newer =
        world
            .ca()
            .approve(second.requestZip())
            .against(world.profile())
            .renew()
            .expectKey(World.keyOf(second))
            .write()
            .serial();
    assertThat(statement(4)).containsEntry("renewal", true).containsEntry("replaced_serial", first);

    RequestFolder third = world.request(World.client("site-1"), "c");
    var approving = world.ca().approve(third.requestZip()).against(world.profile());
    approving.renew(first).expectKey(World.keyOf(third)).write();
    assertThat(statement(8)).containsEntry("replaced_serial", first);
    assertThat(newer).isNotEqualTo(first);
  }

  @Test
  @DisplayName("a statement is carried out once only")
  void once() throws IOException {
    RequestFolder request = world.request(World.client("site-1"));
    Approval approval = world.approve(request);
    world.ca().revoke("site-1").record();
    Files.delete(approval.signedZip());
    // The same second, the same request, the same terms, and no other certificate.
    refused(
        ErrorCode.BUSY,
        () -> world.ca().approve(request.requestZip()).against(world.profile()).force().write());
    world.later(Duration.ofSeconds(1));
    assertThat(world.ca().approve(request.requestZip()).against(world.profile()).force().write())
        .isNotNull();
  }

  private void interrupt(RequestFolder request, Class<? extends LedgerEntry> before) {
    try {
      world
          .engine()
          .openAuthority(world.path("ca"))
          .ledger(
              InterceptedLedger.before(
                  before,
                  world.ca().ledger(),
                  () -> {
                    throw new IllegalStateException("stopped");
                  }))
          .open()
          .approve(request.requestZip())
          .against(world.profile())
          .validFor(Duration.ofDays(100))
          .write();
    } catch (IllegalStateException e) {
      assertThat(e).hasMessage("stopped");
    }
  }

  @Test
  @DisplayName("an interrupted approval is shown as it was decided, and carried out so")
  void resumedAsDecided() {
    RequestFolder request = world.request(World.client("site-1"));
    interrupt(request, LedgerEntry.Issued.class);
    world.later(Duration.ofDays(1));
    List<io.fedtrust.provisioning.ApprovalPlan> shown = new ArrayList<>();
    Approval approval =
        world
            .ca()
            .approve(request.requestZip())
            .against(world.profile())
            .validFor(Duration.ofDays(500))
            .beforeSigning(shown::add)
            .write();
    assertThat(approval.validUntil()).isEqualTo(World.NOW.plus(Duration.ofDays(100)));
    assertThat(shown)
        .singleElement()
        .satisfies(plan -> assertThat(plan.notAfter()).isEqualTo(approval.validUntil()));
  }

  @ParameterizedTest
  @CsvSource({"13, true", "14, false"})
  @DisplayName("a statement that expired before its certificate was issued is not carried out")
  void expired(int days, boolean carriedOut) {
    RequestFolder request = world.request(World.client("site-1"));
    interrupt(request, LedgerEntry.Issued.class);
    world.later(Duration.ofDays(days));
    if (carriedOut) {
      assertThat(world.approve(request)).isNotNull();
      return;
    }
    refused(ErrorCode.CERT_SIGNING_FAILED, () -> world.approve(request));
    String serial = world.ca().ledger().records().get(0).serial();
    world.ca().revoke(serial).record();
    assertThat(world.ca().approve(request.requestZip()).against(world.profile()).force().write())
        .isNotNull();
  }

  @Test
  @DisplayName("an interrupted approval goes on though another request has copied its id")
  void copiedId() {
    RequestFolder request = world.request(World.client("site-1"));
    interrupt(request, LedgerEntry.Issued.class);
    String serial = world.ca().ledger().records().get(0).serial();
    RequestFolder thief = world.request(World.client("site-2"));
    Zips.change(
        thief.requestZip(),
        members -> {
          try {
            Map<String, Object> json = Json.readObject(members.get("request.json"));
            json.put("request_id", request.metadata().requestId());
            members.put("request.json", Json.write(json));
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
    world.ca().approve(thief.requestZip()).against(world.profile()).force().write();

    assertThat(world.approve(request).serial()).isEqualTo(serial);
    assertThat(world.ca().ledger().records()).hasSize(2).allMatch(ApprovalRecord::completed);
  }

  @Test
  @DisplayName("a plan made before an approval was begun and interrupted is not carried out")
  void interruptedMeanwhile() {
    RequestFolder request = world.request(World.client("site-1"));
    var plan = world.ca().approveAll(List.of(request.requestZip())).against(world.profile()).plan();
    interrupt(request, LedgerEntry.Issued.class);
    assertThat(plan.write().leftOut())
        .singleElement()
        .satisfies(
            left -> {
              assertThat(left.reason().code()).isEqualTo(ErrorCode.BUSY);
              assertThat(left.reason())
                  .hasMessage(
                      "BUSY: site-1: another command changed the certificates of this name");
            });
    assertThat(world.ca().ledger().records()).hasSize(1);
  }

  @Test
  @DisplayName("a certificate that is issued is delivered also after its statement has expired")
  void deliveredLater() {
    RequestFolder request = world.request(World.client("site-1"));
    interrupt(request, LedgerEntry.Delivered.class);
    world.later(Duration.ofDays(20));
    assertThat(world.approve(request)).isNotNull();
    assertThat(world.ca().ledger().records()).singleElement().matches(ApprovalRecord::completed);
  }

  @ParameterizedTest
  @CsvSource({
    "KEY_COMPROMISE, revoke",
    "UNSPECIFIED, revoke",
    "CERTIFICATE_HOLD, hold",
    "REMOVE_FROM_CRL, unhold"
  })
  @DisplayName("a revocation, a hold and its end have statements of their own")
  void revocations(RevocationReason reason, String action) {
    world.approve(world.request(World.client("site-1")));
    ApprovalRecord record = world.ca().ledger().records().get(0);
    Map<String, Object> statement = StatementDocument.revocation(record, reason, World.NOW);
    assertThat(statement)
        .containsEntry("action", action)
        .containsEntry("serial", record.serial())
        .containsEntry("reason", reason.text())
        .containsEntry("expires_at", "2026-12-04T21:30:00Z");
    if (reason == RevocationReason.REMOVE_FROM_CRL) {
      world.ca().revoke("site-1").reason(RevocationReason.CERTIFICATE_HOLD).record();
    }
    world.ca().revoke("site-1").reason(reason).record();
    assertThat(world.ca().ledger().hasStatement(StatementDocument.sha256(statement))).isTrue();
  }

  @Test
  @DisplayName("a profile's digest changes with everything it makes a certificate or kit say")
  void profileDigest() {
    String digest = StatementDocument.profileSha256(world.profile());
    assertThat(digest)
        .isEqualTo(
            Jca.sha256(
                ("{\"connection_security\":\"mtls\",\"name\":\"fed_test\",\"scheme\":\"grpc\","
                        + "\"server\":{\"admin_port\":8003,\"fed_learn_port\":8002,"
                        + "\"host\":\"localhost\"}}")
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8)));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import static io.fedtrust.provisioning.core.Refusals.refused;
import static io.fedtrust.provisioning.core.Refusals.refusedWithoutTrace;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fedtrust.provisioning.Approval;
import io.fedtrust.provisioning.ApprovalBuilder;
import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.core.LedgerText;
import io.fedtrust.provisioning.core.World;
import io.fedtrust.provisioning.core.Zips;
import io.fedtrust.provisioning.core.document.Json;
import io.fedtrust.provisioning.core.x509.KeyFiles;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.ComparableName;
import io.fedtrust.provisioning.model.ConnectionSecurity;
import io.fedtrust.provisioning.model.Participant;
import io.fedtrust.provisioning.model.ParticipantDefinition;
import io.fedtrust.provisioning.model.ProjectProfile;
import io.fedtrust.provisioning.model.RevocationReason;
import io.fedtrust.provisioning.model.Scheme;
import io.fedtrust.provisioning.model.ServerEndpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who holds a name, and what it takes to give it to another key. */
class HeldNamesTest {
  private static final Participant.Server SERVER =
      new Participant.Server("localhost", "central", "fl", "10.1.2.3");

  @TempDir Path temp;
  private World world;

  @BeforeEach
  void makeCa() {
    world = new World(temp);
    world.ca();
  }

  private ApprovalBuilder approving(RequestFolder request) {
    return approving(request, world.profile());
  }

  private ApprovalBuilder approving(RequestFolder request, ProjectProfile profile) {
    return world.ca().approve(request.requestZip()).against(profile);
  }

  private Approval renewed(RequestFolder request) {
    return approving(request).renew().expectKey(World.keyOf(request)).write();
  }

  private static ProjectProfile profileOf(String serverHost) {
    return new ProjectProfile(
        World.PROJECT,
        Scheme.GRPC,
        ConnectionSecurity.MTLS,
        new ServerEndpoint(serverHost, 8002, 8003));
  }

  private List<String> serials() {
    return world.ca().ledger().records().stream().map(ApprovalRecord::serial).toList();
  }

  private static RequestFolder withIdOf(RequestFolder other, RequestFolder request) {
    Zips.change(
        request.requestZip(),
        members -> {
          try {
            Map<String, Object> json = Json.readObject(members.get("request.json"));
            json.put("request_id", other.metadata().requestId());
            members.put("request.json", Json.write(json));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    return request;
  }

  @Test
  @DisplayName("a copied request_id does not give a held name to another key, not even with force")
  void copiedRequestId() {
    RequestFolder site = world.request(World.client("site-1"), "site");
    String first = world.approve(site).serial();
    RequestFolder thief = withIdOf(site, world.request(World.client("site-1"), "thief"));

    refused(ErrorCode.REQUEST_ALREADY_APPROVED, () -> approving(thief).write());
    assertThatThrownBy(() -> approving(thief).write())
        .hasMessageContaining("the id of another request, of site-1");
    refusedWithoutTrace(
        ErrorCode.PARTICIPANT_ALREADY_CERTIFIED, temp, () -> approving(thief).force().write());
    refusedWithoutTrace(
        ErrorCode.EXPECTED_KEY_REQUIRED, temp, () -> approving(thief).force().renew().write());
    assertThat(serials()).containsExactly(first);
  }

  @Test
  @DisplayName("every certificate is in the records, also where requests share a request_id")
  void copiedRequestIdHidesNothing() {
    RequestFolder first = world.request(World.client("site-1"), "a");
    RequestFolder second = withIdOf(first, world.request(World.client("site-1"), "b"));
    RequestFolder third = withIdOf(first, world.request(World.client("site-2"), "c"));
    String one = world.approve(first).serial();
    String two = approving(second).force().renew().expectKey(World.keyOf(second)).write().serial();
    String three = approving(third).force().write().serial();

    assertThat(serials()).containsExactly(one, two, three);
    assertThat(world.ca().ledger().byName(ComparableName.of("site-1"), world.ca().fingerprint()))
        .extracting(ApprovalRecord::serial)
        .containsExactly(one, two);
  }

  @Test
  @DisplayName("a renewal that expires earlier does not free the name of the older certificate")
  void shorterRenewal() {
    world.approve(world.request(World.client("site-1"), "a"));
    RequestFolder second = world.request(World.client("site-1"), "b");
    approving(second).renew().expectKey(World.keyOf(second)).validFor(Duration.ofDays(10)).write();
    world.later(Duration.ofDays(11));

    RequestFolder third = world.request(World.client("site-1"), "c");
    refused(ErrorCode.PARTICIPANT_ALREADY_CERTIFIED, () -> approving(third).write());
  }

  @ParameterizedTest
  @ValueSource(strings = {"fl", "FL", "Fl"})
  @DisplayName("a client cannot be called like a host name of a server")
  void clientLikeServer(String name) {
    RequestFolder server = world.request(SERVER, "server");
    world.approve(server);
    RequestFolder client = world.request(World.client(name), "client");
    refusedWithoutTrace(
        ErrorCode.PARTICIPANT_ALREADY_CERTIFIED, temp, () -> approving(client).write());
    refused(
        ErrorCode.PARTICIPANT_ALREADY_CERTIFIED,
        () -> approving(client).force().renew().expectKey(World.keyOf(client)).write());
    String serial = serials().get(0);
    refused(
        ErrorCode.PARTICIPANT_ALREADY_CERTIFIED,
        () -> approving(client).renew(serial).expectKey(World.keyOf(client)).write());
  }

  @Test
  @DisplayName("a server cannot list the name of a client")
  void serverLikeClient() {
    world.approve(world.request(World.client("Fl"), "client"));
    RequestFolder server = world.request(SERVER, "server");
    String client = serials().get(0);
    refusedWithoutTrace(
        ErrorCode.PARTICIPANT_ALREADY_CERTIFIED, temp, () -> approving(server).write());
    refused(
        ErrorCode.PARTICIPANT_ALREADY_CERTIFIED,
        () -> approving(server).renew(client).expectKey(World.keyOf(server)).write());
  }

  @Test
  @DisplayName("a client or user cannot be called like the server of the profile")
  void clientLikeProfile() {
    RequestFolder client = world.request(World.client("LocalHost"), "client");
    refusedWithoutTrace(ErrorCode.INVALID_NAME, temp, () -> approving(client).write());
  }

  @ParameterizedTest
  @CsvSource({
    "Site-1, site-1",
    "fl.example.org., FL.Example.ORG",
    "10.1.2.3, ::ffff:10.1.2.3",
    "2001:DB8::1, 2001:db8:0:0:0:0:0:1",
    "2001:db8::1., 2001:db8::1",
    "10.1.2.3., 10.1.2.3"
  })
  @DisplayName("names are compared in lower case, without a trailing dot, addresses by their bytes")
  void equalNames(String one, String other) {
    assertThat(ComparableName.of(one)).isEqualTo(ComparableName.of(other));
    assertThat(ComparableName.ofAlternativeName("DNS:" + one)).isEqualTo(ComparableName.of(other));
  }

  @ParameterizedTest
  @CsvSource({
    "site-1, site-10",
    "10.1.2.3, 10.1.2.30",
    "10.1.2.3, 10.1.2.3.example.org",
    "10.1.2.3, 010.1.2.3",
    ".:1, :1",
    "a:b:c, a:b:d"
  })
  @DisplayName("other names are other names, and no name is looked up")
  void differentNames(String one, String other) {
    assertThat(ComparableName.of(one)).isNotEqualTo(ComparableName.of(other));
  }

  @Test
  @DisplayName("a server takes over a name of another server only with its serial and its own key")
  void serverOverServer() {
    String first = world.approve(world.request(SERVER, "one")).serial();
    RequestFolder other =
        world.request(new Participant.Server("two.example.org", "central", "FL"), "two");
    ProjectProfile profile = profileOf("two.example.org");

    refusedWithoutTrace(
        ErrorCode.PARTICIPANT_ALREADY_CERTIFIED, temp, () -> approving(other, profile).write());
    refused(
        ErrorCode.PARTICIPANT_ALREADY_CERTIFIED,
        () -> approving(other, profile).renew().expectKey(World.keyOf(other)).write());
    refused(
        ErrorCode.CERT_NOT_FOUND,
        () -> approving(other, profile).renew("0x1").expectKey(World.keyOf(other)).write());
    refused(ErrorCode.EXPECTED_KEY_REQUIRED, () -> approving(other, profile).renew(first).write());

    Approval taken = approving(other, profile).renew(first).expectKey(World.keyOf(other)).write();
    assertThat(taken.subjectAlternativeNames()).contains("DNS:FL");
    assertThat(serials()).containsExactly(first, taken.serial());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "server",
        "Server",
        "nvflare-admin",
        "NVFLARE-Admin",
        "localhost",
        "ip6-localhost"
      })
  @DisplayName("names that NVFlare reserves are refused for clients")
  void reservedForClients(String name) {
    RequestFolder request = world.request(World.client(name), "r");
    refusedWithoutTrace(ErrorCode.INVALID_NAME, temp, () -> approving(request).force().write());
  }

  @ParameterizedTest
  @CsvSource({"nvflare-admin, false", "central-lab, false", "Central-Lab, false", "server, true"})
  @DisplayName("a server may be called server, but neither nvflare-admin nor like the project")
  void reservedForServers(String name, boolean allowed) {
    CertificateAuthority ca = world.engine().createAuthority("central-lab").in(temp.resolve("lab"));
    RequestFolder request =
        world
            .engine()
            .request(
                ParticipantDefinition.of("central-lab", new Participant.Server(name, "central")))
            .writeTo(temp.resolve("r"));
    ProjectProfile profile =
        new ProjectProfile(
            "central-lab",
            Scheme.GRPC,
            ConnectionSecurity.MTLS,
            new ServerEndpoint(name, 8002, 8003));
    ApprovalBuilder approving = ca.approve(request.requestZip()).against(profile);
    if (allowed) {
      assertThatCode(approving::write).doesNotThrowAnyException();
    } else {
      refused(ErrorCode.INVALID_NAME, approving::write);
    }
  }

  @Test
  @DisplayName("one public key is for one name, permanently")
  void oneKeyOneName() {
    KeyPair key = World.key(1);
    world.approve(world.request(World.client("site-1"), "a", key));
    RequestFolder second = world.request(World.client("site-2"), "b", key);
    refusedWithoutTrace(ErrorCode.KEY_ALREADY_CERTIFIED, temp, () -> approving(second).write());
    refused(
        ErrorCode.KEY_ALREADY_CERTIFIED,
        () -> approving(second).force().renew().expectKey(World.keyOf(second)).write());

    world.ca().revoke("site-1").record();
    refused(ErrorCode.KEY_ALREADY_CERTIFIED, () -> approving(second).write());
    RequestFolder again = world.request(World.client("Site-1"), "c", key);
    assertThat(approving(again).write().metadata().name()).isEqualTo("Site-1");
  }

  @Test
  @DisplayName("a request for the key of the CA itself is refused")
  void keyOfTheCa() throws Exception {
    PrivateKey caKey =
        KeyFiles.decode(Files.readAllBytes(world.path("ca/rootCA.key")), new char[0], World.jca());
    KeyPair key = new KeyPair(world.ca().rootCertificate().getPublicKey(), caKey);
    RequestFolder request = world.request(World.client("site-1"), "a", key);
    refusedWithoutTrace(
        ErrorCode.KEY_ALREADY_CERTIFIED,
        temp,
        () -> approving(request).force().renew().expectKey(World.keyOf(request)).write());
  }

  @Test
  @DisplayName("a compromised key is refused permanently; its name is free for another key")
  void compromisedKey() {
    KeyPair key = World.key(1);
    world.approve(world.request(World.client("site-1"), "a", key));
    world.ca().revoke("site-1").reason(RevocationReason.KEY_COMPROMISE).record();
    RequestFolder again = world.request(World.client("site-1"), "b", key);
    refusedWithoutTrace(
        ErrorCode.KEY_REVOKED,
        temp,
        () -> approving(again).force().renew().expectKey(World.keyOf(again)).write());
    world.approve(world.request(World.client("site-1"), "c"));

    world.later(Duration.ofDays(2000));
    refused(ErrorCode.KEY_REVOKED, () -> approving(again).write());
    world.engine().createAuthority(World.PROJECT).deployVersion("01").force().in(world.path("ca"));
    refused(ErrorCode.KEY_REVOKED, () -> approving(again).write());
  }

  @Test
  @DisplayName("that a key is compromised can be said after its certificate was revoked or expired")
  void compromisedLater() {
    KeyPair key = World.key(1);
    world.approve(world.request(World.client("site-1"), "a", key));
    world.ca().revoke("site-1").reason(RevocationReason.SUPERSEDED).record();
    world.later(Duration.ofDays(1100));
    world.ca().revoke("site-1").reason(RevocationReason.KEY_COMPROMISE).record();
    RequestFolder again = world.request(World.client("site-1"), "b", key);
    refused(ErrorCode.KEY_REVOKED, () -> approving(again).write());
  }

  @ParameterizedTest
  @EnumSource(RevocationReason.class)
  @DisplayName("nothing takes back that a key is compromised")
  void compromisedForEver(RevocationReason later) {
    KeyPair key = World.key(1);
    world.approve(world.request(World.client("site-1"), "a", key));
    world.ca().revoke("site-1").reason(RevocationReason.KEY_COMPROMISE).record();
    refusedWithoutTrace(
        ErrorCode.CERT_NOT_FOUND, temp, () -> world.ca().revoke("site-1").reason(later).record());
  }

  @Test
  @DisplayName("a certificate on hold holds its name; the end of the hold makes it valid again")
  void hold() {
    KeyPair key = World.key(1);
    world.approve(world.request(World.client("site-1"), "a", key));
    world.ca().revoke("site-1").reason(RevocationReason.CERTIFICATE_HOLD).record();
    RequestFolder other = world.request(World.client("site-1"), "b");
    refused(ErrorCode.PARTICIPANT_ALREADY_CERTIFIED, () -> approving(other).write());
    assertThat(world.ca().ledger().records().get(0).revocation()).isPresent();

    world.ca().revoke("site-1").reason(RevocationReason.REMOVE_FROM_CRL).record();
    assertThat(world.ca().ledger().records().get(0).revocation()).isEmpty();
    refused(ErrorCode.PARTICIPANT_ALREADY_CERTIFIED, () -> approving(other).write());
    refused(
        ErrorCode.CERT_NOT_FOUND,
        () -> world.ca().revoke("site-1").reason(RevocationReason.REMOVE_FROM_CRL).record());
  }

  @Test
  @DisplayName("the key of a certificate on hold does not renew it by itself")
  void holdIsNotRenewedByItsKey() {
    KeyPair key = World.key(1);
    world.approve(world.request(World.client("site-1"), "a", key));
    world.ca().revoke("site-1").reason(RevocationReason.CERTIFICATE_HOLD).record();
    RequestFolder again = world.request(World.client("site-1"), "b", key);
    refused(ErrorCode.EXPECTED_KEY_REQUIRED, () -> approving(again).renew().write());
    assertThat(renewed(again)).isNotNull();
  }

  @Test
  @DisplayName("force does not approve the request of a certificate on hold again")
  void holdIsNotForced() {
    RequestFolder request = world.request(World.client("site-1"), "a");
    world.approve(request);
    world.ca().revoke("site-1").reason(RevocationReason.CERTIFICATE_HOLD).record();
    refused(ErrorCode.PARTICIPANT_ALREADY_CERTIFIED, () -> approving(request).force().write());
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"CERTIFICATE_HOLD", "REMOVE_FROM_CRL"})
  @DisplayName("every other revocation frees the name, and says so in what it returns")
  void revocationFreesTheName(RevocationReason reason) {
    Approval first = world.approve(world.request(World.client("site-1"), "a"));
    List<ApprovalRecord> revoked =
        world.ca().revoke(first.serial()).reason(reason).approver("Ann").note("left").record();
    assertThat(revoked)
        .singleElement()
        .satisfies(
            record -> {
              assertThat(record.serial()).isEqualTo(first.serial());
              assertThat(record.revocation().orElseThrow().reason()).isEqualTo(reason);
              assertThat(record.revocation().orElseThrow().approver()).isEqualTo("Ann");
              assertThat(record.revocation().orElseThrow().note()).contains("left");
              assertThat(record.holdsNames(World.NOW)).isFalse();
            });
    assertThat(world.ca().ledger().records()).isEqualTo(revoked);
    assertThat(world.approve(world.request(World.client("site-1"), "b"))).isNotNull();
  }

  @Test
  @DisplayName("a name revokes every certificate that it holds, a serial number one")
  void revokeByNameAndSerial() {
    world.approve(world.request(World.client("site-1"), "a"));
    Approval second = renewed(world.request(World.client("site-1"), "b"));
    renewed(world.request(World.client("site-1"), "c"));
    assertThat(
            world
                .ca()
                .revoke(second.serial().toUpperCase(java.util.Locale.ROOT).replace("0X", "0x"))
                .record())
        .hasSize(1);
    assertThat(world.ca().revoke("SITE-1").record()).hasSize(2);
    refused(ErrorCode.CERT_NOT_FOUND, () -> world.ca().revoke("site-1").record());
    refused(ErrorCode.CERT_NOT_FOUND, () -> world.ca().revoke("site-2").record());
    refused(ErrorCode.CERT_NOT_FOUND, () -> world.ca().revoke("0x77").record());
  }

  @Test
  @DisplayName("a renewal with a new key needs the expected key or a question, and --renew")
  void renewalOfAnotherKey() {
    world.approve(world.request(World.client("site-1"), "a"));
    RequestFolder second = world.request(World.client("site-1"), "b");
    refused(ErrorCode.PARTICIPANT_ALREADY_CERTIFIED, () -> approving(second).write());
    refused(
        ErrorCode.PARTICIPANT_ALREADY_CERTIFIED,
        () -> approving(second).expectKey(World.keyOf(second)).write());
    refusedWithoutTrace(
        ErrorCode.EXPECTED_KEY_REQUIRED, temp, () -> approving(second).renew().write());
    refused(ErrorCode.EXPECTED_KEY_REQUIRED, () -> approving(second).renew().plan());
    assertThat(approving(second).renew().askBeforeSigning(plan -> plan.isRenewal()).write())
        .isNotNull();
    assertThat(renewed(world.request(World.client("site-1"), "c"))).isNotNull();
    assertThat(serials()).hasSize(3);
  }

  @Test
  @DisplayName("a renewal with the key of the certificate needs no comparison")
  void renewalOfTheSameKey() {
    KeyPair key = World.key(1);
    String first = world.approve(world.request(World.client("site-1"), "a", key)).serial();
    RequestFolder second = world.request(World.client("site-1"), "b", key);
    refused(ErrorCode.PARTICIPANT_ALREADY_CERTIFIED, () -> approving(second).write());
    assertThat(approving(second).renew().write()).isNotNull();

    // Also where the name has several certificates, and others have other keys.
    String other = renewed(world.request(World.client("site-1"), "c")).serial();
    RequestFolder third = world.request(World.client("site-1"), "d", key);
    refused(ErrorCode.EXPECTED_KEY_REQUIRED, () -> approving(third).renew(other).write());
    assertThat(approving(third).renew(first).write()).isNotNull();
  }

  @Test
  @DisplayName("the refusal says who holds the name, and what may be done")
  void hints() {
    Approval server = world.approve(world.request(SERVER, "one"));
    RequestFolder same = world.request(SERVER, "same");
    RequestFolder client = world.request(World.client("fl"), "client");
    RequestFolder other =
        world.request(new Participant.Server("two.example.org", "central", "FL"), "two");
    assertThat(refusal(approving(same)))
        .satisfies(
            e -> assertThat(e).hasMessageContaining("localhost, serial " + server.serial()),
            e -> assertThat(e.hint()).isEqualTo(e.code().hint()));
    assertThat(refusal(approving(client)).hint()).contains("Choose another name");
    assertThat(refusal(approving(other, profileOf("two.example.org"))).hint())
        .contains("--renew and that serial number");
  }

  private static ProvisioningException refusal(ApprovalBuilder approving) {
    return catchThrowableOfType(ProvisioningException.class, approving::write);
  }

  @Test
  @DisplayName("a renewal names a certificate of the name by its serial number, or is refused")
  void renewalOfASerial() {
    world.approve(world.request(World.client("site-1"), "a"));
    String other = world.approve(world.request(World.client("site-2"), "b")).serial();
    RequestFolder request = world.request(World.client("site-1"), "c");
    refused(
        ErrorCode.CERT_NOT_FOUND,
        () -> approving(request).renew(other).expectKey(World.keyOf(request)).write());
    refused(ErrorCode.INVALID_ARGS, () -> approving(request).renew("12"));
  }

  @Test
  @DisplayName("several valid certificates of one name in an old ledger are shown, not refused")
  void severalOldCertificates() {
    world.approve(world.request(World.client("site-1"), "a"));
    renewed(world.request(World.client("site-1"), "b"));
    List<ApprovalRecord> records = world.ca().ledger().records();
    world.as("newcomer");
    LedgerText.write(
        world,
        records.stream()
            .flatMap(
                record ->
                    List.of(LedgerText.format1(record), LedgerText.format1Delivery(record))
                        .stream())
            .toList());

    assertThat(world.ca().ledger().records()).hasSize(2);
    RequestFolder third = world.request(World.client("site-1"), "c");
    assertThat(approving(third).renew().expectKey(World.keyOf(third)).plan().held())
        .extracting(ApprovalRecord::serial)
        .containsExactlyElementsOf(serials());
    assertThat(world.warnings).anyMatch(text -> text.contains("cert ledger import"));
    refused(ErrorCode.PARTICIPANT_ALREADY_CERTIFIED, () -> approving(third).write());
    assertThat(renewed(third)).isNotNull();
  }

  @Test
  @DisplayName("revoking an older certificate of a request does not hide the newer one")
  void newestOfARequest() {
    RequestFolder request = world.request(World.client("site-1"), "a");
    Approval first = world.approve(request);
    Approval second = approving(request).force().write();
    world.ca().revoke(first.serial()).record();
    assertThat(
            world.ca().ledger().byRequestId(request.metadata().requestId()).orElseThrow().serial())
        .isEqualTo(second.serial());
  }
}

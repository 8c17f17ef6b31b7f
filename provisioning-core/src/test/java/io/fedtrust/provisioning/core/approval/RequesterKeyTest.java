// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import static io.fedtrust.provisioning.core.Refusals.refused;
import static io.fedtrust.provisioning.core.Refusals.refusedWithoutTrace;
import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.provisioning.Approval;
import io.fedtrust.provisioning.ApprovalBuilder;
import io.fedtrust.provisioning.ApprovalPlan;
import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.core.World;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.CertType;
import io.fedtrust.provisioning.model.KeyFingerprint;
import io.fedtrust.provisioning.model.Participant;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The approver knows whose key it is, or is told that it was not compared. */
class RequesterKeyTest {
  @TempDir Path temp;
  private World world;
  private RequestFolder request;

  @BeforeEach
  void oneRequest() {
    world = new World(temp);
    world.ca();
    request = world.request(World.client("site-1"));
  }

  private ApprovalBuilder approving() {
    return world.ca().approve(request.requestZip()).against(world.profile());
  }

  private Path profileFile(String more) {
    return world.write(
        "project_profile.yaml",
        """
        name: fed_test
        scheme: grpc
        connection_security: mtls
        server:
          host: localhost
          fed_learn_port: 8002
          admin_port: 8003
        """
            + more);
  }

  private ApprovalBuilder approvingAgainstFile(String more) {
    return world.ca().approve(request.requestZip()).against(profileFile(more));
  }

  @Test
  @DisplayName("a key that is not the one the requester told is refused")
  void anotherKey() {
    KeyFingerprint other = World.keyOf(world.request(World.client("site-2")));
    refusedWithoutTrace(
        ErrorCode.PUBLIC_KEY_MISMATCH, temp, () -> approving().expectKey(other).write());
    refused(ErrorCode.PUBLIC_KEY_MISMATCH, () -> approving().expectKey(other).plan());
    refused(
        ErrorCode.PUBLIC_KEY_MISMATCH,
        () -> approving().expectKey(other).askBeforeSigning(plan -> true).write());
    assertThat(approving().expectKey(World.keyOf(request)).write()).isNotNull();
  }

  @Test
  @DisplayName("where a key is required, neither silence nor a question is enough")
  void keyRequired() {
    refusedWithoutTrace(
        ErrorCode.EXPECTED_KEY_REQUIRED, temp, () -> approving().requireExpectedKey().write());
    refused(ErrorCode.EXPECTED_KEY_REQUIRED, () -> approving().requireExpectedKey().plan());
    refused(
        ErrorCode.EXPECTED_KEY_REQUIRED,
        () -> approving().requireExpectedKey().askBeforeSigning(plan -> true).write());
    assertThat(approving().requireExpectedKey().expectKey(World.keyOf(request)).write())
        .isNotNull();
  }

  @Test
  @DisplayName("require_expected_key: true in the profile requires it of every approval")
  void requiredByProfile() {
    String line = "require_expected_key: true\n";
    refusedWithoutTrace(
        ErrorCode.EXPECTED_KEY_REQUIRED,
        temp.resolve("ca"),
        () -> approvingAgainstFile(line).write());
    assertThat(
            world.ca().approveAll(List.of(request.requestZip())).against(profileFile(line)).plan())
        .satisfies(
            plan -> {
              assertThat(plan.approvals()).isEmpty();
              assertThat(plan.leftOut().get(0).reason().code())
                  .isEqualTo(ErrorCode.EXPECTED_KEY_REQUIRED);
            });
    assertThat(approvingAgainstFile(line).expectKey(World.keyOf(request)).write()).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "require_expected_key: false\n"})
  @DisplayName("a profile that does not require it leaves it to the approver")
  void notRequired(String line) {
    assertThat(approvingAgainstFile(line).write()).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"'true'", "1", "[true]", "{}", "maybe", "''"})
  @DisplayName("a profile whose require_expected_key is neither true nor false is refused")
  void malformed(String value) {
    refused(
        ErrorCode.INVALID_ARGS,
        () -> approvingAgainstFile("require_expected_key: " + value + "\n").write());
  }

  @Test
  @DisplayName("a declined question ends the approval without a trace")
  void declined() {
    List<ApprovalPlan> shown = new ArrayList<>();
    refusedWithoutTrace(
        ErrorCode.APPROVAL_DECLINED,
        temp,
        () ->
            approving()
                .askBeforeSigning(
                    plan -> {
                      shown.add(plan);
                      return false;
                    })
                .writeTo(temp.resolve("new/folder/site-1.signed.zip")));
    assertThat(shown).hasSize(1);
  }

  @Test
  @DisplayName("who is asked sees name, type, organization, names, validity, key and certificates")
  void planShowsEverything() {
    Participant.Server server = new Participant.Server("localhost", "central", "127.0.0.1");
    world.later(Duration.ofHours(1));
    Approval first = world.approve(world.request(server, "first"));
    request = world.request(server, "second");
    List<ApprovalPlan> shown = new ArrayList<>();
    Approval second =
        approving()
            .renew()
            .validFor(Duration.ofDays(90))
            .askBeforeSigning(plan -> shown.add(plan))
            .write();

    ApprovalPlan plan = shown.get(0);
    Instant now = World.NOW.plus(Duration.ofHours(1));
    assertThat(plan.requestZip()).isEqualTo(request.requestZip());
    assertThat(plan.request()).isEqualTo(request.metadata());
    assertThat(plan.request().certType()).isEqualTo(CertType.SERVER);
    assertThat(plan.request().org()).isEqualTo("central");
    assertThat(plan.publicKey()).isEqualTo(World.keyOf(request));
    assertThat(plan.profile()).isEqualTo(world.profile());
    assertThat(plan.subjectAlternativeNames())
        .containsExactly("DNS:localhost", "IP:127.0.0.1")
        .isEqualTo(second.subjectAlternativeNames());
    assertThat(plan.notBefore()).isEqualTo(now.minus(Duration.ofMinutes(5)));
    assertThat(plan.notAfter())
        .isEqualTo(now.plus(Duration.ofDays(90)))
        .isEqualTo(second.validUntil());
    assertThat(plan.signedZip()).isEqualTo(second.signedZip());
    assertThat(plan.isRenewal()).isTrue();
    assertThat(plan.held())
        .singleElement()
        .satisfies(held -> assertThat(held.serial()).isEqualTo(first.serial()));
  }

  @Test
  @DisplayName("an approval that a question sees is not carried out if the name got another holder")
  void heldMeanwhile() {
    world.approve(request);
    RequestFolder second = world.request(World.client("site-1"), "second");
    RequestFolder third = world.request(World.client("site-1"), "third");
    refused(
        ErrorCode.BUSY,
        () ->
            world
                .ca()
                .approve(third.requestZip())
                .against(world.profile())
                .renew()
                .askBeforeSigning(
                    plan -> {
                      world
                          .ca()
                          .approve(second.requestZip())
                          .against(world.profile())
                          .renew()
                          .expectKey(World.keyOf(second))
                          .write();
                      return true;
                    })
                .write());
    assertThat(world.ca().ledger().records()).hasSize(2);
  }

  // Computed with Python: base64.b32encode(bytes.fromhex(h))[:24].
  @ParameterizedTest
  @CsvSource({
    "0000000000000000000000000000000000000000000000000000000000000000,"
        + " AAAA-AAAA-AAAA-AAAA-AAAA-AAAA",
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff,"
        + " 7777-7777-7777-7777-7777-7777",
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad,"
        + " XJ4B-NP4P-AHH6-UQKB-IDPF-3LRC",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855,"
        + " 4OYM-IQUY-7QOB-JGX3-6TEJ-S35Z"
  })
  @DisplayName("the comparison code is the first 24 base32 characters of the digest, in fours")
  void comparisonCode(String hex, String code) {
    assertThat(new KeyFingerprint(hex).comparisonCode()).isEqualTo(code);
  }
}

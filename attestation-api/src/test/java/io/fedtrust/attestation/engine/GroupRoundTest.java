// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static io.fedtrust.attestation.engine.Site.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.fedtrust.attestation.job.JobRequirements;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.protocol.GroupRound;
import io.fedtrust.attestation.protocol.SignedEvidenceRequest;
import io.fedtrust.attestation.spi.Deadline;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** All sites of a job answer one list, and each judges the others. */
class GroupRoundTest {
  private static final String JOB = "job-1";
  private static final Instant NOW = TestProject.NOW;
  private static final FederationPolicy CPU =
      FederationPolicy.named("cpu", "1").anySite(SoftTee.CPU.rules()).build();

  private static final Site SERVER = Site.named("server1", "server", SoftTee.CPU);
  private static final Site A = Site.named("hospital-a", "client", SoftTee.CPU);
  private static final Site B = Site.named("hospital-b", "client", SoftTee.CPU);
  private static final Membership EXPECTED =
      new Membership(
          "server1",
          Set.of("hospital-a"),
          Optional.of(Set.of("hospital-a", "hospital-b", "hospital-c")),
          2,
          Optional.of(Bytes.of(new byte[32])));

  private static SortedMap<String, Bytes> offers() {
    SortedMap<String, Bytes> nonces = new TreeMap<>();
    for (Site site : List.of(SERVER, A, B)) {
      nonces.put(site.identity.name(), site.member.offer(JOB, NOW));
    }
    return nonces;
  }

  private static GroupRound round(SortedMap<String, Bytes> nonces, Instant expiry) {
    return new GroupRound(JOB, Optional.of(Bytes.of(new byte[32])), expiry, nonces);
  }

  private static GroupRound round(SortedMap<String, Bytes> nonces) {
    return round(nonces, NOW.plusSeconds(300));
  }

  private static List<CCToken> answer(Site site, GroupRound round)
      throws MalformedEvidenceException {
    return site.member
        .answer(site.member.enter(round, EXPECTED, NOW), Deadline.in(Site.LIFE))
        .join();
  }

  private static List<CCToken> answer(Site site, SignedEvidenceRequest list)
      throws MalformedEvidenceException, RefusedException {
    return answer(site, site.member.verified(list, EXPECTED.server(), NOW));
  }

  @Test
  @DisplayName("every member answers the same challenge once and judges every other")
  void everybody() throws Exception {
    GroupRound round = GroupRound.fromMap(round(offers()).toMap());
    Map<Site, List<CCToken>> answers = new LinkedHashMap<>();
    for (Site site : List.of(SERVER, A, B)) {
      answers.put(site, answer(site, round));
    }
    for (Site verifier : answers.keySet()) {
      for (Map.Entry<Site, List<CCToken>> other : answers.entrySet()) {
        assertThat(verifier.judge(other.getKey(), other.getValue(), CPU).trusted()).isTrue();
        refused(
            ReasonCode.ALREADY_ANSWERED,
            () -> verifier.judge(other.getKey(), other.getValue(), CPU));
      }
    }
  }

  @Test
  @DisplayName("an answer to one round says nothing in another, nor for another site")
  void otherRounds() throws Exception {
    GroupRound first = round(offers());
    List<CCToken> ofA = answer(A, first);
    answer(B, first);
    refused(ReasonCode.SUBJECT_MISMATCH, () -> B.judge(Site.named("x", "client"), ofA, CPU));
    refused(ReasonCode.SUBJECT_MISMATCH, () -> B.judge(SERVER, ofA, CPU));
    GroupRound second = round(offers());
    answer(B, second);
    refused(ReasonCode.CHALLENGE_UNKNOWN, () -> B.judge(A, ofA, CPU));
    Site stranger = Site.named("stranger", "client", SoftTee.CPU);
    refused(ReasonCode.CHALLENGE_UNKNOWN, () -> stranger.judge(A, ofA, CPU));
  }

  @Test
  @DisplayName("one nonce is never answered in two lists")
  void twoLists() throws Exception {
    SortedMap<String, Bytes> nonces = offers();
    answer(A, round(nonces));
    refused(ReasonCode.GROUP_REFUSED, () -> answer(A, round(nonces, NOW.plusSeconds(200))));
    refused(ReasonCode.GROUP_REFUSED, () -> answer(A, round(nonces)));

    SortedMap<String, Bytes> again = offers();
    SortedMap<String, Bytes> bad = new TreeMap<>(again);
    bad.remove("server1");
    refused(ReasonCode.GROUP_REFUSED, () -> answer(A, round(bad)));
    refused(ReasonCode.GROUP_REFUSED, () -> answer(A, round(again)));
  }

  static Stream<Arguments> lists() {
    Bytes nonce = Bytes.of(new byte[32]);
    return Stream.of(
        list("without the server", nonces -> nonces.remove("server1")),
        list("without a mandatory client", nonces -> nonces.remove("hospital-a")),
        list("with a site outside the deploy map", nonces -> nonces.put("mallory", nonce)),
        list(
            "with too few clients",
            nonces -> nonces.keySet().retainAll(Set.of("server1", "hospital-b"))),
        list("with another nonce of this site", nonces -> nonces.put("hospital-b", nonce)));
  }

  private static Arguments list(String what, Consumer<SortedMap<String, Bytes>> change) {
    return arguments(what, change);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lists")
  @DisplayName("a list that does not fit the job is not answered")
  void misfits(String what, Consumer<SortedMap<String, Bytes>> change) {
    SortedMap<String, Bytes> nonces = offers();
    change.accept(nonces);
    assertThat(what).isNotBlank();
    refused(ReasonCode.GROUP_REFUSED, () -> answer(B, round(nonces)));
  }

  @Test
  @DisplayName("a client answers the list that its server signed for it and this job, and no other")
  void signedLists() throws Exception {
    GroupRound round = round(offers());
    SignedEvidenceRequest sent = SERVER.challenger.list(round, "hospital-a", Site.LIFE, NOW);
    SignedEvidenceRequest received = SignedEvidenceRequest.fromMap(sent.toMap(), TestProject.NAME);
    assertThat(received).isEqualTo(sent);
    List<CCToken> answer = answer(A, received);
    answer(SERVER, round);
    assertThat(SERVER.judge(A, answer, CPU).trusted()).isTrue();

    refused(ReasonCode.SUBJECT_MISMATCH, () -> answer(B, received));
    SignedEvidenceRequest ofAnotherSite = A.challenger.list(round, "hospital-b", Site.LIFE, NOW);
    refused(ReasonCode.GROUP_REFUSED, () -> answer(B, ofAnotherSite));
    Map<String, Object> longer =
        new LinkedHashMap<>(SERVER.challenger.list(round, "hospital-b", Site.LIFE, NOW).toMap());
    longer.put("expiry", NOW.plusSeconds(301).getEpochSecond());
    refused(
        ReasonCode.SITE_SIGNATURE_INVALID,
        () -> answer(B, SignedEvidenceRequest.fromMap(longer, TestProject.NAME)));
    assertThat(answer(B, round)).as("what was refused has spent nothing").hasSize(1);
  }

  @Test
  @DisplayName("a round ends within ten minutes, a minute of skew allowed, and not in the past")
  void expiry() throws Exception {
    answer(B, round(offers(), NOW.plusSeconds(660)));
    refused(ReasonCode.GROUP_REFUSED, () -> answer(B, round(offers(), NOW.plusSeconds(661))));
    refused(ReasonCode.GROUP_REFUSED, () -> answer(B, round(offers(), NOW)));
  }

  @Test
  @DisplayName("a member's verdicts end with the round")
  void endOfRound() throws Exception {
    Site late = Site.named("hospital-c", "client", SoftTee.CPU);
    SortedMap<String, Bytes> nonces = offers();
    nonces.put("hospital-c", late.member.offer(JOB, NOW));
    GroupRound round = round(nonces);
    List<CCToken> ofA = answer(A, round);
    answer(late, round);
    late.nanos.addAndGet(java.time.Duration.ofMinutes(5).toNanos());
    refused(ReasonCode.CHALLENGE_UNKNOWN, () -> late.judge(A, ofA, CPU));
  }

  @Test
  @DisplayName("who vouches for the members is known")
  void asserted() {
    assertThat(EXPECTED.asserted()).isFalse();
    assertThat(Membership.of("server1", Optional.empty()).asserted()).isTrue();
    JobRequirements everywhere =
        new JobRequirements(JOB, false, Optional.empty(), Set.of(), 1, EXPECTED.digest());
    assertThat(Membership.of("server1", Optional.of(everywhere)).asserted()).isTrue();
  }

  @Test
  @DisplayName("a list for another definition than the submitter signed is not answered")
  void otherDefinition() {
    SortedMap<String, Bytes> nonces = offers();
    byte[] other = new byte[32];
    other[0] = 1;
    refused(
        ReasonCode.GROUP_REFUSED,
        () ->
            answer(
                B,
                new GroupRound(JOB, Optional.of(Bytes.of(other)), NOW.plusSeconds(300), nonces)));
  }

  @Test
  @DisplayName("names ascend without repetition; nonces have 32 bytes")
  void wire() {
    String nonce = Base64.getEncoder().encodeToString(new byte[32]);
    String shorter = Base64.getEncoder().encodeToString(new byte[31]);
    List<List<?>> bad = new ArrayList<>();
    bad.add(List.of());
    bad.add(List.of(List.of("b", nonce), List.of("a", nonce)));
    bad.add(List.of(List.of("a", nonce), List.of("a", nonce)));
    bad.add(List.of(List.of("a", shorter)));
    bad.add(List.of(List.of("a")));
    bad.add(List.of("a"));
    for (List<?> nonces : bad) {
      refused(
          ReasonCode.REQUEST_MALFORMED,
          () -> GroupRound.fromMap(Map.of("job", JOB, "expiry", 1, "nonces", nonces)));
    }
    refused(
        ReasonCode.REQUEST_MALFORMED,
        () ->
            GroupRound.fromMap(
                Map.of("job", JOB, "expiry", -1, "nonces", List.of(List.of("a", nonce)))));
  }
}

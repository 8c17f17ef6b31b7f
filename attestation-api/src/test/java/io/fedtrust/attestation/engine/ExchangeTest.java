// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static io.fedtrust.attestation.engine.Site.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.model.Assurance;
import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.model.EntryProof;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidencePurpose;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.protocol.EvidenceRequest;
import io.fedtrust.attestation.protocol.SignedEvidenceRequest;
import io.fedtrust.attestation.spi.Deadline;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** One site asks another for evidence; attackers stand between them. */
class ExchangeTest {
  private static final FederationPolicy CPU =
      FederationPolicy.named("cpu", "1").anySite(SoftTee.CPU.rules()).build();
  private static final FederationPolicy BOTH =
      FederationPolicy.named("both", "1")
          .anySite(SoftTee.CPU.rules())
          .anySite(SoftTee.GPU.rules())
          .build();

  private static final Site SERVER = Site.named("server1", "server", SoftTee.CPU);
  private static final Site HOSPITAL = Site.named("hospital-a", "client", SoftTee.CPU, SoftTee.GPU);
  private static final Site MALLORY = Site.named("mallory", "client", SoftTee.CPU);

  private static void rejected(ReasonCode code, SiteVerdict verdict) {
    assertThat(verdict.outcome()).isEqualTo(SiteVerdict.Outcome.REJECTED);
    assertThat(verdict.reason()).contains(code);
    assertThat(verdict.admits(TestProject.NOW)).isFalse();
  }

  private static List<CCToken> sent(List<CCToken> entries) throws MalformedEvidenceException {
    List<CCToken> received = new ArrayList<>();
    for (CCToken entry : entries) {
      received.add(CCToken.fromMap(entry.toMap()));
    }
    return received;
  }

  private static CCToken with(CCToken entry, String key, Object value)
      throws MalformedEvidenceException {
    Map<String, Object> map = new LinkedHashMap<>(entry.toMap());
    map.put(key, value);
    return CCToken.fromMap(map);
  }

  @Test
  @DisplayName("a site that answers with CPU and GPU evidence is trusted, and its process is named")
  void trusted() throws Exception {
    SignedEvidenceRequest request =
        SignedEvidenceRequest.fromMap(SERVER.request(HOSPITAL).toMap(), TestProject.NAME);
    SiteVerdict verdict = SERVER.judge(HOSPITAL, sent(HOSPITAL.answer(request)), BOTH);
    assertThat(verdict.trusted()).as(verdict.toString()).isTrue();
    assertThat(verdict.reason()).isEmpty();
    assertThat(verdict.verdicts())
        .hasSize(2)
        .allSatisfy(
            each -> assertThat(each.appraisal().assurance()).isEqualTo(Assurance.SESSION_NAMED));
    assertThat(verdict.confirmation())
        .contains(verdict.verdicts().get(0).appraisal().confirmation().orElseThrow());
    assertThat(verdict.expiresAt()).isEqualTo(TestProject.NOW.plus(Duration.ofHours(1)));
    assertThat(verdict.admits(verdict.expiresAt().minusNanos(1))).isTrue();
    assertThat(verdict.admits(verdict.expiresAt())).isFalse();
  }

  @Test
  @DisplayName("an answer counts once, for its verifier, in its time, for this process")
  void replay() throws Exception {
    List<CCToken> answer = HOSPITAL.answer(SERVER.request(HOSPITAL));
    assertThat(SERVER.judge(HOSPITAL, answer, BOTH).trusted()).isTrue();
    refused(ReasonCode.ALREADY_ANSWERED, () -> SERVER.judge(HOSPITAL, answer, BOTH));
    refused(ReasonCode.CHALLENGE_UNKNOWN, () -> MALLORY.judge(HOSPITAL, answer, BOTH));

    Site restarted = new Site(SERVER.identity, SoftTee.CPU);
    List<CCToken> late = HOSPITAL.answer(restarted.request(HOSPITAL));
    Site again = new Site(SERVER.identity, SoftTee.CPU);
    refused(ReasonCode.CHALLENGE_UNKNOWN, () -> again.judge(HOSPITAL, late, BOTH));
    restarted.nanos.addAndGet(Site.LIFE.toNanos());
    refused(ReasonCode.CHALLENGE_UNKNOWN, () -> restarted.judge(HOSPITAL, late, BOTH));
  }

  @Test
  @DisplayName("a later ask takes the place of the former; ended ones are forgotten")
  void oneOutstanding() throws Exception {
    Site server = new Site(SERVER.identity, SoftTee.CPU);
    List<CCToken> former = HOSPITAL.answer(server.request(HOSPITAL));
    List<CCToken> later = HOSPITAL.answer(server.request(HOSPITAL));
    refused(ReasonCode.CHALLENGE_UNKNOWN, () -> server.judge(HOSPITAL, former, BOTH));
    assertThat(server.judge(HOSPITAL, later, BOTH).trusted()).isTrue();
    server.request(MALLORY);
    assertThat(server.challenges.size()).isEqualTo(2);
    server.nanos.addAndGet(Site.LIFE.toNanos());
    server.request(MALLORY);
    assertThat(server.challenges.size()).isEqualTo(1);
  }

  @Test
  @DisplayName("of two copies that arrive at once exactly one goes on")
  void twoCopies() throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(2);
    try {
      for (int round = 0; round < 20; round++) {
        List<CCToken> answer = HOSPITAL.answer(SERVER.request(HOSPITAL));
        Callable<Boolean> judge =
            () -> {
              try {
                return SERVER.judge(HOSPITAL, answer, BOTH).trusted();
              } catch (MalformedEvidenceException e) {
                return false;
              }
            };
        int trusted = 0;
        for (Future<Boolean> each : executor.invokeAll(List.of(judge, judge))) {
          trusted += each.get() ? 1 : 0;
        }
        assertThat(trusted).isEqualTo(1);
      }
    } finally {
      executor.shutdown();
    }
  }

  @Test
  @DisplayName("evidence of a genuine machine does not speak for another site")
  void relay() throws Exception {
    SignedEvidenceRequest request = SERVER.request(MALLORY);
    // Mallory has the hospital answer in his name: the hospital refuses.
    refused(ReasonCode.SUBJECT_MISMATCH, () -> HOSPITAL.answer(request));
    // He forwards what the hospital answered to an evidence request of his own.
    List<CCToken> genuine = HOSPITAL.answer(MALLORY.request(HOSPITAL));
    refused(ReasonCode.CHALLENGE_UNKNOWN, () -> SERVER.judge(MALLORY, genuine, CPU));
    // He has the hardware of the hospital attest his challenge, and signs himself.
    List<CCToken> mine = MALLORY.answer(request);
    CCToken stolen = genuine.get(genuine.size() - 1);
    CCToken swapped = with(mine.get(0), "_cc_token", stolen.token());
    refused(ReasonCode.SITE_SIGNATURE_INVALID, () -> SERVER.judge(MALLORY, List.of(swapped), CPU));
    rejected(
        ReasonCode.BINDING_MISMATCH,
        SERVER.judge(MALLORY, signedBy(MALLORY, request, stolen), CPU));
  }

  /** What a site can make that signs whatever it likes with its own keys. */
  private static List<CCToken> signedBy(Site site, SignedEvidenceRequest request, CCToken token)
      throws MalformedEvidenceException {
    Evidence evidence = Evidence.of(EvidenceForm.SNP_REPORT, token.token());
    Attester forger =
        Site.attester(
            site.identity,
            site.certificates,
            Site.UNLIMITED,
            Site.reporter(
                site.identity,
                site.session,
                List.of(SoftTee.giving(EvidenceForm.SNP_REPORT, binding -> evidence))));
    return forger.answer(request.request(), Deadline.in(Site.LIFE)).join();
  }

  @Test
  @DisplayName("an operator who uses a genuine machine as an oracle lacks its session key")
  void oracle() throws Exception {
    SignedEvidenceRequest request = SERVER.request(HOSPITAL);
    List<CCToken> genuine = HOSPITAL.answer(request);
    Site outside = new Site(HOSPITAL.identity, SoftTee.CPU);
    CCToken cpu = genuine.get(1);
    EntryProof proof = cpu.proof().orElseThrow();
    EntryProof.Session named = proof.session().orElseThrow();
    // Another process of the same site signs for the attested session.
    Bytes foreign = Bytes.of(outside.session.sign(new byte[] {1}));
    CCToken forged =
        cpu.with(
            new EntryProof(
                proof.certificates(),
                proof.signature(),
                Optional.of(new EntryProof.Session(named.publicKey(), foreign)),
                proof.challengeId(),
                Optional.empty()));
    refused(
        ReasonCode.SESSION_SIGNATURE_INVALID,
        () -> SERVER.judge(HOSPITAL, List.of(genuine.get(0), forged), BOTH));
    // It names its own session: then the evidence is bound to another.
    rejected(
        ReasonCode.BINDING_MISMATCH, SERVER.judge(HOSPITAL, signedBy(outside, request, cpu), CPU));
  }

  @Test
  @DisplayName("entries of two answers do not mix, none can be left out or added")
  void mixAndMatch() throws Exception {
    SignedEvidenceRequest request = SERVER.request(HOSPITAL);
    List<CCToken> answer = HOSPITAL.answer(request);
    Site otherProcess = new Site(HOSPITAL.identity, SoftTee.CPU, SoftTee.GPU);
    List<CCToken> other = otherProcess.answer(request);
    assertThat(answer.get(0).namespace()).isEqualTo("x-nv-gpu");
    refused(
        ReasonCode.ANSWER_MALFORMED,
        () -> SERVER.judge(HOSPITAL, List.of(other.get(0), answer.get(1)), BOTH));
    refused(
        ReasonCode.SITE_SIGNATURE_INVALID,
        () -> SERVER.judge(HOSPITAL, List.of(answer.get(1)), CPU));
    List<CCToken> bare = new Site(HOSPITAL.identity, SoftTee.CPU).answer(request);
    refused(
        ReasonCode.ANSWER_MALFORMED,
        () -> SERVER.judge(HOSPITAL, List.of(answer.get(0), bare.get(0)), BOTH));
    // All that failed changed nothing: the answer itself still counts.
    assertThat(SERVER.judge(HOSPITAL, answer, BOTH).trusted()).isTrue();
  }

  @Test
  @DisplayName("every family that the policy names must be there")
  void requiredFamily() throws Exception {
    rejected(
        ReasonCode.EVIDENCE_MISSING,
        SERVER.judge(MALLORY, MALLORY.answer(SERVER.request(MALLORY)), BOTH));
    FederationPolicy gpuAlone =
        FederationPolicy.named("gpu", "1").anySite(SoftTee.GPU.rules()).build();
    rejected(
        ReasonCode.POLICY_MISSING,
        SERVER.judge(HOSPITAL, HOSPITAL.answer(SERVER.request(HOSPITAL)), gpuAlone));
    FederationPolicy nobody = FederationPolicy.named("none", "1").build();
    rejected(
        ReasonCode.POLICY_MISSING,
        SERVER.judge(MALLORY, MALLORY.answer(SERVER.request(MALLORY)), nobody));
  }

  @Test
  @DisplayName("genuine evidence of other software is rejected, by each by its own policy")
  void otherSoftware() throws Exception {
    Site tampered = Site.named("tampered", "client", SoftTee.CPU.running("bb".repeat(48)));
    rejected(
        ReasonCode.MEASUREMENT_UNKNOWN,
        SERVER.judge(tampered, tampered.answer(SERVER.request(tampered)), CPU));
    assertThat(SERVER.judge(HOSPITAL, HOSPITAL.answer(SERVER.request(HOSPITAL)), CPU).trusted())
        .as("an entry that nobody asked for is left aside")
        .isTrue();
  }

  @Test
  @DisplayName("an entry that nobody asked for still counts when it is false")
  void unasked() throws Exception {
    Evidence stored = SoftTee.GPU.collect(binding(), Deadline.in(Site.LIFE));
    Map<ReasonCode, Evidence> wrong =
        Map.of(
            ReasonCode.SIGNATURE_INVALID,
            Evidence.of(EvidenceForm.NV_EVIDENCE, "made up"),
            ReasonCode.BINDING_MISMATCH,
            stored);
    for (Map.Entry<ReasonCode, Evidence> each : wrong.entrySet()) {
      Attester forger =
          Site.attester(
              HOSPITAL.identity,
              HOSPITAL.certificates,
              Site.UNLIMITED,
              Site.reporter(
                  HOSPITAL.identity,
                  HOSPITAL.session,
                  List.of(
                      SoftTee.CPU,
                      SoftTee.giving(EvidenceForm.NV_EVIDENCE, binding -> each.getValue()))));
      List<CCToken> answer =
          forger.answer(SERVER.request(HOSPITAL).request(), Deadline.in(Site.LIFE)).join();
      rejected(each.getKey(), SERVER.judge(HOSPITAL, answer, CPU));
    }
  }

  @Test
  @DisplayName("a family that the policy requires needs a verifier here")
  void noVerifier() throws Exception {
    SiteAppraisal blind = new SiteAppraisal(List.of(SoftTee.CPU));
    List<CCToken> answer = HOSPITAL.answer(SERVER.request(HOSPITAL));
    AnswerReader.Answer read = SERVER.reader.read("hospital-a", answer, TestProject.NOW);
    rejected(ReasonCode.VERIFIER_MISSING, blind.judge(read, BOTH, TestProject.NOW));
    assertThat(blind.judge(read, CPU, TestProject.NOW).trusted()).isTrue();
  }

  @Test
  @DisplayName("an answer without CPU, with two, unsigned, empty or too long is none")
  void shape() throws Exception {
    List<CCToken> good = HOSPITAL.answer(SERVER.request(HOSPITAL));
    CCToken gpu = good.get(0);
    CCToken cpu = good.get(1);
    CCToken unsigned = CCToken.of(SoftTee.CPU.collect(binding(), Deadline.in(Site.LIFE)));
    for (List<CCToken> none :
        List.of(
            List.<CCToken>of(),
            List.of(gpu),
            List.of(cpu, cpu),
            List.of(gpu, unsigned),
            List.of(cpu, cpu, cpu, cpu, cpu, cpu, cpu, cpu, cpu),
            List.of(gpu, with(cpu, "_cc_namespace", "x-tdx")),
            List.of(gpu, with(cpu, "_cc_form", "unknown")))) {
      refused(ReasonCode.ANSWER_MALFORMED, () -> SERVER.judge(HOSPITAL, none, BOTH));
    }
  }

  private static Binding binding() {
    return Bindings.of(
            TestProject.NAME,
            HOSPITAL.identity.certificate(),
            EvidenceForm.SNP_REPORT,
            Challenge.of(new byte[32]),
            "server1",
            Optional.empty())
        .build();
  }

  @Test
  @DisplayName("hints are signed: others cannot be put in their place")
  void forgedHints() throws Exception {
    List<CCToken> answer = HOSPITAL.answer(SERVER.request(HOSPITAL));
    String hints = Base64.getEncoder().encodeToString("{}".getBytes(StandardCharsets.UTF_8));
    CCToken changed = with(answer.get(1), "_cc_endorsements", hints);
    refused(
        ReasonCode.SITE_SIGNATURE_INVALID,
        () -> SERVER.judge(HOSPITAL, List.of(answer.get(0), changed), BOTH));
  }

  @Test
  @DisplayName("who answers is who the certificate names, whatever is claimed")
  void foreignProject() throws Exception {
    Site impostor =
        new Site(new TestProject("hospitals").site("hospital-a", "client"), SoftTee.CPU);
    SignedEvidenceRequest request = SERVER.request(HOSPITAL);
    List<CCToken> answer =
        impostor.attester.answer(request.request(), Deadline.in(Site.LIFE)).join();
    refused(ReasonCode.SITE_CERTIFICATE_INVALID, () -> SERVER.judge(HOSPITAL, answer, CPU));
    List<CCToken> other = MALLORY.attester.answer(request.request(), Deadline.in(Site.LIFE)).join();
    refused(ReasonCode.SUBJECT_MISMATCH, () -> SERVER.judge(HOSPITAL, other, CPU));
    refused(ReasonCode.SUBJECT_MISMATCH, () -> SERVER.judge(MALLORY, other, CPU));
  }

  @Test
  @DisplayName(
      "requests by a relay, by oneself, for another or altered are refused before collecting")
  void badAsks() throws Exception {
    SignedEvidenceRequest good = SERVER.request(HOSPITAL);
    EvidenceRequest request = good.request();
    refused(
        ReasonCode.SITE_CERTIFICATE_INVALID,
        () ->
            HOSPITAL.answer(
                new SignedEvidenceRequest(
                    request, Optional.empty(), MALLORY.identity.chain(), good.signature())));
    EvidenceRequest longer =
        new EvidenceRequest(
            request.mode(),
            request.purpose(),
            request.verifier(),
            request.subject(),
            Optional.of("job"),
            request.challenge(),
            request.life(),
            request.issued());
    refused(
        ReasonCode.SITE_SIGNATURE_INVALID,
        () ->
            HOSPITAL.answer(
                new SignedEvidenceRequest(
                    longer, Optional.empty(), good.certificates(), good.signature())));
    refused(ReasonCode.REQUEST_MALFORMED, () -> SERVER.answer(SERVER.request(SERVER)));
    refused(ReasonCode.SUBJECT_MISMATCH, () -> MALLORY.answer(good));
    for (EvidenceRequest.Mode other :
        List.of(EvidenceRequest.Mode.GROUP, EvidenceRequest.Mode.BATCH)) {
      SignedEvidenceRequest asked =
          SERVER.challenger.request(
              other,
              EvidencePurpose.REGISTRATION,
              "hospital-a",
              Optional.empty(),
              Site.LIFE,
              TestProject.NOW);
      refused(ReasonCode.REQUEST_MALFORMED, () -> HOSPITAL.answer(asked));
    }
    for (Map.Entry<String, Object> change :
        Map.<String, Object>of(
                "mode",
                "other",
                "challenge",
                "AAAA",
                "life",
                -1,
                "verifier",
                5,
                "_cc_cert",
                List.of(),
                "_cc_sig",
                "?")
            .entrySet()) {
      Map<String, Object> map = new LinkedHashMap<>(good.toMap());
      map.put(change.getKey(), change.getValue());
      assertThatThrownBy(
              () -> HOSPITAL.answer(SignedEvidenceRequest.fromMap(map, TestProject.NAME)))
          .as(change.getKey())
          .isInstanceOf(MalformedEvidenceException.class);
    }
  }

  @Test
  @DisplayName("a batch answers many with one report, each by the place of its own challenge")
  void batch() throws Exception {
    List<Site> verifiers = List.of(SERVER, MALLORY, Site.named("hospital-b", "client"));
    List<EvidenceRequest> asks = new ArrayList<>();
    for (Site verifier : verifiers) {
      asks.add(
          verifier
              .challenger
              .request(
                  EvidenceRequest.Mode.BATCH,
                  EvidencePurpose.CROSS_SITE,
                  "hospital-a",
                  Optional.empty(),
                  Site.LIFE,
                  TestProject.NOW)
              .request());
    }
    List<List<CCToken>> answers = HOSPITAL.reporter.answers(asks, Deadline.in(Site.LIFE)).join();
    assertThat(answers.stream().map(answer -> answer.get(1).token()).distinct()).hasSize(1);
    for (int i = 0; i < verifiers.size(); i++) {
      Site verifier = verifiers.get(i);
      List<CCToken> others = answers.get((i + 1) % verifiers.size());
      refused(ReasonCode.CHALLENGE_UNKNOWN, () -> verifier.judge(HOSPITAL, others, BOTH));
      List<CCToken> own = sent(answers.get(i));
      assertThat(verifier.judge(HOSPITAL, own, BOTH).trusted()).isTrue();
    }
    refused(ReasonCode.ANSWER_MALFORMED, () -> SERVER.judge(HOSPITAL, wrongPath(HOSPITAL), BOTH));
    EvidenceRequest pairwise = SERVER.request(HOSPITAL).request();
    EvidenceRequest batch =
        new EvidenceRequest(
            EvidenceRequest.Mode.BATCH,
            pairwise.purpose(),
            pairwise.verifier(),
            pairwise.subject(),
            Optional.empty(),
            pairwise.challenge(),
            pairwise.life(),
            pairwise.issued());
    List<CCToken> withPath =
        HOSPITAL.reporter.answers(List.of(batch), Deadline.in(Site.LIFE)).join().get(0);
    refused(ReasonCode.ANSWER_MALFORMED, () -> SERVER.judge(HOSPITAL, withPath, BOTH));
  }

  private static List<CCToken> wrongPath(Site subject) throws MalformedEvidenceException {
    EvidenceRequest request =
        SERVER
            .challenger
            .request(
                EvidenceRequest.Mode.BATCH,
                EvidencePurpose.CROSS_SITE,
                subject.identity.name(),
                Optional.empty(),
                Site.LIFE,
                TestProject.NOW)
            .request();
    List<CCToken> changed = new ArrayList<>();
    for (CCToken entry :
        subject.reporter.answers(List.of(request), Deadline.in(Site.LIFE)).join().get(0)) {
      changed.add(with(entry, "_cc_path", Map.of("index", 1, "size", 1, "path", List.of())));
    }
    return changed;
  }

  @Test
  @DisplayName("a changed character anywhere in an answer never leaves it trusted")
  void everyValueCounts() throws Exception {
    SignedEvidenceRequest request = SERVER.request(HOSPITAL);
    List<CCToken> answer = HOSPITAL.answer(request);
    int tried = 0;
    for (int entry = 0; entry < answer.size(); entry++) {
      for (Map.Entry<String, Object> value : answer.get(entry).toMap().entrySet()) {
        String text =
            value.getValue() instanceof List<?> list
                ? (String) list.get(0)
                : String.valueOf(value.getValue());
        if (value.getKey().equals("_cc_token_validated")) {
          continue;
        }
        for (int at = 0; at < text.length(); at += Math.max(1, text.length() / 40)) {
          char other = text.charAt(at) == 'A' ? 'B' : 'A';
          String changed = text.substring(0, at) + other + text.substring(at + 1);
          Object put = value.getValue() instanceof List ? List.of(changed) : changed;
          assertThat(isTrusted(answer, entry, value.getKey(), put))
              .as(value.getKey() + " at " + at)
              .isFalse();
          tried++;
        }
      }
    }
    assertThat(tried).isGreaterThan(300);
    assertThat(SERVER.judge(HOSPITAL, answer, BOTH).trusted()).isTrue();
  }

  private static boolean isTrusted(List<CCToken> answer, int entry, String key, Object value) {
    try {
      List<CCToken> changed = new ArrayList<>(answer);
      changed.set(entry, with(answer.get(entry), key, value));
      return SERVER.judge(HOSPITAL, changed, BOTH).trusted();
    } catch (MalformedEvidenceException e) {
      return false;
    }
  }
}

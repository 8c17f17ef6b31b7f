// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.EvidencePurpose;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.protocol.EvidenceRequest;
import io.fedtrust.attestation.protocol.SignedEvidenceRequest;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.EvidenceCollector;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** One site with all its parts of the exchange, and a clock that a test turns. */
final class Site {
  static final SessionKeys KEYS = new SessionKeys(Optional.empty());
  static final Duration LIFE = Duration.ofMinutes(5);
  static final RequestLimits UNLIMITED = limited(() -> 0, Integer.MAX_VALUE, Duration.ofSeconds(1));

  final AtomicLong nanos = new AtomicLong();
  final SiteIdentity identity;
  final SessionKey session = Site.KEYS.generate(new SecureRandom());
  final SiteCertificates certificates =
      new SiteCertificates(() -> Set.of(TestProject.HOSPITALS.root));
  final PendingChallenges challenges = new PendingChallenges(nanos::get);
  final EvidenceReporter reporter;
  final Attester attester;
  final Challenger challenger;
  final AnswerReader reader;
  final GroupMember member;
  final SiteAppraisal appraisal = new SiteAppraisal(List.of(SoftTee.CPU, SoftTee.GPU));

  Site(SiteIdentity identity, SoftTee... hardware) {
    this.identity = identity;
    this.reporter = reporter(identity, session, List.of(hardware));
    this.attester = attester(identity, certificates, UNLIMITED, reporter);
    this.challenger = new Challenger(alone(identity), challenges, new SecureRandom());
    this.reader = new AnswerReader(identity, certificates, challenges, Site.KEYS);
    this.member =
        new GroupMember(
            identity, new GroupNonces(new SecureRandom(), nanos::get), challenges, attester);
  }

  /** Never replaced. */
  static Identities alone(SiteIdentity identity) {
    return new Identities(identity, Set.of(), () -> 0);
  }

  /** Evidence in the thread of the caller. */
  static EvidenceReporter reporter(
      SiteIdentity identity, SessionKey session, List<? extends EvidenceCollector> hardware) {
    return new EvidenceReporter(
        alone(identity), session, List.copyOf(hardware), Runnable::run, Runnable::run);
  }

  /** Answers in the thread of the caller; nothing waits for others. */
  static Attester attester(
      SiteIdentity identity,
      SiteCertificates certificates,
      RequestLimits limits,
      EvidenceReporter reporter) {
    VirtualTime time = new VirtualTime(TestProject.NOW);
    return new Attester(
        identity.name(),
        certificates,
        limits,
        reporter,
        queue(reporter::answers, Duration.ZERO, time),
        time::nanos);
  }

  static ReportQueue queue(ReportQueue.Hardware hardware, Duration window, VirtualTime time) {
    return new ReportQueue(
        hardware, window, LIFE, new Alarms(time, time, time::nanos), time::nanos);
  }

  /** The same limit for every purpose. */
  static RequestLimits limited(LongSupplier nanoTime, int atOnce, Duration refill) {
    return new RequestLimits(
        nanoTime,
        Stream.of(EvidencePurpose.values())
            .collect(
                Collectors.toMap(
                    Function.identity(), any -> new RequestLimits.Limit(atOnce, refill))));
  }

  static Site named(String name, String role, SoftTee... hardware) {
    return new Site(TestProject.HOSPITALS.site(name, role), hardware);
  }

  SignedEvidenceRequest request(Site subject) {
    return challenger.request(
        EvidenceRequest.Mode.PAIRWISE,
        EvidencePurpose.REGISTRATION,
        subject.identity.name(),
        Optional.empty(),
        LIFE,
        TestProject.NOW);
  }

  List<CCToken> answer(SignedEvidenceRequest request)
      throws MalformedEvidenceException, RefusedException {
    attester.verified(
        request, EvidenceRequest.Mode.PAIRWISE, EvidencePurpose.REGISTRATION, TestProject.NOW);
    return attester.answer(request.request(), Deadline.in(LIFE)).join();
  }

  SiteVerdict judge(Site subject, List<CCToken> answer, FederationPolicy policy)
      throws MalformedEvidenceException {
    return appraisal.judge(
        reader.read(subject.identity.name(), answer, TestProject.NOW), policy, TestProject.NOW);
  }

  /** What is called is refused for this reason. */
  static void refused(ReasonCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            MalformedEvidenceException.class,
            e -> assertThat(e.check().code()).as(e.getMessage()).contains(code));
  }

  /** An entry as NVFlare's own exchange has it: any nonce, three members, no signature. */
  static Map<String, Object> entryAsNvflare(String name) {
    Site peer = new Site(Federation.identity(name), SoftTee.CPU);
    return Map.of(
        "_cc_token",
        peer.attester
            .unasked("anybody", new SecureRandom(), Deadline.in(LIFE))
            .join()
            .get(0)
            .token(),
        "_cc_namespace",
        "x-snp",
        "_cc_token_validated",
        false);
  }
}

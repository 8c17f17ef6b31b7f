// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Ask;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.CCInfo;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.GroupRound;
import io.fedtrust.attestation.model.JobDecision;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.SignedAsk;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.spi.CCEvent;
import io.fedtrust.attestation.spi.CCEvent.Occasion;
import io.fedtrust.attestation.spi.Deadline;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * A client's part when a job is scheduled: a nonce, an answer to the list, a judgement of the set,
 * and its yes or no (specification of the trust flow, sections 4.3 and 4.4).
 */
final class JobParticipation {
  private static final int MAX_JOBS = 1024;
  private static final int MAX_NAME_CHARACTERS = 256;
  private static final String SOURCE = "trust protocol, section 8";

  private final Settings settings;
  private final GroupMember member;
  private final Examiner examiner;
  private final Events events;
  private final Map<String, Entered> rounds = new LinkedHashMap<>();

  JobParticipation(Settings settings, GroupMember member, Examiner examiner, Events events) {
    this.settings = settings;
    this.member = member;
    this.examiner = examiner;
    this.events = events;
  }

  /** A list that was answered, and whom it had to hold. */
  private record Entered(GroupRound round, Membership membership) {}

  Map<String, Object> nonce(Map<?, ?> body) throws MalformedEvidenceException {
    Bytes nonce = member.offer(job(body), settings.clock().instant());
    return Map.of(Topics.NONCE, Base64.getEncoder().encodeToString(nonce.bytes()));
  }

  CompletableFuture<Map<String, Object>> list(Map<?, ?> body, Deadline deadline)
      throws MalformedEvidenceException, RefusedException {
    SignedAsk signed = SignedAsk.of(body, Topics.ASK, settings.site().project());
    Instant now = settings.clock().instant();
    String job = signed.ask().job().orElse("");
    Membership membership = Membership.of(settings.server(), settings.hooks().definition(job));
    Ask ask = member.enter(signed, membership.withoutRounds(settings.compat()), now);
    remember(job, new Entered(signed.round().orElseThrow(), membership));
    return member
        .answer(ask, deadline)
        .thenApply(entries -> Map.of(CCInfo.KEY, CCInfo.toMap(settings.site().name(), entries)));
  }

  private synchronized void remember(String job, Entered entered) {
    rounds.remove(job);
    if (rounds.size() == MAX_JOBS) {
      rounds.remove(rounds.keySet().iterator().next());
    }
    rounds.put(job, entered);
  }

  /** Each round is decided once. */
  private synchronized Optional<Entered> take(String job) {
    return Optional.ofNullable(rounds.remove(job));
  }

  /** With whom this site may exchange models of a job now. */
  SortedSet<String> participants(String job) {
    return new TreeSet<>();
  }

  /** The host says that a job is over here. */
  void ended(String job) {}

  /** Accepts, or declines saying why; whatever fails on the way declines. */
  Map<String, Object> decide(Map<?, ?> body) throws MalformedEvidenceException {
    String job = job(body);
    Optional<String> declined;
    try {
      declined = declined(job, body);
    } catch (MalformedEvidenceException e) {
      declined = Optional.of(JobDecision.VERIFY_ERROR + e.check());
    } catch (RuntimeException e) {
      declined = Optional.of("this site could not decide: " + e.getClass().getSimpleName());
    }
    events.tell(new CCEvent.JobAnswered(settings.clock().instant(), job, declined));
    return Map.of(Topics.ENOUGH, declined.isEmpty(), Topics.RESERVE_TOKEN, declined.orElse(""));
  }

  private Optional<String> declined(String job, Map<?, ?> body) throws MalformedEvidenceException {
    Entered entered =
        take(job)
            .orElseThrow(
                () -> refused(ReasonCode.GROUP_REFUSED, "a round that this site answered", "none"));
    Map<String, List<CCToken>> participants = participants(body.get(Topics.PEER_TOKENS));
    entered.membership().require(participants.keySet());
    Set<String> strangers = new HashSet<>(participants.keySet());
    strangers.removeAll(entered.round().nonces().keySet());
    strangers.removeAll(settings.compat());
    if (!strangers.isEmpty() || !participants.containsKey(settings.site().name())) {
      throw refused(
          ReasonCode.GROUP_REFUSED, "members of the list, this site among them", strangers);
    }
    Map<String, String> bad = new TreeMap<>();
    List<String> notes = entered.membership().asserted() ? List.of(Membership.ASSERTED) : List.of();
    for (Map.Entry<String, List<CCToken>> each : participants.entrySet()) {
      if (!each.getKey().equals(settings.site().name())) {
        problem(each.getKey(), each.getValue(), notes)
            .ifPresent(why -> bad.put(each.getKey(), why));
      }
    }
    return bad.isEmpty()
        ? settings.hooks().reserve(job, participants.keySet())
        : Optional.of(JobDecision.Retry.because(JobDecision.VERIFY_ERROR, bad).reason());
  }

  private Optional<String> problem(String site, List<CCToken> entries, List<String> notes) {
    try {
      SiteVerdict verdict =
          examiner.examine(Occasion.JOB, site, entries, Optional.empty(), notes).verdict();
      return verdict.trusted()
          ? Optional.empty()
          : Optional.of(verdict.reason().map(Enum::name).orElse("not trusted"));
    } catch (MalformedEvidenceException e) {
      // The set came by way of the server: it says nothing against the site it speaks of.
      String why = e.check().toString();
      events.tell(new CCEvent.Unanswered(settings.clock().instant(), Occasion.JOB, site, why));
      return Optional.of(e.check().code().map(Enum::name).orElse("malformed"));
    }
  }

  private Map<String, List<CCToken>> participants(Object value) throws MalformedEvidenceException {
    if (!(value instanceof Map<?, ?> map) || map.size() > GroupRound.MAX_MEMBERS) {
      throw refused(ReasonCode.ANSWER_MALFORMED, "entries by participant", "none");
    }
    Map<String, List<CCToken>> participants = new TreeMap<>();
    for (Map.Entry<?, ?> each : map.entrySet()) {
      String name =
          each.getKey().equals(CCInfo.SERVER_ALIAS)
              ? settings.server()
              : String.valueOf(each.getKey());
      List<CCToken> entries = CCInfo.read(each.getValue(), name, "");
      if (participants.put(name, entries) != null) {
        throw refused(ReasonCode.ANSWER_MALFORMED, "each participant once", name);
      }
    }
    return participants;
  }

  private static String job(Map<?, ?> body) throws MalformedEvidenceException {
    if (body.get(Topics.JOB) instanceof String job
        && !job.isEmpty()
        && job.length() <= MAX_NAME_CHARACTERS) {
      return job;
    }
    throw refused(ReasonCode.REQUEST_MALFORMED, "the id of a job", "none");
  }

  private static MalformedEvidenceException refused(ReasonCode code, Object expected, Object was) {
    return MalformedEvidenceException.of("exchange.job", code, expected, was, SOURCE);
  }
}

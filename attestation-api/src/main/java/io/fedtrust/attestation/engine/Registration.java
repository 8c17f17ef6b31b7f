// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Ask;
import io.fedtrust.attestation.model.CCInfo;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.SignedAsk;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.spi.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The registration of a client, both ends of it (trust protocol, section 8). The server's ask
 * travels in its reply to the registration challenge; the client's entries and its own ask in the
 * registration; the server's entries in the reply. The host has authenticated the connection, and
 * says who is at its other end. Whoever is not trusted is not stored, and no reply goes to it.
 */
final class Registration {
  /** Member of a message that carries an ask, beside {@link CCInfo#KEY}. */
  static final String ASK = "_cc_ask";

  private static final String CLIENT = "client";

  private final Asker asker;
  private final Prover prover;
  private final AnswerReader reader;
  private final SiteAppraisal appraisal;
  private final Supplier<FederationPolicy> policy;
  private final SiteRegister register;
  private final String self;
  private final String project;
  private final Duration life;

  Registration(
      SiteIdentity self,
      Asker asker,
      Prover prover,
      AnswerReader reader,
      SiteAppraisal appraisal,
      Supplier<FederationPolicy> policy,
      SiteRegister register,
      Duration life) {
    this.self = self.name();
    this.project = self.project();
    this.asker = asker;
    this.prover = prover;
    this.reader = reader;
    this.appraisal = appraisal;
    this.policy = policy;
    this.register = register;
    this.life = life;
  }

  /** What came of a registration. */
  sealed interface Outcome {
    /**
     * The peer is trusted and stored.
     *
     * @param verdict why
     * @param reply to send to it; empty at the client's end
     */
    record Admitted(SiteVerdict verdict, Map<String, Object> reply) implements Outcome {}

    /**
     * The peer proved who it is, and is not trusted.
     *
     * @param verdict why not
     */
    record Rejected(SiteVerdict verdict) implements Outcome {}

    /**
     * The message is no answer; what was known of the peer stays.
     *
     * @param check what is wrong
     */
    record Unanswered(Check check) implements Outcome {}
  }

  /** At the server: what goes to a client that wants to register. */
  Map<String, Object> challenge(String client, Instant now) {
    return Map.of(ASK, ask(client, now));
  }

  /** At the client: what goes to the server, which must be the one that the kit names. */
  Map<String, Object> register(String server, Map<?, ?> challenge, Instant now, Deadline deadline)
      throws MalformedEvidenceException {
    SignedAsk asked = asked(server, challenge, now);
    Map<String, Object> registration = new LinkedHashMap<>(answer(asked, deadline));
    registration.put(ASK, ask(server, now));
    return registration;
  }

  /** At the server: judges a client, and answers its ask if it is trusted. */
  Outcome admit(String client, Map<?, ?> registration, Instant now, Deadline deadline) {
    try {
      // Both parts must be there before either is worth anything.
      SignedAsk asked = asked(client, registration, now);
      Optional<SiteVerdict> rejected = judged(client, CLIENT, registration, now);
      return rejected.isPresent()
          ? new Outcome.Rejected(rejected.get())
          : new Outcome.Admitted(
              register.find(client).orElseThrow().verdict(), answer(asked, deadline));
    } catch (MalformedEvidenceException e) {
      return new Outcome.Unanswered(e.check());
    }
  }

  /** At the client: judges the server by its reply. */
  Outcome confirm(String server, Map<?, ?> reply, Instant now) {
    try {
      Optional<SiteVerdict> rejected = judged(server, CCInfo.SERVER_ALIAS, reply, now);
      return rejected.isPresent()
          ? new Outcome.Rejected(rejected.get())
          : new Outcome.Admitted(register.find(server).orElseThrow().verdict(), Map.of());
    } catch (MalformedEvidenceException e) {
      return new Outcome.Unanswered(e.check());
    }
  }

  /** Stores who is trusted; returns the verdict on who is not. */
  private Optional<SiteVerdict> judged(String site, String role, Map<?, ?> message, Instant now)
      throws MalformedEvidenceException {
    List<CCToken> entries = CCInfo.read(message.get(CCInfo.KEY), site, role);
    SiteVerdict verdict = appraisal.judge(reader.read(site, entries, now), policy.get(), now);
    if (!verdict.trusted()) {
      register.forget(site);
      return Optional.of(verdict);
    }
    register.store(verdict, entries);
    return Optional.empty();
  }

  private Map<String, Object> ask(String subject, Instant now) {
    return asker.ask(Ask.Mode.PAIRWISE, subject, Optional.empty(), life, now).toMap();
  }

  private Map<String, Object> answer(SignedAsk asked, Deadline deadline) {
    return Map.of(CCInfo.KEY, CCInfo.toMap(self, prover.answer(asked.ask(), deadline)));
  }

  private SignedAsk asked(String by, Map<?, ?> message, Instant now)
      throws MalformedEvidenceException {
    if (!(message.get(ASK) instanceof Map<?, ?> map)) {
      throw refused(ReasonCode.ASK_MALFORMED, "an ask beside the entries", "none");
    }
    SignedAsk ask = SignedAsk.fromMap(map, project);
    String asking = prover.verified(ask, Ask.Mode.PAIRWISE, now);
    if (!asking.equals(by)) {
      throw refused(ReasonCode.SUBJECT_MISMATCH, "an ask of " + by, asking);
    }
    return ask;
  }

  private static MalformedEvidenceException refused(ReasonCode code, Object expected, Object was) {
    return new MalformedEvidenceException(
        Check.failed("exchange.ask", code, expected, was, "trust protocol, section 8"));
  }
}

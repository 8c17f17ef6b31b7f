// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Ask;
import io.fedtrust.attestation.model.BatchTree;
import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.model.EntryProof;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.Presence;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.SignedAsk;
import io.fedtrust.attestation.model.SiteCertificate;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.EvidenceCollector;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Answers asks with evidence of this process (trust protocol, sections 2, 4 and 5). */
final class Prover {
  private static final String SOURCE = "trust protocol, section 4";

  private final SiteIdentity self;
  private final SessionKey session;
  private final SiteCertificates certificates;
  private final AskLimits limits;
  private static final Duration SKEW = Duration.ofSeconds(60);

  private final Executor threads;
  private final List<EvidenceCollector> sources;
  private final ReentrantLock hardware = new ReentrantLock(true);

  Prover(
      SiteIdentity self,
      SessionKey session,
      SiteCertificates certificates,
      AskLimits limits,
      Executor threads,
      Collection<EvidenceCollector> collectors) {
    this.self = self;
    this.session = session;
    this.certificates = certificates;
    this.limits = limits;
    this.threads = threads;
    // Devices first: the CPU's evidence names them.
    this.sources =
        collectors.stream()
            .sorted(
                Comparator.comparing((EvidenceCollector source) -> source.form().namespace().cpu())
                    .thenComparing(source -> source.form().text()))
            .toList();
  }

  /**
   * Demands that an ask is genuine and meant for this site, before the hardware is touched.
   *
   * @param mode the only one that is answered here: a challenge of one kind must never be answered
   *     as one of another
   * @param purpose the only one of this topic
   * @return who asks
   * @throws MalformedEvidenceException saying what is wrong
   * @throws RefusedException if this site asked too often for this purpose
   */
  SiteCertificate verified(SignedAsk signed, Ask.Mode mode, Ask.Purpose purpose, Instant at)
      throws MalformedEvidenceException, RefusedException {
    Ask ask = signed.ask();
    if (ask.mode() != mode) {
      throw refused(ReasonCode.REQUEST_MALFORMED, mode.text(), ask.mode().text());
    }
    if (ask.purpose() != purpose) {
      throw refused(ReasonCode.REQUEST_MALFORMED, purpose.text(), ask.purpose().text());
    }
    if (at.isBefore(ask.issued().minus(SKEW))
        || !at.isBefore(ask.issued().plus(ask.life()).plus(SKEW))) {
      throw refused(ReasonCode.REQUEST_MALFORMED, "a request of now", ask.issued());
    }
    SiteCertificates.Proven asker = certificates.validate(signed.certificates(), at);
    if (!asker.site().name().equals(ask.verifier())) {
      throw refused(
          ReasonCode.SITE_CERTIFICATE_INVALID,
          "the certificate of " + ask.verifier(),
          asker.site().name());
    }
    if (!SiteSignatures.verifies(
        asker.key(), ask.signatureInput(asker.site().root().bytes()), signed.signature().bytes())) {
      throw refused(
          ReasonCode.SITE_SIGNATURE_INVALID, "a signature of " + ask.verifier(), "another");
    }
    if (ask.verifier().equals(self.name())) {
      throw refused(ReasonCode.REQUEST_MALFORMED, "another site as verifier", "this one");
    }
    if (!ask.subject().equals(self.name())) {
      throw refused(ReasonCode.SUBJECT_MISMATCH, self.name(), ask.subject());
    }
    limit(ask.verifier(), purpose);
    return asker.site();
  }

  /**
   * Counts an ask of a site that is proven.
   *
   * @throws RefusedException if it asked too often for this purpose
   */
  void limit(String asker, Ask.Purpose purpose) throws RefusedException {
    limits.count(asker, purpose);
  }

  /** Answers one ask that was {@link #verified}. */
  CompletableFuture<List<CCToken>> answer(Ask ask, Deadline deadline) {
    return CompletableFuture.supplyAsync(() -> answerNow(ask, deadline), threads);
  }

  /** The same in the thread of the caller, which waits. */
  List<CCToken> answerNow(Ask ask, Deadline deadline) {
    return alone(() -> collected(ask, deadline), deadline);
  }

  /** True for a site without evidence: it answers with its presence. */
  boolean isUnattested() {
    return sources.isEmpty();
  }

  /**
   * Answers for a site without evidence: its key is present now.
   *
   * @param verifier who asked; in a group {@link Binding#GROUP}
   */
  Presence here(String verifier, Optional<String> job, Challenge challenge) {
    return new Presence(
        self.chain(),
        Bytes.of(
            SiteSignatures.sign(
                self.privateKey(),
                Presence.signatureInput(
                    self.certificate().root(),
                    self.project(),
                    self.name(),
                    verifier,
                    job,
                    challenge))));
  }

  /**
   * Entries of NVFlare's own exchange, in which nobody is asked: the nonce is of this site's
   * choosing.
   */
  CompletableFuture<List<CCToken>> unasked(String peer, SecureRandom random, Deadline deadline) {
    Ask own =
        new Ask(
            Ask.Mode.PAIRWISE,
            Ask.Purpose.REGISTRATION,
            peer,
            self.name(),
            Optional.empty(),
            Challenge.random(random),
            deadline.remaining(),
            Instant.EPOCH);
    return answer(own, deadline)
        .thenApply(
            entries ->
                entries.stream()
                    .map(
                        entry ->
                            new CCToken(
                                entry.token(),
                                entry.namespace(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()))
                    .toList());
  }

  /** The hardware serves one at a time; whoever waits longer than it has is turned away. */
  private <T> T alone(Supplier<T> work, Deadline deadline) {
    boolean mine = false;
    try {
      mine = hardware.tryLock(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
      if (!mine) {
        throw new IllegalStateException("evidence was not there in time: others are before");
      }
      return work.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for evidence", e);
    } finally {
      if (mine) {
        hardware.unlock();
      }
    }
  }

  private List<CCToken> collected(Ask ask, Deadline deadline) {
    List<CCToken> entries = new ArrayList<>();
    for (EvidenceCollector source : sources) {
      Binding.Builder builder =
          Bindings.of(
                  self.project(),
                  self.certificate(),
                  source.form(),
                  ask.challenge(),
                  Bindings.audience(ask.mode(), ask.verifier()),
                  ask.job())
              .sessionKey(session.publicKey().bytes());
      if (source.form().namespace().cpu()) {
        CCToken.deviceDigest(entries).ifPresent(builder::devices);
      }
      Binding binding = builder.build();
      Evidence evidence = source.collect(binding, deadline);
      entries.add(CCToken.of(evidence).with(proof(binding, evidence, ask.challenge())));
    }
    return entries;
  }

  /**
   * Answers many asks with one report.
   *
   * @param asks each {@link #verified}, at most {@link BatchTree#MAX_LEAVES}
   * @return an answer for each, in their order
   */
  CompletableFuture<List<List<CCToken>>> answerBatch(List<Ask> asks, Deadline deadline) {
    BatchTree tree =
        BatchTree.of(
            asks.stream().map(ask -> new BatchTree.Leaf(ask.verifier(), ask.challenge())).toList());
    Ask first = asks.get(0);
    CompletableFuture<List<CCToken>> report =
        answer(
            new Ask(
                Ask.Mode.BATCH,
                first.purpose(),
                first.verifier(),
                self.name(),
                Optional.empty(),
                tree.root(),
                first.life(),
                first.issued()),
            deadline);
    return report.thenApply(
        shared ->
            IntStream.range(0, asks.size())
                .mapToObj(
                    index ->
                        shared.stream()
                            .map(
                                entry ->
                                    placed(
                                        entry,
                                        asks.get(index).challenge(),
                                        tree,
                                        index,
                                        asks.size()))
                            .toList())
                .toList());
  }

  /** Signatures cover the root; which leaf it is for stands beside them. */
  private static CCToken placed(
      CCToken entry, Challenge challenge, BatchTree tree, int index, int size) {
    EntryProof proof = entry.proof().orElseThrow();
    return entry.with(
        new EntryProof(
            proof.certificates(),
            proof.signature(),
            proof.session(),
            challenge.id(),
            Optional.of(
                new EntryProof.BatchPath(
                    index, size, tree.path(index).stream().map(Bytes::of).toList()))));
  }

  private EntryProof proof(Binding binding, Evidence evidence, Challenge challenge) {
    return new EntryProof(
        self.chain(),
        Bytes.of(
            SiteSignatures.sign(
                self.privateKey(),
                binding.entrySignatureInput(evidence.token(), evidence.endorsements()))),
        Optional.of(
            new EntryProof.Session(
                session.publicKey(),
                Bytes.of(session.sign(binding.sessionSignatureInput(evidence.token()))))),
        challenge.id(),
        Optional.empty());
  }

  private static MalformedEvidenceException refused(ReasonCode code, Object expected, Object was) {
    return MalformedEvidenceException.of("exchange.ask", code, expected, was, SOURCE);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Assurance;
import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.EntryProof;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidencePurpose;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.SiteCertificate;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.protocol.BatchTree;
import io.fedtrust.attestation.protocol.CCInfo;
import io.fedtrust.attestation.protocol.EvidenceRequest;
import io.fedtrust.attestation.protocol.Presence;
import java.security.PublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The first four checks of an answer: shape, challenge, certificate, signatures
 * (docs/protocol/exchange.md#order-of-checks). Whoever fails one has not answered, and the
 * subject's verdict stays as it is: else anybody on the path could have a site rejected.
 */
final class AnswerReader {
  private static final String SHAPE = "exchange.answer";
  private static final String ENTRY = "docs/protocol/exchange.md#entries";
  private static final String TRANSCRIPT = "docs/protocol/bindings.md#transcript";
  private static final String HERE = "docs/protocol/exchange.md#presence";

  /** Takes the place of a namespace where there is none. */
  private static final String PRESENCE = "";

  private static final String CHALLENGES = "docs/protocol/exchange.md#challenges";

  private final SiteIdentity self;
  private final SiteCertificates certificates;
  private final PendingChallenges challenges;
  private final SessionKeys sessionKeys;

  AnswerReader(
      SiteIdentity self,
      SiteCertificates certificates,
      PendingChallenges challenges,
      SessionKeys sessionKeys) {
    this.sessionKeys = sessionKeys;
    this.self = self;
    this.certificates = certificates;
    this.challenges = challenges;
  }

  /**
   * An entry, and what its evidence must carry.
   *
   * @param evidence in a known form
   * @param binding recomputed here; empty where the site chose its own nonce
   */
  record Bound(Evidence evidence, Optional<Binding> binding) {}

  /**
   * An answer whose sender is proven; its evidence is not.
   *
   * @param site who answered
   * @param certificateEnd last instant of its certificate
   * @param challengedAt when it was asked
   * @param assurance what the signatures show
   * @param siteKey of the site's certificate; empty where it showed none
   * @param sessionKey SPKI in DER of the process that answered
   * @param confirmation SHA-256 of the session key, hex
   * @param entries in the order received
   * @param checks the four that passed
   * @param certificate that signed; empty where the site signs nothing
   */
  record Answer(
      String site,
      Instant certificateEnd,
      Instant challengedAt,
      Assurance assurance,
      Optional<PublicKey> siteKey,
      Optional<Bytes> sessionKey,
      Optional<String> confirmation,
      List<Bound> entries,
      List<Check> checks,
      Optional<SiteCertificate> certificate) {

    /** Of a site that showed that its key is present, and nothing else. */
    static Answer withoutEvidence(SiteCertificates.Proven site, Instant challengedAt) {
      return withoutEvidence(
          site.site().name(),
          site.site().expiresAt(),
          challengedAt,
          Optional.of(site.key()),
          Optional.of(site.site()));
    }

    /** Of an NVFlare peer that need not show anything. */
    static Answer withoutEvidence(String site, Instant challengedAt) {
      return withoutEvidence(site, Instant.MAX, challengedAt, Optional.empty(), Optional.empty());
    }

    private static Answer withoutEvidence(
        String site,
        Instant certificateEnd,
        Instant challengedAt,
        Optional<PublicKey> siteKey,
        Optional<SiteCertificate> certificate) {
      return new Answer(
          site,
          certificateEnd,
          challengedAt,
          Assurance.IDENTITY_ONLY,
          siteKey,
          Optional.empty(),
          Optional.empty(),
          List.of(),
          List.of(Check.skipped("exchange.evidence", "the site showed none", HERE)),
          certificate);
    }
  }

  /**
   * Makes the four checks and consumes the challenge.
   *
   * @param subject who was asked
   * @throws MalformedEvidenceException saying why this is no answer
   */
  Answer read(String subject, List<CCToken> entries, Instant at) throws MalformedEvidenceException {
    EntryProof proof = shape(entries);
    PendingChallenges.Open open =
        challenges
            .find(proof.challengeId())
            .orElseThrow(
                () ->
                    refused(
                        "exchange.challenge",
                        ReasonCode.CHALLENGE_UNKNOWN,
                        "an open challenge",
                        proof.challengeId(),
                        CHALLENGES));
    if (!open.subjects().contains(subject)) {
      throw refused(
          "exchange.subject", ReasonCode.SUBJECT_MISMATCH, open.subjects(), subject, CHALLENGES);
    }
    Challenge challenge = challenge(open, proof);
    SiteCertificates.Proven proven = certificates.validate(proof.certificates(), at);
    SiteCertificate site = proven.site();
    if (!site.name().equals(subject)) {
      throw refused(
          "exchange.subject", ReasonCode.SUBJECT_MISMATCH, subject, site.name(), CHALLENGES);
    }
    List<Bound> bound = new ArrayList<>();
    for (CCToken entry : entries) {
      EvidenceForm form = EvidenceForm.of(entry.form().orElse("")).orElseThrow();
      Binding binding = binding(form, entry, entries, open, challenge, site);
      signatures(entry, binding, proven.key());
      bound.add(new Bound(entry.evidence(form).orElseThrow(), Optional.of(binding)));
    }
    consume(open, subject, entries);
    return new Answer(
        site.name(),
        site.expiresAt(),
        open.issuedAt(),
        proof.session().isPresent() ? Assurance.SESSION_NAMED : Assurance.IDENTITY_ONLY,
        Optional.of(proven.key()),
        proof.session().map(EntryProof.Session::publicKey),
        proof.session().map(EntryProof.Session::confirmation),
        bound,
        passed(open, site),
        Optional.of(site));
  }

  /**
   * Makes the same checks of a site without evidence: its key was present when it was asked.
   *
   * @param subject who was asked
   * @param purpose for which it was asked
   * @throws MalformedEvidenceException saying why this is no answer
   */
  Answer present(String subject, EvidencePurpose purpose, Presence presence, Instant at)
      throws MalformedEvidenceException {
    SiteCertificates.Proven proven = certificates.validate(presence.certificates(), at);
    SiteCertificate site = proven.site();
    if (!site.name().equals(subject)) {
      throw refused(
          "exchange.subject", ReasonCode.SUBJECT_MISMATCH, subject, site.name(), CHALLENGES);
    }
    for (PendingChallenges.Open open : challenges.asked(subject, purpose)) {
      byte[] signed =
          Presence.signatureInput(
              site.root(), self.project(), subject, self.name(), open.job(), open.challenge());
      if (SiteSignatures.verifies(proven.key(), signed, presence.signature().bytes())) {
        if (!challenges.consume(open, subject, PRESENCE)) {
          throw refused(
              "exchange.challenge",
              ReasonCode.ALREADY_ANSWERED,
              "the first answer",
              "another",
              CHALLENGES);
        }
        return Answer.withoutEvidence(proven, open.issuedAt());
      }
    }
    throw refused(
        "exchange.site-signature",
        ReasonCode.SITE_SIGNATURE_INVALID,
        "a signature of the site's key over what it was asked",
        "another",
        HERE);
  }

  /** One CPU entry, one entry a family, one sender. */
  private static EntryProof shape(List<CCToken> entries) throws MalformedEvidenceException {
    if (entries.isEmpty() || entries.size() > CCInfo.MAX_ENTRIES) {
      throw malformed("1 to " + CCInfo.MAX_ENTRIES + " entries", entries.size());
    }
    Set<String> namespaces = new HashSet<>();
    Set<EntryProof> senders = new HashSet<>();
    int cpus = 0;
    for (CCToken entry : entries) {
      if (!namespaces.add(entry.namespace())) {
        throw malformed("one entry a family", "two of " + entry.namespace());
      }
      EvidenceForm form =
          EvidenceForm.of(entry.form().orElse(""))
              .filter(known -> known.namespace().text().equals(entry.namespace()))
              .orElseThrow(
                  () ->
                      malformed(
                          "a known form of " + entry.namespace(), entry.form().orElse("none")));
      cpus += form.namespace().cpu() ? 1 : 0;
      senders.add(
          sender(entry.proof().orElseThrow(() -> malformed("signed entries", "one unsigned"))));
    }
    if (cpus != 1) {
      throw malformed("exactly one CPU entry", cpus);
    }
    if (senders.size() != 1) {
      throw malformed("entries of one process for one challenge", senders.size() + " senders");
    }
    return entries.get(0).proof().orElseThrow();
  }

  /** Without the signatures, which differ from entry to entry. */
  private static EntryProof sender(EntryProof proof) {
    Bytes none = Bytes.of(new byte[0]);
    return new EntryProof(
        proof.certificates(),
        none,
        proof.session().map(session -> new EntryProof.Session(session.publicKey(), none)),
        proof.challengeId(),
        proof.path());
  }

  private Challenge challenge(PendingChallenges.Open open, EntryProof proof)
      throws MalformedEvidenceException {
    boolean batch = open.mode() == EvidenceRequest.Mode.BATCH;
    if (batch != proof.path().isPresent()) {
      throw malformed(batch ? "a path in a batch" : "no path outside a batch", "the other");
    }
    if (!batch) {
      return open.challenge();
    }
    EntryProof.BatchPath path = proof.path().get();
    try {
      return BatchTree.rootFrom(
          new BatchTree.Leaf(self.name(), open.challenge()),
          path.index(),
          path.size(),
          path.path().stream().map(Bytes::bytes).toList());
    } catch (IllegalArgumentException e) {
      throw malformed("a path of RFC 9162 section 2.1.3.2", "one that does not fit");
    }
  }

  private Binding binding(
      EvidenceForm form,
      CCToken entry,
      List<CCToken> entries,
      PendingChallenges.Open open,
      Challenge challenge,
      SiteCertificate site) {
    Binding.Builder builder =
        Bindings.of(
            self.project(),
            site,
            form,
            challenge,
            Bindings.audience(open.mode(), self.name()),
            open.job());
    entry
        .proof()
        .flatMap(EntryProof::session)
        .ifPresent(session -> builder.sessionKey(session.publicKey().bytes()));
    if (form.namespace().cpu()) {
      CCToken.deviceDigest(
              entries.stream()
                  .filter(other -> !other.namespace().equals(entry.namespace()))
                  .toList())
          .ifPresent(builder::devices);
    }
    return builder.build();
  }

  private void signatures(CCToken entry, Binding binding, PublicKey siteKey)
      throws MalformedEvidenceException {
    EntryProof proof = entry.proof().orElseThrow();
    byte[] signed =
        binding.entrySignatureInput(entry.token(), entry.endorsements().map(Bytes::bytes));
    if (!SiteSignatures.verifies(siteKey, signed, proof.signature().bytes())) {
      throw refused(
          "exchange.site-signature",
          ReasonCode.SITE_SIGNATURE_INVALID,
          "a signature of the site's key over this entry",
          "another",
          ENTRY);
    }
    if (proof.session().isPresent()) {
      EntryProof.Session session = proof.session().get();
      boolean good =
          sessionKeys.verifies(
              session.publicKey(),
              binding.sessionSignatureInput(entry.token()),
              session.signature().bytes());
      if (!good) {
        throw refused(
            "exchange.session-signature",
            ReasonCode.SESSION_SIGNATURE_INVALID,
            "a signature of the session key over this entry",
            "another",
            ENTRY);
      }
    }
  }

  /** In one order, so that of two copies one goes on and the other does not. */
  private void consume(PendingChallenges.Open open, String subject, List<CCToken> entries)
      throws MalformedEvidenceException {
    List<String> namespaces =
        entries.stream().map(CCToken::namespace).sorted(Comparator.naturalOrder()).toList();
    for (String namespace : namespaces) {
      if (!challenges.consume(open, subject, namespace)) {
        throw refused(
            "exchange.challenge",
            ReasonCode.ALREADY_ANSWERED,
            "the first answer in " + namespace,
            "another",
            CHALLENGES);
      }
    }
  }

  private static List<Check> passed(PendingChallenges.Open open, SiteCertificate site) {
    return List.of(
        Check.passed(SHAPE, "one CPU entry", "one CPU entry", TRANSCRIPT),
        Check.passed("exchange.challenge", "an open challenge", open.challenge().id(), CHALLENGES),
        Check.passed("exchange.subject", "who was asked", site.name(), CHALLENGES),
        Check.passed("exchange.certificate", "a site of this project", site.name(), ENTRY),
        Check.passed("exchange.signatures", "site and session", "both", ENTRY));
  }

  private static MalformedEvidenceException malformed(Object expected, Object was) {
    return refused(SHAPE, ReasonCode.ANSWER_MALFORMED, expected, String.valueOf(was), TRANSCRIPT);
  }

  private static MalformedEvidenceException refused(
      String check, ReasonCode code, Object expected, Object was, String source) {
    return MalformedEvidenceException.of(check, code, expected, was, source);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.EntryProof;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.protocol.GroupRound;
import io.fedtrust.attestation.protocol.JobContext;
import io.fedtrust.attestation.protocol.JobSet;
import io.fedtrust.attestation.protocol.Presence;
import io.fedtrust.attestation.protocol.SignedJobSet;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The checks of a set before anybody is appraised: 2 to 5, and 6 except the verdict
 * (docs/protocol/jobs.md#checks-of-a-set). What fails one has changed nothing, and the set may come
 * again.
 */
final class SetChecks {
  private static final Duration LONGEST = Duration.ofMinutes(12);
  private static final Duration AFTER_ROUND = Duration.ofSeconds(60);
  private static final int SHOWN_NAMES = 8;
  private static final String SOURCE = "docs/protocol/jobs.md#checks-of-a-set";

  private final ClientServices services;

  SetChecks(ClientServices services) {
    this.services = services;
  }

  /**
   * Whether a set belongs to a round.
   *
   * @param round that this client answered
   * @param membership whom it expects
   * @param own what it answered
   * @throws MalformedEvidenceException saying what does not fit
   */
  OfferedSet offered(
      SignedJobSet signed,
      ShownEntries shown,
      GroupRound round,
      Membership membership,
      JobSet.Participant own)
      throws MalformedEvidenceException {
    JobSet set = signed.set();
    Instant now = services.settings().clock().instant();
    ofRound(set, round, now);
    names(set, round.nonces().keySet(), membership);
    Membership.check(
        "own entries",
        own.equals(set.participants().get(services.self())),
        "what this site sent",
        "other entries");
    String server = services.server();
    JobSet.Participant its = set.participants().get(server);
    PeerKeys keys = keys(server, SiteIdentity.SERVER_ALIAS, its, shown, round, now);
    JobContext context = new JobContext(keys.root(), services.project(), server, round.job());
    byte[] message = set.signatureInput(context);
    if (!keys.signedBySite(signed.signatures(), message)) {
      throw refused(ReasonCode.SITE_SIGNATURE_INVALID, "a set signed by the server", "another");
    }
    if (!keys.signed(signed.signatures(), message, services.sessionKeys())) {
      throw refused(
          ReasonCode.SESSION_SIGNATURE_INVALID, "a set signed by the server's process", "another");
    }
    long left = Duration.between(now, set.expires()).toNanos();
    return new OfferedSet(
        set, Bytes.of(message).sha256(), keys, services.settings().nanoTime().getAsLong() + left);
  }

  private static void ofRound(JobSet set, GroupRound round, Instant now)
      throws MalformedEvidenceException {
    Membership.check("job", set.job().equals(round.job()), round.job(), "another");
    Membership.check(
        "job digest", set.jobDigest().equals(round.jobDigest()), "that of the list", "another");
    Membership.check("expires", now.isBefore(set.expires()), "an end to come", set.expires());
    Instant latest = earlier(now.plus(LONGEST), round.expiry().plus(AFTER_ROUND));
    Membership.check(
        "expires", !set.expires().isAfter(latest), "an end until " + latest, set.expires());
  }

  private static Instant earlier(Instant first, Instant second) {
    return first.isBefore(second) ? first : second;
  }

  /** Nobody of the list is missing without a reason, and nobody else is there. */
  private void names(JobSet set, Set<String> listed, Membership membership)
      throws MalformedEvidenceException {
    Set<String> named = new HashSet<>();
    for (var each : set.participants().entrySet()) {
      if (each.getValue().kind() == JobSet.Kind.COMPAT) {
        Membership.check(
            "compat",
            services.settings().nvflarePeers().contains(each.getKey())
                && membership.deployable().map(all -> all.contains(each.getKey())).orElse(true),
            "a peer that is configured as an NVFlare peer here and belongs to the job",
            Failures.said(each.getKey()));
      } else {
        named.add(each.getKey());
      }
    }
    for (String site : set.left().keySet()) {
      Membership.check("left", named.add(site), "each name once", Failures.said(site));
    }
    Membership.check(
        "names",
        named.equals(listed),
        "exactly the names of the list",
        Failures.said(difference(named, listed).toString()));
    for (String site : List.of(services.server(), services.self())) {
      Membership.check(
          "participants", set.participants().containsKey(site), site, "a set without it");
    }
  }

  /** A few names that are in one of the two alone. */
  private static List<String> difference(Set<String> named, Set<String> listed) {
    return Stream.concat(
            named.stream().filter(name -> !listed.contains(name)),
            listed.stream().filter(name -> !named.contains(name)))
        .sorted()
        .limit(SHOWN_NAMES)
        .toList();
  }

  /**
   * The keys of a participant, from what it showed: entries that the set names, or its presence.
   * Whether they are trusted is for the policy to say.
   *
   * @param role that its certificate must have
   * @throws MalformedEvidenceException if it is not what the set names, or shows no key
   */
  PeerKeys keys(
      String site,
      String role,
      JobSet.Participant named,
      ShownEntries shown,
      GroupRound round,
      Instant now)
      throws MalformedEvidenceException {
    List<CCToken> entries = shown.entries().getOrDefault(site, List.of());
    Membership.check(
        "entries",
        CCToken.entriesDigest(entries).equals(named.entries()),
        "the entries of " + site + " that the set names",
        "others");
    boolean attested = named.kind() == JobSet.Kind.ATTESTED;
    Membership.check(
        "kind", attested != entries.isEmpty(), named.kind().text(), entries.size() + " entries");
    if (!attested) {
      return present(site, role, named, shown, round, now);
    }
    Optional<EntryProof> proof = entries.get(0).proof();
    Membership.check("entries", proof.isPresent(), "signed entries of " + site, "unsigned ones");
    Optional<Bytes> session = proof.flatMap(EntryProof::session).map(EntryProof.Session::publicKey);
    Membership.check(
        "session key",
        session.isPresent() && session.map(Bytes::sha256).equals(named.session()),
        "the session key of " + site + " that the set names",
        "another");
    SiteCertificates.Proven proven = proven(site, role, proof.orElseThrow().certificates(), now);
    return new PeerKeys(proven, session);
  }

  private PeerKeys present(
      String site,
      String role,
      JobSet.Participant named,
      ShownEntries shown,
      GroupRound round,
      Instant now)
      throws MalformedEvidenceException {
    Optional<Presence> shownHere = Optional.ofNullable(shown.presences().get(site));
    Membership.check(
        "unattested",
        services.admissionControl().isUnattested(site),
        "a site that the policy names with attestation: none",
        site);
    Membership.check(
        "presence", shownHere.isPresent() && named.session().isEmpty(), "that of " + site, "none");
    Presence here = shownHere.orElseThrow();
    SiteCertificates.Proven proven = proven(site, role, here.certificates(), now);
    byte[] message =
        Presence.signatureInput(
            proven.site().root(),
            services.project(),
            site,
            Binding.GROUP,
            Optional.of(round.job()),
            round.challenge(services.project()));
    if (!SiteSignatures.verifies(proven.key(), message, here.signature().bytes())) {
      throw refused(ReasonCode.SITE_SIGNATURE_INVALID, "the presence of " + site, "another");
    }
    return new PeerKeys(proven, Optional.empty());
  }

  private SiteCertificates.Proven proven(
      String site, String role, List<Bytes> certificates, Instant now)
      throws MalformedEvidenceException {
    SiteCertificates.Proven proven = services.certificates().validate(certificates, now);
    if (!proven.site().name().equals(site) || !proven.site().role().equals(role)) {
      throw refused(
          ReasonCode.SITE_CERTIFICATE_INVALID,
          "the certificate of the " + role + " " + site,
          proven.site().name());
    }
    return proven;
  }

  private static MalformedEvidenceException refused(ReasonCode code, Object expected, Object was) {
    return MalformedEvidenceException.of("exchange.set", code, expected, was, SOURCE);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.job.JobRequirements;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.protocol.GroupRound;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Whom this site expects in a job, from its kit and from the job as the submitter signed it. A
 * round is answered only if its list fits: the server cannot leave out whom the job demands, nor
 * add whom it does not name (docs/protocol/jobs.md#checks-of-a-list).
 *
 * @param server the server's name, from the kit
 * @param mandatory clients without which the job does not run
 * @param deployable clients that the job may run at; empty where it says all, and then the server
 *     alone says who takes part
 * @param minimumClients the least number of clients
 * @param digest of the job's definition, if this site checked the submitter's signature over it
 */
record Membership(
    String server,
    Set<String> mandatory,
    Optional<Set<String>> deployable,
    int minimumClients,
    Optional<Bytes> digest) {
  private static final Duration LONGEST_ROUND = Duration.ofMinutes(10);
  private static final Duration SKEW = Duration.ofSeconds(60);
  private static final int SHOWN_NAMES = 8;
  private static final String SOURCE = "docs/protocol/jobs.md#checks-of-a-list";

  /** What a verdict says of a list that nobody but the server vouches for. */
  static final String ASSERTED = "membership: asserted by server";

  Membership {
    mandatory = Set.copyOf(mandatory);
    deployable = deployable.map(Set::copyOf);
  }

  /** What a site expects of a job that it knows, or knows nothing of. */
  static Membership of(String server, Optional<JobRequirements> job) {
    return job.map(
            known ->
                new Membership(
                    server,
                    known.mandatoryClients(),
                    known.deployMap(),
                    known.minimumClients(),
                    known.digest()))
        .orElseGet(() -> new Membership(server, Set.of(), Optional.empty(), 1, Optional.empty()));
  }

  /** Peers without rounds, who speak NVFlare's own exchange, are in the set but in no list. */
  Membership withoutRounds(Set<String> peers) {
    Set<String> demanded = new HashSet<>(mandatory);
    demanded.removeAll(peers);
    return new Membership(
        server, demanded, deployable, Math.max(0, minimumClients - peers.size()), digest);
  }

  /** True if the members are no more than what the server says. */
  boolean asserted() {
    return deployable.isEmpty() || digest.isEmpty();
  }

  /**
   * Demands that a list is one to answer.
   *
   * @throws MalformedEvidenceException saying what does not fit
   */
  void require(GroupRound round, Instant now) throws MalformedEvidenceException {
    check("expiry", now.isBefore(round.expiry()), "a round that ends after " + now, round.expiry());
    Instant latest = now.plus(LONGEST_ROUND).plus(SKEW);
    check("expiry", !round.expiry().isAfter(latest), "an end until " + latest, round.expiry());
    check(
        "job digest",
        digest.isEmpty() || round.jobDigest().equals(digest),
        digest.map(Bytes::hex).orElse("any"),
        round.jobDigest().map(Bytes::hex).orElse("none"));
    require(round.nonces().keySet());
  }

  /**
   * Demands that the participants are those whom the job names.
   *
   * @throws MalformedEvidenceException saying who is missing or does not belong there
   */
  void require(Set<String> members) throws MalformedEvidenceException {
    check("server", members.contains(server), server, "a list without it");
    Set<String> absent = new HashSet<>(mandatory);
    absent.removeAll(members);
    check("mandatory clients", absent.isEmpty(), mandatory, "a list without " + absent);
    Set<String> strangers = new HashSet<>(members);
    strangers.remove(server);
    int clients = strangers.size();
    deployable.ifPresent(strangers::removeAll);
    check(
        "deploy map",
        deployable.isEmpty() || strangers.isEmpty(),
        "clients of the deploy map",
        Failures.said(strangers.stream().limit(SHOWN_NAMES).toList().toString()));
    check("min_clients", clients >= minimumClients, minimumClients + " clients", clients);
  }

  static void check(String what, boolean good, Object expected, Object was)
      throws MalformedEvidenceException {
    if (!good) {
      throw MalformedEvidenceException.of(
          "exchange.group", ReasonCode.GROUP_REFUSED, what + ": " + expected, was, SOURCE);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.protocol.JobAnswer;
import io.fedtrust.attestation.protocol.JobContext;
import io.fedtrust.attestation.protocol.JobDispatch;
import io.fedtrust.attestation.protocol.JobSet;
import io.fedtrust.attestation.protocol.KeySignatures;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * The checks of a dispatch, before the host starts anything
 * (docs/protocol/jobs.md#checks-of-a-dispatch).
 */
final class DispatchChecks {
  private static final String SOURCE = "docs/protocol/jobs.md#checks-of-a-dispatch";

  private final ClientServices services;
  private final String job;
  private final Answered answered;

  DispatchChecks(ClientServices services, String job, Answered answered) {
    this.services = services;
    this.job = job;
    this.answered = answered;
  }

  /**
   * Checks 1 to 4: the order is the server's, and everybody in it accepted this very set.
   *
   * @throws MalformedEvidenceException if it is not; nothing changes
   */
  void genuine(JobDispatch order, JobSet set, Map<String, PeerKeys> peers)
      throws MalformedEvidenceException {
    Instant now = services.settings().clock().instant();
    Membership.check(
        "set", order.set().equals(answered.set()), "the set that this site accepted", "another");
    Membership.check(
        "start_by",
        now.isBefore(order.startBy()) && !order.startBy().isAfter(set.expires()),
        "a start between " + now + " and " + set.expires(),
        order.startBy());
    if (!answered
        .server()
        .signed(
            order.signatures(), order.signatureInput(answered.context()), services.sessionKeys())) {
      throw refused("a dispatch that the server signed", "another");
    }
    Membership.check(
        "participants",
        set.participants().keySet().containsAll(order.participants().keySet()),
        "participants of the set",
        "others");
    for (String site : new String[] {services.server(), services.self()}) {
      Membership.check(
          "participants", order.participants().containsKey(site), site, "a dispatch without it");
    }
    for (Map.Entry<String, Optional<KeySignatures>> each : order.participants().entrySet()) {
      if (!accepted(each.getKey(), each.getValue(), set, peers)) {
        throw refused("the acceptance of this set by " + Failures.said(each.getKey()), "another");
      }
    }
  }

  private boolean accepted(
      String site, Optional<KeySignatures> acceptance, JobSet set, Map<String, PeerKeys> peers) {
    if (site.equals(services.self())) {
      return acceptance.equals(Optional.of(answered.own()));
    }
    boolean signs =
        !site.equals(services.server())
            && set.participants().get(site).kind() != JobSet.Kind.COMPAT;
    if (!signs || acceptance.isEmpty()) {
      return !signs && acceptance.isEmpty();
    }
    PeerKeys keys = peers.get(site);
    JobContext context = new JobContext(keys.root(), services.project(), services.server(), job);
    return keys.signed(
        acceptance.get(),
        JobAnswer.signatureInput(context, site, answered.set(), true, Optional.empty()),
        services.sessionKeys());
  }

  /** Checks 5 and 6: whether this site takes part in what is left of the set. */
  Optional<MalformedEvidenceException> objection(
      JobDispatch order, JobSet set, Membership membership) {
    try {
      membership.require(order.participants().keySet());
      for (String site : order.participants().keySet()) {
        Membership.check(
            "admitted",
            site.equals(services.self())
                || JobMembers.problem(
                        services.settings(),
                        services.admissionControl(),
                        site,
                        set.participants().get(site).session().map(Bytes::hex))
                    .isEmpty(),
            "members that are admitted here with the process that was appraised",
            site);
      }
      return Optional.empty();
    } catch (MalformedEvidenceException e) {
      return Optional.of(e);
    }
  }

  private static MalformedEvidenceException refused(Object expected, Object was) {
    return MalformedEvidenceException.of(
        "exchange.dispatch", ReasonCode.SITE_SIGNATURE_INVALID, expected, was, SOURCE);
  }
}

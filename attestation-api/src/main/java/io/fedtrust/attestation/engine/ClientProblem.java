// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.RefusalCode;
import io.fedtrust.attestation.model.SiteVerdict;

/**
 * Why a client of the deploy map does not take part in an attempt
 * (docs/protocol/jobs.md#clients-that-do-not-take-part).
 *
 * @param kind decides what follows
 * @param reason for people
 */
record ClientProblem(Kind kind, String reason) {
  /** The rows of the table on that page. */
  enum Kind {
    /** The server rejected its evidence in this attempt. */
    REJECTED,
    /** The server could not decide about its evidence in this attempt. */
    INCONCLUSIVE,
    /** It is in quarantine since its evidence was rejected. */
    QUARANTINED,
    /** It signed that it cannot answer now. */
    BUSY,
    /** It gave a nonce, and then nothing that counts. */
    SILENT,
    /** It declined. */
    DECLINED,
    /** The job has waited for it as long as a job waits for one site. */
    GIVEN_UP,
    /** It is not there. */
    ABSENT;

    /** True if the server does not trust the client's evidence. */
    boolean untrusted() {
      return switch (this) {
        case REJECTED, INCONCLUSIVE, QUARANTINED -> true;
        case BUSY, SILENT, DECLINED, GIVEN_UP, ABSENT -> false;
      };
    }

    /** True if the client was there, and then did not answer. */
    boolean unavailable() {
      return switch (this) {
        case BUSY, SILENT -> true;
        case REJECTED, INCONCLUSIVE, QUARANTINED, DECLINED, GIVEN_UP, ABSENT -> false;
      };
    }
  }

  static ClientProblem of(SiteVerdict verdict) {
    return new ClientProblem(
        verdict.outcome() == SiteVerdict.Outcome.REJECTED ? Kind.REJECTED : Kind.INCONCLUSIVE,
        verdict.reason().map(Enum::name).orElse("expired at " + verdict.expiresAt()));
  }

  static ClientProblem silent(String problem) {
    return new ClientProblem(Kind.SILENT, problem);
  }

  static ClientProblem declined(String why) {
    return new ClientProblem(Kind.DECLINED, why);
  }

  static ClientProblem absent(String why) {
    return new ClientProblem(Kind.ABSENT, why);
  }

  /** What a reply without an answer says of a client that gave a nonce. */
  static ClientProblem of(String what, Reply reply) {
    if (reply instanceof Reply.Refused refused) {
      Refusal refusal = refused.refusal();
      return switch (refusal.code()) {
        case BUSY, NOT_STARTED -> new ClientProblem(Kind.BUSY, refusal.toString());
        case NOT_ADMITTED -> absent(RefusalCode.NOT_ADMITTED.name());
        case DECLINED ->
            declined(refusal.reason().map(ReasonCode::name).orElse(RefusalCode.DECLINED.name()));
      };
    }
    return silent(reply.problem().isEmpty() ? what : what + ": " + reply.problem());
  }
}

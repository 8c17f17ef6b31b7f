// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.protocol.JobContext;
import io.fedtrust.attestation.protocol.JobEnd;
import java.util.Optional;

/**
 * The check of an end: the server's present certificate, and the process of the set
 * (docs/protocol/jobs.md#end).
 */
final class EndChecks {
  private static final String SOURCE = "docs/protocol/jobs.md#end";

  private final ClientServices services;
  private final String job;

  EndChecks(ClientServices services, String job) {
    this.services = services;
    this.job = job;
  }

  /**
   * Demands that the server signed an end, for the set that this site has, if it has one.
   *
   * @throws MalformedEvidenceException if it did not, or no server can end this state
   */
  void require(JobEnd word, ClientState state) throws MalformedEvidenceException {
    if (state instanceof ClientState.Proved) {
      genuine(word, admitted());
    } else if (state instanceof ClientState.Judging judging) {
      require(word, judging.offered().digest(), judging.offered().server());
    } else {
      Answered answered =
          state
              .answered()
              .filter(known -> !(state instanceof ClientState.Ended))
              .orElseThrow(() -> ClientState.misplaced("an attempt that a server can end"));
      require(word, answered.set(), answered.server());
    }
  }

  private void require(JobEnd word, Bytes set, PeerKeys server) throws MalformedEvidenceException {
    Membership.check("set", word.set().equals(set), "the set that this site has", "another");
    genuine(word, server.session());
  }

  /**
   * Demands that the server signed an end.
   *
   * @param session key of the server's process; empty for a server without evidence
   * @throws MalformedEvidenceException if it did not
   */
  void genuine(JobEnd word, Optional<Bytes> session) throws MalformedEvidenceException {
    SiteCertificates.Proven proven =
        services
            .certificates()
            .validate(word.certificates(), services.settings().clock().instant());
    if (!proven.site().name().equals(services.server())
        || !proven.site().role().equals(SiteIdentity.SERVER_ALIAS)) {
      throw refused(
          ReasonCode.SITE_CERTIFICATE_INVALID,
          "the certificate of " + services.server(),
          proven.site().name());
    }
    PeerKeys keys = new PeerKeys(proven, session);
    JobContext context = new JobContext(keys.root(), services.project(), services.server(), job);
    byte[] message = JobEnd.signatureInput(context, word.set(), word.outcome());
    if (!keys.signed(word.signatures(), message, services.sessionKeys())) {
      throw refused(ReasonCode.SITE_SIGNATURE_INVALID, "an end that the server signed", "another");
    }
  }

  /**
   * The server's process as it is admitted here, before a set has named it.
   *
   * @throws MalformedEvidenceException if the server is not admitted
   */
  private Optional<Bytes> admitted() throws MalformedEvidenceException {
    Optional<Admissions.Admission> admission =
        services
            .admissionControl()
            .admissions()
            .current(services.server(), services.settings().clock().instant());
    if (admission.isEmpty()) {
      throw refused(ReasonCode.GROUP_REFUSED, "an admitted server", "one that is not");
    }
    return admission.get().answer().flatMap(AnswerReader.Answer::sessionKey);
  }

  private static MalformedEvidenceException refused(ReasonCode code, Object expected, Object was) {
    return MalformedEvidenceException.of("exchange.end", code, expected, was, SOURCE);
  }
}

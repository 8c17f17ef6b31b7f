// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.event.CCEvent.Occasion;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.EvidencePurpose;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.protocol.EvidenceRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * This site appraises itself by its own policy before it starts (docs/protocol/exchange.md#start).
 */
final class SelfAppraisal {
  private final Settings settings;
  private final Identities identities;
  private final Challenger challenger;
  private final EvidenceReporter reporter;
  private final AdmissionControl admissionControl;
  private final SelfAttestation own;
  private final Events events;
  private final OpenStages stages;

  SelfAppraisal(
      Settings settings,
      Identities identities,
      Challenger challenger,
      EvidenceReporter reporter,
      AdmissionControl admissionControl,
      SelfAttestation own,
      Events events,
      OpenStages stages) {
    this.settings = settings;
    this.identities = identities;
    this.challenger = challenger;
    this.reporter = reporter;
    this.admissionControl = admissionControl;
    this.own = own;
    this.events = events;
    this.stages = stages;
  }

  /**
   * Collects this site's evidence and appraises it, unless the policy needs none of it.
   *
   * @return a trusted verdict
   * @throws AttestationException {@code SELF_REJECTED}, {@code SELF_INCONCLUSIVE}, or as a
   *     collector of this site fails
   */
  SiteVerdict appraise() {
    SiteVerdict verdict = verdict();
    if (!verdict.trusted()) {
      throw distrusted(verdict);
    }
    return verdict;
  }

  private SiteVerdict verdict() {
    String self = settings.site().name();
    Instant now = settings.clock().instant();
    SiteVerdict verdict =
        admissionControl.isUnattested(self)
            ? SiteVerdict.unattested(self, now, identities.current().certificate().expiresAt())
            : judged(self, now);
    events.tell(new CCEvent.Appraised(now, Occasion.BOOTSTRAP, verdict));
    return verdict;
  }

  private static AttestationException distrusted(SiteVerdict verdict) {
    boolean inconclusive = verdict.outcome() == SiteVerdict.Outcome.INCONCLUSIVE;
    return AttestationException.of(
        inconclusive ? ErrorCode.SELF_INCONCLUSIVE : ErrorCode.SELF_REJECTED,
        verdict.site(),
        "this site's own policy says "
            + verdict.outcome()
            + ": "
            + verdict.decisive().map(Object::toString).orElse("without a check"));
  }

  private SiteVerdict judged(String self, Instant now) {
    try {
      EvidenceRequest request =
          challenger
              .request(
                  EvidenceRequest.Mode.PAIRWISE,
                  EvidencePurpose.REGISTRATION,
                  self,
                  Optional.empty(),
                  settings.timing().challengeLife(),
                  now)
              .request();
      List<CCToken> entries = ownEvidence(request);
      SiteVerdict verdict = admissionControl.judge(self, entries);
      if (settings.isServer()) {
        own.keep(verdict, entries);
      }
      return verdict;
    } catch (MalformedEvidenceException e) {
      return SiteVerdict.failed(self, now, e.check().toString());
    } catch (AttestationException e) {
      // The caller gets the collector's own code; listeners hear why this site does not start.
      SiteVerdict failed =
          SiteVerdict.failed(self, now, ReasonCode.EVIDENCE_MISSING, Failures.text(e));
      events.tell(new CCEvent.Appraised(now, Occasion.BOOTSTRAP, failed));
      throw e;
    }
  }

  /** The one wait of a caller: nothing else runs yet, and {@link TrustEngine#close} ends it. */
  private List<CCToken> ownEvidence(EvidenceRequest request) {
    Duration limit = settings.timing().collectionTimeout();
    CompletableFuture<List<CCToken>> entries = reporter.answerHere(request, settings.collecting());
    try {
      return stages.keep(entries).get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      Throwable cause = Failures.cause(e);
      throw cause instanceof AttestationException known
          ? known
          : AttestationException.because(ErrorCode.COLLECTION_FAILED, "evidence", cause);
    } catch (TimeoutException e) {
      throw AttestationException.of(
          ErrorCode.COLLECTION_TIMED_OUT,
          "evidence",
          "the platform returned none in " + limit.toSeconds() + " seconds");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw AttestationException.because(ErrorCode.COLLECTION_FAILED, "evidence", e);
    } finally {
      entries.cancel(true);
    }
  }
}

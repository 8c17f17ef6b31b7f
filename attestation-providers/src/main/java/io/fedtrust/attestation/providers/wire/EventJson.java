// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.wire;

import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.job.JobDecision;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.providers.codec.StrictJson;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The decisions of a manager, for logs that machines read: one JSON object a line, no token in it.
 */
public final class EventJson {
  private EventJson() {}

  /**
   * Writes an event.
   *
   * @param event to write
   * @return JSON on one line, without a line break
   */
  public static String writeLine(CCEvent event) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("at", event.at().toString());
    map.put("event", event.kind());
    map.put("text", event.toString());
    if (event instanceof CCEvent.Appraised appraised) {
      map.put("occasion", appraised.occasion().text());
      map.put("site", appraised.verdict().site());
      map.put("verdict", verdict(appraised.verdict()));
    } else if (event instanceof CCEvent.Unanswered missed) {
      map.put("occasion", missed.occasion().text());
      map.put("site", missed.site());
      map.put("problem", missed.problem());
    } else if (event instanceof CCEvent.MessageRefused refused) {
      map.put("peer", refused.peer());
      map.put("topic", refused.topic());
      refused.refusal().ifPresent(code -> map.put("code", code.name()));
      map.put("problem", refused.problem());
    } else if (event instanceof CCEvent.Quarantined ended) {
      map.put("site", ended.site());
      map.put("consequence", ended.consequence().text());
      map.put("reason", ended.reason());
    } else if (event instanceof CCEvent.EvidenceReplayed replayed) {
      map.put("site", replayed.site());
      replayed.first().ifPresent(who -> map.put("first", who));
    } else if (event instanceof CCEvent.ReplayKeysDropped dropped) {
      map.put("site", dropped.site());
      map.put("keys", dropped.keys());
    } else if (event instanceof CCEvent.Readmitted readmitted) {
      map.put("site", readmitted.site());
    } else if (event instanceof CCEvent.PeerRefused refused) {
      map.put("occasion", refused.occasion().text());
      map.put("site", refused.site());
      map.put("code", refused.code().name());
      refused.reason().ifPresent(why -> map.put("reason", why.name()));
    } else if (event instanceof CCEvent.SessionChanged changed) {
      map.put("site", changed.site());
      map.put("before", changed.before());
      map.put("now", changed.now());
    } else if (event instanceof CCEvent.Forgotten forgotten) {
      map.put("site", forgotten.site());
    } else if (event instanceof CCEvent.JobStarted started) {
      map.put("job", started.job());
      map.put("participants", started.participants());
    } else if (event instanceof CCEvent.ParticipantLost lost) {
      map.put("job", lost.job());
      map.put("site", lost.site());
      map.put("reason", lost.reason());
    } else if (event instanceof CCEvent.JobEnded ended) {
      map.put("job", ended.job());
      map.put("outcome", ended.outcome().text());
    } else if (event instanceof CCEvent.JobAnswered answered) {
      map.put("job", answered.job());
      map.put("accepted", answered.declined().isEmpty());
      answered.declined().ifPresent(why -> map.put("reason", why));
    } else if (event instanceof CCEvent.JobDecided decided) {
      map.put("job", decided.job());
      map.put("decision", decision(decided.decision()));
      map.put("attempt", decided.history().count());
    } else if (event instanceof CCEvent.RoundEnded round) {
      map.put("asked", round.asked());
      map.put("answered", round.answered());
      map.put("took_ms", round.took().toMillis());
    } else if (event instanceof CCEvent.PolicyReplaced replaced) {
      map.put("changes", replaced.changes());
    }
    return StrictJson.writeLine(map);
  }

  /**
   * Returns a verdict on a site as names and values.
   *
   * @param verdict to write
   * @return text, lists and maps; one verdict for each entry of the site
   */
  public static Map<String, Object> verdict(SiteVerdict verdict) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("outcome", verdict.outcome().name().toLowerCase(Locale.ROOT));
    verdict
        .reason()
        .ifPresent(
            reason -> {
              map.put("reason", reason.name());
              map.put("hint", reason.hint());
            });
    verdict.decisive().ifPresent(check -> map.put("decisive", VerdictJson.check(check)));
    map.put("verified_at", verdict.verifiedAt().toString());
    map.put("expires_at", verdict.expiresAt().toString());
    verdict.confirmation().ifPresent(key -> map.put("cnf", Map.of("spki_sha256", key)));
    map.put("notes", verdict.notes());
    map.put("checks", verdict.checks().stream().map(VerdictJson::check).toList());
    map.put("entries", verdict.verdicts().stream().map(VerdictJson::toMap).toList());
    return map;
  }

  private static Map<String, Object> decision(JobDecision decision) {
    Map<String, Object> map = new LinkedHashMap<>();
    if (decision instanceof JobDecision.Dispatch dispatch) {
      map.put("outcome", "dispatch");
      map.put("clients", dispatch.clients());
      map.put("left", dispatch.left());
    } else if (decision instanceof JobDecision.Retry retry) {
      map.put("outcome", "retry");
      map.put("reason", retry.reason());
      map.put("sites", retry.sites());
    } else if (decision instanceof JobDecision.Refused refused) {
      map.put("outcome", "refused");
      map.put("status", refused.status());
      map.put("sites", refused.sites());
    }
    return map;
  }
}

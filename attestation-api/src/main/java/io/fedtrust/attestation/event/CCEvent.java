// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.event;

import io.fedtrust.attestation.job.JobDecision;
import io.fedtrust.attestation.job.JobOutcome;
import io.fedtrust.attestation.job.ScheduleHistory;
import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.RefusalCode;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.policy.FederationPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** A decision of a manager, and its reason. */
public sealed interface CCEvent {
  /** {@return when it happened, by the manager's clock} */
  Instant at();

  /** {@return the name of this kind of event, for example {@code Appraised}} */
  default String kind() {
    return getClass().getSimpleName();
  }

  /** Why a site was appraised. */
  enum Occasion {
    /** This site appraised itself before it started. */
    BOOTSTRAP,
    /** A client registers, or the server replies to it. */
    REGISTRATION,
    /** A job is scheduled. */
    JOB,
    /** Sites validate each other while they run. */
    CROSS_SITE,
    /** A new policy is applied to admitted sites. */
    POLICY;

    /** {@return the name for people, for example {@code cross-site}} */
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * A site responded and was appraised.
   *
   * @param at when
   * @param occasion on which occasion
   * @param verdict with every check
   */
  record Appraised(Instant at, Occasion occasion, SiteVerdict verdict) implements CCEvent {
    @Override
    public String toString() {
      return occasion.text()
          + ": "
          + verdict.site()
          + " "
          + verdict.outcome()
          + verdict.reason().map(reason -> " " + reason).orElse("")
          + verdict.decisive().map(check -> " (" + check + ")").orElse("");
    }
  }

  /**
   * A site was challenged and gave no valid response. Its admission does not change.
   *
   * @param at when
   * @param occasion on which occasion
   * @param site that was challenged
   * @param problem what was wrong
   */
  record Unanswered(Instant at, Occasion occasion, String site, String problem) implements CCEvent {
    @Override
    public String toString() {
      return occasion.text() + ": " + site + " sent no valid response: " + problem;
    }
  }

  /**
   * A message of a peer was refused. Nothing changed.
   *
   * @param at when
   * @param peer who sent it
   * @param topic of the message
   * @param refusal code of the signed refusal that answered it; empty if it was refused unsigned
   * @param check what is wrong with it; empty if nothing is
   * @param problem the same as text
   */
  record MessageRefused(
      Instant at,
      String peer,
      String topic,
      Optional<RefusalCode> refusal,
      Optional<Check> check,
      String problem)
      implements CCEvent {
    @Override
    public String toString() {
      return "refused " + topic + " of " + peer + ": " + problem;
    }
  }

  /**
   * A site presented evidence that was presented before. This is not a response; the site's
   * admission does not change.
   *
   * @param at when
   * @param site who presented it now
   * @param first who presented it first; empty if that was before this process started
   */
  record EvidenceReplayed(Instant at, String site, Optional<String> first) implements CCEvent {
    @Override
    public String toString() {
      return site
          + " presented evidence that "
          + first.map(who -> who + " presented").orElse("was presented")
          + " before";
    }
  }

  /**
   * A site has presented so much evidence that the oldest is no longer remembered. A replay of it
   * would not be detected.
   *
   * @param at when
   * @param site whose evidence it was
   * @param keys how many keys were dropped
   */
  record ReplayKeysDropped(Instant at, String site, int keys) implements CCEvent {
    @Override
    public String toString() {
      return "the oldest evidence of " + site + " is no longer remembered: " + keys + " keys";
    }
  }

  /**
   * A site's admission ended early, and the configured consequence follows.
   *
   * @param at when
   * @param site its name
   * @param consequence what follows
   * @param reason why
   */
  record Quarantined(Instant at, String site, Consequence consequence, String reason)
      implements CCEvent {
    @Override
    public String toString() {
      return site + " is in quarantine (" + consequence.text() + "): " + reason;
    }
  }

  /**
   * A site in quarantine is trusted again.
   *
   * @param at when
   * @param site its name
   */
  record Readmitted(Instant at, String site) implements CCEvent {
    @Override
    public String toString() {
      return site + " is readmitted";
    }
  }

  /**
   * A site refused a request in a signed message. This does not count as an unanswered challenge.
   *
   * @param at when
   * @param occasion on which occasion
   * @param site who refused
   * @param code of the refusal
   * @param reason why it declined, or empty
   */
  record PeerRefused(
      Instant at, Occasion occasion, String site, RefusalCode code, Optional<ReasonCode> reason)
      implements CCEvent {
    @Override
    public String toString() {
      return occasion.text()
          + ": "
          + site
          + " refused: "
          + code
          + reason.map(why -> " " + why).orElse("");
    }
  }

  /**
   * An admitted site has another session key, because it has restarted. Its admission is replaced,
   * and its jobs no longer include it.
   *
   * @param at when
   * @param site its name
   * @param before SHA-256 of its former session key, hex
   * @param now SHA-256 of the new one
   */
  record SessionChanged(Instant at, String site, String before, String now) implements CCEvent {
    @Override
    public String toString() {
      return site + " restarted: it has a new session key";
    }
  }

  /**
   * A site was in quarantine for so long that it counts as having left.
   *
   * @param at when
   * @param site its name
   */
  record Forgotten(Instant at, String site) implements CCEvent {
    @Override
    public String toString() {
      return site + " has left: it was in quarantine for too long";
    }
  }

  /**
   * A job was dispatched, and starts here.
   *
   * @param at when
   * @param job its id
   * @param participants with which models may be exchanged
   */
  record JobStarted(Instant at, String job, SortedSet<String> participants) implements CCEvent {
    /**
     * Copies the names.
     *
     * @param at when
     * @param job its id
     * @param participants with which models may be exchanged
     */
    public JobStarted {
      participants = Collections.unmodifiableSortedSet(new TreeSet<>(participants));
    }

    @Override
    public String toString() {
      return "job " + job + " starts with " + participants;
    }
  }

  /**
   * A running job has lost a participant: no more models may be sent to it.
   *
   * @param at when
   * @param job its id
   * @param site that was lost
   * @param reason why
   */
  record ParticipantLost(Instant at, String job, String site, String reason) implements CCEvent {
    @Override
    public String toString() {
      return "job " + job + " lost " + site + ": " + reason;
    }
  }

  /**
   * A job, or one attempt to schedule it, ended here.
   *
   * @param at when
   * @param job its id
   * @param outcome how
   */
  record JobEnded(Instant at, String job, JobOutcome outcome) implements CCEvent {
    @Override
    public String toString() {
      return "job " + job + " ended: " + outcome.text();
    }
  }

  /**
   * This site accepts a job, or declines it.
   *
   * @param at when
   * @param job its id
   * @param declined why, or empty
   */
  record JobAnswered(Instant at, String job, Optional<String> declined) implements CCEvent {
    @Override
    public String toString() {
      return "job " + job + declined.map(why -> " declined: " + why).orElse(" accepted");
    }
  }

  /**
   * An attempt to schedule a job ended.
   *
   * @param at when
   * @param job its id
   * @param decision on the job
   * @param history this attempt included
   */
  record JobDecided(Instant at, String job, JobDecision decision, ScheduleHistory history)
      implements CCEvent {
    @Override
    public String toString() {
      return "job " + job + " attempt " + history.count() + ": " + decision;
    }
  }

  /**
   * A round of cross-site validation ended.
   *
   * @param at when
   * @param asked how many sites
   * @param answered how many of them answered
   * @param took how long
   */
  record RoundEnded(Instant at, int asked, int answered, Duration took) implements CCEvent {
    @Override
    public String toString() {
      return "cross-site validation: " + answered + " of " + asked + " answered in " + took;
    }
  }

  /**
   * A round of cross-site validation was skipped, because another was running.
   *
   * @param at when
   */
  record RoundSkipped(Instant at) implements CCEvent {
    @Override
    public String toString() {
      return "cross-site validation skipped: a round is running";
    }
  }

  /**
   * Another policy is active.
   *
   * @param at when
   * @param changes line by line
   */
  record PolicyReplaced(Instant at, List<FederationPolicy.Change> changes) implements CCEvent {
    /**
     * Copies the list.
     *
     * @param at when
     * @param changes line by line
     */
    public PolicyReplaced {
      changes = List.copyOf(changes);
    }

    @Override
    public String toString() {
      return "policy replaced: " + changes;
    }
  }
}

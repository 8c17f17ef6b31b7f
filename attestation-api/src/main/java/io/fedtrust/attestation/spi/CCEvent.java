// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.spi;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.JobDecision;
import io.fedtrust.attestation.model.JobOutcome;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.RefusalCode;
import io.fedtrust.attestation.model.ScheduleHistory;
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

/** Something that a manager decided, and why. */
public sealed interface CCEvent {
  /**
   * Returns when it happened.
   *
   * @return the manager's clock
   */
  Instant at();

  /**
   * Returns the name of this kind of event.
   *
   * @return for example {@code Judged}
   */
  default String kind() {
    return getClass().getSimpleName();
  }

  /** On which occasion a site was judged. */
  enum Occasion {
    /** This site judged itself before it started. */
    BOOTSTRAP,
    /** A client registers, or the server replies to it. */
    REGISTRATION,
    /** A job is scheduled. */
    JOB,
    /** Sites validate each other while they run. */
    CROSS_SITE,
    /** A new policy judges what was accepted before. */
    POLICY;

    /**
     * Returns the name for people.
     *
     * @return for example {@code cross-site}
     */
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * A site answered and was judged.
   *
   * @param at when
   * @param occasion on which occasion
   * @param verdict with every check
   */
  record Judged(Instant at, Occasion occasion, SiteVerdict verdict) implements CCEvent {
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
   * A site was asked and gave no answer that counts; what was known of it stays.
   *
   * @param at when
   * @param occasion on which occasion
   * @param site who was asked
   * @param problem what was wrong
   */
  record Unanswered(Instant at, Occasion occasion, String site, String problem) implements CCEvent {
    @Override
    public String toString() {
      return occasion.text() + ": " + site + " gave no answer: " + problem;
    }
  }

  /**
   * A message of a peer was refused; nothing changed.
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
   * A site presented evidence that was presented before. It is no answer; what was known of the
   * site stays.
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
   * A site has presented so much evidence that the oldest of it is no longer remembered: somebody
   * could present that again.
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
   * A site's admission ended before its time, and the configured consequence follows.
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
   * A site in quarantine proved itself again.
   *
   * @param at when
   * @param site its name
   */
  record Recovered(Instant at, String site) implements CCEvent {
    @Override
    public String toString() {
      return site + " proved itself again";
    }
  }

  /**
   * A site refused a request with its signature: an answer, and no miss.
   *
   * @param at when
   * @param occasion on which occasion
   * @param site who refused
   * @param code what it says
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
   * An admitted site has another session key: it has restarted. Its former admission is replaced,
   * and its jobs have lost it.
   *
   * @param at when
   * @param site its name
   * @param before SHA-256 of its former session key, hex
   * @param now SHA-256 of the new one
   */
  record SessionChanged(Instant at, String site, String before, String now) implements CCEvent {
    @Override
    public String toString() {
      return site + " restarted: its session key is another";
    }
  }

  /**
   * A site was in quarantine for so long that it has left.
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
   * @param participants with whom models may be exchanged
   */
  record JobStarted(Instant at, String job, SortedSet<String> participants) implements CCEvent {
    /**
     * Copies the names.
     *
     * @param at when
     * @param job its id
     * @param participants with whom models may be exchanged
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
   * A job that runs has lost a participant: no model goes to it any more.
   *
   * @param at when
   * @param job its id
   * @param site who is out
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
   * An attempt to schedule a job came to an end.
   *
   * @param at when
   * @param job its id
   * @param decision what becomes of it
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
  record CycleEnded(Instant at, int asked, int answered, Duration took) implements CCEvent {
    @Override
    public String toString() {
      return "cross-site validation: " + answered + " of " + asked + " answered in " + took;
    }
  }

  /**
   * A round of cross-site validation was due while one was running, and left out.
   *
   * @param at when
   */
  record CycleSkipped(Instant at) implements CCEvent {
    @Override
    public String toString() {
      return "cross-site validation left out: one is running";
    }
  }

  /**
   * Another policy is in force.
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

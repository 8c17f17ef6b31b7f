// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What becomes of a job after one attempt to schedule it. */
public sealed interface JobDecision {

  /** What NVFlare calls a job that is given up. */
  String CAN_NOT_SCHEDULE = "FINISHED:CAN_NOT_SCHEDULE";

  /** What NVFlare says to a job with code of its own where sites must attest. */
  String OWN_CODE = "BYOC job not allowed for CC";

  /** What NVFlare calls a job that was called off. */
  String ABORTED = "FINISHED:ABORTED";

  /** What a block reason begins with where trust is what is missing. */
  String VERIFY_ERROR = "_cc_verify_error.";

  /**
   * The job goes to these clients and to no other.
   *
   * @param clients at least as many as it needs, every mandatory one among them
   * @param left those of its deploy map that do not take part, and why
   */
  record Dispatch(SortedSet<String> clients, SortedMap<String, String> left)
      implements JobDecision {
    /**
     * Copies.
     *
     * @param clients at least as many as it needs, every mandatory one among them
     * @param left those of its deploy map that do not take part, and why
     */
    public Dispatch {
      clients = Collections.unmodifiableSortedSet(new TreeSet<>(clients));
      left = Collections.unmodifiableSortedMap(new TreeMap<>(left));
    }
  }

  /**
   * Not now; the retry policy says when next.
   *
   * @param reason for people and for the job's history; it contains the reasons by site
   * @param sites why a client does not take part, by its name
   */
  record Retry(String reason, SortedMap<String, String> sites) implements JobDecision {
    /**
     * Copies.
     *
     * @param reason for people and for the job's history; it contains the reasons by site
     * @param sites why a client does not take part, by its name
     */
    public Retry {
      sites = Collections.unmodifiableSortedMap(new TreeMap<>(sites));
    }

    /**
     * Says why by site.
     *
     * @param problem what is missing
     * @param reasons by site
     * @return the decision
     */
    public static Retry because(String problem, Map<String, String> reasons) {
      SortedMap<String, String> sites = new TreeMap<>(reasons);
      StringBuilder text = new StringBuilder(problem);
      sites.forEach((site, why) -> text.append("; ").append(site).append(": ").append(why));
      return new Retry(text.toString(), sites);
    }

    @Override
    public String toString() {
      return reason;
    }
  }

  /**
   * Never.
   *
   * @param status NVFlare's final state, or its words for a job that is not accepted
   * @param sites why a client did not take part in the last attempt, by its name
   */
  record Refused(String status, SortedMap<String, String> sites) implements JobDecision {
    /**
     * Copies.
     *
     * @param status NVFlare's final state, or its words for a job that is not accepted
     * @param sites why a client did not take part in the last attempt, by its name
     */
    public Refused {
      sites = Collections.unmodifiableSortedMap(new TreeMap<>(sites));
    }

    /**
     * Refuses a job for a reason that lies in no site.
     *
     * @param status NVFlare's final state, or its words for a job that is not accepted
     * @return the decision
     */
    public static Refused because(String status) {
      return new Refused(status, new TreeMap<>());
    }

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder(status);
      sites.forEach((site, why) -> text.append("; ").append(site).append(": ").append(why));
      return text.toString();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.job;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The decision on a job after one attempt to schedule it. */
public sealed interface JobDecision {

  /** NVFlare's status of a job that is given up. */
  String CAN_NOT_SCHEDULE = "FINISHED:CAN_NOT_SCHEDULE";

  /** NVFlare's refusal of a job that brings code, if sites must attest. */
  String OWN_CODE = "BYOC job not allowed for CC";

  /** NVFlare's status of a job that was cancelled. */
  String ABORTED = "FINISHED:ABORTED";

  /** The start of a block reason if a site is not trusted. */
  String VERIFY_ERROR = "_cc_verify_error.";

  /**
   * The job runs at these clients only.
   *
   * @param clients at least as many as the job needs, including every mandatory one
   * @param left those of its deploy map that do not take part, and why
   */
  record Dispatch(SortedSet<String> clients, SortedMap<String, String> left)
      implements JobDecision {
    /**
     * Copies.
     *
     * @param clients at least as many as the job needs, including every mandatory one
     * @param left those of its deploy map that do not take part, and why
     */
    public Dispatch {
      clients = Collections.unmodifiableSortedSet(new TreeSet<>(clients));
      left = Collections.unmodifiableSortedMap(new TreeMap<>(left));
    }
  }

  /**
   * The job is tried again later, by the retry policy.
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
     * Makes a decision with the reasons of each site.
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
   * The job is not tried again.
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
     * Refuses a job for a reason that concerns no site.
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

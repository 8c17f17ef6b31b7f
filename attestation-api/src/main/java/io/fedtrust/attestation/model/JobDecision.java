// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

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
      clients = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(clients));
      left = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(left));
    }
  }

  /**
   * Not now; the retry policy says when next.
   *
   * @param reason for people and for the job's history
   */
  record Retry(String reason) implements JobDecision {
    /**
     * Says why by site.
     *
     * @param problem what is missing
     * @param reasons by site
     * @return the decision
     */
    public static Retry because(String problem, Map<String, String> reasons) {
      StringBuilder text = new StringBuilder(problem);
      new TreeMap<>(reasons)
          .forEach((site, why) -> text.append("; ").append(site).append(": ").append(why));
      return new Retry(text.toString());
    }
  }

  /**
   * Never.
   *
   * @param status NVFlare's final state, or its words for a job that is not accepted
   */
  record Refused(String status) implements JobDecision {}
}

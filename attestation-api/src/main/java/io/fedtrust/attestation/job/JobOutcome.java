// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.job;

import java.util.Locale;

/** How a job, or one attempt to schedule it, ended at a site. */
public enum JobOutcome {
  /** Too few accepted: nobody starts. */
  NOT_DISPATCHED,
  /** It was dispatched, and called off. */
  CANCELLED,
  /** It ran to its end. */
  FINISHED,
  /** Neither a dispatch nor an end came in time. */
  LAPSED,
  /** A new list for the same job came. */
  SUPERSEDED,
  /** This site stopped. */
  CLOSED;

  /** {@return the name on the wire, for example {@code not-dispatched}} */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

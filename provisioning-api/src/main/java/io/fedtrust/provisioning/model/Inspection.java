// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a file or folder is, and every check its use would make.
 *
 * @param kind what it is
 * @param facts who and what, in order, as shown to people
 * @param sources who vouches for each fact, by the same names
 * @param checks in the order they are made; skipped ones included
 */
public record Inspection(
    Kind kind, Map<String, String> facts, Map<String, Source> sources, List<Check> checks) {
  /** What was inspected. */
  public enum Kind {
    /** A request zip. */
    REQUEST_ZIP,
    /** A signed zip. */
    SIGNED_ZIP,
    /** The companion request zip of a server's job CA. */
    JOB_CA_REQUEST_ZIP,
    /** The signed zip of a server's job CA. */
    JOB_CA_SIGNED_ZIP,
    /** A CA folder. */
    CA_FOLDER,
    /** A request folder. */
    REQUEST_FOLDER,
    /** A startup kit. */
    STARTUP_KIT
  }

  /** Who vouches for a fact, if the checks passed. */
  public enum Source {
    /** The project CA: its signature covers the value. */
    SIGNED,
    /** The requester alone: nobody has approved the value. */
    REQUESTED,
    /** Nobody but who owns the file or folder: no signature covers the value. */
    LOCAL
  }

  /** How a check went. */
  public enum Outcome {
    /** It holds. */
    PASSED,
    /** It does not hold: use would be refused. */
    FAILED,
    /** It was not made. */
    SKIPPED
  }

  /**
   * One check.
   *
   * @param name what is checked
   * @param outcome how it went
   * @param detail why it failed or was skipped; empty when passed
   * @param code the code of the refusal, when failed
   */
  public record Check(String name, Outcome outcome, String detail, Optional<String> code) {}

  /**
   * Tells whether nothing failed.
   *
   * @return true if no check failed; some may have been skipped
   */
  public boolean sound() {
    return checks.stream().noneMatch(check -> check.outcome() == Outcome.FAILED);
  }
}

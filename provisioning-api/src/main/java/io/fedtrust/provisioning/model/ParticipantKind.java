// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

/** The {@code kind} of request.json and signed.json. */
public enum ParticipantKind {
  /** A client site. */
  SITE("site"),
  /** The server. */
  SERVER("server"),
  /** A person: one of the admin roles. */
  USER("user");

  private final String text;

  ParticipantKind(String text) {
    this.text = text;
  }

  /** {@return the value in documents: {@code site}, {@code server} or {@code user}} */
  public String text() {
    return text;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

import java.util.Optional;

/**
 * What a certificate is for. A participant's certificate says it in {@code unstructuredName}
 * (1.2.840.113549.1.9.2) of its subject.
 */
public enum CertType {
  /** A client site. */
  CLIENT("client", ParticipantKind.SITE, NameRule.CLIENT),
  /** The server. */
  SERVER("server", ParticipantKind.SERVER, NameRule.SERVER),
  /** An organization's administrator. */
  ORG_ADMIN("org_admin", ParticipantKind.USER, NameRule.ADMIN),
  /** A lead researcher. */
  LEAD("lead", ParticipantKind.USER, NameRule.ADMIN),
  /** A member. */
  MEMBER("member", ParticipantKind.USER, NameRule.ADMIN),
  /** A server's job CA, which is no participant: NVFlare's formats have no type for it. */
  JOB_CA("job_ca", ParticipantKind.SERVER, NameRule.SERVER);

  private final String text;
  private final ParticipantKind kind;
  private final NameRule nameRule;

  CertType(String text, ParticipantKind kind, NameRule nameRule) {
    this.text = text;
    this.kind = kind;
    this.nameRule = nameRule;
  }

  /** {@return the value in documents and certificates: for example {@code client}} */
  public String text() {
    return text;
  }

  /** {@return the kind that goes with this type} */
  public ParticipantKind kind() {
    return kind;
  }

  /** {@return the rule for names of this type} */
  public NameRule nameRule() {
    return nameRule;
  }

  /**
   * {@return the role text, which only users have: {@code cert_role}, empty for sites and servers}
   */
  public Optional<String> role() {
    return kind == ParticipantKind.USER ? Optional.of(text) : Optional.empty();
  }

  /**
   * {@return the type that stored documents name: {@code SERVER} for {@code JOB_CA}, beside which
   * they name the server}
   */
  public CertType participant() {
    return this == JOB_CA ? SERVER : this;
  }

  /**
   * Finds a participant's type by its text.
   *
   * @param text as in {@code unstructuredName}
   * @return the type; empty if no participant has it
   */
  public static Optional<CertType> of(String text) {
    for (CertType type : values()) {
      if (type != JOB_CA && type.text.equals(text)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}

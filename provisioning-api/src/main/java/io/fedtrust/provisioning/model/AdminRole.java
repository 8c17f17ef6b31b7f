// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

import java.util.Optional;

/** What an administrator may do; NVFlare's default authorization policy knows these roles. */
public enum AdminRole {
  /** Administers the sites of one organization. */
  ORG_ADMIN(CertType.ORG_ADMIN),
  /** Submits jobs. */
  LEAD(CertType.LEAD),
  /** May look. */
  MEMBER(CertType.MEMBER);

  private final CertType certType;

  AdminRole(CertType certType) {
    this.certType = certType;
  }

  /** {@return the certificate type with the same text as this role} */
  public CertType certType() {
    return certType;
  }

  /**
   * {@return the value in documents and certificates: {@code org_admin}, {@code lead} or {@code
   * member}}
   */
  public String text() {
    return certType.text();
  }

  /**
   * Reads a role; {@code org-admin} is another spelling of {@code org_admin}.
   *
   * @param text the value, trimmed
   * @return empty if there is no such role; {@code project_admin} cannot be obtained this way
   */
  public static Optional<AdminRole> of(String text) {
    for (AdminRole role : values()) {
      if (role.text().equals(text.replace('-', '_'))) {
        return Optional.of(role);
      }
    }
    return Optional.empty();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import java.util.Locale;

/** Why a site requests evidence. The limits of requests apply to each challenger and purpose. */
public enum EvidencePurpose {
  /** A client registers: topics {@code challenge} and {@code register}. */
  REGISTRATION,
  /** A job is scheduled: topic {@code job_list}. */
  JOB,
  /** Sites validate each other while they run: topic {@code request_fresh_token}. */
  CROSS_SITE;

  /** {@return the name on the wire, for example {@code cross-site}} */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

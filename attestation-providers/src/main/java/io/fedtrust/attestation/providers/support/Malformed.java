// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.support;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;

/** Says what is wrong with bytes that are not what their format demands. */
public final class Malformed {
  private Malformed() {}

  /** Makes the exception of a failed check. */
  public static MalformedEvidenceException of(
      String check, ReasonCode code, Object expected, Object actual, String source) {
    return new MalformedEvidenceException(Check.failed(check, code, expected, actual, source));
  }
}

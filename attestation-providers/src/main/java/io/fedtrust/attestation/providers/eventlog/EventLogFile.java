// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.eventlog;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.codec.BoundedFile;
import java.io.IOException;
import java.nio.file.Path;

/** An event log in a file, as the kernel shows it. */
public final class EventLogFile {
  private EventLogFile() {}

  /**
   * Attaches a log to evidence.
   *
   * @param evidence whose registers it explains
   * @param file to read
   * @param bank that its events were extended into
   * @return the evidence with the log
   * @throws AttestationException {@code EVIDENCE_UNREADABLE} if it is no such log
   */
  public static Evidence attach(Evidence evidence, Path file, RegisterBank bank) {
    try {
      byte[] log = BoundedFile.read(file, EventLog.MAX_BYTES);
      return evidence.withEndorsements(EventLog.parse(log, bank).endorsements());
    } catch (IOException | MalformedEvidenceException e) {
      throw AttestationException.because(ErrorCode.EVIDENCE_UNREADABLE, file.toString(), e);
    }
  }
}

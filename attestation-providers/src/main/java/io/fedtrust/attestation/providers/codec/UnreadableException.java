// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.codec;

import io.fedtrust.attestation.model.PrintableText;
import io.fedtrust.attestation.model.ReadableFailure;
import java.io.IOException;

/**
 * A file, document, device or service that does not yield what it should, said in words for people:
 * any other {@link IOException} has words of the JDK.
 */
public final class UnreadableException extends IOException implements ReadableFailure {
  private static final long serialVersionUID = 1L;
  private static final int SHOWN_CHARACTERS = 500;

  /** Says what is wrong; text from others in it is shortened and escaped. */
  public UnreadableException(String problem) {
    super(PrintableText.of(problem, SHOWN_CHARACTERS));
  }

  /** Says what is wrong, and what is below. */
  public UnreadableException(String problem, Throwable cause) {
    super(PrintableText.of(problem, SHOWN_CHARACTERS), cause);
  }
}

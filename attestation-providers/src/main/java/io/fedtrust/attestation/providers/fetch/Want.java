// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.fetch;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.collateral.CollateralEntry;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.List;

/**
 * One answer of a service, and the items it is made of.
 *
 * @param names of the items, kind and subject, in the order of {@link Reading#read}
 * @param uri what is asked
 * @param maxBytes most bytes of the answer
 * @param reading takes the answer apart
 */
public record Want(List<Name> names, URI uri, int maxBytes, Reading reading) {

  /**
   * What an item is called.
   *
   * @param kind of its family
   * @param subject what it is for
   */
  public record Name(String kind, String subject) {}

  /** Wants an answer that is one item. */
  public static Want one(String kind, String subject, URI uri, int maxBytes, Reading reading) {
    return new Want(List.of(new Name(kind, subject)), uri, maxBytes, reading);
  }

  /** Takes an answer apart; nothing of it is verified, but it is what was asked for. */
  @FunctionalInterface
  public interface Reading {
    /**
     * Reads an answer.
     *
     * @throws IOException if it is not what was asked for
     * @throws MalformedEvidenceException if it is not what was asked for
     */
    List<CollateralEntry> read(BoundedHttp.Answer answer, Instant now)
        throws IOException, MalformedEvidenceException;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.fetch;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.collateral.CollateralEntry;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * One answer of a service, and the items it is made of.
 *
 * @param names of the items, kind and subject, in the order of {@link Reading#read}
 * @param uri what is asked
 * @param maxBytes most bytes of the answer
 * @param question what is sent, if the service takes something
 * @param headers beside; their values are never told to anybody else
 * @param outdated tells whether what is at hand should be asked for again, though it has not ended
 * @param reading takes the answer apart
 */
public record FetchRequest(
    List<Name> names,
    URI uri,
    int maxBytes,
    Optional<Question> question,
    Map<String, String> headers,
    Predicate<List<CollateralEntry>> outdated,
    Reading reading) {

  /** Wants an answer to nothing but an address. */
  public FetchRequest(List<Name> names, URI uri, int maxBytes, Reading reading) {
    this(names, uri, maxBytes, Optional.empty(), Map.of(), known -> false, reading);
  }

  /**
   * What is sent.
   *
   * @param contentType of it
   * @param content bytes
   */
  public record Question(String contentType, byte[] content) {}

  /** Sends something with it. */
  public FetchRequest asking(String contentType, byte[] content) {
    return new FetchRequest(
        names,
        uri,
        maxBytes,
        Optional.of(new Question(contentType, content)),
        headers,
        outdated,
        reading);
  }

  /** Sends headers with it. */
  public FetchRequest with(Map<String, String> more) {
    return new FetchRequest(names, uri, maxBytes, question, Map.copyOf(more), outdated, reading);
  }

  /** Asks again, at most once a minute, where what is at hand will not do. */
  public FetchRequest unless(Predicate<List<CollateralEntry>> lacking) {
    return new FetchRequest(names, uri, maxBytes, question, headers, lacking, reading);
  }

  /**
   * What an item is called.
   *
   * @param kind of its family
   * @param subject what it is for
   */
  public record Name(String kind, String subject) {}

  /** Wants an answer that is one item. */
  public static FetchRequest one(
      String kind, String subject, URI uri, int maxBytes, Reading reading) {
    return new FetchRequest(List.of(new Name(kind, subject)), uri, maxBytes, reading);
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

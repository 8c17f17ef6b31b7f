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
 * @param names of the items, kind and subject, in the order of {@link ResponseParser#read}
 * @param uri what is asked
 * @param maxBytes most bytes of the answer
 * @param body what is sent, if the service takes something
 * @param headers beside; their values are never told to anybody else
 * @param outdated tells whether what is at hand should be asked for again, though it has not ended
 * @param parser takes the answer apart
 */
public record FetchRequest(
    List<ItemName> names,
    URI uri,
    int maxBytes,
    Optional<RequestBody> body,
    Map<String, String> headers,
    Predicate<List<CollateralEntry>> outdated,
    ResponseParser parser) {

  /** Wants an answer to nothing but an address. */
  public FetchRequest(List<ItemName> names, URI uri, int maxBytes, ResponseParser parser) {
    this(names, uri, maxBytes, Optional.empty(), Map.of(), known -> false, parser);
  }

  /**
   * What is sent.
   *
   * @param contentType of it
   * @param content bytes
   */
  public record RequestBody(String contentType, byte[] content) {}

  /** Sends something with it. */
  public FetchRequest withBody(String contentType, byte[] content) {
    return new FetchRequest(
        names,
        uri,
        maxBytes,
        Optional.of(new RequestBody(contentType, content)),
        headers,
        outdated,
        parser);
  }

  /** Sends headers with it. */
  public FetchRequest withHeaders(Map<String, String> more) {
    return new FetchRequest(names, uri, maxBytes, body, Map.copyOf(more), outdated, parser);
  }

  /** Asks again, at most once a minute, where what is at hand will not do. */
  public FetchRequest refreshedIf(Predicate<List<CollateralEntry>> outdated) {
    return new FetchRequest(names, uri, maxBytes, body, headers, outdated, parser);
  }

  /**
   * What an item is called.
   *
   * @param kind of its family
   * @param subject what it is for
   */
  public record ItemName(String kind, String subject) {}

  /** Wants an answer that is one item. */
  public static FetchRequest one(
      String kind, String subject, URI uri, int maxBytes, ResponseParser parser) {
    return new FetchRequest(List.of(new ItemName(kind, subject)), uri, maxBytes, parser);
  }

  /** Takes an answer apart; nothing of it is verified, but it is what was asked for. */
  @FunctionalInterface
  public interface ResponseParser {
    /**
     * Reads an answer.
     *
     * @throws IOException if it is not what was asked for
     * @throws MalformedEvidenceException if it is not what was asked for
     */
    List<CollateralEntry> read(BoundedHttp.Response answer, Instant now)
        throws IOException, MalformedEvidenceException;
  }
}

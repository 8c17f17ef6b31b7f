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
 * A request to a service, and the items that its response contains.
 *
 * @param names of the items, kind and subject, in the order of {@link ResponseParser#read}
 * @param uri the address
 * @param maxBytes maximum size of the response
 * @param body content of a POST request; a GET request has none
 * @param headers of the request; no message repeats their values
 * @param outdated tells whether stored items should be requested again before they expire
 * @param parser parses the response
 */
public record FetchRequest(
    List<ItemName> names,
    URI uri,
    int maxBytes,
    Optional<RequestBody> body,
    Map<String, String> headers,
    Predicate<List<CollateralEntry>> outdated,
    ResponseParser parser) {

  /** Creates a GET request without headers. */
  public FetchRequest(List<ItemName> names, URI uri, int maxBytes, ResponseParser parser) {
    this(names, uri, maxBytes, Optional.empty(), Map.of(), known -> false, parser);
  }

  /**
   * The content of a POST request.
   *
   * @param contentType of it
   * @param content bytes
   */
  public record RequestBody(String contentType, byte[] content) {}

  /** Returns the same request as POST with content. */
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

  /** Returns the same request with headers. */
  public FetchRequest withHeaders(Map<String, String> more) {
    return new FetchRequest(names, uri, maxBytes, body, Map.copyOf(more), outdated, parser);
  }

  /**
   * Returns the same request, which is sent again, at most once a minute, if the stored items are
   * outdated.
   */
  public FetchRequest refreshedIf(Predicate<List<CollateralEntry>> outdated) {
    return new FetchRequest(names, uri, maxBytes, body, headers, outdated, parser);
  }

  /**
   * The name of an item.
   *
   * @param kind of its family
   * @param subject subject within the kind
   */
  public record ItemName(String kind, String subject) {}

  /** Creates a GET request for one item. */
  public static FetchRequest one(
      String kind, String subject, URI uri, int maxBytes, ResponseParser parser) {
    return new FetchRequest(List.of(new ItemName(kind, subject)), uri, maxBytes, parser);
  }

  /** Parses a response. Nothing is verified, except that it contains the requested items. */
  @FunctionalInterface
  public interface ResponseParser {
    /**
     * Parses a response.
     *
     * @throws IOException if it does not contain the requested items
     * @throws MalformedEvidenceException if it is malformed
     */
    List<CollateralEntry> read(BoundedHttp.Response answer, Instant now)
        throws IOException, MalformedEvidenceException;
  }
}

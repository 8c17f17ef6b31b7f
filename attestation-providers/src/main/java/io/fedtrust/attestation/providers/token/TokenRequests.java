// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.token;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.providers.codec.UnreadableException;
import io.fedtrust.attestation.providers.fetch.BoundedHttp;
import io.fedtrust.attestation.spi.Deadline;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/** Sends a collector's requests to a service that signs tokens, until a deadline. */
public final class TokenRequests {
  private static final Duration LONGEST = Duration.ofMinutes(1);
  private static final int SUCCESS = 200;

  private final BoundedHttp http = new BoundedHttp(LONGEST);
  private final int maxBytes;

  /** Creates an object that refuses responses of more than so many bytes. */
  public TokenRequests(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Returns an address without the slashes at its end. */
  public static String base(URI service) {
    return service.toString().replaceFirst("/+$", "");
  }

  /**
   * Sends a request without content.
   *
   * @param headers whose values no message repeats
   * @return the body of the response
   * @throws AttestationException {@code COLLECTION_TIMED_OUT} if the deadline has passed
   * @throws IOException if the service does not answer in time with status 200
   */
  public byte[] get(URI uri, Map<String, String> headers, Deadline deadline) throws IOException {
    return body(uri, before(deadline, uri).get(uri, headers, maxBytes));
  }

  /**
   * Sends JSON.
   *
   * @param headers whose values no message repeats
   * @return the body of the response
   * @throws AttestationException {@code COLLECTION_TIMED_OUT} if the deadline has passed
   * @throws IOException if the service does not answer in time with status 200
   */
  public byte[] post(URI uri, Map<String, String> headers, byte[] json, Deadline deadline)
      throws IOException {
    return body(uri, before(deadline, uri).post(uri, headers, json, maxBytes));
  }

  private BoundedHttp before(Deadline deadline, URI uri) {
    if (deadline.passed()) {
      throw AttestationException.of(
          ErrorCode.COLLECTION_TIMED_OUT, uri.toString(), "no answer by the deadline");
    }
    return http.within(deadline.remaining());
  }

  private static byte[] body(URI uri, BoundedHttp.Response response) throws IOException {
    if (response.status() != SUCCESS) {
      throw new UnreadableException(
          uri.getPath() + ": expected status 200, was " + response.status());
    }
    return response.body();
  }
}

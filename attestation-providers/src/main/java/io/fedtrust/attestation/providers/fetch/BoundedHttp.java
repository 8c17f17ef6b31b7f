// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.fetch;

import io.fedtrust.attestation.model.ReadableFailure;
import io.fedtrust.attestation.providers.codec.UnreadableException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;

/** Sends requests with a time limit and a size limit, and never follows a redirection. */
public final class BoundedHttp {
  private static final Duration CONNECT = Duration.ofSeconds(10);

  private final HttpClient client;
  private final Duration timeout;

  /** Limits the time of a whole request, and uses the trust store of the JVM. */
  public BoundedHttp(Duration timeout) {
    this(timeout, Optional.empty());
  }

  /** Limits the time of a whole request, and uses the trust store of this context. */
  public BoundedHttp(Duration timeout, Optional<SSLContext> tls) {
    this.timeout = timeout;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .connectTimeout(timeout.compareTo(CONNECT) < 0 ? timeout : CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER);
    tls.ifPresent(builder::sslContext);
    this.client = builder.build();
  }

  private BoundedHttp(HttpClient client, Duration timeout) {
    this.client = client;
    this.timeout = timeout;
  }

  /** Uses the same connections with a shorter time limit. */
  public BoundedHttp within(Duration shorter) {
    return new BoundedHttp(client, shorter.compareTo(timeout) < 0 ? shorter : timeout);
  }

  /**
   * A response.
   *
   * @param status of HTTP
   * @param retryAfter time that the server wants the client to wait
   * @param headers of HTTP
   * @param body at most as long as allowed
   */
  public record Response(
      int status, Optional<Duration> retryAfter, HttpHeaders headers, byte[] body) {
    /** Returns every value of a header, whatever case its name is in. */
    public List<String> values(String name) {
      return headers.allValues(name);
    }
  }

  /**
   * Sends a GET request.
   *
   * @param uri the address
   * @param maxBytes maximum size of the response
   * @return the response, whatever its status
   * @throws ConnectException if nothing listens there
   * @throws IOException if there is no response in time, or it is too long
   */
  public Response get(URI uri, int maxBytes) throws IOException {
    return get(uri, Map.of(), maxBytes);
  }

  /**
   * Sends a GET request with headers, whose values no message repeats.
   *
   * @param uri the address
   * @param headers to send
   * @param maxBytes maximum size of the response
   * @return the response, whatever its status
   * @throws ConnectException if nothing listens there
   * @throws IOException if there is no response in time, or it is too long
   */
  public Response get(URI uri, Map<String, String> headers, int maxBytes) throws IOException {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).GET();
    headers.forEach(request::header);
    return send(request, maxBytes);
  }

  /**
   * Sends a POST request with JSON.
   *
   * @param uri the address
   * @param headers in addition to the type of the content; no message repeats their values
   * @param json the content
   * @param maxBytes maximum size of the response
   * @return the response, whatever its status
   * @throws ConnectException if nothing listens there
   * @throws IOException if there is no response in time, or it is too long
   */
  public Response post(URI uri, Map<String, String> headers, byte[] json, int maxBytes)
      throws IOException {
    return post(uri, headers, "application/json", json, maxBytes);
  }

  /**
   * Sends a POST request.
   *
   * @param uri the address
   * @param headers in addition to the type of the content; no message repeats their values
   * @param contentType of the content
   * @param content to send
   * @param maxBytes maximum size of the response
   * @return the response, whatever its status
   * @throws ConnectException if nothing listens there
   * @throws IOException if there is no response in time, or it is too long
   */
  public Response post(
      URI uri, Map<String, String> headers, String contentType, byte[] content, int maxBytes)
      throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .header("Content-Type", contentType)
            .POST(HttpRequest.BodyPublishers.ofByteArray(content));
    headers.forEach(request::header);
    return send(request, maxBytes);
  }

  private Response send(HttpRequest.Builder builder, int maxBytes) throws IOException {
    HttpRequest request = builder.timeout(timeout).build();
    CompletableFuture<HttpResponse<byte[]>> pending =
        client.sendAsync(request, info -> new Bounded(maxBytes));
    try {
      HttpResponse<byte[]> response = pending.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      return new Response(
          response.statusCode(), retryAfter(response), response.headers(), response.body());
    } catch (TimeoutException e) {
      throw new UnreadableException("no answer within " + timeout, e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ConnectException) {
        throw (ConnectException) new ConnectException("no connection").initCause(e);
      }
      throw new UnreadableException(reason(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnreadableException("interrupted", e);
    } finally {
      pending.cancel(true);
    }
  }

  private static String reason(ExecutionException e) {
    return e.getCause() instanceof HttpTimeoutException
        ? "no answer in time"
        : ReadableFailure.textOf(e);
  }

  private static Optional<Duration> retryAfter(HttpResponse<?> response) {
    return response
        .headers()
        .firstValue("retry-after")
        .filter(text -> text.matches("\\d{1,9}"))
        .map(text -> Duration.ofSeconds(Long.parseLong(text)));
  }

  /** Collects a body until it is too long. */
  private static final class Bounded implements HttpResponse.BodySubscriber<byte[]> {
    private final int maxBytes;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CompletableFuture<byte[]> body = new CompletableFuture<>();
    private Optional<Flow.Subscription> subscription = Optional.empty();

    private Bounded(int maxBytes) {
      this.maxBytes = maxBytes;
    }

    @Override
    public CompletionStage<byte[]> getBody() {
      return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = Optional.of(given);
      given.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      for (ByteBuffer buffer : buffers) {
        if (bytes.size() + buffer.remaining() > maxBytes) {
          subscription.ifPresent(Flow.Subscription::cancel);
          body.completeExceptionally(new UnreadableException("more than " + maxBytes + " bytes"));
          return;
        }
        byte[] part = new byte[buffer.remaining()];
        buffer.get(part);
        bytes.writeBytes(part);
      }
    }

    @Override
    public void onError(Throwable failure) {
      body.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      body.complete(bytes.toByteArray());
    }
  }
}

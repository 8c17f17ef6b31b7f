// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.federation;

import io.fedtrust.attestation.providers.wire.PeerMessageJson;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.PeerChannel;
import io.fedtrust.attestation.spi.PeerMessage;
import io.fedtrust.provisioning.StartupKit;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import org.eclipse.jetty.client.BufferingResponseListener;
import org.eclipse.jetty.client.BytesRequestContent;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * A site's end of the channel: connections go to the server alone, whose name and role the kit's
 * TLS demands; messages to other sites go by way of it. What the server says of a sender's name is
 * the server's word: the protocol relies on it for nobody but the server itself.
 */
final class SiteConnection implements PeerChannel, AutoCloseable {
  private static final Duration POLL = Duration.ofSeconds(40);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final URI server;
  private final HttpClient http;
  private volatile boolean closed;

  SiteConnection(StartupKit kit) throws Exception {
    this.server = URI.create("https://" + kit.endpoint().host() + ":" + kit.endpoint().port());
    SslContextFactory.Client tls = new SslContextFactory.Client();
    tls.setSslContext(kit.tls().sslContext());
    tls.setIncludeProtocols("TLSv1.3", "TLSv1.2");
    tls.setEndpointIdentificationAlgorithm("HTTPS");
    ClientConnector connector = new ClientConnector();
    connector.setSslContextFactory(tls);
    QueuedThreadPool threads = new QueuedThreadPool();
    threads.setDaemon(true);
    connector.setExecutor(threads);
    this.http = new HttpClient(new HttpClientTransportOverHTTP(connector));
    http.start();
  }

  @Override
  public CompletionStage<PeerMessage> request(String peer, PeerMessage message, Deadline deadline) {
    String path = FederationServer.MESSAGES + URLEncoder.encode(peer, StandardCharsets.UTF_8);
    return exchange(
            http.newRequest(server.resolve(path))
                .method(HttpMethod.POST)
                .body(new BytesRequestContent("application/json", PeerMessageJson.write(message)))
                .timeout(Math.max(1, deadline.remaining().toMillis()), TimeUnit.MILLISECONDS))
        .thenApply(answer -> message(answer.body()));
  }

  /** True once the server accepts connections; who it is, is checked all the same. */
  boolean serverIsThere() {
    try {
      http.newRequest(server).timeout(1, TimeUnit.SECONDS).send();
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (TimeoutException | ExecutionException e) {
      return false;
    }
  }

  private record Answer(Response response, byte[] body) {}

  private static CompletableFuture<Answer> exchange(Request request) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    request.send(
        new BufferingResponseListener(FederationServer.MAX_BYTES) {
          @Override
          public void onComplete(Result result) {
            if (result.isFailed()) {
              answer.completeExceptionally(result.getFailure());
            } else if (!HttpStatus.isSuccess(result.getResponse().getStatus())) {
              answer.completeExceptionally(
                  new IllegalStateException("the server says " + result.getResponse().getStatus()));
            } else {
              answer.complete(new Answer(result.getResponse(), getContent()));
            }
          }
        });
    return answer.whenComplete(
        (got, failure) -> {
          if (answer.isCancelled()) {
            CompletableFuture<Boolean> unused =
                request.abort(new IllegalStateException("nobody waits any more"));
          }
        });
  }

  private static PeerMessage message(byte[] json) {
    try {
      return PeerMessageJson.read(json, FederationServer.MAX_BYTES);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Fetches what waits at the server, answers it, and fetches again. */
  void listen(BiFunction<String, PeerMessage, CompletionStage<PeerMessage>> receive) {
    if (closed) {
      return;
    }
    CompletableFuture<Void> unused =
        exchange(
                http.newRequest(server.resolve(FederationServer.INBOX))
                    .timeout(POLL.toMillis(), TimeUnit.MILLISECONDS))
            .thenAccept(answer -> answered(answer, receive))
            .handle(
                (nothing, failure) -> {
                  http.getScheduler()
                      .schedule(
                          () -> listen(receive),
                          failure == null ? 0 : PAUSE.toMillis(),
                          TimeUnit.MILLISECONDS);
                  return null;
                });
  }

  private void answered(
      Answer answer, BiFunction<String, PeerMessage, CompletionStage<PeerMessage>> receive) {
    if (answer.response().getStatus() == HttpStatus.NO_CONTENT_204) {
      return;
    }
    String id = answer.response().getHeaders().get(FederationServer.ID);
    String from = answer.response().getHeaders().get(FederationServer.FROM);
    CompletionStage<Answer> unused =
        receive
            .apply(from, message(answer.body()))
            .thenCompose(
                reply ->
                    exchange(
                        http.newRequest(
                                server.resolve(
                                    FederationServer.REPLIES
                                        + URLEncoder.encode(id, StandardCharsets.UTF_8)))
                            .method(HttpMethod.POST)
                            .body(
                                new BytesRequestContent(
                                    "application/json", PeerMessageJson.write(reply)))));
  }

  @Override
  public void close() {
    closed = true;
    LifeCycle.stop(http);
  }
}

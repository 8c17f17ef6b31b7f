// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.federation;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.SiteCertificate;
import io.fedtrust.attestation.providers.wire.PeerMessageJson;
import io.fedtrust.attestation.spi.PeerChannel;
import io.fedtrust.attestation.spi.PeerMessage;
import io.fedtrust.provisioning.StartupKit;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.SizeLimitHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The server's end of the channel: HTTP over mutual TLS with the kit's certificates. Who a peer is
 * comes from its certificate and from nowhere else. Silent peers, large messages and full boxes are
 * bounded.
 */
final class FederationServer implements AutoCloseable {
  static final String MESSAGES = "/messages/";
  static final String INBOX = "/inbox";
  static final String REPLIES = "/replies/";
  static final String ID = "X-FedTrust-Id";
  static final String FROM = "X-FedTrust-From";
  static final int MAX_BYTES = PeerMessageJson.MAX_BYTES;

  private static final Duration POLL = Duration.ofSeconds(20);
  private static final Duration IDLE = Duration.ofSeconds(60);
  private static final int THREADS = 32;

  private static final long BYTES_OF_EACH = 2L * MAX_BYTES;
  private static final long BYTES_OF_ALL = 64L << 20;

  private final StartupKit kit;
  private final Mailboxes mailboxes;
  private final ByteBudget exchanges;
  private final Server server;

  /**
   * Prepares to listen where the kit says.
   *
   * @param kit of the server
   * @param sites who is provisioned: nobody else gets a box
   */
  FederationServer(StartupKit kit, Collection<String> sites) {
    this.kit = kit;
    this.mailboxes = new Mailboxes(sites);
    this.exchanges = new ByteBudget(sites, BYTES_OF_EACH, BYTES_OF_ALL);
    QueuedThreadPool threads = new QueuedThreadPool(THREADS);
    threads.setDaemon(true);
    this.server = new Server(threads);
  }

  /** How the server reaches its sites. */
  PeerChannel channel() {
    return (peer, message, deadline) ->
        mailboxes.send(kit.name(), peer, PeerMessageJson.write(message));
  }

  void start(BiFunction<String, PeerMessage, CompletionStage<PeerMessage>> receive)
      throws Exception {
    SslContextFactory.Server tls = new SslContextFactory.Server();
    tls.setSslContext(kit.tls().sslContext());
    tls.setNeedClientAuth(true);
    tls.setIncludeProtocols("TLSv1.3", "TLSv1.2");
    HttpConfiguration http = new HttpConfiguration();
    http.addCustomizer(new SecureRequestCustomizer(false));
    http.setSendServerVersion(false);
    ServerConnector connector =
        new ServerConnector(
            server, new SslConnectionFactory(tls, "http/1.1"), new HttpConnectionFactory(http));
    connector.setPort(kit.endpoint().port());
    connector.setIdleTimeout(IDLE.toMillis());
    server.addConnector(connector);
    SizeLimitHandler bounded = new SizeLimitHandler(MAX_BYTES, -1);
    bounded.setHandler(new Exchange(receive));
    server.setHandler(bounded);
    server.start();
  }

  @Override
  public void close() {
    LifeCycle.stop(server);
  }

  /** Three paths: a message to a site, the own inbox, a reply. */
  private final class Exchange extends Handler.Abstract {
    private final BiFunction<String, PeerMessage, CompletionStage<PeerMessage>> receive;

    Exchange(BiFunction<String, PeerMessage, CompletionStage<PeerMessage>> receive) {
      this.receive = receive;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      Optional<String> peer = peer(request);
      String path = Request.getPathInContext(request);
      if (peer.isEmpty()) {
        status(response, callback, HttpStatus.FORBIDDEN_403);
      } else if (request.getMethod().equals("GET") && path.equals(INBOX)) {
        inbox(peer.get(), response, callback);
      } else if (request.getMethod().equals("POST") && path.startsWith(MESSAGES)) {
        message(peer.get(), name(path, MESSAGES), request, response, callback);
      } else if (request.getMethod().equals("POST") && path.startsWith(REPLIES)) {
        reply(peer.get(), name(path, REPLIES), request, response, callback);
      } else {
        status(response, callback, HttpStatus.NOT_FOUND_404);
      }
      return true;
    }

    private void inbox(String peer, Response response, Callback callback) {
      finish(
          mailboxes
              .next(peer, POLL)
              .thenAccept(
                  envelope -> {
                    if (envelope.isEmpty()) {
                      status(response, callback, HttpStatus.NO_CONTENT_204);
                    } else {
                      response.getHeaders().put(ID, envelope.get().id());
                      response.getHeaders().put(FROM, envelope.get().from());
                      write(response, callback, envelope.get().json());
                    }
                  }),
          response,
          callback);
    }

    private void message(
        String from, String to, Request request, Response response, Callback callback) {
      bounded(
          from,
          request,
          response,
          callback,
          json ->
              (to.equals(kit.name())
                      ? receive.apply(from, message(json))
                      : mailboxes.send(from, to, json))
                  .thenAccept(reply -> write(response, callback, PeerMessageJson.write(reply))));
    }

    private void reply(
        String from, String id, Request request, Response response, Callback callback) {
      bounded(
          from,
          request,
          response,
          callback,
          json -> {
            mailboxes.reply(from, id, message(json));
            status(response, callback, HttpStatus.NO_CONTENT_204);
            return CompletableFuture.completedFuture(null);
          });
    }

    /** Reads no more than a site's share has room for, and keeps it until the exchange is over. */
    private void bounded(
        String from,
        Request request,
        Response response,
        Callback callback,
        Function<byte[], CompletionStage<Void>> work) {
      long length = request.getLength();
      if (length < 0) {
        status(response, callback, HttpStatus.LENGTH_REQUIRED_411);
        return;
      }
      ByteBudget.Share share = new ByteBudget.Share(from, length);
      if (length > MAX_BYTES || !exchanges.take(share)) {
        status(response, callback, HttpStatus.SERVICE_UNAVAILABLE_503);
        return;
      }
      finish(
          read(request).thenCompose(work).whenComplete((nothing, failure) -> exchanges.give(share)),
          response,
          callback);
    }

    private static void finish(CompletableFuture<Void> work, Response response, Callback callback) {
      CompletableFuture<Void> unused =
          work.exceptionally(
              failure -> {
                status(response, callback, HttpStatus.SERVICE_UNAVAILABLE_503);
                return null;
              });
    }

    private static void status(Response response, Callback callback, int status) {
      response.setStatus(status);
      callback.succeeded();
    }

    private static void write(Response response, Callback callback, byte[] json) {
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
      response.write(true, ByteBuffer.wrap(json), callback);
    }

    private static String name(String path, String prefix) {
      return URLDecoder.decode(path.substring(prefix.length()), StandardCharsets.UTF_8);
    }

    private static CompletableFuture<byte[]> read(Request request) {
      return Promise.Completable.<ByteBuffer>with(
              promise -> Content.Source.asByteBuffer(request, promise))
          .thenApply(
              buffer -> {
                byte[] bytes = new byte[buffer.remaining()];
                buffer.get(bytes);
                return bytes;
              });
    }

    private static PeerMessage message(byte[] json) {
      try {
        return PeerMessageJson.read(json, MAX_BYTES);
      } catch (IOException e) {
        throw new IllegalArgumentException("expected a message", e);
      }
    }

    /** The one name of the certificate that the handshake proved. */
    private Optional<String> peer(Request request) {
      if (request.getAttribute(EndPoint.SslSessionData.ATTRIBUTE)
              instanceof EndPoint.SslSessionData session
          && session.peerCertificates() != null
          && session.peerCertificates().length > 0) {
        try {
          return Optional.of(
              SiteCertificate.of(session.peerCertificates()[0], kit.rootCertificate()).name());
        } catch (MalformedEvidenceException e) {
          return Optional.empty();
        }
      }
      return Optional.empty();
    }
  }
}

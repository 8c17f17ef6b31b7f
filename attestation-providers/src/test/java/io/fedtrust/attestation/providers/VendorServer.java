// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

/** A service of a vendor on this machine that behaves as badly as it is told. */
public final class VendorServer implements AutoCloseable {
  public final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<Map.Entry<String, Behaviour>> behaviours = new CopyOnWriteArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;
  private final String scheme;

  /** What to do with a request. */
  @FunctionalInterface
  public interface Behaviour {
    void answer(HttpExchange exchange) throws IOException, InterruptedException;
  }

  public VendorServer() {
    this(Optional.empty());
  }

  /** Serves https with this context's certificate. */
  public static VendorServer https(SSLContext context) {
    return new VendorServer(Optional.of(context));
  }

  private VendorServer(Optional<SSLContext> tls) {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try {
      if (tls.isPresent()) {
        HttpsServer secured = HttpsServer.create(address, 0);
        secured.setHttpsConfigurator(new HttpsConfigurator(tls.get()));
        server = secured;
      } else {
        server = HttpServer.create(address, 0);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    scheme = tls.isPresent() ? "https" : "http";
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().toString();
    requests.add(path);
    try (exchange) {
      behaviours.stream()
          .filter(known -> path.contains(known.getKey()))
          .findFirst()
          .map(Map.Entry::getValue)
          .orElse(status(404))
          .answer(exchange);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What was said last about a part of a path counts. */
  public VendorServer when(String part, Behaviour behaviour) {
    behaviours.add(0, Map.entry(part, behaviour));
    return this;
  }

  public static Behaviour bytes(byte[] body) {
    return exchange -> {
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    };
  }

  public static Behaviour status(int status, String... headers) {
    return exchange -> {
      for (int i = 0; i < headers.length; i += 2) {
        exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
      }
      exchange.sendResponseHeaders(status, -1);
    };
  }

  /** Never answers before this server is closed. */
  public Behaviour silence() {
    return exchange -> closed.await();
  }

  /** Answers one byte and then nothing. */
  public Behaviour halfAnAnswer() {
    return exchange -> {
      exchange.sendResponseHeaders(200, 1000);
      exchange.getResponseBody().write(1);
      exchange.getResponseBody().flush();
      closed.await();
    };
  }

  /** Never stops answering. */
  public static Behaviour endless() {
    return exchange -> {
      exchange.sendResponseHeaders(200, 0);
      byte[] part = new byte[8192];
      for (int i = 0; i < 10_000; i++) {
        exchange.getResponseBody().write(part);
      }
    };
  }

  public URI base() {
    return URI.create(scheme + "://127.0.0.1:" + server.getAddress().getPort());
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}

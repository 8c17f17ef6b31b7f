// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.demo;

import io.fedtrust.provisioning.StartupKit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** Real mutual-TLS handshakes over loopback between packaged kits. */
final class Handshakes {
  private static final int HELLO = 'f';
  private static final int TIMEOUT_MILLIS = 10_000;

  private final StartupKit server;
  private final Consumer<String> say;
  private final List<Map<String, Object>> results = new ArrayList<>();

  Handshakes(StartupKit server, Consumer<String> say) {
    this.server = server;
    this.say = say;
  }

  List<Map<String, Object>> results() {
    return results;
  }

  void accepted(StartupKit client) throws IOException {
    try (SSLServerSocket listener = server.tls().listen(loopback())) {
      CompletableFuture<String> seen = serve(listener);
      String protocol = connect(client, listener);
      String peer = seen.join();
      if (!peer.contains("CN=" + client.name())) {
        throw new IOException("the server saw " + peer);
      }
      note(client.name() + " -> " + server.name(), "accepted, " + protocol);
    }
  }

  void refusedStranger(StartupKit stranger) throws IOException {
    try (SSLServerSocket listener = server.tls().listen(loopback())) {
      refused("a kit of another CA -> " + server.name(), stranger, listener);
    }
  }

  /** A site's certificate also allows serverAuth; only the checks on name and type stop it. */
  void refusedImpostor(StartupKit impostor, StartupKit victim) throws IOException {
    try (SSLServerSocket listener =
        (SSLServerSocket)
            impostor
                .tls()
                .sslContext()
                .getServerSocketFactory()
                .createServerSocket(0, 1, loopback().getAddress())) {
      refused(victim.name() + " -> " + impostor.name() + " posing as the server", victim, listener);
    }
  }

  private void refused(String who, StartupKit client, SSLServerSocket listener) throws IOException {
    CompletableFuture<String> seen = serve(listener);
    try {
      String protocol = connect(client, listener);
      throw new IllegalStateException(who + ": accepted with " + protocol);
    } catch (IOException e) {
      seen.handle((peer, failure) -> peer).join();
      note(who, "refused");
    }
  }

  private static String connect(StartupKit client, SSLServerSocket listener) throws IOException {
    InetSocketAddress address =
        new InetSocketAddress(loopback().getAddress(), listener.getLocalPort());
    try (SSLSocket socket = client.tls().connect(address)) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      // Under TLS 1.3 the server's refusal of a client shows on the first read.
      if (socket.getInputStream().read() != HELLO) {
        throw new IOException("the server closed the connection");
      }
      return socket.getSession().getProtocol();
    }
  }

  private static CompletableFuture<String> serve(SSLServerSocket listener) throws IOException {
    listener.setSoTimeout(TIMEOUT_MILLIS);
    return CompletableFuture.supplyAsync(
        () -> {
          try (SSLSocket socket = (SSLSocket) listener.accept()) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.startHandshake();
            String peer =
                socket.getNeedClientAuth()
                    ? socket.getSession().getPeerPrincipal().getName()
                    : "unknown";
            socket.getOutputStream().write(HELLO);
            socket.getOutputStream().flush();
            return peer;
          } catch (IOException e) {
            return "";
          }
        });
  }

  private void note(String who, String result) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("handshake", who);
    entry.put("result", result);
    results.add(entry);
    say.accept("handshake         " + who + ": " + result);
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.core.kit.FileStartupKit;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.ConnectionSecurity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real handshakes over loopback. The present here is the system's: the JDK's checks use it. */
class KitTlsTest {
  @TempDir Path temp;
  private World world;

  @BeforeEach
  void makeWorld() {
    world = new World(temp).at(java.time.Instant.now());
  }

  @Test
  @DisplayName("client and server kits complete a mutual-TLS handshake")
  void mutualTls() throws Exception {
    StartupKit server = world.kit(World.server());
    StartupKit client = world.kit(World.client("site-1"));
    assertThat(handshake(server, client)).contains("CN=site-1");
    assertThat(handshake(server, world.kit(World.lead()))).contains("CN=lead@example.org");
  }

  @Test
  @DisplayName("under one-way TLS the client shows no certificate")
  void oneWayTls() throws Exception {
    StartupKit server = world.kit(World.server(), ConnectionSecurity.TLS);
    StartupKit client = world.kit(World.client("site-1"), ConnectionSecurity.TLS);
    assertThat(handshake(server, client)).isEqualTo("anonymous");
  }

  @Test
  @DisplayName("a kit of another root is refused")
  void refusesForeignRoot() throws Exception {
    StartupKit server = world.kit(World.server());
    World other =
        new World(Files.createDirectories(temp.resolve("other"))).at(java.time.Instant.now());
    StartupKit stranger = other.kit(World.client("site-1"));
    assertThatThrownBy(() -> handshake(server, stranger)).isInstanceOf(IOException.class);
  }

  @Test
  @DisplayName("a sibling site that poses as the server is refused, whatever its names")
  void refusesSibling() throws Exception {
    StartupKit client = world.kit(World.client("site-1"));
    StartupKit sibling = world.kit(World.client("site-2"));
    try (SSLServerSocket listener =
        (SSLServerSocket)
            sibling
                .tls()
                .sslContext()
                .getServerSocketFactory()
                .createServerSocket(0, 1, loopback())) {
      CompletableFuture<String> seen = serve(listener);
      assertThatThrownBy(
              () ->
                  client.tls().connect(new InetSocketAddress(loopback(), listener.getLocalPort())))
          .isInstanceOf(SSLException.class);
      seen.join();
    }
  }

  @Test
  @DisplayName("the server refuses a client that shows a server's certificate")
  void refusesServerAsClient() throws Exception {
    StartupKit server = world.kit(World.server());
    assertThatThrownBy(() -> handshake(server, server)).isInstanceOf(IOException.class);
  }

  @Test
  @DisplayName("engines carry the same settings as sockets")
  void engines() throws Exception {
    SSLEngine server = world.kit(World.server()).tls().serverEngine();
    SSLEngine client = world.kit(World.client("site-1")).tls().clientEngine();
    assertThat(server.getNeedClientAuth()).isTrue();
    assertThat(client.getSSLParameters().getEndpointIdentificationAlgorithm()).isEqualTo("HTTPS");
    assertThat(client.getSSLParameters().getProtocols()).containsExactly("TLSv1.3", "TLSv1.2");
    pump(client, server);
    assertThat(server.getSession().getPeerPrincipal().getName()).contains("CN=site-1");
  }

  @Test
  @DisplayName("'clear' has no TLS; a client's kit cannot listen")
  void misuse() {
    StartupKit clear = world.kit(World.client("site-1"), ConnectionSecurity.CLEAR);
    assertThatThrownBy(clear::tls).isInstanceOf(IllegalStateException.class);
    StartupKit client = world.kit(World.client("site-2"));
    assertThatThrownBy(() -> client.tls().serverEngine()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  @DisplayName("a kit gives its key and anchor as PKCS#12, and prints no key")
  void keyStore() throws Exception {
    StartupKit kit = world.kit(World.client("site-1"));
    KeyStore store = kit.keyStore("secret".toCharArray());
    assertThat(store.getType()).isEqualTo("PKCS12");
    assertThat(store.getKey("site-1", "secret".toCharArray())).isEqualTo(kit.privateKey());
    assertThat(store.getCertificate("root")).isEqualTo(kit.rootCertificate());
    assertThat(kit.toString()).contains("key=<redacted>");
  }

  @Test
  @DisplayName("a kit whose parts do not belong together is refused")
  void refusesMixedKit() throws Exception {
    StartupKit kit = world.kit(World.client("site-1"));
    StartupKit other = world.kit(World.client("site-2"));
    Path key = kit.folder().resolve("startup/client.key");
    byte[] own = Files.readAllBytes(key);
    Files.copy(
        other.folder().resolve("startup/client.key"),
        key,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    Refusals.refused(
        ErrorCode.KEY_CERT_MISMATCH, () -> FileStartupKit.open(kit.folder(), world.host()));
    Files.write(key, own);
    Files.writeString(kit.folder().resolve("startup/fed_client.json"), "{\"servers\": []}");
    Refusals.refused(ErrorCode.KIT_INVALID, () -> FileStartupKit.open(kit.folder(), world.host()));
    Files.delete(kit.folder().resolve("startup/fed_client.json"));
    Refusals.refused(ErrorCode.KIT_INVALID, () -> FileStartupKit.open(kit.folder(), world.host()));
  }

  private static String handshake(StartupKit server, StartupKit client) throws Exception {
    try (SSLServerSocket listener = server.tls().listen(new InetSocketAddress(loopback(), 0))) {
      CompletableFuture<String> seen = serve(listener);
      try (SSLSocket socket =
          client.tls().connect(new InetSocketAddress(loopback(), listener.getLocalPort()))) {
        if (socket.getInputStream().read() != 'x') {
          throw new IOException("closed");
        }
      }
      return seen.join();
    }
  }

  private static CompletableFuture<String> serve(SSLServerSocket listener) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (SSLSocket socket = (SSLSocket) listener.accept()) {
            socket.startHandshake();
            String peer =
                socket.getNeedClientAuth()
                    ? socket.getSession().getPeerPrincipal().getName()
                    : "anonymous";
            socket.getOutputStream().write('x');
            socket.getOutputStream().flush();
            return peer;
          } catch (IOException e) {
            return "refused";
          }
        });
  }

  /** Moves bytes between two engines until both have finished their handshake. */
  private static void pump(SSLEngine client, SSLEngine server) throws SSLException {
    ByteBuffer toServer = ByteBuffer.allocate(64 * 1024);
    ByteBuffer toClient = ByteBuffer.allocate(64 * 1024);
    for (int round = 0; round < 50; round++) {
      step(client, toClient, toServer);
      step(server, toServer, toClient);
    }
    assertThat(client.getHandshakeStatus())
        .isEqualTo(SSLEngineResult.HandshakeStatus.NOT_HANDSHAKING);
  }

  private static void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
    in.flip();
    engine.unwrap(in, ByteBuffer.allocate(64 * 1024));
    in.compact();
    engine.wrap(ByteBuffer.allocate(0), out);
  }

  private static InetAddress loopback() {
    return InetAddress.getLoopbackAddress();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.model.AdminRole;
import io.fedtrust.provisioning.model.ConnectTo;
import io.fedtrust.provisioning.model.ConnectionSecurity;
import io.fedtrust.provisioning.model.Participant;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An administrator's end of the connection to the server, over loopback. */
class AdminTlsTest {
  private static final String NOBODY = "no certificate";

  @TempDir Path temp;
  private World world;

  @BeforeEach
  void makeWorld() {
    world = new World(temp).at(Instant.now());
  }

  @Test
  @DisplayName(
      "mtls: an administrator of each role shows its own certificate, and the server its own")
  void mutualTls() throws Exception {
    StartupKit server = world.kit(World.server());
    for (AdminRole role : AdminRole.values()) {
      Participant.Admin admin =
          new Participant.Admin(role.text() + "@example.org", "hospital", role);
      Meeting meeting = meet(server, world.kit(admin));
      assertThat(meeting.client()).contains("CN=" + role.text() + "@example.org", "O=hospital");
      assertThat(meeting.server()).contains("CN=localhost");
    }
  }

  @Test
  @DisplayName("tls: an administrator shows nothing, and still insists on the project's server")
  void oneWayTls() throws Exception {
    StartupKit server = world.kit(World.server(), ConnectionSecurity.TLS);
    StartupKit admin = world.kit(World.lead(), ConnectionSecurity.TLS);
    Meeting meeting = meet(server, admin);
    assertThat(meeting.client()).isEqualTo(NOBODY);
    assertThat(meeting.server()).contains("CN=localhost");
    StartupKit foreign = other("foreign").kit(World.server(), ConnectionSecurity.TLS);
    assertThatThrownBy(() -> meet(foreign, admin)).isInstanceOf(SSLException.class);
  }

  @Test
  @DisplayName("mtls: another project's server refuses the administrator, who refuses that server")
  void foreignServer() throws Exception {
    StartupKit foreign = other("foreign").kit(World.server());
    StartupKit admin = world.kit(World.lead());
    assertThatThrownBy(() -> meet(foreign, admin)).isInstanceOf(SSLException.class);
    StartupKit sibling = world.kit(World.client("site-1"));
    try (SSLServerSocket listener =
        (SSLServerSocket)
            sibling
                .tls()
                .sslContext()
                .getServerSocketFactory()
                .createServerSocket(0, 1, loopback())) {
      CompletableFuture<String> seen = serve(listener);
      assertThatThrownBy(() -> admin.tls().connect(address(listener)))
          .as("a site of the same project is not the server")
          .isInstanceOf(SSLException.class);
      seen.join();
    }
  }

  @Test
  @DisplayName("tls with customRootCA: the proxy's certificate is trusted, the project's is not")
  void customRoot() throws Exception {
    World publicPki = other("public");
    StartupKit proxy = publicPki.kit(World.server(), ConnectionSecurity.TLS);
    Participant.Admin behindProxy =
        new Participant.Admin(
            "lead@example.org",
            "hospital",
            AdminRole.LEAD,
            Optional.of(
                new ConnectTo(Optional.empty(), Optional.of("localhost"), OptionalInt.of(443))),
            Optional.of(publicPki.path("ca/rootCA.pem")));
    StartupKit admin = world.kit(behindProxy, ConnectionSecurity.TLS);
    assertThat(admin.folder().resolve("startup/customRootCA.pem"))
        .hasSameBinaryContentAs(publicPki.path("ca/rootCA.pem"));
    assertThat(admin.endpoint().port()).isEqualTo(443);
    Meeting meeting = meet(proxy, admin);
    assertThat(meeting.client()).isEqualTo(NOBODY);
    assertThat(meeting.rootOfServer())
        .isEqualTo(publicPki.ca().rootCertificate().getSubjectX500Principal().getName());

    StartupKit third = other("third").kit(World.server(), ConnectionSecurity.TLS);
    assertThatThrownBy(() -> meet(third, admin))
        .as("a proxy with a certificate of a third authority")
        .isInstanceOf(SSLException.class);
    StartupKit own = world.kit(World.server(), ConnectionSecurity.TLS);
    assertThatThrownBy(() -> meet(own, admin))
        .as("the kit says that a proxy stands before the server")
        .isInstanceOf(SSLException.class);
  }

  @Test
  @DisplayName("customRootCA does not loosen mtls: there the project's own root counts alone")
  void customRootUnderMutualTls() throws Exception {
    World publicPki = other("public");
    Participant.Admin admin =
        new Participant.Admin(
            "lead@example.org",
            "hospital",
            AdminRole.LEAD,
            Optional.empty(),
            Optional.of(publicPki.path("ca/rootCA.pem")));
    publicPki.ca();
    StartupKit kit = world.kit(admin, ConnectionSecurity.MTLS);
    assertThat(meet(world.kit(World.server()), kit).client()).contains("CN=lead@example.org");
    StartupKit proxy = publicPki.kit(World.server());
    assertThatThrownBy(() -> meet(proxy, kit)).isInstanceOf(SSLException.class);
  }

  private World other(String name) throws IOException {
    return new World(Files.createDirectories(temp.resolve(name))).at(Instant.now());
  }

  /** Who each saw, and who issued the certificate that the server showed. */
  private record Meeting(String client, String server, String rootOfServer) {}

  private static Meeting meet(StartupKit server, StartupKit admin) throws Exception {
    try (SSLServerSocket listener = server.tls().listen(new InetSocketAddress(loopback(), 0))) {
      CompletableFuture<String> seen = serve(listener);
      try (SSLSocket socket = admin.tls().connect(address(listener))) {
        List<java.security.cert.Certificate> chain =
            List.of(socket.getSession().getPeerCertificates());
        java.security.cert.X509Certificate shown =
            (java.security.cert.X509Certificate) chain.get(0);
        if (socket.getInputStream().read() != 'x') {
          throw new SSLException("the server closed the connection");
        }
        return new Meeting(
            seen.join(),
            shown.getSubjectX500Principal().getName(),
            shown.getIssuerX500Principal().getName());
      }
    }
  }

  private static CompletableFuture<String> serve(SSLServerSocket listener) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (SSLSocket socket = (SSLSocket) listener.accept()) {
            socket.startHandshake();
            socket.getOutputStream().write('x');
            socket.getOutputStream().flush();
            return peer(socket);
          } catch (IOException e) {
            return "refused";
          }
        });
  }

  private static String peer(SSLSocket socket) {
    try {
      return socket.getSession().getPeerPrincipal().getName();
    } catch (SSLPeerUnverifiedException e) {
      return NOBODY;
    }
  }

  private static InetSocketAddress address(SSLServerSocket listener) {
    return new InetSocketAddress(loopback(), listener.getLocalPort());
  }

  private static InetAddress loopback() {
    return InetAddress.getLoopbackAddress();
  }
}

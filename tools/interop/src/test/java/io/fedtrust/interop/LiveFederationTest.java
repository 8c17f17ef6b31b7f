// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.model.ConnectionSecurity;
import io.fedtrust.provisioning.model.Scheme;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** NVFlare's server, clients and administrators, running from our kits. */
class LiveFederationTest {
  private static final String REGISTERED = "Successfully registered client";

  @TempDir Path folder;

  static Stream<Arguments> networks() {
    List<Arguments> networks = new ArrayList<>();
    int number = 0;
    for (Scheme scheme : Scheme.values()) {
      for (ConnectionSecurity security : ConnectionSecurity.values()) {
        int either = 1 + number++ % 2;
        Scope.chosen().ports(either).forEach(p -> networks.add(Arguments.of(scheme, security, p)));
      }
    }
    return Scope.chosen() == Scope.SAMPLE
        ? Stream.of(networks.get(0), networks.get(4), networks.get(8))
        : networks.stream();
  }

  @ParameterizedTest(name = "{0}, {1}, {2} port(s)")
  @MethodSource("networks")
  @DisplayName("A federation starts, runs a job and shuts down")
  void federationRunsAJob(Scheme scheme, ConnectionSecurity security, int ports) throws Exception {
    Network network = Network.on(scheme, security, ports);
    try (LiveFederation federation = new LiveFederation(folder, network)) {
      Path server = federation.kit(Tool.FEDTRUST, "localhost", "server");
      Path first = federation.kit(Tool.FEDTRUST, "site-1", "client");
      Path second = federation.kit(Tool.NVFLARE, "site-2", "client");
      Path lead = federation.kit(Tool.FEDTRUST, LiveFederation.LEAD, "admin", "role: lead");
      Path member = federation.kit(Tool.FEDTRUST, LiveFederation.MEMBER, "admin", "role: member");
      Path foreign =
          federation
              .makeAuthority("foreign-ca")
              .kit("foreign-ca", Tool.FEDTRUST, "site-3", "client");
      for (Path kit : List.of(server, first, second, foreign)) {
        federation.start(kit);
      }

      assertThat(federation.session(member, LiveFederation.MEMBER, "refused", "site-1", "site-2"))
          .containsExactly(
              "@{\"event\": \"login\"}",
              "@{\"event\": \"clients\", \"names\": [\"site-1\", \"site-2\"]}",
              "@{\"event\": \"refused\", \"why\": \"AuthorizationError\"}");
      assertThat(federation.log(first)).contains(REGISTERED);
      assertThat(federation.log(second)).contains(REGISTERED);
      assertThat(federation.session(lead, LiveFederation.LEAD, "job", "site-1", "site-2"))
          .containsExactly(
              "@{\"event\": \"login\"}",
              "@{\"event\": \"clients\", \"names\": [\"site-1\", \"site-2\"]}",
              "@{\"event\": \"submitted\"}",
              "@{\"event\": \"finished\", \"status\": \"FINISHED:COMPLETED\"}",
              "@{\"event\": \"clients after\", \"names\": [\"site-1\", \"site-2\"]}",
              "@{\"event\": \"shutdown\"}");

      assertThat(federation.log(foreign)).isNotEmpty().doesNotContain(REGISTERED);
      federation.stop(foreign);
      federation.awaitEnd();
    }
  }

  @Test
  @DisplayName("An administrator at the kit's own console lists the clients and shuts down")
  void administratorAtTheConsole() throws Exception {
    Network network = Network.on(Scheme.TCP, ConnectionSecurity.MTLS, 1);
    try (LiveFederation federation = new LiveFederation(folder, network)) {
      Path server = federation.kit(Tool.FEDTRUST, "localhost", "server");
      Path site = federation.kit(Tool.FEDTRUST, "site-1", "client");
      Path lead = federation.kit(Tool.FEDTRUST, LiveFederation.LEAD, "admin", "role: lead");
      federation.start(server);
      federation.start(site);
      federation.awaitLog(site, REGISTERED);
      // The console asks for the user name at the start, and once more before it shuts down.
      String shown =
          federation.console(
              lead,
              LiveFederation.LEAD,
              "check_status server",
              "shutdown all",
              LiveFederation.LEAD,
              "bye");
      assertThat(shown).contains("Registered clients: 1").contains("| site-1 ");
      federation.awaitEnd();
    }
  }

  @Test
  @DisplayName("JVM to Python: kit.tls() completes the handshake with a running NVFlare server")
  void jvmClientTrustsTheRunningServer() throws Exception {
    Network network = Network.on(Scheme.TCP, ConnectionSecurity.MTLS, 2);
    try (LiveFederation federation = new LiveFederation(folder, network)) {
      Path server = federation.kit(Tool.FEDTRUST, "localhost", "server");
      Path site = federation.kit(Tool.FEDTRUST, "site-1", "client");
      federation.start(server);
      federation.awaitLog(server, "Server started");
      try (SSLSocket socket = StartupKit.open(site).tls().connect()) {
        X509Certificate peer = (X509Certificate) socket.getSession().getPeerCertificates()[0];
        assertThat(peer.getSubjectX500Principal().getName()).contains("CN=localhost");
        assertThat(socket.getSession().getProtocol()).isIn("TLSv1.2", "TLSv1.3");
      }
    }
  }

  @Test
  @DisplayName("Python to JVM: a server kit's socket accepts an NVFlare client's handshake")
  void jvmServerAcceptsTheRunningClient() throws Exception {
    Network network = Network.on(Scheme.TCP, ConnectionSecurity.MTLS, 2);
    try (LiveFederation federation = new LiveFederation(folder, network)) {
      Path server = federation.kit(Tool.FEDTRUST, "localhost", "server");
      Path site = federation.kit(Tool.NVFLARE, "site-1", "client");
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), network.port());
      try (SSLServerSocket listening = StartupKit.open(server).tls().listen(address)) {
        listening.setSoTimeout(60_000);
        federation.start(site);
        try (SSLSocket accepted = (SSLSocket) listening.accept()) {
          accepted.setSoTimeout(30_000);
          accepted.startHandshake();
          X509Certificate peer = (X509Certificate) accepted.getSession().getPeerCertificates()[0];
          assertThat(peer.getSubjectX500Principal().getName()).contains("CN=site-1");
        }
      }
    }
  }
}

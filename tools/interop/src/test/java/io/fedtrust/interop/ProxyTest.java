// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fedtrust.provisioning.model.ConnectionSecurity;
import io.fedtrust.provisioning.model.Scheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A federation behind nginx; {@code docs/deployment.md} shows the same set-ups. */
class ProxyTest {
  @TempDir Path folder;

  @BeforeAll
  static void nginxIsInstalled() {
    assumeTrue(Nginx.isInstalled(), "nginx is not installed");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"pass-through.conf", "pass-through-by-name.conf"})
  @DisplayName("TCP pass-through in front of an mTLS server, by port or by name")
  void passThrough(String configuration) throws Exception {
    Network network = Network.on(Scheme.GRPC, ConnectionSecurity.MTLS, 1);
    int publicPort = Network.freePort();
    Path proxy = folder.resolve("proxy");
    try (LiveFederation federation = new LiveFederation(folder.resolve("fed"), network);
        Nginx nginx =
            Nginx.start(
                proxy,
                configuration,
                Map.of("PUBLIC", publicPort, "SERVER", network.port()),
                publicPort)) {
      runsAJob(federation, connectTo(publicPort));
      assertThat(nginx.served()).isNotEmpty();
    }
  }

  /** A proxy at which TLS ends, in front of the server of a network. */
  private Nginx terminating(
      String configuration, int publicPort, Network network, PublicCertificate certificate)
      throws Exception {
    return Nginx.start(
        folder.resolve("proxy"),
        configuration,
        Map.of(
            "PUBLIC",
            publicPort,
            "SERVER",
            network.port(),
            "CERTIFICATE",
            certificate.chain(),
            "KEY",
            certificate.key()),
        publicPort);
  }

  @ParameterizedTest(name = "{0}, {1}")
  @CsvSource({"HTTP, terminate-http.conf", "GRPC, terminate-grpc.conf"})
  @DisplayName("TLS ends at the proxy, the server's own override says clear")
  void terminated(Scheme scheme, String configuration) throws Exception {
    Network network = Network.on(scheme, ConnectionSecurity.TLS, 1);
    int publicPort = Network.freePort();
    PublicCertificate certificate = PublicCertificate.make(folder.resolve("public"));
    try (LiveFederation federation = new LiveFederation(folder.resolve("fed"), network);
        Nginx nginx = terminating(configuration, publicPort, network, certificate)) {
      runsAJob(
          federation,
          connectTo(publicPort),
          "custom_ca_cert: " + certificate.root(),
          "connection_security: clear");
      assertThat(nginx.served()).isNotEmpty();
    }
  }

  @ParameterizedTest(name = "{0}, {1}")
  @CsvSource({"HTTP, terminate-http.conf", "GRPC, terminate-grpc.conf"})
  @DisplayName("behind that proxy the kit's key is what registers: a foreign key stays out")
  void foreignKeyStaysOut(Scheme scheme, String configuration) throws Exception {
    Network network = Network.on(scheme, ConnectionSecurity.TLS, 1);
    int publicPort = Network.freePort();
    PublicCertificate certificate = PublicCertificate.make(folder.resolve("public"));
    String proxy = connectTo(publicPort);
    String root = "custom_ca_cert: " + certificate.root();
    try (LiveFederation federation = new LiveFederation(folder.resolve("fed"), network);
        Nginx nginx = terminating(configuration, publicPort, network, certificate)) {
      Path server =
          federation.kit(Tool.FEDTRUST, "localhost", "server", "connection_security: clear");
      Path site = federation.kit(Tool.FEDTRUST, "site-1", "client", proxy, root);
      Path second = federation.kit(Tool.FEDTRUST, "site-2", "client", proxy, root);
      Path lead =
          federation.kit(Tool.FEDTRUST, LiveFederation.LEAD, "admin", proxy, root, "role: lead");
      // Its certificate is genuine, and TLS ends before it is asked for: only the server's own
      // check
      // of the key can keep it out. With another CA's certificate NVFlare's client asks nobody.
      Path foreign = federation.kit(Tool.FEDTRUST, "site-3", "client", proxy, root);
      Files.copy(
          second.resolve("startup/client.key"),
          foreign.resolve("startup/client.key"),
          StandardCopyOption.REPLACE_EXISTING,
          StandardCopyOption.COPY_ATTRIBUTES);
      federation.start(server);
      federation.start(foreign);
      // Nobody else is there yet: it came through the proxy, and this is the server's answer to it.
      federation.awaitLog(server, "failed to verify client identity: InvalidCNSignature");
      federation.start(site);
      federation.start(second);
      assertThat(federation.session(lead, LiveFederation.LEAD, "job", "site-1", "site-2"))
          .contains(
              "@{\"event\": \"clients\", \"names\": [\"site-1\", \"site-2\"]}",
              "@{\"event\": \"finished\", \"status\": \"FINISHED:COMPLETED\"}",
              "@{\"event\": \"clients after\", \"names\": [\"site-1\", \"site-2\"]}");
      assertThat(federation.log(site)).contains("Successfully registered client");
      assertThat(federation.log(foreign))
          .isNotEmpty()
          .doesNotContain("Successfully registered client");
      assertThat(nginx.served()).isNotEmpty();
      federation.stop(foreign);
      federation.awaitEnd();
    }
  }

  private static String connectTo(int port) {
    return "connect_to: {host: localhost, port: " + port + "}";
  }

  /**
   * The lines go where they belong: the transport's override to the server, the rest to the others.
   */
  private static void runsAJob(LiveFederation federation, String... lines) throws Exception {
    List<String> ofServer =
        Stream.of(lines).filter(line -> line.startsWith("connection_security")).toList();
    List<String> ofOthers = Stream.of(lines).filter(line -> !ofServer.contains(line)).toList();
    List<String> ofLead = new ArrayList<>(ofOthers);
    ofLead.add("role: lead");
    Path server =
        federation.kit(Tool.FEDTRUST, "localhost", "server", ofServer.toArray(String[]::new));
    Path first = federation.kit(Tool.FEDTRUST, "site-1", "client", ofOthers.toArray(String[]::new));
    Path second =
        federation.kit(Tool.FEDTRUST, "site-2", "client", ofOthers.toArray(String[]::new));
    Path lead =
        federation.kit(Tool.FEDTRUST, LiveFederation.LEAD, "admin", ofLead.toArray(String[]::new));
    for (Path kit : List.of(server, first, second)) {
      federation.start(kit);
    }
    assertThat(federation.session(lead, LiveFederation.LEAD, "job", "site-1", "site-2"))
        .contains("@{\"event\": \"finished\", \"status\": \"FINISHED:COMPLETED\"}");
    federation.awaitEnd();
  }
}

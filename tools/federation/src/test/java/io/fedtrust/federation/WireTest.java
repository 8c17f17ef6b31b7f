// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.federation;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.CCManager;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.providers.policy.PolicyFile;
import io.fedtrust.attestation.providers.wire.PeerMessageJson;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.PeerChannel;
import io.fedtrust.attestation.spi.PeerMessage;
import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.core.EngineBuilder;
import io.fedtrust.provisioning.model.ConnectionSecurity;
import io.fedtrust.provisioning.spi.ProvisioningEngine;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What somebody on the wire reads of a registration: a client and a server of this JVM. */
class WireTest {
  private static final String SERVER = "localhost";
  private static final String SITE = "hospital-on-the-wire";
  private static final List<String> SITES = List.of(SERVER, SITE);
  private static final String LAUNCH = "5f".repeat(48);
  private static final String SOFTWARE = "5f".repeat(32);
  private static final long PATIENCE_SECONDS = 120;
  private static final int WINDOW = 24;
  private static final Clock CLOCK = Clock.systemUTC();

  @TempDir Path folder;
  private final List<String> messages = Collections.synchronizedList(new ArrayList<>());
  private final Map<String, Hardware> hardware = new HashMap<>();
  private PolicyFile policy;

  /** Each family of evidence is one site's, as in the example. */
  @BeforeEach
  void writePolicy() throws IOException {
    policy =
        PolicyFile.open(
            Files.writeString(
                folder.resolve("policy.yaml"),
                """
                id: wire
                version: "1"
                reviewed: true
                sites:
                  localhost:
                    x-snp:
                      measurements: [{name: the server's software, measurement: LAUNCH}]
                      minimumReportedTcb: {Milan: {bootloader: 4, snp: 24, microcode: 219}}
                  hospital-on-the-wire:
                    x-az-aci:
                      forms: [maa-jwt]
                      containerPolicies: SOFTWARE
                      minimumReportedTcb: {Milan: {bootloader: 4, snp: 20, microcode: 219}}
                """
                    .replace("LAUNCH", LAUNCH)
                    .replace("SOFTWARE", SOFTWARE)));
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName(
      "nothing of a registration is readable on the wire under tls and mtls; under clear all is")
  void nothingInClear(ConnectionSecurity security) throws Exception {
    int port = freePort();
    try (RecordingRelay relay = RecordingRelay.to(port)) {
      Kits kits = new Kits(security, port, relay.port());
      try (Listener listener = new Listener(kits.server);
          CCManager server = manager(kits.server, nobody());
          CCManager client = manager(kits.client, watched(oneExchangeEach(kits.client)))) {
        listener.answer(server);
        register(server, client);
      }
      if (security == ConnectionSecurity.CLEAR) {
        assertThat(readable(relay)).as("what the recorder sees").containsAll(windows());
        assertThat(relay.recorded()).contains(SITE, "_cc_info");
      } else {
        requireNothingReadable(relay);
      }
    }
  }

  @Test
  @DisplayName("the example's channel, HTTP over mutual TLS, shows nothing of a registration")
  void nothingOfTheExample() throws Exception {
    int port = freePort();
    try (RecordingRelay relay = RecordingRelay.to(port)) {
      Kits kits = new Kits(ConnectionSecurity.MTLS, port, relay.port());
      try (FederationServer http = new FederationServer(kits.server, SITES);
          SiteConnection connection = new SiteConnection(kits.client);
          CCManager server = manager(kits.server, http.channel());
          CCManager client = manager(kits.client, watched(connection))) {
        http.start(server::receive);
        connection.listen(client::receive);
        register(server, client);
      }
      requireNothingReadable(relay);
      assertThat(relay.recorded()).doesNotContain("HTTP/1.1", FederationServer.MESSAGES);
    }
  }

  private void register(CCManager server, CCManager client) throws Exception {
    server.start();
    client.start();
    client.register().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(server.admitted(SITE)).isPresent();
    assertThat(messages).anySatisfy(text -> assertThat(text).contains("_cc_info", SITE));
  }

  private void requireNothingReadable(RecordingRelay relay) {
    int sent = messages.stream().mapToInt(String::length).sum();
    assertThat(relay.recorded().length()).as("it went by way of the relay").isGreaterThan(sent);
    assertThat(relay.recorded()).doesNotContain(SITE, "_cc_info");
    assertThat(readable(relay)).isEmpty();
  }

  /** Parts of the messages, one after the other: names, tokens, evidence. */
  private List<String> windows() {
    List<String> windows = new ArrayList<>();
    for (String message : messages) {
      for (int at = 0; at + WINDOW <= message.length(); at += WINDOW) {
        windows.add(message.substring(at, at + WINDOW));
      }
    }
    assertThat(windows).hasSizeGreaterThan(100);
    return windows;
  }

  private List<String> readable(RecordingRelay relay) {
    String wire = relay.recorded();
    return windows().stream().filter(wire::contains).toList();
  }

  /** Keeps what is sent and answered, as it is written on the wire. */
  private PeerChannel watched(PeerChannel channel) {
    return (peer, message, deadline) -> {
      messages.add(text(message));
      return channel
          .request(peer, message, deadline)
          .thenApply(
              reply -> {
                messages.add(text(reply));
                return reply;
              });
    };
  }

  private static String text(PeerMessage message) {
    return new String(PeerMessageJson.write(message), StandardCharsets.ISO_8859_1);
  }

  private static PeerChannel nobody() {
    return (peer, message, deadline) ->
        CompletableFuture.failedFuture(new IOException("this server asks nobody"));
  }

  private CCManager manager(StartupKit kit, PeerChannel channel) throws IOException {
    if (hardware.isEmpty()) {
      buy(SERVER, Machine.Kind.SNP, LAUNCH);
      buy(SITE, Machine.Kind.OLD_CONTAINER_GROUP, SOFTWARE);
    }
    CCManager.Builder builder =
        CCManager.builder(
            SiteIdentity.of(
                kit.project(), kit.certificateChain(), kit.privateKey(), kit.rootCertificate()),
            SERVER,
            policy.current(),
            channel);
    Objects.requireNonNull(hardware.get(kit.name()))
        .authorizers(SITES)
        .forEach(builder::authorizer);
    return builder.build();
  }

  private void buy(String site, Machine.Kind kind, String software) throws IOException {
    byte[] installed = HexFormat.of().parseHex(software);
    Path published = Files.createDirectories(folder.resolve("published"));
    hardware.put(
        site, new Hardware(published, site, kind.make(() -> installed, CLOCK), CLOCK.instant()));
  }

  /** A connection for each exchange: the length of a message, then the message. */
  private static PeerChannel oneExchangeEach(StartupKit kit) {
    return (String peer, PeerMessage message, Deadline deadline) ->
        CompletableFuture.supplyAsync(
            () -> {
              InetSocketAddress relay =
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), kit.endpoint().port());
              try (Socket socket =
                  kit.connectionSecurity() == ConnectionSecurity.CLEAR
                      ? plain(relay)
                      : kit.tls().connect(relay)) {
                write(socket, message);
                return read(socket);
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
  }

  private static Socket plain(InetSocketAddress address) throws IOException {
    return new Socket(address.getAddress(), address.getPort());
  }

  private static void write(Socket socket, PeerMessage message) throws IOException {
    byte[] json = PeerMessageJson.write(message);
    DataOutputStream out = new DataOutputStream(socket.getOutputStream());
    out.writeInt(json.length);
    out.write(json);
    out.flush();
  }

  private static PeerMessage read(Socket socket) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    byte[] json = new byte[in.readInt()];
    in.readFully(json);
    return PeerMessageJson.read(json, PeerMessageJson.MAX_BYTES);
  }

  /** The server's end, which knows of one site only. */
  private static final class Listener implements AutoCloseable {
    private final ServerSocket socket;

    Listener(StartupKit kit) throws IOException {
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), kit.endpoint().port());
      this.socket =
          kit.connectionSecurity() == ConnectionSecurity.CLEAR
              ? new ServerSocket(address.getPort(), 50, address.getAddress())
              : kit.tls().listen(address);
    }

    void answer(CCManager manager) {
      Thread thread =
          new Thread(
              () -> {
                while (!socket.isClosed()) {
                  try (Socket accepted = socket.accept()) {
                    CompletionStage<PeerMessage> reply = manager.receive(SITE, read(accepted));
                    write(
                        accepted,
                        reply.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS));
                  } catch (Exception e) {
                    // The test sees that nothing is answered.
                  }
                }
              },
              "listener");
      thread.setDaemon(true);
      thread.start();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  /** Of a server at a port, and of a site that reaches it by way of another. */
  private final class Kits {
    private final ProvisioningEngine engine = new EngineBuilder().build();
    private final CertificateAuthority ca;
    private final Path profile;
    final StartupKit server;
    final StartupKit client;

    Kits(ConnectionSecurity security, int port, int relay) throws IOException {
      profile =
          Files.writeString(
              folder.resolve("project_profile.yaml"),
              """
              name: wire
              scheme: http
              connection_security: %s
              server: {host: localhost, fed_learn_port: %d}
              """
                  .formatted(security.text(), port));
      ca =
          engine
              .createAuthority(engine.readProjectName(profile))
              .profilePath(profile)
              .in(folder.resolve("ca"));
      server = kit(SERVER, "type: server");
      client = kit(SITE, "type: client, connect_to: {host: localhost, port: " + relay + "}");
    }

    private StartupKit kit(String name, String more) throws IOException {
      Path home = Files.createDirectories(folder.resolve(name));
      Path yaml =
          Files.writeString(
              home.resolve("site.yaml"),
              "name: wire\nparticipants: [{name: " + name + ", org: hospital, " + more + "}]\n");
      RequestFolder request =
          engine.request(engine.readDefinition(yaml)).writeTo(home.resolve("request"));
      Path signed = ca.approve(request.requestZip()).against(profile).write().signedZip();
      return engine
          .packager(engine.openBundle(signed).trust(ca.fingerprint().text()))
          .requestFolder(request.folder())
          .packageInto(home.resolve("workspace"));
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}

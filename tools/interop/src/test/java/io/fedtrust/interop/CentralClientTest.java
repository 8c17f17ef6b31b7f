// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.provisioning.core.document.Json;
import io.fedtrust.provisioning.model.ConnectionSecurity;
import io.fedtrust.provisioning.model.Scheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server's kit of ours, with an {@code auth_identity_map}, for clients that NVFlare's own
 * provisioning made under the same root. Line 2.9 binds a connection to the first part of the name
 * of the cell that it claims; 2.8 reads no map.
 */
class CentralClientTest {
  private static final String REGISTERED = "Successfully registered client";

  @TempDir Path folder;

  @Test
  @DisplayName("A client in a relay's branch registers at our server by the map alone")
  void centralClientsAtOurServer() throws Exception {
    Network network = Network.on(Scheme.TCP, ConnectionSecurity.MTLS, 1);
    try (LiveFederation federation = new LiveFederation(folder.resolve("live"), network)) {
      CentralProvisioning central =
          CentralProvisioning.of(
              folder.resolve("central"),
              LiveFederation.PROJECT,
              """
                - {name: localhost, type: server, org: central, fed_learn_port: %1$d}
                - name: relay-1
                  type: relay
                  org: central
                  listening_host: {default_host: localhost, scheme: tcp, port: %2$d}
                - name: site-1
                  type: client
                  org: hospital
                  connect_to: {name: relay-1, host: localhost, port: %1$d, connection_security: mtls}
                - {name: site-2, type: client, org: hospital, auth_identity: site-2-cert}
                - {name: site-2-cert, type: client, org: hospital}
              """
                  .formatted(network.port(), Network.freePort()));
      central.authority(folder.toRealPath().resolve("live/central-ca"));
      Path server =
          federation.kit(
              "central-ca",
              Tool.FEDTRUST,
              "localhost",
              "server",
              "auth_identity_map: {relay-1.site-1: site-1, site-2: site-2-cert}");
      Path inBranch = central.kit("site-1");
      Path otherName = central.kit("site-2");
      for (String file : List.of("client.crt", "client.key")) {
        Files.copy(
            central.kit("site-2-cert").resolve("startup").resolve(file),
            otherName.resolve("startup").resolve(file),
            StandardCopyOption.REPLACE_EXISTING);
      }

      if (!System.getProperty("fedtrust.peer.line").equals("2.8")) {
        byte[] withMap = Files.readAllBytes(server.resolve("startup/fed_server.json"));
        Files.write(server.resolve("startup/fed_server.json"), withoutMap(withMap));
        federation.start(server);
        federation.start(inBranch);
        federation.start(otherName);
        federation.awaitLog(server, "'relay-1.site-1' requires identity 'relay-1'");
        federation.awaitLog(server, "'site-2' requires identity 'site-2'");
        assertThat(federation.log(inBranch)).doesNotContain(REGISTERED);
        List.of(inBranch, otherName, server).forEach(federation::stop);
        federation.awaitEnd();
        Files.write(server.resolve("startup/fed_server.json"), withMap);
        Files.delete(server.resolve("log.txt"));
      }

      federation.start(server);
      federation.start(inBranch);
      federation.start(otherName);
      federation.awaitLog(inBranch, REGISTERED);
      // The map opens the connection; registration compares the certificate with the site's name.
      federation.awaitLog(server, "failed to verify client identity: CNMismatch");
      assertThat(federation.log(server)).doesNotContain("requires identity");
      assertThat(federation.log(otherName)).doesNotContain(REGISTERED);
    }
  }

  private static byte[] withoutMap(byte[] configuration) throws Exception {
    Map<String, Object> document = Json.readObject(configuration);
    @SuppressWarnings("unchecked")
    Map<String, Object> entry = (Map<String, Object>) ((List<?>) document.get("servers")).get(0);
    assertThat(entry.remove("auth_identity_map"))
        .isEqualTo(Map.of("relay-1.site-1", "site-1", "site-2", "site-2-cert"));
    return Json.write(document);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.interop;

import io.fedtrust.provisioning.model.ConnectionSecurity;
import io.fedtrust.provisioning.model.Scheme;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Locale;

/** How a federation's members reach each other. */
record Network(Scheme scheme, ConnectionSecurity security, int port, int adminPort) {
  /** Free ports of this machine: one for both uses, or two. */
  static Network on(Scheme scheme, ConnectionSecurity security, int ports) {
    int port = freePort();
    return new Network(scheme, security, port, ports == 1 ? port : freePort());
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String profile(String project) {
    return """
        name: %s
        scheme: %s
        connection_security: %s
        server:
          host: localhost
          fed_learn_port: %d
        %s"""
        .formatted(
            project,
            scheme.name().toLowerCase(Locale.ROOT),
            security.name().toLowerCase(Locale.ROOT),
            port,
            port == adminPort ? "" : "  admin_port: " + adminPort + "\n");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.error.ErrorCode;

/**
 * Where clients and administrators reach the server.
 *
 * @param host DNS name or IPv4 address; also the server's name and common name
 * @param fedLearnPort TCP port for clients, 1 to 65535
 * @param adminPort TCP port for administrators, 1 to 65535; equal to {@code fedLearnPort} where one
 *     port serves both
 */
public record ServerEndpoint(String host, int fedLearnPort, int adminPort) {
  /**
   * Checks host ({@link HostName}) and ports.
   *
   * @param host DNS name or IPv4 address
   * @param fedLearnPort TCP port for clients
   * @param adminPort TCP port for administrators
   */
  public ServerEndpoint {
    HostName.require("server.host", host);
    requirePort("server.fed_learn_port", fedLearnPort);
    requirePort("server.admin_port", adminPort);
  }

  private static void requirePort(String field, int port) {
    if (port < 1 || port > 65535) {
      throw refuse(ErrorCode.INVALID_ARGS, field)
          .expected("a TCP port, 1 to 65535")
          .actual(port)
          .build();
    }
  }
}

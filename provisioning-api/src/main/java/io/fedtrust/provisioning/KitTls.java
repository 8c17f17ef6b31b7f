// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning;

import java.io.IOException;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/**
 * TLS 1.2 or 1.3 from a startup kit. As a client: checks the server's chain, its host name (RFC
 * 6125), that its common name is the federation's server, and that its certificate is of type
 * {@code server} - client certificates of the federation also allow serverAuth, so without the last
 * two a sibling site could pose as the server. As a server under mutual TLS: requires a client
 * certificate of the same root, and refuses one of type {@code server}.
 */
public interface KitTls {
  /**
   * Connects to the kit's endpoint and completes the handshake.
   *
   * @return a connected socket; close it
   * @throws IOException if the peer cannot be reached, or is not the federation's server
   */
  SSLSocket connect() throws IOException;

  /**
   * Connects to another address, for example a tunnel; the server is still checked against the
   * kit's endpoint.
   *
   * @param address where to connect
   * @return a connected socket; close it
   * @throws IOException if the peer cannot be reached, or is not the federation's server
   */
  SSLSocket connect(InetSocketAddress address) throws IOException;

  /**
   * Makes a client engine for the kit's endpoint, for NIO frameworks.
   *
   * @return an engine in client mode
   */
  SSLEngine clientEngine();

  /**
   * Makes a server engine.
   *
   * @return an engine in server mode; requires a client certificate when the kit says {@code mtls}
   * @throws IllegalStateException if this is not a server's kit
   */
  SSLEngine serverEngine();

  /**
   * Listens as the server.
   *
   * @param address where to listen; port 0 for any free one
   * @return a bound server socket; requires a client certificate when the kit says {@code mtls}
   * @throws IOException if the address cannot be bound
   * @throws IllegalStateException if this is not a server's kit
   */
  SSLServerSocket listen(InetSocketAddress address) throws IOException;

  /**
   * Returns the bare context. Unsafe alone: host-name checking and required client certificates are
   * settings of each socket or engine, which this cannot carry.
   *
   * @return a context with the kit's key and the federation's peer checks
   */
  SSLContext sslContext();
}

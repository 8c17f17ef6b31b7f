// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * A local override of where a client or administrator connects, for a site behind a proxy.
 *
 * @param name name of the peer, if given; only the server's own name is supported, relays are not
 * @param host another host
 * @param port another port
 */
public record ConnectTo(Optional<String> name, Optional<String> host, OptionalInt port) {}

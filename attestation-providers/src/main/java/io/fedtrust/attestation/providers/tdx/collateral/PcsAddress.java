// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.collateral;

import io.fedtrust.attestation.providers.tdx.format.PckIssuer;
import java.net.URI;
import java.util.Optional;

/**
 * Addresses of Intel's provisioning certification service, or of a caching service (PCCS) with the
 * same paths (Intel PCS API version 4), built from parsed values alone.
 */
final class PcsAddress {
  private final String base;
  private final UpdateChannel channel;
  private final Optional<URI> rootRevocations;

  PcsAddress(URI base, UpdateChannel channel, Optional<URI> rootRevocations) {
    this.base = base.toString().replaceFirst("/+$", "");
    this.channel = channel;
    this.rootRevocations = rootRevocations;
  }

  URI tcbInfo(String fmspc) {
    return URI.create(
        base + "/tdx/certification/v4/tcb?fmspc=" + fmspc + "&update=" + channel.text());
  }

  URI qeIdentity() {
    return URI.create(base + "/tdx/certification/v4/qe/identity?update=" + channel.text());
  }

  URI pckRevocations(PckIssuer issuer) {
    return URI.create(base + "/sgx/certification/v4/pckcrl?ca=" + issuer.path() + "&encoding=der");
  }

  /** Intel publishes it on another host; a caching service has it on the same host. */
  URI rootRevocations() {
    return rootRevocations.orElseGet(() -> URI.create(base + "/sgx/certification/v4/rootcacrl"));
  }
}

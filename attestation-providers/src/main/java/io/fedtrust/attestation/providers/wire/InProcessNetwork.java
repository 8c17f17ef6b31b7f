// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.wire;

import io.fedtrust.attestation.CCManager;
import io.fedtrust.attestation.providers.codec.UnreadableException;
import io.fedtrust.attestation.spi.PeerChannel;
import io.fedtrust.attestation.spi.PeerMessage;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;

/**
 * Sites in one process, for tests and for a federation in one JVM. Each is who it says when it
 * joins: nothing is authenticated, since nothing leaves the process.
 */
public final class InProcessNetwork {
  private final Map<String, BiFunction<String, PeerMessage, CompletionStage<PeerMessage>>> sites =
      new ConcurrentHashMap<>();

  /** Makes a network without sites. */
  public InProcessNetwork() {}

  /**
   * Lets a site be reached.
   *
   * @param name of the site
   * @param manager that answers
   * @throws IllegalStateException if the name is taken
   */
  public void join(String name, CCManager manager) {
    if (sites.putIfAbsent(name, manager::receive) != null) {
      throw new IllegalStateException(name + ": expected one site of that name, was two");
    }
  }

  /**
   * Removes a site.
   *
   * @param name of the site
   */
  public void leave(String name) {
    sites.remove(name);
  }

  /**
   * Returns how a site reaches the others.
   *
   * @param name of the site, which need not have joined yet
   * @return its channel
   */
  public PeerChannel from(String name) {
    return (peer, message, deadline) -> {
      BiFunction<String, PeerMessage, CompletionStage<PeerMessage>> site = sites.get(peer);
      return site == null
          ? CompletableFuture.failedFuture(new UnreadableException(peer + " is not there"))
          : site.apply(name, message);
    };
  }
}

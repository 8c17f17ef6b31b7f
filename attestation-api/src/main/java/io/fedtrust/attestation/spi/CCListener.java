// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.spi;

/**
 * Hears what a manager decides and why, for consoles, audit and alarms. Each listener has a queue:
 * it is called with one event after the other, in their order, in the manager's work pool. One that
 * is slow delays only itself; one that fails is logged and changes nothing.
 */
@FunctionalInterface
public interface CCListener {
  /** Events that may wait for one listener; those that come then are not delivered to it. */
  int MAX_WAITING = 8192;

  /**
   * Hears of an event.
   *
   * @param event what happened; no token is in it
   */
  void on(CCEvent event);

  /**
   * Hears that events are missing, before the next one is delivered: this listener was so slow that
   * {@link #MAX_WAITING} were waiting. The log has them.
   *
   * @param events how many were not delivered
   */
  default void missed(int events) {}
}

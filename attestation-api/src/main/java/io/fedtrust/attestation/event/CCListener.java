// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.event;

/**
 * Receives the decisions of a manager, for consoles, audit and alarms. Each listener has a queue:
 * it is called with one event after the other, in order, in the manager's work pool. A slow
 * listener delays only itself; a failure is logged and changes nothing.
 */
@FunctionalInterface
public interface CCListener {
  /** The most events that wait for one listener. Further events are not delivered to it. */
  int MAX_WAITING = 8192;

  /**
   * Receives an event.
   *
   * @param event without tokens
   */
  void on(CCEvent event);

  /**
   * Reports missing events, before the next one is delivered: this listener was so slow that {@link
   * #MAX_WAITING} were waiting. The log contains them.
   *
   * @param events how many were not delivered
   */
  default void missed(int events) {}
}

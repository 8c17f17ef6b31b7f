// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.spi;

/**
 * Hears what a manager decides and why, for consoles, audit and alarms. Called one after the other;
 * one that fails is logged and changes nothing.
 */
@FunctionalInterface
public interface CCListener {
  /**
   * Hears of an event.
   *
   * @param event what happened; no token is in it
   */
  void on(CCEvent event);
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.spi.CCEvent;
import io.fedtrust.attestation.spi.CCListener;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the host's listeners, and the log: one event after the other, whatever a listener does. */
final class Events {
  private static final Logger LOG = LoggerFactory.getLogger("io.fedtrust.attestation");

  private final List<CCListener> listeners;

  Events(List<CCListener> listeners) {
    this.listeners = List.copyOf(listeners);
  }

  synchronized void tell(CCEvent event) {
    if (grave(event)) {
      LOG.warn("{}", event);
    } else {
      LOG.info("{}", event);
    }
    for (CCListener listener : listeners) {
      guarded("listener", () -> listener.on(event));
    }
  }

  private static boolean grave(CCEvent event) {
    return event instanceof CCEvent.Quarantined
        || event instanceof CCEvent.MessageRefused
        || event instanceof CCEvent.Unanswered
        || event instanceof CCEvent.EvidenceReplayed
        || event instanceof CCEvent.ReplayKeysDropped
        || (event instanceof CCEvent.Judged judged && !judged.verdict().trusted());
  }

  /** Runs code of the host, which may fail. */
  static void guarded(String what, Runnable code) {
    try {
      code.run();
    } catch (RuntimeException e) {
      LOG.error("the host's {} failed", what, e);
    }
  }
}

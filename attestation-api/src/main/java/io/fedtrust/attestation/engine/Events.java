// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.event.CCListener;
import io.fedtrust.attestation.model.RefusalCode;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes events to the log, and queues them for each of the host's listeners
 * (docs/requirements.md#t20).
 */
final class Events implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("io.fedtrust.attestation");

  private final List<Delivery<CCEvent>> listeners;

  Events(List<CCListener> listeners, Executor work) {
    this.listeners =
        listeners.stream()
            .map(
                listener ->
                    new Delivery<CCEvent>(
                        "listener",
                        work,
                        CCListener.MAX_WAITING,
                        listener::on,
                        count -> leftOut(listener, count)))
            .toList();
  }

  private static void leftOut(CCListener listener, int count) {
    LOG.warn("a listener is too slow: {} events were not delivered to it", count);
    listener.missed(count);
  }

  void tell(CCEvent event) {
    if (grave(event)) {
      LOG.warn("{}", event);
    } else {
      LOG.info("{}", event);
    }
    List<Delivery<CCEvent>> idle;
    // All hear events in the same order. Where the host's executor runs tasks is its own affair.
    synchronized (this) {
      idle = listeners.stream().filter(listener -> listener.queue(event)).toList();
    }
    idle.forEach(Delivery::begin);
  }

  private static boolean grave(CCEvent event) {
    return event instanceof CCEvent.Quarantined
        || event instanceof CCEvent.Unanswered
        || event instanceof CCEvent.EvidenceReplayed
        || event instanceof CCEvent.ReplayKeysDropped
        || (event instanceof CCEvent.MessageRefused refused
            && !refused.refusal().equals(Optional.of(RefusalCode.BUSY)))
        || (event instanceof CCEvent.Appraised appraised && !appraised.verdict().trusted());
  }

  /** Delivers nothing from now on. */
  @Override
  public void close() {
    listeners.forEach(Delivery::close);
  }
}

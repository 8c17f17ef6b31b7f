// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import java.util.concurrent.atomic.AtomicReference;

/** Whether this site has started, and whether it has stopped (docs/protocol/exchange.md#start). */
final class Lifecycle {
  private final AtomicReference<State> state = new AtomicReference<>(State.NEW);

  /** Only forwards; a start that fails goes back to {@link #NEW} and may be repeated. */
  enum State {
    /** Deals with no site. */
    NEW,
    /** Appraises itself; deals with no site. */
    STARTING,
    /** Takes part. */
    STARTED,
    /** Does nothing any more. */
    CLOSED
  }

  State state() {
    return state.get();
  }

  boolean isStarted() {
    return state() == State.STARTED;
  }

  /**
   * Begins a start.
   *
   * @throws IllegalStateException unless it is new
   */
  void starting() {
    if (!state.compareAndSet(State.NEW, State.STARTING)) {
      throw new IllegalStateException(
          switch (state()) {
            case NEW, STARTING -> "This manager is starting already. Wait until start() returns.";
            case STARTED -> "This manager has already started. Call start() once.";
            case CLOSED -> "This manager is closed. Make a new one.";
          });
    }
  }

  /** Ends a start; true unless it was closed meanwhile. */
  boolean started(boolean succeeded) {
    return state.compareAndSet(State.STARTING, succeeded ? State.STARTED : State.NEW);
  }

  /**
   * Demands that it takes part.
   *
   * @param what was called
   * @throws IllegalStateException before a start has succeeded
   * @throws io.fedtrust.attestation.error.AttestationException {@code CLOSED} afterwards
   */
  void require(String what) {
    switch (state()) {
      case NEW, STARTING ->
          throw new IllegalStateException(
              what + " was called before start() succeeded. Call start() first.");
      case CLOSED -> throw Failures.closed();
      case STARTED -> {}
    }
  }

  /** Stops; true the first time. */
  boolean close() {
    return state.getAndSet(State.CLOSED) != State.CLOSED;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.RefusalCode;
import io.fedtrust.attestation.model.SiteVerdict;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * At a client: registers again when the server says that it does not admit this site, as it does
 * after a restart (docs/protocol/exchange.md#registering-again). One registration at a time,
 * whoever wants it; the waits before it grow until one succeeds. No admission here ends because of
 * it.
 */
final class RegisteringAgain implements AutoCloseable {
  private static final Duration FIRST_WAIT = Duration.ofSeconds(10);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);
  private static final double JITTER = 0.2;

  private final Settings settings;
  private final Supplier<CompletableFuture<SiteVerdict>> registration;
  private CompletableFuture<SiteVerdict> running = CompletableFuture.completedFuture(null);
  private Duration wait = FIRST_WAIT;
  private boolean waiting;
  private boolean closed;

  /**
   * Registers nowhere yet.
   *
   * @param registration makes one attempt
   */
  RegisteringAgain(Settings settings, Supplier<CompletableFuture<SiteVerdict>> registration) {
    this.settings = settings;
    this.registration = registration;
  }

  /** Registers now, or joins the registration that is under way. */
  CompletableFuture<SiteVerdict> register() {
    CompletableFuture<SiteVerdict> mine;
    synchronized (this) {
      if (!running.isDone()) {
        return running.copy();
      }
      mine = new CompletableFuture<>();
      running = mine;
    }
    CompletableFuture<SiteVerdict> unused =
        begun()
            .whenComplete(
                (verdict, failure) -> {
                  if (failure == null && verdict.trusted()) {
                    succeeded();
                  }
                  if (failure == null) {
                    mine.complete(verdict);
                  } else {
                    mine.completeExceptionally(Failures.cause(failure));
                  }
                });
    return mine.copy();
  }

  private CompletableFuture<SiteVerdict> begun() {
    try {
      return registration.get();
    } catch (RuntimeException | Error e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private synchronized void succeeded() {
    wait = FIRST_WAIT;
  }

  /** Takes note of a verified refusal of a peer. */
  void heard(String peer, Refusal refusal) {
    if (refusal.code() == RefusalCode.NOT_ADMITTED && peer.equals(settings.server())) {
      later();
    }
  }

  /** A registration that is under way decides itself whether another follows. */
  private synchronized void later() {
    if (waiting || closed || !running.isDone() || settings.isServer()) {
      return;
    }
    long jitter = (long) (wait.toNanos() * JITTER * settings.random().nextDouble());
    settings.after(wait.plusNanos(jitter), this::again);
    waiting = true;
    Duration doubled = wait.multipliedBy(2);
    wait = doubled.compareTo(LONGEST_WAIT) < 0 ? doubled : LONGEST_WAIT;
  }

  private void again() {
    synchronized (this) {
      waiting = false;
      if (closed) {
        return;
      }
    }
    CompletableFuture<SiteVerdict> unused =
        register()
            .whenComplete(
                (verdict, failure) -> {
                  // Who was declined is not asked again by itself: the next refusal comes in time.
                  if (failure != null && !declined(Failures.cause(failure))) {
                    later();
                  }
                });
  }

  private static boolean declined(Throwable failure) {
    return failure instanceof AttestationException refused
        && refused.code() == ErrorCode.REGISTRATION_DECLINED;
  }

  @Override
  public synchronized void close() {
    closed = true;
  }
}

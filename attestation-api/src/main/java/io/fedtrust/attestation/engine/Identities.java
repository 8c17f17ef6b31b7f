// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.SiteIdentity;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * The identity with which this site begins, and former ones until the rounds that began with them
 * have ended (docs/protocol/exchange.md#replacing-an-identity). Project, name and role never
 * change.
 */
final class Identities {
  /** No round lasts longer. */
  static final Duration KEPT = Duration.ofMinutes(12);

  private final Set<X509Certificate> further;
  private final LongSupplier nanoTime;
  private final Deque<Former> former = new ArrayDeque<>();
  private SiteIdentity current;

  /**
   * Begins with one identity.
   *
   * @param first this site
   * @param further roots of the project beside this identity's own
   * @param nanoTime a monotonic clock
   */
  Identities(SiteIdentity first, Set<X509Certificate> further, LongSupplier nanoTime) {
    this.current = first;
    this.further = Set.copyOf(further);
    this.nanoTime = nanoTime;
  }

  private record Former(SiteIdentity identity, long endNanos) {}

  /** With which whatever begins now begins, and ends. */
  synchronized SiteIdentity current() {
    return current;
  }

  /**
   * Finds the identity with which a round began.
   *
   * @param leaf DER of the certificate that was shown then
   * @return the identity; empty if it was replaced longer ago than a round lasts
   */
  synchronized Optional<SiteIdentity> holding(Bytes leaf) {
    if (current.chain().get(0).equals(leaf)) {
      return Optional.of(current);
    }
    expire();
    return former.stream()
        .map(Former::identity)
        .filter(identity -> identity.chain().get(0).equals(leaf))
        .findFirst();
  }

  /** Roots at which certificates of sites may end now. */
  synchronized Set<X509Certificate> roots() {
    expire();
    Set<X509Certificate> roots = new HashSet<>(further);
    roots.add(current.root());
    former.forEach(each -> roots.add(each.identity().root()));
    return roots;
  }

  /**
   * Goes on with another identity.
   *
   * @throws IllegalArgumentException if it is of another project, name or role
   */
  synchronized void replace(SiteIdentity next) {
    String expected = description(current);
    if (!expected.equals(description(next))) {
      throw new IllegalArgumentException(
          "The new identity belongs to "
              + description(next)
              + ". Give one of "
              + expected
              + ", or make another manager.");
    }
    expire();
    former.add(new Former(current, nanoTime.getAsLong() + KEPT.toNanos()));
    current = next;
  }

  private static String description(SiteIdentity identity) {
    return identity.certificate().role()
        + " "
        + identity.name()
        + " of project "
        + identity.project();
  }

  private void expire() {
    while (!former.isEmpty() && former.peek().endNanos() - nanoTime.getAsLong() <= 0) {
      former.remove();
    }
  }
}

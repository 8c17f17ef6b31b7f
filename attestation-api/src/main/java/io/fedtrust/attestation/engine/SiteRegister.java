// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.SiteVerdict;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The latest verdict and entries of each site that proved itself, this one's own among them. Kept
 * in memory alone: a restart knows nobody.
 */
final class SiteRegister {
  private final TreeMap<String, Registered> sites = new TreeMap<>();

  /**
   * A site that proved itself.
   *
   * @param verdict the last one
   * @param entries what it proved itself with
   */
  record Registered(SiteVerdict verdict, List<CCToken> entries) {
    Registered {
      entries = List.copyOf(entries);
    }
  }

  synchronized void store(SiteVerdict verdict, List<CCToken> entries) {
    sites.put(verdict.site(), new Registered(verdict, entries));
  }

  synchronized void forget(String site) {
    sites.remove(site);
  }

  synchronized Optional<Registered> find(String site) {
    return Optional.ofNullable(sites.get(site));
  }

  synchronized SortedSet<String> names() {
    return new TreeSet<>(sites.keySet());
  }
}

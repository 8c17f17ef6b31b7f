// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.policy;

import io.fedtrust.attestation.policy.FederationPolicy;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A policy file in use. Reading it again either replaces the whole policy at once or leaves the one
 * in force; what differs is logged.
 */
public final class PolicyFile {
  private static final Logger LOG = LoggerFactory.getLogger(PolicyFile.class);

  private final Path file;
  private final AtomicReference<FederationPolicy> current;

  private PolicyFile(Path file, FederationPolicy policy) {
    this.file = file;
    this.current = new AtomicReference<>(policy);
  }

  /**
   * Reads a policy file.
   *
   * @param file YAML or JSON
   * @return the file with its policy in force
   * @throws io.fedtrust.attestation.error.AttestationException if it cannot be read
   */
  public static PolicyFile open(Path file) {
    return new PolicyFile(file, FederationPolicies.read(file));
  }

  /**
   * Returns the policy in force.
   *
   * @return always a whole policy
   */
  public FederationPolicy current() {
    return current.get();
  }

  /**
   * Reads the file again.
   *
   * @return what differs from the policy that was in force
   * @throws io.fedtrust.attestation.error.AttestationException if it cannot be read; the old policy
   *     stays
   */
  public synchronized List<FederationPolicy.Change> reload() {
    FederationPolicy next = FederationPolicies.read(file);
    FederationPolicy before = current.getAndSet(next);
    List<FederationPolicy.Change> changes = next.changesSince(before);
    LOG.info("policy {} replaces {}: {} changes", next, before, changes.size());
    changes.forEach(change -> LOG.info("policy change {}", change));
    return changes;
  }
}

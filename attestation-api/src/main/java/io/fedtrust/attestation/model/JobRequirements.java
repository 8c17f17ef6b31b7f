// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import java.util.Optional;
import java.util.Set;

/**
 * What a job says of where it runs: the keys of NVFlare's job meta data that trust depends on.
 *
 * @param id the job's id
 * @param ownCode whether it brings code of its own ({@code byoc})
 * @param deployMap the clients it may run at; empty for {@code @ALL}
 * @param mandatoryClients clients without which it does not run
 * @param minimumClients the least number of clients
 */
public record JobRequirements(
    String id,
    boolean ownCode,
    Optional<Set<String>> deployMap,
    Set<String> mandatoryClients,
    int minimumClients) {
  /**
   * Copies the sets.
   *
   * @param id the job's id
   * @param ownCode whether it brings code of its own ({@code byoc})
   * @param deployMap the clients it may run at; empty for {@code @ALL}
   * @param mandatoryClients clients without which it does not run
   * @param minimumClients the least number of clients
   */
  public JobRequirements {
    deployMap = deployMap.map(Set::copyOf);
    mandatoryClients = Set.copyOf(mandatoryClients);
  }
}

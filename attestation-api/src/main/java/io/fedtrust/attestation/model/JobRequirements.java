// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a job says of where it runs: the keys of NVFlare's job meta data that trust depends on.
 *
 * @param id the job's id
 * @param ownCode whether it brings code of its own ({@code byoc})
 * @param deployMap the clients it may run at; empty for {@code @ALL}
 * @param mandatoryClients clients without which it does not run
 * @param minimumClients the least number of clients
 * @param digest SHA-256 of the submitted {@code meta.json}, if its submitter's signature was
 *     checked
 */
public record JobRequirements(
    String id,
    boolean ownCode,
    Optional<Set<String>> deployMap,
    Set<String> mandatoryClients,
    int minimumClients,
    Optional<Bytes> digest) {
  private static final String EVERYWHERE = "@ALL";

  /**
   * Copies the sets.
   *
   * @param id the job's id
   * @param ownCode whether it brings code of its own ({@code byoc})
   * @param deployMap the clients it may run at; empty for {@code @ALL}
   * @param mandatoryClients clients without which it does not run
   * @param minimumClients the least number of clients
   * @param digest SHA-256 of the submitted {@code meta.json}, if its submitter's signature was
   *     checked
   */
  public JobRequirements {
    deployMap = deployMap.map(Set::copyOf);
    mandatoryClients = Set.copyOf(mandatoryClients);
  }

  /**
   * Reads the meta data of a submitted job.
   *
   * @param id the job's id
   * @param meta keys {@code byoc}, {@code deploy_map}, {@code mandatory_clients}, {@code
   *     min_clients}; others are left aside
   * @return the requirements, without a digest
   * @throws IllegalArgumentException if a key has another shape, or there is no deploy map: such a
   *     job is blocked for good
   */
  public static JobRequirements fromMeta(String id, Map<?, ?> meta) {
    if (!(meta.get("deploy_map") instanceof Map<?, ?> apps) || apps.isEmpty()) {
      throw new IllegalArgumentException("deploy_map: expected sites by app, was none");
    }
    Set<String> sites = new HashSet<>();
    for (Object places : apps.values()) {
      sites.addAll(
          names("deploy_map", places instanceof Map<?, ?> map ? map.get("sites") : places));
    }
    boolean everywhere = sites.remove(EVERYWHERE);
    sites.remove(CCInfo.SERVER_ALIAS);
    Object minimum = meta.get("min_clients");
    if (minimum != null && !(minimum instanceof Integer number && number >= 0)) {
      throw new IllegalArgumentException("min_clients: expected a whole number, was " + minimum);
    }
    Object mandatory = meta.get("mandatory_clients");
    return new JobRequirements(
        id,
        Boolean.TRUE.equals(meta.get("byoc")),
        everywhere ? Optional.empty() : Optional.of(sites),
        mandatory == null ? Set.of() : Set.copyOf(names("mandatory_clients", mandatory)),
        minimum == null ? 1 : (int) minimum,
        Optional.empty());
  }

  private static List<String> names(String key, @Nullable Object value) {
    if (!(value instanceof Collection<?> items)
        || !items.stream().allMatch(String.class::isInstance)) {
      throw new IllegalArgumentException(key + ": expected a list of names, was another value");
    }
    return items.stream().map(String.class::cast).toList();
  }

  /**
   * Adds what the submitter signed.
   *
   * @param metaDigest SHA-256 of {@code meta.json} as the submitter's checked signature covers it
   * @return the same requirements with it
   */
  public JobRequirements signed(byte[] metaDigest) {
    return new JobRequirements(
        id,
        ownCode,
        deployMap,
        mandatoryClients,
        minimumClients,
        Optional.of(Bytes.of(metaDigest)));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.job;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.SiteIdentity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a job may run: the keys of NVFlare's job metadata that trust depends on.
 *
 * @param id the job's id
 * @param ownCode whether it brings code ({@code byoc})
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
  private static final int MAX_CLIENTS = 1_000_000;

  /**
   * Copies the sets.
   *
   * @param id the job's id
   * @param ownCode whether it brings code ({@code byoc})
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
   * Reads the metadata of a submitted job, in every form that NVFlare 2.9 accepts: {@code byoc} is
   * true or false as in Python; {@code deploy_map} maps apps to a name, a list of names, a map with
   * {@code sites} or {@code targets}, or a list of names and such maps; {@code @ALL} in any case
   * stands alone.
   *
   * @param id the job's id
   * @param meta keys {@code byoc}, {@code deploy_map}, {@code mandatory_clients}, {@code
   *     min_clients}; others are ignored
   * @return the requirements, without a digest
   * @throws IllegalArgumentException if a key has another shape, if there is no deploy map, or if
   *     {@code min_clients} is not a whole number from 1 to 1,000,000: such a job is never
   *     scheduled
   */
  public static JobRequirements fromMeta(String id, Map<?, ?> meta) {
    if (!(meta.get("deploy_map") instanceof Map<?, ?> apps) || apps.isEmpty()) {
      throw new IllegalArgumentException("deploy_map is missing, empty or not a map of apps.");
    }
    List<String> sites = new ArrayList<>();
    apps.values().forEach(places -> sites.addAll(DeployMap.sites(places)));
    if (sites.isEmpty()) {
      throw new IllegalArgumentException("deploy_map names no site.");
    }
    boolean everywhere = sites.stream().anyMatch(EVERYWHERE::equalsIgnoreCase);
    if (everywhere && sites.size() > 1) {
      throw new IllegalArgumentException(
          "deploy_map names @ALL and other sites. Write @ALL alone.");
    }
    Set<String> clients = new HashSet<>(sites);
    clients.remove(SiteIdentity.SERVER_ALIAS);
    Object mandatory = meta.get("mandatory_clients");
    return new JobRequirements(
        id,
        isTrue(meta.get("byoc")),
        everywhere ? Optional.empty() : Optional.of(clients),
        mandatory == null ? Set.of() : Set.copyOf(names(mandatory)),
        minimum(meta.get("min_clients")),
        Optional.empty());
  }

  /** As Python takes a value for true: everything except zero, nothing and what is empty. */
  private static boolean isTrue(@Nullable Object value) {
    if (value instanceof Boolean flag) {
      return flag;
    }
    if (value instanceof Number number) {
      return number.doubleValue() != 0;
    }
    if (value instanceof CharSequence text) {
      return !text.isEmpty();
    }
    if (value instanceof Collection<?> items) {
      return !items.isEmpty();
    }
    return value instanceof Map<?, ?> map ? !map.isEmpty() : value != null;
  }

  private static int minimum(@Nullable Object value) {
    if (value == null) {
      return 1;
    }
    boolean whole = value instanceof Integer || value instanceof Long;
    long number = whole ? ((Number) value).longValue() : 0;
    if (number < 1 || number > MAX_CLIENTS) {
      throw new IllegalArgumentException(
          "min_clients must be a whole number from 1 to " + MAX_CLIENTS + ".");
    }
    return (int) number;
  }

  private static List<String> names(Object value) {
    if (!(value instanceof Collection<?> items)
        || !items.stream().allMatch(String.class::isInstance)) {
      throw new IllegalArgumentException("mandatory_clients must be a list of names.");
    }
    return items.stream().map(String.class::cast).toList();
  }

  /**
   * Adds the digest of what the submitter signed.
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

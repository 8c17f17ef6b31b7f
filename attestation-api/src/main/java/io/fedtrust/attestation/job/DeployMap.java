// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The places of one app in NVFlare's deploy map (2.9: {@code extract_participants}). */
final class DeployMap {
  private static final String SITES = "sites";
  private static final String TARGETS = "targets";

  private DeployMap() {}

  /** Returns the sites in the order written. */
  static List<String> sites(@Nullable Object places) {
    if (places instanceof String name) {
      return List.of(name);
    }
    if (places instanceof Map<?, ?> map) {
      return list(map.containsKey(TARGETS) ? map.get(TARGETS) : map.get(SITES));
    }
    return list(places);
  }

  private static List<String> list(@Nullable Object places) {
    List<String> sites = new ArrayList<>();
    for (Object item : items(places)) {
      if (item instanceof Map<?, ?> map) {
        requireKnown(map);
        sites.addAll(names(items(map.get(SITES) == null ? map.get(TARGETS) : map.get(SITES))));
      } else {
        sites.addAll(names(List.of(item)));
      }
    }
    return sites;
  }

  private static List<?> items(@Nullable Object places) {
    if (places instanceof List<?> list && list.stream().noneMatch(Objects::isNull)) {
      return list;
    }
    throw malformed();
  }

  private static void requireKnown(Map<?, ?> map) {
    if (!map.keySet().stream().allMatch(key -> SITES.equals(key) || TARGETS.equals(key))) {
      throw malformed();
    }
  }

  private static List<String> names(List<?> items) {
    return items.stream().map(DeployMap::name).toList();
  }

  private static String name(Object item) {
    if (item instanceof String name) {
      return name;
    }
    throw malformed();
  }

  private static IllegalArgumentException malformed() {
    return new IllegalArgumentException(
        "deploy_map must map each app to a name, a list of names, a map with 'sites' or 'targets',"
            + " or a list of these.");
  }
}

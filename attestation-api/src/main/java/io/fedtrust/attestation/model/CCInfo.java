// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * NVFlare's {@code _cc_info}: the entries of one site, as a map from its name or, in an earlier
 * revision, as a bare list. Whose they are is said by the certificate of the sender, not by the
 * name in the map (trust protocol, section 1).
 */
public final class CCInfo {
  /** Name of the context property and of the field in the reply to a registration. */
  public static final String KEY = "_cc_info";

  /** How NVFlare's configuration and messages call the server, whatever its name is. */
  public static final String SERVER_ALIAS = "server";

  /** Most entries of a site. */
  public static final int MAX_ENTRIES = 8;

  private static final String SOURCE = "trust protocol, section 5";

  private CCInfo() {}

  /**
   * Writes the shape of today.
   *
   * @param site name of the sender
   * @param entries one for each family
   * @return a map with one member
   */
  public static Map<String, Object> toMap(String site, List<CCToken> entries) {
    return Map.of(site, entries.stream().map(CCToken::toMap).toList());
  }

  /**
   * Reads either shape.
   *
   * @param value as received
   * @param site the sender, as its certificate names it
   * @param role of that certificate; a server may call itself {@link #SERVER_ALIAS}
   * @return its entries; none is an answer too, and never a trusted one
   * @throws MalformedEvidenceException if it has neither shape, or names another site: nothing is
   *     skipped
   */
  @SuppressWarnings("exports") // an annotation: callers compile without its module
  public static List<CCToken> read(@Nullable Object value, String site, String role)
      throws MalformedEvidenceException {
    if (value instanceof Map<?, ?> map) {
      Set<String> names = new HashSet<>(List.of(site));
      if (role.equals(SERVER_ALIAS)) {
        names.add(SERVER_ALIAS);
      }
      if (map.size() != 1 || !names.containsAll(map.keySet())) {
        throw MalformedEvidenceException.of(
            KEY,
            ReasonCode.SUBJECT_MISMATCH,
            "entries of " + site,
            "entries of " + map.keySet().stream().limit(MAX_ENTRIES).toList(),
            SOURCE);
      }
      return entries(map.values().iterator().next());
    }
    return entries(value);
  }

  private static List<CCToken> entries(@Nullable Object value) throws MalformedEvidenceException {
    if (!(value instanceof List<?> list)) {
      throw malformed("a list of entries", value == null ? "nothing" : "something else");
    }
    if (list.size() > MAX_ENTRIES) {
      throw malformed("at most " + MAX_ENTRIES + " entries", list.size());
    }
    List<CCToken> entries = new ArrayList<>();
    for (Object item : list) {
      if (!(item instanceof Map<?, ?> map)) {
        throw malformed("entries that are objects", "something else");
      }
      entries.add(CCToken.fromMap(map));
    }
    return entries;
  }

  private static MalformedEvidenceException malformed(Object expected, Object was) {
    return MalformedEvidenceException.of(KEY, ReasonCode.ANSWER_MALFORMED, expected, was, SOURCE);
  }
}

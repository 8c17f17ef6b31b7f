// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.protocol;

import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.SiteIdentity;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * NVFlare's {@code _cc_info}: the entries of one site, as a map from its name or, in an earlier
 * revision, as a bare list. Whose they are is said by the certificate of the sender, not by the
 * name in the map (docs/protocol/exchange.md#topics).
 */
public final class CCInfo {
  /** Name of the context property and of the field in the reply to a registration. */
  public static final String KEY = "_cc_info";

  /** Most entries of a site. */
  public static final int MAX_ENTRIES = 8;

  /** Most bytes that the entries of one site have as JSON. */
  public static final int MAX_SITE_BYTES = 6 * 1024 * 1024;

  private static final int ESCAPED_CHARACTER = 6;
  private static final int FIRST_PRINTABLE = 0x20;
  private static final int LAST_ASCII = 0x7e;

  private static final String SOURCE = "docs/protocol/exchange.md#entries";

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
   * @param role of that certificate; a server may call itself {@link SiteIdentity#SERVER_ALIAS}
   * @return its entries; none is an answer too, and never a trusted one
   * @throws MalformedEvidenceException if it has neither shape, names another site, or is larger
   *     than {@link #MAX_SITE_BYTES}: nothing is skipped
   */
  @SuppressWarnings("exports") // an annotation: callers compile without its module
  public static List<CCToken> read(@Nullable Object value, String site, String role)
      throws MalformedEvidenceException {
    if (value instanceof Map<?, ?> map) {
      Set<String> names = new HashSet<>(List.of(site));
      if (role.equals(SiteIdentity.SERVER_ALIAS)) {
        names.add(SiteIdentity.SERVER_ALIAS);
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
    if (siteBytes(entries) > MAX_SITE_BYTES) {
      throw malformed("at most " + MAX_SITE_BYTES + " bytes", siteBytes(entries));
    }
    return entries;
  }

  private static MalformedEvidenceException malformed(Object expected, Object was) {
    return MalformedEvidenceException.of(KEY, ReasonCode.ANSWER_MALFORMED, expected, was, SOURCE);
  }

  /**
   * Computes how many bytes the entries of one site have as JSON at most; {@link #MAX_SITE_BYTES}
   * are allowed (docs/protocol/exchange.md#entries).
   *
   * @param entries of one site
   * @return the number of bytes
   */
  public static long siteBytes(List<CCToken> entries) {
    return jsonBytes(entries.stream().map(CCToken::toMap).toList());
  }

  /**
   * Computes how many bytes plain values have as JSON at most.
   *
   * @param value texts, whole numbers, booleans, lists and maps with text keys
   * @return the number of bytes if every character outside ASCII is escaped
   */
  public static long jsonBytes(Object value) {
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
              .mapToLong(each -> jsonBytes(each.getKey()) + jsonBytes(each.getValue()) + 2)
              .sum()
          + 2;
    }
    if (value instanceof List<?> list) {
      return list.stream().mapToLong(item -> jsonBytes(item) + 1).sum() + 2;
    }
    String text = String.valueOf(value);
    return text.chars().mapToLong(CCInfo::characterBytes).sum() + 2;
  }

  private static int characterBytes(int character) {
    if (character == '"' || character == '\\') {
      return 2;
    }
    return character < FIRST_PRINTABLE || character > LAST_ASCII ? ESCAPED_CHARACTER : 1;
  }
}

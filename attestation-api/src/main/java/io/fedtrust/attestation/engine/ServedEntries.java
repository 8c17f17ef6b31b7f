// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.protocol.CCInfo;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/**
 * The entries behind a set, for the clients to whom it went: as many as fit go with it, the others
 * on demand (docs/protocol/jobs.md#entries-on-demand).
 */
final class ServedEntries {
  /** What a message holds, less space for its frame. */
  private static final long MESSAGE_BYTES = 8L * 1024 * 1024 - 64 * 1024;

  private static final int TIMES = 3;
  private static final String SOURCE = "docs/protocol/jobs.md#entries-on-demand";

  private final Bytes set;
  private final Set<String> clients;
  private Map<String, List<CCToken>> entries;
  private final Map<String, Map<String, Integer>> served = new HashMap<>();

  /**
   * Serves entries.
   *
   * @param set digest of the set
   * @param clients to whom it goes
   * @param entries by participant
   */
  ServedEntries(Bytes set, Set<String> clients, SortedMap<String, List<CCToken>> entries) {
    this.set = set;
    this.clients = Set.copyOf(clients);
    this.entries = new LinkedHashMap<>(entries);
  }

  /** The set has expired: nobody needs them any more. */
  synchronized void drop() {
    entries = Map.of();
    served.clear();
  }

  /**
   * Entries that go with the set: those of the server first, which everybody appraises first.
   *
   * @param server its name
   * @param taken bytes that the rest of the message has
   */
  synchronized Map<String, Object> first(String server, long taken) {
    Map<String, List<CCToken>> order = new LinkedHashMap<>();
    if (entries.containsKey(server)) {
      order.put(server, entries.get(server));
    }
    entries.forEach(order::putIfAbsent);
    return fitting(order, taken, false);
  }

  /**
   * Entries that a client fetches.
   *
   * @param client that requests it
   * @param body of its request
   * @return entries by name, at least those of one site
   * @throws MalformedEvidenceException if they are of another set, not for this client, or were
   *     fetched as often as that is allowed
   */
  synchronized Map<String, Object> fetch(String client, Map<?, ?> body)
      throws MalformedEvidenceException {
    if (!clients.contains(client)
        || !Base64.getEncoder().encodeToString(set.bytes()).equals(body.get(Topics.SET_DIGEST))) {
      throw refused(ReasonCode.GROUP_REFUSED, "a client that has this set", "another");
    }
    Map<String, List<CCToken>> wanted = new LinkedHashMap<>();
    if (!(body.get(Topics.NAMES) instanceof List<?> names) || names.size() > entries.size()) {
      throw refused(ReasonCode.REQUEST_MALFORMED, "names of participants", "something else");
    }
    Map<String, Integer> counts = served.computeIfAbsent(client, any -> new HashMap<>());
    for (Object item : names) {
      List<CCToken> known = item instanceof String name ? entries.get(name) : null;
      if (known == null) {
        throw refused(ReasonCode.REQUEST_MALFORMED, "names of participants", "another name");
      }
      if (counts.getOrDefault((String) item, 0) < TIMES) {
        wanted.put((String) item, known);
      }
    }
    if (wanted.isEmpty()) {
      throw refused(
          ReasonCode.REQUESTED_TOO_OFTEN,
          "each site's entries at most " + TIMES + " times",
          names.size());
    }
    Map<String, Object> reply = fitting(wanted, 0, true);
    reply.keySet().forEach(name -> counts.merge(name, 1, Integer::sum));
    return Map.of(Topics.PEER_TOKENS, reply);
  }

  private static Map<String, Object> fitting(
      Map<String, List<CCToken>> order, long taken, boolean atLeastOne) {
    Map<String, Object> fitting = new LinkedHashMap<>();
    long bytes = taken;
    for (Map.Entry<String, List<CCToken>> each : order.entrySet()) {
      List<Map<String, Object>> shown = each.getValue().stream().map(CCToken::toMap).toList();
      bytes += CCInfo.jsonBytes(Map.of(each.getKey(), shown));
      if (bytes > MESSAGE_BYTES && !(atLeastOne && fitting.isEmpty())) {
        return fitting;
      }
      fitting.put(each.getKey(), shown);
    }
    return fitting;
  }

  private static MalformedEvidenceException refused(ReasonCode code, Object expected, Object was) {
    return MalformedEvidenceException.of("exchange.entries", code, expected, was, SOURCE);
  }
}

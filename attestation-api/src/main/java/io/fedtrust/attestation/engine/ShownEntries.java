// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.protocol.CCInfo;
import io.fedtrust.attestation.protocol.GroupRound;
import io.fedtrust.attestation.protocol.Presence;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the server shows of participants beside a set, as it was received
 * (docs/protocol/jobs.md#set).
 *
 * @param entries by site
 * @param presences of sites without evidence
 */
record ShownEntries(Map<String, List<CCToken>> entries, Map<String, Presence> presences) {
  private static final String SOURCE = "docs/protocol/jobs.md#set";

  /**
   * Reads a message of the server.
   *
   * @param server its name, for {@link CCInfo#SERVER_ALIAS}
   * @throws MalformedEvidenceException if it has not that shape, or shows a site twice
   */
  static ShownEntries of(Map<?, ?> body, String server) throws MalformedEvidenceException {
    Map<String, List<CCToken>> entries = new TreeMap<>();
    for (Map.Entry<?, ?> each : members(body.get(Topics.PEER_TOKENS)).entrySet()) {
      String name = name(each.getKey(), server);
      if (entries.put(name, CCInfo.read(each.getValue(), name, "")) != null) {
        throw malformed("each participant once", "one twice");
      }
    }
    Map<String, Presence> presences = new TreeMap<>();
    Object here = body.get(Topics.HERE);
    for (Map.Entry<?, ?> each : members(here == null ? Map.of() : here).entrySet()) {
      if (!(each.getValue() instanceof Map<?, ?> map)) {
        throw malformed("a signed presence", "something else");
      }
      if (presences.put(name(each.getKey(), server), Presence.fromMap(map)) != null) {
        throw malformed("each participant once", "one twice");
      }
    }
    return new ShownEntries(entries, presences);
  }

  private static Map<?, ?> members(Object value) throws MalformedEvidenceException {
    if (value instanceof Map<?, ?> map && map.size() <= GroupRound.MAX_MEMBERS) {
      return map;
    }
    throw malformed("entries by participant", "none");
  }

  private static String name(Object key, String server) throws MalformedEvidenceException {
    if (key instanceof String name) {
      return name.equals(SiteIdentity.SERVER_ALIAS) ? server : name;
    }
    throw malformed("names of participants", "something else");
  }

  private static MalformedEvidenceException malformed(Object expected, Object was) {
    return MalformedEvidenceException.of(
        "exchange.job", ReasonCode.ANSWER_MALFORMED, expected, was, SOURCE);
  }
}

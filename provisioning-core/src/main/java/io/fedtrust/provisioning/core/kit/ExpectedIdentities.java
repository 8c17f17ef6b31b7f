// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.model.AuthIdentities;
import io.fedtrust.provisioning.model.Participant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The common names that a kit's runtime expects of certificates, in the form that NVFlare 2.9
 * writes: only what differs from what the runtime expects by itself.
 *
 * @param server the server's name
 */
record ExpectedIdentities(String server, EngineContext host) {
  private static final int MAX_NAMED = 16;

  void of(Participant.Server participant, Map<String, Object> entry) {
    AuthIdentities wanted = participant.authIdentities();
    own(participant.name(), wanted, entry);
    others(wanted.others(), entry);
    warnOfUnissued(wanted.others());
  }

  /** A client's own cell is in its own map. */
  void of(Participant.Client participant, Map<String, Object> entry) {
    AuthIdentities wanted = participant.authIdentities();
    own(participant.name(), wanted, entry);
    Map<String, String> others = new LinkedHashMap<>();
    wanted.own().ifPresent(identity -> others.put(participant.name(), identity));
    others.putAll(wanted.others());
    others(others, entry);
    warnOfUnissued(wanted.others());
  }

  private void own(String name, AuthIdentities wanted, Map<String, Object> entry) {
    if (wanted.own().isEmpty() || wanted.own().get().equals(name)) {
      return;
    }
    String identity = wanted.own().get();
    entry.put("auth_identity", identity);
    host.warn(
        "auth_identity: the certificate of this kit says "
            + name
            + ", not "
            + identity
            + ". Certificates of this flow always carry the participant's name.");
  }

  private static void others(Map<String, String> wanted, Map<String, Object> entry) {
    Map<String, Object> others = new LinkedHashMap<>(wanted);
    others.entrySet().removeIf(other -> parts(other.getKey()).get(0).equals(other.getValue()));
    if (!others.isEmpty()) {
      entry.put("auth_identity_map", others);
    }
  }

  private void warnOfUnissued(Map<String, String> wanted) {
    List<String> unissued = new ArrayList<>();
    wanted.forEach(
        (cell, identity) -> {
          boolean isServer = cell.equals("server") && identity.equals(server);
          if (!parts(cell).contains(identity) && !isServer) {
            unissued.add(cell + ": " + identity);
          }
        });
    if (!unissued.isEmpty()) {
      host.warn(
          "auth_identity_map: no certificate of this flow fits "
              + named(unissued)
              + ". Certificates of this flow always carry the participant's name, which is part of"
              + " the cell's name.");
    }
  }

  private static List<String> parts(String cell) {
    return List.of(cell.split("\\."));
  }

  private static String named(List<String> entries) {
    String shown = entries.stream().limit(MAX_NAMED).collect(Collectors.joining(", "));
    return entries.size() <= MAX_NAMED
        ? shown
        : shown + " and " + (entries.size() - MAX_NAMED) + " more";
  }
}

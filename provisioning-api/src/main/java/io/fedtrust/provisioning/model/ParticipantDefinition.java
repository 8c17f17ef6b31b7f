// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A participant's own definition file. It stays with the participant; only a short copy (project,
 * description, name, type, organization, role, host names) travels in the request.
 *
 * @param project project name
 * @param participant the one participant
 * @param builders local customizations for package time
 * @param document the whole file as maps, lists, text, numbers and booleans; written unchanged, but
 *     for the role's canonical spelling, to the request folder
 */
public record ParticipantDefinition(
    String project,
    Participant participant,
    List<BuilderSpec> builders,
    Map<String, Object> document) {
  /**
   * Checks the project name.
   *
   * @param project project name
   * @param participant the one participant
   * @param builders local customizations
   * @param document the whole file
   */
  public ParticipantDefinition {
    ProjectProfile.requireProjectName(project);
    builders = List.copyOf(builders);
  }

  /**
   * Makes a definition in a program, without a file.
   *
   * @param project project name
   * @param participant the participant
   * @return the definition, with the document a file would hold
   */
  public static ParticipantDefinition of(String project, Participant participant) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("name", participant.name());
    entry.put(
        "type",
        participant.certType().role().isPresent() ? "admin" : participant.certType().text());
    entry.put("org", participant.org());
    participant.certType().role().ifPresent(role -> entry.put("role", role));
    if (participant instanceof Participant.Server server) {
      if (!server.hostNames().isEmpty()) {
        entry.put("host_names", new ArrayList<Object>(server.hostNames()));
      }
      server.connectionSecurity().ifPresent(own -> entry.put("connection_security", own.text()));
      put(entry, server.authIdentities());
    } else if (participant instanceof Participant.Client client) {
      client.connectTo().ifPresent(other -> entry.put("connect_to", document(other)));
      if (!client.capacity().equals(Capacity.NONE)) {
        Map<String, Object> capacity = new LinkedHashMap<>();
        capacity.put("num_of_gpus", client.capacity().gpus());
        capacity.put("mem_per_gpu_in_GiB", client.capacity().memoryPerGpuGiB());
        entry.put("capacity", capacity);
      }
      if (!client.allowLogStreaming()) {
        entry.put("allow_log_streaming", false);
      }
      put(entry, client.authIdentities());
    } else if (participant instanceof Participant.Admin admin) {
      admin.connectTo().ifPresent(other -> entry.put("connect_to", document(other)));
    }
    participant.customCaCert().ifPresent(path -> entry.put("custom_ca_cert", path.toString()));
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("name", project);
    document.put("participants", List.of(entry));
    return new ParticipantDefinition(project, participant, List.of(), document);
  }

  /** {@return the free text of the file: the description, if there is one} */
  public Optional<String> description() {
    return Optional.ofNullable(document.get("description")).map(String::valueOf);
  }

  private static void put(Map<String, Object> entry, AuthIdentities identities) {
    identities.own().ifPresent(own -> entry.put("auth_identity", own));
    if (!identities.others().isEmpty()) {
      entry.put("auth_identity_map", new LinkedHashMap<String, Object>(identities.others()));
    }
  }

  private static Map<String, Object> document(ConnectTo other) {
    Map<String, Object> entry = new LinkedHashMap<>();
    other.name().ifPresent(name -> entry.put("name", name));
    other.host().ifPresent(host -> entry.put("host", host));
    other.port().ifPresent(port -> entry.put("port", port));
    return entry;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.interop;

import java.util.List;

/**
 * A participant as its definition file says it.
 *
 * @param title what the case is about
 * @param more further lines of the participant's entry
 */
record Definition(
    String title, String name, String type, String org, String description, List<String> more) {

  String yaml(String project) {
    StringBuilder yaml = new StringBuilder("name: " + project + "\n");
    if (!description.isEmpty()) {
      yaml.append("description: ").append(description).append('\n');
    }
    yaml.append("participants:\n  - name: ").append(name);
    yaml.append("\n    type: ").append(type);
    yaml.append("\n    org: ").append(org).append('\n');
    more.forEach(line -> yaml.append("    ").append(line).append('\n'));
    return yaml.toString();
  }

  private static Definition of(String title, String name, String type, String... more) {
    return new Definition(title, name, type, "hospital_alpha", "", List.of(more));
  }

  /** Every kind, with what each may say of itself. */
  static List<Definition> all() {
    String unicode = "Universitätsklinikum 東京 🏥";
    String longHost = "f".repeat(49) + ".example.org";
    return List.of(
        of("server", "fl.example.org", "server"),
        of(
            "server with host names and addresses",
            "fl2.example.org",
            "server",
            "host_names: [fl2.internal.example.org, 192.0.2.7]"),
        of("server behind a proxy", "fl3.example.org", "server", "connection_security: clear"),
        of("server with a long name", longHost, "server"),
        of("client", "hospital-a", "client"),
        new Definition(
            "client with a unicode description",
            "hospital-b",
            "client",
            "hospital_beta",
            unicode,
            List.of()),
        of("client with a long name", "h".repeat(60), "client"),
        of(
            "client with capacity",
            "hospital-c",
            "client",
            "capacity: {num_of_gpus: 2, mem_per_gpu_in_GiB: 16}"),
        of(
            "client whose lines repeat by alias",
            "hospital-d",
            "client",
            "capacity: &size {num_of_gpus: 2, mem_per_gpu_in_GiB: 16}",
            "spare: *size"),
        of("organization admin", "orgadmin@hospital-alpha.org", "admin", "role: org_admin"),
        of("lead", "lead@hospital-alpha.org", "admin", "role: lead"),
        new Definition(
            "member with a unicode description and a long name",
            "m".repeat(40) + "@hospital-alpha.org",
            "admin",
            "hospital_alpha",
            unicode,
            List.of("role: member")));
  }

  boolean isServer() {
    return type.equals("server");
  }
}

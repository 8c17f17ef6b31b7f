// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import static io.fedtrust.provisioning.core.kit.KitRenderer.object;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What kits of a release line of NVFlare's runtime have of their own: two resources each, with
 * their origin in the first lines.
 *
 * @param allowedClasses the classes that jobs without custom code may instantiate
 * @param authorization the default authorization policy: rights by role
 */
record RuntimeLine(List<String> allowedClasses, Map<String, Object> authorization) {
  /** The lines with resources here, from the oldest to the newest. */
  static final List<String> KNOWN = List.of("2.8", "2.9");

  /** Returns a line, or nothing if it is not known. */
  static Optional<RuntimeLine> of(String line) {
    return KNOWN.contains(line) ? Optional.of(read(line)) : Optional.empty();
  }

  /** Returns the newest line that is known. */
  static RuntimeLine newest() {
    return read(KNOWN.get(KNOWN.size() - 1));
  }

  private static RuntimeLine read(String line) {
    return new RuntimeLine(
        entries("allowed-classes-" + line + ".txt"),
        policy(entries("authorization-" + line + ".txt")));
  }

  /** Each entry is a role, a right or {@code *} for all, and an expression. */
  private static Map<String, Object> policy(List<String> entries) {
    Map<String, Object> permissions = new LinkedHashMap<>();
    Map<String, Map<String, Object>> rights = new LinkedHashMap<>();
    for (String entry : entries) {
      String[] words = entry.split(" ", 3);
      if (words[1].equals("*")) {
        permissions.put(words[0], words[2]);
      } else {
        Map<String, Object> ofRole =
            rights.computeIfAbsent(words[0], role -> new LinkedHashMap<>());
        ofRole.put(words[1], words[2]);
        permissions.put(words[0], ofRole);
      }
    }
    Map<String, Object> policy = object("format_version", "1.0");
    policy.put("permissions", permissions);
    return policy;
  }

  private static List<String> entries(String resource) {
    try (InputStream in = RuntimeLine.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + resource);
      }
      String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      return text.lines().filter(entry -> !entry.isBlank() && !entry.startsWith("#")).toList();
    } catch (IOException e) {
      throw new IllegalStateException("unreadable resource " + resource, e);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * The classes that jobs without custom code may instantiate, by release line of NVFlare's runtime:
 * a resource each, with its origin in the first lines.
 */
final class AllowedClasses {
  private AllowedClasses() {}

  /** Returns the list of a line, or nothing if the line is not known. */
  static Optional<List<String>> of(String line) {
    if (!line.matches("[0-9]{1,3}\\.[0-9]{1,3}")) {
      return Optional.empty();
    }
    try (InputStream in =
        AllowedClasses.class.getResourceAsStream("allowed-classes-" + line + ".txt")) {
      if (in == null) {
        return Optional.empty();
      }
      String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      return Optional.of(
          text.lines().filter(entry -> !entry.isBlank() && !entry.startsWith("#")).toList());
    } catch (IOException e) {
      throw new IllegalStateException("unreadable resource", e);
    }
  }
}

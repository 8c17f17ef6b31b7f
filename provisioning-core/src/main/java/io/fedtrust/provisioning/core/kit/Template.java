// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Scripts and read-me texts from this library's resources, with {@code @WORD@} replaced. */
final class Template {
  private static final Map<String, String> CACHE = new ConcurrentHashMap<>();

  private Template() {}

  /** Fills a template. Values come from validated names, never from free text. */
  static byte[] fill(String resource, Map<String, String> words) {
    String text = text(resource);
    for (Map.Entry<String, String> word : words.entrySet()) {
      text = text.replace("@" + word.getKey() + "@", word.getValue());
    }
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Returns a template as it is. */
  static String text(String resource) {
    return CACHE.computeIfAbsent(resource, Template::load);
  }

  private static String load(String resource) {
    try (InputStream in = Template.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("missing resource " + resource);
      }
      String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      return resource.equals("workspace.part")
          ? text
          : text.replace("@WORKSPACE@\n", fillPart(text));
    } catch (IOException e) {
      throw new IllegalStateException("unreadable resource " + resource, e);
    }
  }

  private static String fillPart(String text) {
    return text.contains("@WORKSPACE@") ? load("workspace.part") : "";
  }
}

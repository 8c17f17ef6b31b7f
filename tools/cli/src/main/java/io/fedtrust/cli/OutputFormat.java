// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli;

import java.util.List;
import java.util.Optional;

/** How a command answers. */
public enum OutputFormat {
  /** Text lines. */
  TEXT,
  /** One line of JSON. */
  JSON,
  /** Nothing on standard output; a refusal is text on standard error. */
  QUIET;

  private static final String OPTION = "--format";
  private static final String STREAM = "jsonl";

  /** Reads the value of {@code --format}; empty for {@code jsonl}, which needs a stream. */
  public static Optional<OutputFormat> ofFormat(String value) {
    return switch (value) {
      case "txt", "text" -> Optional.of(TEXT);
      case "json" -> Optional.of(JSON);
      default -> Optional.empty();
    };
  }

  /** Reads the value of {@code --output}. */
  public static Optional<OutputFormat> ofOutput(String value) {
    return switch (value) {
      case "txt", "human" -> Optional.of(TEXT);
      case "json" -> Optional.of(JSON);
      case "quiet" -> Optional.of(QUIET);
      default -> Optional.empty();
    };
  }

  /** Finds out how to answer words that were not understood; the option can be abbreviated. */
  public static OutputFormat wantedBy(List<String> words) {
    String wanted = "";
    for (int i = 0; i < words.size() && !words.get(i).equals("--"); i++) {
      String word = words.get(i);
      int equals = word.indexOf('=');
      if (equals >= 0 && isBeginning(word.substring(0, equals))) {
        wanted = word.substring(equals + 1);
      } else if (isBeginning(word) && i + 1 < words.size()) {
        wanted = words.get(i + 1);
      }
    }
    return wanted.equals(STREAM) ? JSON : ofFormat(wanted).orElse(TEXT);
  }

  private static boolean isBeginning(String name) {
    return name.length() > "--".length() && OPTION.startsWith(name);
  }

  /** Says why a value of {@code --format} is refused. */
  static String refusal(String value) {
    return value.equals(STREAM)
        ? "--format jsonl is for commands that answer again and again; use --format json"
        : "--format: expected txt or json, was " + value;
  }
}

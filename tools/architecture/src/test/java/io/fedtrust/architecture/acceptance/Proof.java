// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.architecture.acceptance;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** What a row of the acceptance table points at. */
sealed interface Proof {

  /** A test method; the type's name is written without {@code io.fedtrust.} */
  record TestMethod(String type, String method) implements Proof {
    @Override
    public String toString() {
      return type + "#" + method;
    }
  }

  /** A heading of a document, as a link relative to the table's folder. */
  record Heading(String page, String anchor) implements Proof {
    @Override
    public String toString() {
      return page + "#" + anchor;
    }
  }

  /** A feature that is not built yet. */
  record Open(String title) implements Proof {}

  /** One test or one link. */
  Pattern BUILT = Pattern.compile("`([\\w.$]+)#(\\w+)`|\\[[^\\]]+]\\(([\\w./-]+\\.md)#([^)]+)\\)");

  Pattern SEVERAL = Pattern.compile("(?:%s)(?:, (?:%s))*".formatted(BUILT, BUILT));

  /** Reads a cell: tests and links with commas between them, or {@code open: title}. */
  static List<Proof> read(String cell) {
    if (cell.startsWith("open: ")) {
      return List.of(new Open(cell.substring("open: ".length())));
    }
    if (!SEVERAL.matcher(cell).matches()) {
      throw new IllegalArgumentException("neither tests nor links nor an open feature: " + cell);
    }
    return BUILT.matcher(cell).results().map(Proof::built).toList();
  }

  private static Proof built(MatchResult found) {
    return found.group(1) == null
        ? new Heading(found.group(3), found.group(4))
        : new TestMethod(found.group(1), found.group(2));
  }
}

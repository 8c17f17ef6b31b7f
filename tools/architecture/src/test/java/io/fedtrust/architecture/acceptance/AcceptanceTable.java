// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.architecture.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** {@code docs/acceptance.md}: every promise of the product, and what proves it. */
record AcceptanceTable(List<Row> rows) {
  private static final Pattern ROW = Pattern.compile("\\| ([A-Z]\\d{2}) \\| ([^|]+) \\| (.+) \\|");

  /** One promise. */
  record Row(String id, String promise, List<Proof> proofs) {}

  /** A proof with the row that it is for. */
  record Entry<P extends Proof>(String row, P proof) {}

  static AcceptanceTable read(Path page) throws IOException {
    return new AcceptanceTable(
        Files.readAllLines(page).stream()
            .map(ROW::matcher)
            .filter(Matcher::matches)
            .map(row -> new Row(row.group(1), row.group(2), Proof.read(row.group(3))))
            .toList());
  }

  /** All proofs of a kind, in the table's order. */
  <P extends Proof> List<Entry<P>> proofs(Class<P> kind) {
    return rows.stream()
        .flatMap(
            row ->
                row.proofs().stream()
                    .filter(kind::isInstance)
                    .map(proof -> new Entry<>(row.id(), kind.cast(proof))))
        .toList();
  }

  Stream<String> ids() {
    return rows.stream().map(Row::id);
  }
}

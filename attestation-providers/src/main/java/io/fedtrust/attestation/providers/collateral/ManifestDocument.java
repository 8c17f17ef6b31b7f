// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.collateral;

import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.providers.codec.StrictJson;
import io.fedtrust.attestation.providers.codec.UnreadableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The shape of {@code manifest.json}. */
final class ManifestDocument {
  private static final int MAX_BYTES = 64 << 20;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,199}");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final Set<String> KEYS =
      Set.of(
          "kind", "subject", "file", "source", "sha256", "fetchedAt", "thisUpdate", "nextUpdate");

  private ManifestDocument() {}

  /** One item as the manifest describes it. */
  record Line(
      String kind,
      String subject,
      String source,
      String sha256,
      Instant fetchedAt,
      Optional<Instant> thisUpdate,
      Optional<Instant> nextUpdate) {

    String file() {
      return kind + "-" + subject;
    }

    CollateralEntry entry(byte[] bytes) throws IOException {
      CollateralItem item = CollateralItem.of(kind, subject, bytes);
      if (!item.sha256().equals(sha256)) {
        throw new UnreadableException(
            file() + ": expected sha256 " + sha256 + ", was " + item.sha256());
      }
      return new CollateralEntry(item, source, fetchedAt, thisUpdate, nextUpdate);
    }
  }

  static String file(CollateralItem item) throws IOException {
    String name = item.kind() + "-" + item.subject();
    if (!NAME.matcher(name).matches()) {
      throw new UnreadableException("expected letters, digits, '.', '_' and '-' in " + item.kind());
    }
    return name;
  }

  static List<Line> read(byte[] json) throws IOException {
    Map<String, @Nullable Object> document = StrictJson.read(json, MAX_BYTES);
    if (!document.keySet().equals(Set.of("items"))
        || !(document.get("items") instanceof List<?> items)) {
      throw new UnreadableException("expected a list of items alone, was " + document.keySet());
    }
    List<Line> lines = new ArrayList<>();
    Set<String> files = new HashSet<>();
    for (Object item : items) {
      if (!(item instanceof Map<?, ?> fields) || !KEYS.containsAll(fields.keySet())) {
        throw new UnreadableException("items: expected maps with only " + KEYS);
      }
      Line line = line(fields);
      if (!files.add(line.file())) {
        throw new UnreadableException(line.file() + ": expected once, was twice");
      }
      lines.add(line);
    }
    return lines;
  }

  private static Line line(Map<?, ?> fields) throws IOException {
    Line line =
        new Line(
            text(fields, "kind"),
            text(fields, "subject"),
            text(fields, "source"),
            text(fields, "sha256"),
            instant(fields, "fetchedAt")
                .orElseThrow(() -> new UnreadableException("fetchedAt: expected an instant")),
            instant(fields, "thisUpdate"),
            instant(fields, "nextUpdate"));
    // The name is made from checked parts: a path in the manifest is never followed.
    if (!NAME.matcher(line.file()).matches() || !line.file().equals(text(fields, "file"))) {
      throw new UnreadableException("file: expected " + line.file() + ", was another");
    }
    if (!SHA256.matcher(line.sha256()).matches()) {
      throw new UnreadableException(line.file() + ": expected sha256 in lower-case hex");
    }
    return line;
  }

  private static String text(Map<?, ?> fields, String name) throws IOException {
    if (fields.get(name) instanceof String text) {
      return text;
    }
    throw new UnreadableException(name + ": expected text");
  }

  private static Optional<Instant> instant(Map<?, ?> fields, String name) throws IOException {
    if (!fields.containsKey(name)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Instant.parse(text(fields, name)));
    } catch (DateTimeException e) {
      throw new UnreadableException(name + ": expected an instant", e);
    }
  }

  static byte[] write(Collection<CollateralEntry> entries) throws IOException {
    List<Map<String, Object>> items = new ArrayList<>();
    for (CollateralEntry entry : entries) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("kind", entry.item().kind());
      fields.put("subject", entry.item().subject());
      fields.put("file", file(entry.item()));
      fields.put("source", entry.source());
      fields.put("sha256", entry.item().sha256());
      fields.put("fetchedAt", entry.fetchedAt().toString());
      entry.thisUpdate().ifPresent(instant -> fields.put("thisUpdate", instant.toString()));
      entry.nextUpdate().ifPresent(instant -> fields.put("nextUpdate", instant.toString()));
      items.add(fields);
    }
    return StrictJson.write(Map.of("items", items)).getBytes(StandardCharsets.UTF_8);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.model.Assurance;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidencePurpose;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.model.RefusalCode;
import io.fedtrust.attestation.protocol.EvidenceRequest;
import io.fedtrust.attestation.protocol.JobSet;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The pages of {@code docs/protocol} name everything that is on the wire. */
class ProtocolPagesTest {
  private static final Path ROOT = root();
  private static final Pattern TAG = Pattern.compile("\"(FLCC-[A-Z]+-\\d)\"");

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("CHANGELOG.md"))) {
      folder = folder.getParent();
    }
    return folder;
  }

  private static String page(String name) throws IOException {
    return Files.readString(ROOT.resolve("docs/protocol").resolve(name));
  }

  private static Set<String> tags(Stream<String> texts) {
    return texts
        .flatMap(text -> TAG.matcher(text).results())
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<String> sources() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT.resolve("attestation-api/src/main/java"))) {
      return files
          .filter(Files::isRegularFile)
          .map(
              file -> {
                try {
                  return Files.readString(file);
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              })
          .toList();
    }
  }

  @Test
  @DisplayName(
      "the pages define the bytes behind each tag that is in the sources, and behind no others")
  void everyTag() throws IOException {
    Set<String> used = tags(sources().stream());
    assertThat(used).hasSize(15);
    assertThat(
            tags(
                Stream.of(
                    page("bindings.md"),
                    page("collateral.md"),
                    page("exchange.md"),
                    page("jobs.md"),
                    page("requests-and-refusals.md"))))
        .isEqualTo(used);
    assertThat(used).allSatisfy(tag -> assertThat(page("README.md")).contains("| `" + tag + "` |"));
  }

  @Test
  @DisplayName("the page of the exchange names every topic and every member of a message")
  void everyTopic() throws Exception {
    String exchange = page("exchange.md") + page("jobs.md");
    int count = 0;
    for (Field constant : Topics.class.getDeclaredFields()) {
      if (constant.getType().equals(String.class)) {
        count++;
        assertThat(exchange).contains("`" + constant.get(null) + "`");
      }
    }
    assertThat(count).isGreaterThan(25);
  }

  @Test
  @DisplayName("the pages have every form, family, kind, code and purpose by its name on the wire")
  void everyName() throws IOException {
    assertThat(page("bindings.md"))
        .contains(EvidenceForm.all().stream().map(form -> "`" + form.text() + "`").toList());
    assertThat(page("exchange.md"))
        .contains(Namespace.all().stream().map(family -> "`" + family + "`").toList());
    assertThat(page("jobs.md"))
        .contains(Arrays.stream(JobSet.Kind.values()).map(kind -> "`" + kind.text() + "`").toList())
        .contains(Arrays.stream(JobSet.Left.values()).map(left -> "`" + left + "`").toList());
    assertThat(page("requests-and-refusals.md"))
        .contains(Arrays.stream(RefusalCode.values()).map(code -> "`" + code + "`").toList())
        .contains(
            Arrays.stream(EvidenceRequest.Mode.values())
                .map(mode -> "`" + mode.text() + "`")
                .toList())
        .contains(
            Arrays.stream(EvidencePurpose.values()).map(use -> "`" + use.text() + "`").toList());
    assertThat(page("README.md"))
        .contains(Arrays.stream(Assurance.values()).map(level -> "`" + level + "`").toList());
  }
}

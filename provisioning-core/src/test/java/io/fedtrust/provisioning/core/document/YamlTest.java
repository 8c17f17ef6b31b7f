// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.provisioning.core.Refusals;
import io.fedtrust.provisioning.core.World;
import io.fedtrust.provisioning.error.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Aliases, sizes and tags of YAML documents. */
class YamlTest {
  @Test
  @DisplayName("an alias is the value of its anchor, not a copy")
  void resolvesByReference() throws IOException {
    Map<String, Object> document = read("a: &a [1, {b: c}]\nd: *a\ne: &e text\nf: *e\n");
    assertThat(document.get("d"))
        .isSameAs(document.get("a"))
        .isEqualTo(List.of(1L, Map.of("b", "c")));
    assertThat(document).containsEntry("f", "text");
  }

  @Test
  @DisplayName("16 aliases are read, 17 are refused, of collections and of text")
  void boundsAliases() throws IOException {
    for (String value : List.of("[1]", "text")) {
      String anchor = "a: &a " + value + "\nb: [";
      assertThat(read(anchor + "*a ,".repeat(15) + "*a ]")).containsKey("b");
      refused(anchor + "*a ,".repeat(16) + "*a ]", "aliases");
    }
  }

  @Test
  @DisplayName("values are counted with aliases resolved: 10,000 are read, one more is refused")
  void countsValues() throws IOException {
    // The mapping, its two keys and two lists are five values.
    assertThat(read("a: [" + "x,".repeat(9_000) + "x]\nb: [" + "x,".repeat(993) + "x]")).hasSize(2);
    refused("a: [" + "x,".repeat(9_000) + "x]\nb: [" + "x,".repeat(994) + "x]", "values");
    refused("a: &a [" + "x,".repeat(4_999) + "x]\nb: *a", "values, aliases resolved");
  }

  @Test
  @DisplayName("characters and depth are those of the document without aliases")
  void countsCharactersAndDepth() throws IOException {
    String half = "x".repeat(60_000);
    assertThat(read("a: &a " + half + "\nb: *a")).hasSize(2);
    refused("a: &a " + half + "\nb: [*a , *a ]", "characters");
    String nine = "[".repeat(9) + "]".repeat(9);
    assertThat(read("a: &a " + nine + "\nb: [[[[[[*a ]]]]]]")).hasSize(2);
    refused("a: &a " + nine + "\nb: [[[[[[[*a ]]]]]]]", "levels");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "!!timestamp any text", "!!int text", "!!int '+-5'", "!!float 1e5 x", "!!bool maybe",
        "!!timestamp \"2026-01-01\\u202e\"", "!!binary aGk=", "!!set {a}", "!local a", "!!int 1:60"
      })
  @DisplayName("a tag does not make a number or date of other text")
  void refusesTags(String value) {
    refused("a: " + value, "tag");
  }

  @ParameterizedTest
  @CsvSource({
    "!!int '12', 12",
    "!!float 5, 5.0",
    "!!str 5, 5",
    "!!bool yes, true",
    "1:30, 90",
    "-0x1f, -31",
    "017, 15",
    "1e5, 1e5",
    "!!timestamp 2026-01-01, 2026-01-01",
    "1:30.5, 90.5",
    "12:xy, 12:xy"
  })
  @DisplayName("plain and tagged scalars mean what PyYAML reads")
  void readsScalars(String value, String meaning) throws IOException {
    assertThat(read("a: " + value).get("a")).hasToString(meaning);
  }

  @Test
  @DisplayName("directives that declare tags are refused, a version is read")
  void refusesTagDirectives() throws IOException {
    refused("%TAG !a! tag:yaml.org,2002:\n---\na: !a!str b", "directive");
    assertThat(read("%YAML 1.1\n---\na: b")).containsEntry("a", "b");
  }

  @Test
  @DisplayName("what is written has no aliases, though values are shared")
  void writesNoAliases() throws IOException {
    Map<String, Object> document = read("a: &a [1, &b {c: d}]\ne: [*a , *b ]");
    String text = new String(Yaml.write(document), StandardCharsets.UTF_8);
    assertThat(text).doesNotContain("&", "*");
    assertThat(read(text)).isEqualTo(document);
  }

  @Test
  @DisplayName(
      "a definition that is too large without aliases is refused before anything is written")
  void refusesLargeDefinitions(@TempDir Path temp) throws IOException {
    World world = new World(temp);
    Path file =
        world.write(
            "site.yaml",
            "name: fed_test\nparticipants: [{name: site-1, type: client, org: hospital}]\nmore: \""
                + "\u00fc".repeat(60_000)
                + "\"\n");
    Path folder = world.path("site-1");
    Refusals.refused(
        ErrorCode.INVALID_ARGS,
        () -> world.engine().request(world.engine().readDefinition(file)).writeTo(folder));
    assertThat(folder.resolve("site-1.key")).doesNotExist();
    assertThat(Files.size(file)).isLessThan(128 * 1024);
  }

  private static Map<String, Object> read(String yaml) throws IOException {
    return Yaml.readMapping(yaml.getBytes(StandardCharsets.UTF_8));
  }

  private static void refused(String yaml, String reason) {
    assertThatThrownBy(() -> read(yaml))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(reason);
  }
}

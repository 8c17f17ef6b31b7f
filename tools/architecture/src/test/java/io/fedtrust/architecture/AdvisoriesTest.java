// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.stream.StreamResult;
import javax.xml.transform.stream.StreamSource;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code tools/advisories.xsl} makes rules of all rows, or refuses them. */
class AdvisoriesTest {
  private static final Path LIST = Path.of("../advisories.xml");
  private static final Pattern RANGE = Pattern.compile("[\\[(][^\\[(\\])]*[\\])]");
  private static final Pattern ROW =
      Pattern.compile("<advisory [^>]*artifact=\"([^\"]*)\" affected=\"([^\"]*)\"");
  private static final Pattern RULE = Pattern.compile("<excludes>(.*?)</excludes>", Pattern.DOTALL);
  private static final Pattern REFUSAL =
      Pattern.compile("<alwaysFail><message>([^<]*)</message></alwaysFail>");
  private static final Pattern EXCLUDE = Pattern.compile("<exclude>([^<]*)</exclude>");
  private static final String GOOD =
      "<advisory id='X-1' artifact='g:a' affected='[1,2)' fixed='2' source='reported'"
          + " found='https://example.org' reviewed='2026-11-28'>text</advisory>";

  @Test
  @DisplayName("every row of the list becomes a rule with one pattern for each of its ranges")
  void everyRow() throws Exception {
    String list = Files.readString(LIST);
    List<List<String>> expected =
        ROW.matcher(list)
            .results()
            .map(
                row ->
                    RANGE
                        .matcher(row.group(2))
                        .results()
                        .map(range -> row.group(1) + ":" + range.group())
                        .toList())
            .toList();
    assertThat(expected).hasSizeGreaterThan(20).noneMatch(List::isEmpty);
    assertThat(rules(list).stream().map(AdvisoriesTest::patterns))
        .containsExactlyElementsOf(expected);
  }

  @ParameterizedTest
  @DisplayName("ranges may be open or closed at either end, one or several, with blanks between")
  @CsvSource(
      delimiter = '|',
      value = {
        "[1.0,1.2)|g:a:[1.0,1.2)",
        "[1.0,1.2]|g:a:[1.0,1.2]",
        "(,1.2]|g:a:(,1.2]",
        "[1.2]|g:a:[1.2]",
        "[1,2],[3,4)|g:a:[1,2] g:a:[3,4)",
        "[1,2), (3,4)|g:a:[1,2) g:a:(3,4)",
        "(,1],[2,3),[4,)|g:a:(,1] g:a:[2,3) g:a:[4,)"
      })
  void ranges(String affected, String patterns) throws Exception {
    assertThat(String.join(" ", patterns(rules(list(GOOD.replace("[1,2)", affected))).get(0))))
        .isEqualTo(patterns);
  }

  @ParameterizedTest
  @DisplayName("what is no range stops the build, and the advisory is named")
  @ValueSource(
      strings = {
        "",
        "1.0",
        "[1.0,1.2",
        "1.0,1.2)",
        "[,)",
        "[]",
        "(1.0)",
        "[1.0)",
        "[1,2,3)",
        "[1,2)[3,4)",
        "[1,2),",
        "[1,2),3",
        "[1,[2,3)",
        "[1,2))",
        "&lt;1.2"
      })
  void noRange(String affected) throws Exception {
    assertThat(refusals(GOOD + GOOD.replace("X-1", "X-2").replace("[1,2)", affected)))
        .containsExactly("advisory X-2 of g:a: affected is no list of ranges");
  }

  @ParameterizedTest
  @DisplayName("a row that lacks something, or whose source is unknown, stops the build")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "id='X-1'|\"\"|missing",
        "fixed='2'|\"\"|missing",
        "reviewed='2026-11-28'|\"\"|missing",
        ">text<|><|missing",
        "artifact='g:a'|artifact='a'|group:artifact",
        "artifact='g:a'|artifact='g:*'|group:artifact",
        "artifact='g:a'|artifact='g:a:jar'|group:artifact",
        "source='reported'|\"\"|source",
        "source='reported'|source='rumour'|source",
        "found='https://example.org'|\"\"|source",
        "affected='[1,2)'|\"\"|affected",
        "advisory|advisry|not an advisory: advisry"
      })
  void incomplete(String part, String replacement, String why) throws Exception {
    assertThat(rules(list(GOOD))).hasSize(1);
    String row = GOOD.replace(part, replacement);
    assertThat(row).isNotEqualTo(GOOD);
    assertThat(refusals(row)).singleElement().asString().contains(why);
    assertThat(rules(list(row))).isEmpty();
  }

  private static String list(String rows) {
    return "<advisories>" + rows + "</advisories>";
  }

  private static List<String> rules(String list) throws TransformerException {
    return found(RULE, transformed(list));
  }

  private static List<String> refusals(String rows) throws TransformerException {
    return found(REFUSAL, transformed(list(rows)));
  }

  private static String transformed(String list) throws TransformerException {
    Transformer transformer =
        TransformerFactory.newInstance()
            .newTransformer(new StreamSource(Path.of("../advisories.xsl").toFile()));
    StringWriter rules = new StringWriter();
    transformer.transform(new StreamSource(new StringReader(list)), new StreamResult(rules));
    return rules.toString();
  }

  private static List<String> patterns(String rule) {
    return found(EXCLUDE, rule);
  }

  private static List<String> found(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(match -> match.group(1)).toList();
  }
}

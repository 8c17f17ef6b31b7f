// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Every page that sources and pages cite is in this repository, and so is the cited heading. */
class CitationsTest {
  private static final Path ROOT = root();

  /** A citation in a source file, for example {@code docs/protocol/jobs.md#dispatch}. */
  private static final Pattern CITATION =
      Pattern.compile("\\bdocs/([A-Za-z0-9_./-]+\\.md)(?:#([\\p{L}\\p{N}_-]+))?");

  /** A link in a page, for example {@code [Dispatch](jobs.md#dispatch)}. */
  private static final Pattern LINK =
      Pattern.compile("\\]\\(((?!https?:)[A-Za-z0-9_./-]*)(?:#([\\p{L}\\p{N}_-]+))?\\)");

  private static final Pattern HEADING = Pattern.compile("^#{1,6} (.+)$", Pattern.MULTILINE);
  private static final Pattern CODE_BLOCK =
      Pattern.compile("^```.*?^```", Pattern.MULTILINE | Pattern.DOTALL);

  /** Citations of documents that are not in this repository. */
  private static final Pattern ELSEWHERE =
      Pattern.compile(
          "trust protocol, (?:second part|sections? \\d|heading)"
              + "|specification of this project|\\bdecision [PT]\\d",
          Pattern.CASE_INSENSITIVE);

  /** A call whose last argument is the citation of a check. */
  private static final Pattern CITING =
      Pattern.compile(
          "(?:Check\\.(?:passed|failed|of|missing|skipped)|new (?:JsonObject\\.)?Kind"
              + "|MalformedEvidenceException\\.of|revocationNotChecked|new RevocationLists"
              + "|times\\.current)\\(");

  /** A policy option; a rule may follow the citation. */
  private static final Pattern OPTION =
      Pattern.compile("(?:PolicyOption\\.\\w+|new PolicyOption)\\(");

  private static final Pattern CONSTANT =
      Pattern.compile("\\bString (\\w+) =\\s*((?:\\w+ \\+ )?\"[^\"]*\");");
  private static final Pattern VALUE = Pattern.compile("(?:(\\w+)(?: \\+ )?)?(?:\"([^\"]*)\")?");
  private static final Pattern SHORT_NAME = Pattern.compile("(?m)^\\| `([^`]+)` \\|.*<https://");

  private static final Pattern LINE_END = Pattern.compile("\\s*\\n\\s*(?:\\*|//)?\\s*");
  private static final int FEWEST_OF_OPTION = 4;
  private static final int MOST_OF_OPTION = 5;
  private static final Map<Path, Set<String>> ANCHORS = new HashMap<>();

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("CHANGELOG.md"))) {
      folder = folder.getParent();
    }
    return folder;
  }

  private static List<Path> files(String folder, String suffix) throws IOException {
    try (Stream<Path> all = Files.walk(ROOT.resolve(folder))) {
      return all.filter(Files::isRegularFile)
          .filter(file -> file.toString().endsWith(suffix))
          .filter(file -> !ROOT.relativize(file).toString().contains("target/"))
          .toList();
    }
  }

  /** Sources of all modules, tests included, except this test. */
  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (String folder :
        List.of(
            "provisioning-api",
            "provisioning-core",
            "attestation-api",
            "attestation-providers",
            "tools")) {
      sources.addAll(files(folder, ".java"));
    }
    sources.removeIf(file -> file.endsWith("CitationsTest.java"));
    return sources;
  }

  private static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>(files("docs", ".md"));
    pages.add(ROOT.resolve("README.md"));
    pages.add(ROOT.resolve("SECURITY.md"));
    return pages;
  }

  /** The anchors of a page, as GitHub makes them of its headings. */
  private static Set<String> anchors(Path page) throws IOException {
    Set<String> known = ANCHORS.get(page);
    if (known != null) {
      return known;
    }
    String text = CODE_BLOCK.matcher(Files.readString(page)).replaceAll("");
    Set<String> anchors = new HashSet<>();
    HEADING.matcher(text).results().forEach(found -> addAnchor(anchors, found.group(1)));
    Matcher explicit = Pattern.compile("<a id=\"([^\"]+)\">").matcher(text);
    explicit.results().forEach(found -> anchors.add(found.group(1)));
    ANCHORS.put(page, anchors);
    return anchors;
  }

  private static void addAnchor(Set<String> anchors, String heading) {
    String slug =
        heading
            .strip()
            .toLowerCase(Locale.ROOT)
            .replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1")
            .replaceAll("[^\\p{L}\\p{N} _-]", "")
            .replace(' ', '-');
    String anchor = slug;
    for (int copy = 1; !anchors.add(anchor); copy++) {
      anchor = slug + "-" + copy;
    }
  }

  private static boolean resolves(Path page, String anchor) throws IOException {
    return Files.exists(page)
        && (anchor == null || (page.toString().endsWith(".md") && anchors(page).contains(anchor)));
  }

  @Test
  @DisplayName("every page and heading that a source file cites is in this repository")
  void citationsOfSources() throws IOException {
    Set<String> broken = new TreeSet<>();
    int count = 0;
    for (Path file : sources()) {
      for (MatchResult cited : CITATION.matcher(Files.readString(file)).results().toList()) {
        count++;
        if (!resolves(ROOT.resolve("docs").resolve(cited.group(1)), cited.group(2))) {
          broken.add(ROOT.relativize(file) + ": " + cited.group());
        }
      }
    }
    assertThat(broken).isEmpty();
    assertThat(count).isGreaterThan(200);
  }

  @Test
  @DisplayName("every link from page to page leads to a file and a heading of it")
  void linksOfPages() throws IOException {
    Set<String> broken = new TreeSet<>();
    int count = 0;
    for (Path page : pages()) {
      String text = CODE_BLOCK.matcher(Files.readString(page)).replaceAll("");
      for (MatchResult link : LINK.matcher(text).results().toList()) {
        count++;
        Path target =
            link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1)).normalize();
        if (!resolves(target, link.group(2))) {
          broken.add(ROOT.relativize(page) + ": " + link.group());
        }
      }
    }
    assertThat(broken).isEmpty();
    assertThat(count).isGreaterThan(100);
  }

  @Test
  @DisplayName("no source file and no page cites a document that is not in this repository")
  void nothingElsewhere() throws IOException {
    Set<String> found = new TreeSet<>();
    List<Path> all = new ArrayList<>(sources());
    all.addAll(pages());
    for (Path file : all) {
      String text =
          LINE_END
              .matcher(new String(Files.readAllBytes(file), StandardCharsets.UTF_8))
              .replaceAll(" ");
      ELSEWHERE
          .matcher(text)
          .results()
          .forEach(match -> found.add(ROOT.relativize(file) + ": " + match.group()));
    }
    assertThat(found).isEmpty();
  }

  @Test
  @DisplayName("every citation begins with a page of docs/ or a name of the table of references")
  void shortNames() throws IOException {
    List<String> names =
        SHORT_NAME
            .matcher(Files.readString(ROOT.resolve("docs/references.md")))
            .results()
            .map(found -> found.group(1))
            .toList();
    Set<String> cited = new TreeSet<>();
    for (Path file : sources()) {
      if (ROOT.relativize(file).toString().contains("src/main/")) {
        cited.addAll(citations(Files.readString(file)));
      }
    }
    assertThat(names).doesNotHaveDuplicates();
    assertThat(cited)
        .hasSizeGreaterThan(90)
        .contains("AMD 56860, ATTESTATION_REPORT.REPORTED_TCB", "AMD 57230, section 3.1")
        .allSatisfy(
            citation ->
                assertThat(citation.split("; "))
                    .allMatch(part -> part.startsWith("docs/") || !named(part, names).isEmpty()));
    assertThat(names)
        .as("short names that a check cites")
        .allMatch(
            name ->
                cited.stream()
                    .flatMap(citation -> Stream.of(citation.split("; ")))
                    .anyMatch(part -> named(part, List.of(name)).contains(name)));
  }

  private static List<String> named(String part, List<String> names) {
    return names.stream().filter(name -> part.matches("\\Q" + name + "\\E(?:[ ,].*)?")).toList();
  }

  /** The citations of a source file, as far as they are written in it. */
  private static Set<String> citations(String source) {
    Map<String, String> constants = new HashMap<>();
    CONSTANT
        .matcher(source)
        .results()
        .forEach(
            found ->
                value(found.group(2), constants).ifPresent(v -> constants.put(found.group(1), v)));
    Set<String> found = new TreeSet<>();
    CITING
        .matcher(source)
        .results()
        .map(call -> arguments(source, call.end()))
        .forEach(
            arguments ->
                value(arguments.get(arguments.size() - 1), constants).ifPresent(found::add));
    OPTION
        .matcher(source)
        .results()
        .map(call -> arguments(source, call.end()))
        .filter(arguments -> arguments.size() >= FEWEST_OF_OPTION)
        .forEach(
            arguments ->
                value(arguments.get(Math.min(arguments.size(), MOST_OF_OPTION) - 1), constants)
                    .ifPresent(found::add));
    return found;
  }

  /** The value of a text, of a constant, or of a constant and a text. */
  private static Optional<String> value(String expression, Map<String, String> constants) {
    Matcher parts = VALUE.matcher(expression);
    if (!parts.matches() || (parts.group(1) != null && !constants.containsKey(parts.group(1)))) {
      return Optional.empty();
    }
    return Optional.of(
        (parts.group(1) == null ? "" : constants.get(parts.group(1)))
            + (parts.group(2) == null ? "" : parts.group(2)));
  }

  /** The arguments of a call that begin at this place. */
  private static List<String> arguments(String source, int begin) {
    List<String> arguments = new ArrayList<>();
    int depth = 1;
    boolean quoted = false;
    int from = begin;
    for (int at = begin; depth > 0; at++) {
      char next = source.charAt(at);
      if (quoted) {
        at += next == '\\' ? 1 : 0;
        quoted = next != '"';
      } else if (next == '"') {
        quoted = true;
      } else if ("([{".indexOf(next) >= 0) {
        depth++;
      } else if (")]}".indexOf(next) >= 0) {
        depth--;
      }
      if (!quoted && (depth == 0 || (depth == 1 && next == ','))) {
        arguments.add(source.substring(from, at).strip());
        from = at + 1;
      }
    }
    return arguments;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.architecture.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.properties.HasAnnotations;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.fedtrust.architecture.acceptance.AcceptanceTable.Entry;
import io.fedtrust.architecture.acceptance.Proof.Heading;
import io.fedtrust.architecture.acceptance.Proof.Open;
import io.fedtrust.architecture.acceptance.Proof.TestMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every promise of the product is proved by a test that exists, stated in a document, or said to be
 * open. That the headings exist is a matter of {@code CitationsTest}, as for every other page.
 */
class AcceptanceTableTest {
  private static final Path ROOT = root();

  /** The last row of each part. */
  private static final List<Map.Entry<String, Integer>> PARTS =
      List.of(Map.entry("A", 75), Map.entry("B", 39), Map.entry("C", 31), Map.entry("D", 3));

  private static final Pattern NAMED_ROW = Pattern.compile("\\b(?:[A-D]\\d{2}|[PTW]\\d{1,2})\\b");
  private static final Pattern OPEN_FEATURE = Pattern.compile("(?m)^- \\*\\*([^*]+)\\*\\*");
  private static final Pattern INTEROP_RUN =
      Pattern.compile("(?m)^ *interop (\\S+) \\S+ '([^']+)'");

  /** What says nothing of a line of NVFlare: one run is enough. */
  private static final Set<String> OF_NO_LINE =
      Set.of("io.fedtrust.interop.ProxyTest", "io.fedtrust.interop.TdxPeerTest");

  private static AcceptanceTable table;
  private static TestClasses tests;

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("CHANGELOG.md"))) {
      folder = folder.getParent();
    }
    return folder;
  }

  @BeforeAll
  static void read() throws IOException {
    table = AcceptanceTable.read(ROOT.resolve("docs/acceptance.md"));
    tests = TestClasses.of(ROOT);
  }

  @AfterAll
  static void close() throws IOException {
    tests.close();
  }

  @Test
  @DisplayName("every row is there once, in order")
  void everyRow() {
    assertThat(table.ids())
        .containsExactlyElementsOf(
            PARTS.stream()
                .flatMap(
                    part ->
                        IntStream.rangeClosed(1, part.getValue())
                            .mapToObj(row -> String.format("%s%02d", part.getKey(), row)))
                .toList());
  }

  @Test
  @DisplayName("every test that the table names is one that a build runs")
  void everyTest() {
    assumeCompiled();
    assertThat(table.proofs(TestMethod.class)).hasSizeGreaterThan(100);
    assertThat(
            table.proofs(TestMethod.class).stream()
                .flatMap(
                    entry ->
                        tests.fault(entry.proof()).stream()
                            .map(fault -> entry.row() + " " + entry.proof() + ": " + fault)))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.8", "newest"})
  @DisplayName("CI runs every interoperability test with each line of NVFlare, by pattern")
  void everyInteropTest(String line) throws IOException {
    List<String> patterns =
        INTEROP_RUN
            .matcher(Files.readString(ROOT.resolve(".ci/run")))
            .results()
            .filter(run -> run.group(1).equals(line))
            .flatMap(run -> Stream.of(run.group(2).split(",")))
            .toList();
    assertThat(interopTests())
        .hasSizeGreaterThan(10)
        .filteredOn(type -> !runs(patterns, type))
        .isSubsetOf(line.equals("newest") ? OF_NO_LINE : Set.of());
  }

  private static List<String> interopTests() throws IOException {
    Path sources = ROOT.resolve("tools/interop/src/test/java");
    try (Stream<Path> files = Files.walk(sources)) {
      return files
          .map(file -> sources.relativize(file).toString())
          .filter(file -> file.endsWith("Test.java"))
          .map(file -> file.replaceFirst("\\.java$", "").replace('/', '.'))
          .toList();
    }
  }

  @ParameterizedTest
  @DisplayName("a pattern chooses the tests that Surefire chooses by it")
  @CsvSource(
      delimiter = '|',
      value = {
        "io.a.*Test     | io.a.OneTest | true",
        "OneTest        | io.a.OneTest | true",
        "io.a.*Test     | io.b.OneTest | false",
        "TwoTest        | io.a.OneTest | false",
        "*Test,!OneTest | io.a.OneTest | false",
        "*Test,!OneTest | io.a.TwoTest | true",
      })
  void patterns(String patterns, String type, boolean runs) {
    assertThat(runs(List.of(patterns.split(",")), type)).isEqualTo(runs);
  }

  private static boolean runs(List<String> patterns, String type) {
    return patterns.stream().anyMatch(pattern -> matches(pattern, type))
        && patterns.stream()
            .noneMatch(pattern -> pattern.startsWith("!") && matches(pattern.substring(1), type));
  }

  /** As Surefire reads it: a pattern without a package is of any. */
  private static boolean matches(String pattern, String type) {
    String name = pattern.contains(".") ? type : type.substring(type.lastIndexOf('.') + 1);
    return name.matches(pattern.replace(".", "\\.").replace("*", ".*"));
  }

  @Test
  @DisplayName("the README lists the features of open rows, all of them and no other")
  void openFeatures() throws IOException {
    String readme = Files.readString(ROOT.resolve("README.md"));
    String section = readme.substring(readme.indexOf("\n## Not here\n") + 1);
    section = section.substring(0, section.indexOf("\n## "));
    List<String> listed =
        OPEN_FEATURE.matcher(section).results().map(found -> found.group(1)).toList();
    assertThat(listed)
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(
            Set.copyOf(
                table.proofs(Open.class).stream().map(entry -> entry.proof().title()).toList()));
  }

  @Test
  @DisplayName("no test is named after an open row, nor after one that does not exist")
  void namesOfTests() {
    assumeCompiled();
    Set<String> open = Set.copyOf(table.proofs(Open.class).stream().map(Entry::row).toList());
    Set<String> built = Set.copyOf(table.ids().filter(row -> !open.contains(row)).toList());
    // Nothing but the tests themselves is of interest here.
    List<String> names =
        ArchConfiguration.withThreadLocalScope(
            (ArchConfiguration configuration) -> {
              configuration.setResolveMissingDependenciesFromClassPath(false);
              return new ClassFileImporter()
                  .importPaths(tests.folders()).stream()
                      .flatMap(AcceptanceTableTest::names)
                      .toList();
            });
    assertThat(names).hasSizeGreaterThan(1000);
    assertThat(names)
        .allSatisfy(
            name ->
                assertThat(built)
                    .as(name)
                    .containsAll(
                        NAMED_ROW.matcher(name).results().map(row -> row.group()).toList()));
  }

  private static Stream<String> names(JavaClass type) {
    return Stream.concat(Stream.of(type), type.getMethods().stream())
        .map(HasAnnotations.class::cast)
        .flatMap(named -> ((HasAnnotations<?>) named).getAnnotations().stream())
        .filter(
            annotation ->
                Set.of("DisplayName", "Label").contains(annotation.getRawType().getSimpleName()))
        .map(annotation -> annotation.get("value").orElseThrow().toString());
  }

  private static void assumeCompiled() {
    assumeTrue(
        tests.notCompiled().isEmpty(),
        () -> "built without the tests of these modules: " + tests.notCompiled());
  }

  @ParameterizedTest
  @DisplayName("what is no test is found out, and why")
  @CsvSource({
    "Nowhere, everyRow, 0 modules have such a class",
    "AcceptanceTableTest, nowhere, no method has that name",
    "AcceptanceTableTest$Sample, twice, 2 tests have that name",
    "AcceptanceTableTest, names, 0 tests have that name",
    "AcceptanceTableTest$Sample, disabled, is disabled",
    "AcceptanceTableTest$Sample, runs, is in a class that the build does not run",
    "AcceptanceTableTest$Broken, runs, 'is private, or of an abstract class'",
  })
  void faults(String type, String method, String fault) {
    assertThat(tests.fault(new TestMethod("architecture.acceptance." + type, method)))
        .hasValue(fault);
  }

  @Test
  @DisplayName("a proof is tests, links, or one open feature")
  void proofs() {
    assertThat(Proof.read("`cli.ATest#b`, [How](faq.md#how)"))
        .containsExactly(new TestMethod("cli.ATest", "b"), new Heading("faq.md", "how"));
    assertThat(Proof.read("open: Something")).containsExactly(new Open("Something"));
    for (String cell :
        List.of(
            "",
            "some test",
            "`cli.ATest`",
            "`cli.ATest#b` and more",
            "[How](how.md)",
            "[How](https://a.org/b#c)")) {
      assertThatThrownBy(() -> Proof.read(cell)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  /** What a build does not run. */
  static class Sample {
    @Test
    @Disabled("to be found out")
    void disabled() {}

    @Test
    void runs() {}

    @Test
    void twice() {}

    @Test
    void twice(TestInfo info) {
      assertThat(info.getDisplayName()).isNotEmpty();
    }
  }

  /** What JUnit cannot make. */
  abstract static class Broken {
    @Test
    void runs() {}
  }
}

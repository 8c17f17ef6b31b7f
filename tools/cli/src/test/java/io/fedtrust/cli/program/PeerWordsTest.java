// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.cli.Action;
import io.fedtrust.cli.Shell;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Words mean here what they mean to NVFlare. {@code peer-words.jsonl} holds what the parsers of
 * NVFlare 2.8.3 and 2.9.0 answered, alike; {@code PeerWordsLiveTest} of {@code tools/interop} asks
 * them again.
 */
class PeerWordsTest {
  /** What NVFlare refuses and we do not, as {@code docs/differences.md} says. */
  private static final Pattern OURS =
      Pattern.compile(
          // Values that we have beyond it, or do not look at.
          "--format text|--output (quiet|txt|human)|--co[a-z-]*[ =]|--form[a-z]?[ =]json"
              // Values that are looked at later, before anything is done.
              + "|--valid-days[ =](0|-1)$|--d[a-z-]*[ =]json|--deploy-version (1|001|-1|ab|\\P{ASCII}+|)$"
              // NVFlare takes it for its --version, too.
              + "|--v=07"
              // With a number NVFlare takes it for --ca-dir, with other words for its timeout.
              + "|--c[ =]json"
              // Values that begin like an option and are none.
              + "|(-[opcw]|--[a-z-]+) (-1.5e3|-x|--x)\\b"
              // Flags with a value, and the end of the options with nothing behind it.
              + "|--force=(true|false)|--force=$|--force= | --$| -- (-|[A-Z] -)"
              // Other words beside a request for the schema.
              + "|--s(c(h(e(m(a)?)?)?)?)?( |$)");

  /** What NVFlare refuses after parsing, and the name of an option as a value. */
  private static final Pattern ACCEPTED_BY_PARSER_ALONE =
      Pattern.compile("^cert init$|--format jsonl|=--force");

  @TempDir Path folder;

  /** A command, and the same in full, or nothing where the peer refuses it. */
  private record Case(List<String> words, Optional<List<String>> means) {}

  @Test
  @DisplayName("what NVFlare's parser accepts, abbreviated or not, means the same here")
  void accepted() {
    List<String> wrong = new ArrayList<>();
    Map<List<String>, String> inFull = new HashMap<>();
    int compared = 0;
    for (Case one : cases()) {
      if (one.means().isPresent()
          && !ACCEPTED_BY_PARSER_ALONE.matcher(String.join(" ", one.words())).find()) {
        String here = meaning(one.words());
        String there = inFull.computeIfAbsent(one.means().get(), this::meaning);
        compared++;
        if (!here.equals(there) || there.startsWith("refused")) {
          wrong.add(one + "\n    here:  " + here + "\n    there: " + there);
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(compared).isGreaterThan(1000);
  }

  @Test
  @DisplayName("what NVFlare's parser refuses is refused, but for what we have beyond it")
  void refused() {
    List<String> wrong = new ArrayList<>();
    for (Case one : cases()) {
      String text = String.join(" ", one.words());
      if (one.means().isEmpty() && !OURS.matcher(text).find()) {
        String here = meaning(one.words());
        if (!here.startsWith("refused") && !here.equals("help")) {
          wrong.add(one + "\n    here:  " + here);
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  private String meaning(List<String> words) {
    Cli cli =
        new Cli(
            new Shell(folder)
                .environment(new ByteArrayOutputStream(), new ByteArrayOutputStream()));
    CommandLine line = cli.commandLine(words);
    try {
      ParseResult result = line.parseArgs(words.toArray(String[]::new));
      if (Stream.iterate(result, Objects::nonNull, PeerWordsTest::next)
          .anyMatch(level -> level.isUsageHelpRequested() || level.isVersionHelpRequested())) {
        return "help";
      }
      while (result.hasSubcommand()) {
        result = result.subcommand();
      }
      CommandSpec understood = result.commandSpec();
      ((Action) understood.userObject()).format();
      return understood.qualifiedName() + " " + values(understood);
    } catch (CommandLine.ParameterException e) {
      return "refused: " + e.getMessage();
    }
  }

  private static Map<String, String> values(CommandSpec understood) {
    Map<String, String> values = new TreeMap<>();
    for (OptionSpec option : understood.options()) {
      values.put(option.longestName(), String.valueOf(option.<Object>getValue()));
    }
    understood
        .positionalParameters()
        .forEach(word -> values.put(word.paramLabel(), String.valueOf(word.<Object>getValue())));
    values.remove("--connect-timeout");
    return values;
  }

  private static ParseResult next(ParseResult level) {
    return level.hasSubcommand() ? level.subcommand() : null;
  }

  private static List<Case> cases() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                PeerWordsTest.class.getResourceAsStream("peer-words.jsonl"),
                StandardCharsets.UTF_8))) {
      return lines.lines().map(PeerWordsTest::read).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Case read(String line) {
    List<List<String>> lists = new ArrayList<>();
    try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), line)) {
      while (parser.nextToken() != null) {
        if (parser.currentToken() == JsonToken.START_ARRAY) {
          List<String> words = new ArrayList<>();
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            words.add(parser.getString());
          }
          lists.add(words);
        }
      }
    }
    return new Case(lists.get(0), lists.size() > 1 ? Optional.of(lists.get(1)) : Optional.empty());
  }
}

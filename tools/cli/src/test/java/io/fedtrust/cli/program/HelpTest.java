// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.cli.Shell;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;

class HelpTest {
  private static final Pattern ADDRESS = Pattern.compile("https?://[^\\s%\"']+");

  @TempDir Path temp;
  private Shell shell;

  @BeforeEach
  void openShell() {
    shell = new Shell(temp);
  }

  private static Stream<CommandLine> below(CommandLine command) {
    return Stream.concat(
        Stream.of(command), command.getSubcommands().values().stream().flatMap(HelpTest::below));
  }

  private List<CommandLine> all() {
    Cli cli = new Cli(shell.environment(new ByteArrayOutputStream(), new ByteArrayOutputStream()));
    return below(cli.commandLine(List.of())).toList();
  }

  private static String onOneLine(String text) {
    return text.replaceAll("\\s+", " ");
  }

  @Test
  @DisplayName("in a list of commands each is described by one whole sentence")
  void summaries() {
    List<String> cut = new ArrayList<>();
    for (CommandLine command : all()) {
      String listed = onOneLine(command.getUsageMessage());
      command
          .getSubcommands()
          .forEach(
              (name, sub) -> {
                String summary = sub.getCommandSpec().usageMessage().description()[0];
                if (!summary.matches("[A-Z'].*[^.]\\.") || !listed.contains(name + " " + summary)) {
                  cut.add(name + ": " + summary);
                }
              });
    }
    assertThat(cut).isEmpty();
  }

  @Test
  @DisplayName("no address is broken across lines")
  void addresses() {
    List<String> broken = new ArrayList<>();
    for (CommandLine command : all()) {
      String shown = command.getUsageMessage();
      Stream.concat(
              command.getCommandSpec().args().stream()
                  .flatMap((ArgSpec arg) -> Stream.of(arg.description())),
              Stream.of(command.getCommandSpec().usageMessage().description()))
          .flatMap(text -> ADDRESS.matcher(text).results())
          .map(MatchResult::group)
          .filter(address -> !shown.contains(address))
          .forEach(broken::add);
    }
    assertThat(broken).isEmpty();
  }

  @ParameterizedTest
  @DisplayName("help of some words is the help of that command")
  @ValueSource(
      strings = {"cert approve", "cert", "attest policy init", "package", "quickstart", "help", ""})
  void helpOf(String words) {
    Shell.Result help = shell.run(("help " + words).strip());
    assertThat(help.exit()).as(help.err()).isZero();
    assertThat(help.out())
        .startsWith(("Usage: fedtrust " + words).strip())
        .isEqualTo(shell.run((words + " --help").strip()).out());
  }

  @ParameterizedTest
  @DisplayName("words that are not understood are answered on the last lines, with what is similar")
  @CsvSource({
    "cert aprove, approve",
    "atest verify, attest",
    "help cert aprove, approve",
    "cert request --particpant x.yaml -p x.yaml, --participant"
  })
  void didYouMean(String words, String meant) {
    Shell.Result result = shell.run(words);
    assertThat(result.exit()).isEqualTo(4);
    assertThat(result.err()).startsWith("Usage: fedtrust");
    List<String> lines = result.err().lines().toList();
    List<String> last = lines.subList(lines.size() - 3, lines.size());
    assertThat(last.get(1)).startsWith("Hint: Did you mean ").contains(meant + "?");
    assertThat(last.get(2)).isEqualTo("Code: INVALID_ARGS (exit 4)");
    assertThat(shell.run(words + " --format json").json("hint")).contains(meant + "?");
  }
}

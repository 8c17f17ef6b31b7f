// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.program;

import io.fedtrust.cli.CommandGroup;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code help}. */
@Command(
    name = CommandGroup.HELP,
    description = "Show the help of a command.",
    footerHeading = "%nExample:%n",
    footer = "  fedtrust help cert approve")
final class HelpCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  @Parameters(
      paramLabel = "COMMAND",
      arity = "0..*",
      description = "The words of a command. Default: all commands.")
  List<String> words = List.of();

  @Override
  public Integer call() {
    CommandLine command = spec.root().commandLine();
    for (String word : words) {
      CommandLine next = command.getSubcommands().get(word);
      if (next == null) {
        throw new CommandLine.UnmatchedArgumentException(command, List.of(word));
      }
      command = next;
    }
    command.usage(command.getOut());
    return 0;
  }
}

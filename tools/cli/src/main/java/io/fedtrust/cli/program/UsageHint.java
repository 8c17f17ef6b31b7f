// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.program;

import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine;

/** What to do about words that were not understood. */
final class UsageHint {
  private static final String GENERAL = "Run the command with --help to see its options.";

  private UsageHint() {}

  /**
   * Names the option or command that is most similar to a word that was not understood.
   *
   * @param refusal why the words are refused
   * @param all makes the model of all commands: the one that was used has only those that were
   *     named
   * @param words the words
   */
  static String of(
      CommandLine.ParameterException refusal, Supplier<CommandLine> all, String... words) {
    if (!(refusal instanceof CommandLine.UnmatchedArgumentException)) {
      return GENERAL;
    }
    return similar(parsed(refusal, all.get(), words))
        .map(name -> "Did you mean " + name + "? " + GENERAL)
        .orElse(GENERAL);
  }

  private static CommandLine.ParameterException parsed(
      CommandLine.ParameterException refusal, CommandLine all, String... words) {
    try {
      all.parseArgs(words);
      return refusal;
    } catch (CommandLine.ParameterException complete) {
      return complete;
    }
  }

  /** The first is the most similar one; of a command it comes with those above it. */
  private static Optional<String> similar(CommandLine.ParameterException refusal) {
    return refusal instanceof CommandLine.UnmatchedArgumentException unmatched
        ? unmatched.getSuggestions().stream()
            .findFirst()
            .map(name -> name.substring(name.lastIndexOf(' ') + 1))
        : Optional.empty();
  }
}

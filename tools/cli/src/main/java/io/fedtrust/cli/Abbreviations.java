// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli;

import java.util.List;
import java.util.Map;
import java.util.Stack;
import picocli.CommandLine;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Writes out abbreviated options, as NVFlare's parser does: a beginning that fits exactly one of a
 * command's options stands for it. Only NVFlare's options count and can be abbreviated, so that no
 * option of ours makes one of its abbreviations ambiguous or takes it over.
 *
 * <p>A command counts {@code --format} among its own: to NVFlare, {@code --fo} is {@code --force}
 * and {@code --format} at once, which it refuses in other words.
 */
public final class Abbreviations implements IParameterPreprocessor {
  private final List<String> names;

  /**
   * Abbreviates some options.
   *
   * @param names long names of NVFlare's options of a command
   */
  public Abbreviations(List<String> names) {
    this.names = List.copyOf(names);
  }

  /** Changes the words of this command, the first of which is on top. */
  @Override
  public boolean preprocess(
      Stack<String> words, CommandSpec command, ArgSpec unused, Map<String, Object> info) {
    for (int i = words.size() - 1; i >= 0; i--) {
      String word = words.get(i);
      if (word.equals("--") || command.subcommands().containsKey(word)) {
        break;
      }
      words.set(i, inFull(word, command));
    }
    return false;
  }

  private String inFull(String word, CommandSpec command) {
    int equals = word.indexOf('=');
    String beginning = equals < 0 ? word : word.substring(0, equals);
    if (!beginning.startsWith("--") || command.findOption(beginning) != null) {
      return word;
    }
    List<String> meant = names.stream().filter(name -> name.startsWith(beginning)).toList();
    if (meant.size() > 1) {
      throw new CommandLine.ParameterException(
          command.commandLine(),
          beginning + " is short for more than one option: " + String.join(", ", meant));
    }
    return meant.isEmpty() ? word : meant.get(0) + word.substring(beginning.length());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Commands under one word. A command's model takes a tenth of a second to build: only those that
 * the words of the command line name are built, or all where they name none.
 */
@Command(synopsisSubcommandLabel = "COMMAND")
public final class CommandGroup implements Runnable {
  /** The command whose words name other commands. */
  public static final String HELP = "help";

  @Spec CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  private CommandGroup() {}

  /**
   * Makes a group, which does nothing itself.
   *
   * @param description for its help
   * @param commands by name
   * @param words those of the command line
   */
  public static CommandLine of(
      String description, Map<String, Supplier<Object>> commands, List<String> words) {
    CommandLine group = new CommandLine(new CommandGroup());
    group.getCommandSpec().usageMessage().description(description);
    add(group, commands, words);
    return group;
  }

  /**
   * Adds commands to a parent.
   *
   * @param parent the program or a group
   * @param commands by name
   * @param words those of the command line
   */
  public static void add(
      CommandLine parent, Map<String, Supplier<Object>> commands, List<String> words) {
    Optional<String> named =
        words.contains("completion")
            ? Optional.empty()
            : words.stream()
                .filter(word -> commands.containsKey(word) && !word.equals(HELP))
                .findFirst();
    commands.forEach(
        (name, command) -> {
          if (named.isEmpty() || named.get().equals(name) || isAskedFor(name, words)) {
            Object action = command.get();
            parent.addSubcommand(name, action);
            if (action instanceof PeerAction peer) {
              CommandSpec model = parent.getSubcommands().get(name).getCommandSpec();
              model.preprocessor(new Abbreviations(peer.peerOptions()));
            }
          }
        });
  }

  private static boolean isAskedFor(String name, List<String> words) {
    return name.equals(HELP) && words.contains(HELP);
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "a command is required");
  }
}

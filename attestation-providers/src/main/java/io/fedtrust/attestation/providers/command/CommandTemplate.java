// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.command;

import io.fedtrust.attestation.spi.Deadline;
import java.util.ArrayList;
import java.util.List;

/**
 * A command of which one argument is given each time; no shell sees it.
 *
 * @param arguments program and arguments, as they are
 * @param placeholder the argument that is replaced
 */
public record CommandTemplate(List<String> arguments, String placeholder) {
  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if nothing is to be replaced, or the program itself
   */
  public CommandTemplate {
    arguments = List.copyOf(arguments);
    if (!arguments.contains(placeholder) || arguments.get(0).equals(placeholder)) {
      throw new IllegalArgumentException(
          "command: expected an argument " + placeholder + ", was none");
    }
  }

  /** Runs it and takes what it prints. */
  public byte[] run(String value, int maxBytes, Deadline deadline) {
    List<String> command = new ArrayList<>(arguments);
    command.replaceAll(argument -> argument.equals(placeholder) ? value : argument);
    return BoundedCommand.run(command, maxBytes, deadline);
  }
}

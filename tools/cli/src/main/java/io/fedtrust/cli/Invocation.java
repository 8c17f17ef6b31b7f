// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli;

import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** One call of the program: its environment, and the options that every command understands. */
public final class Invocation {
  @Option(
      names = "--format",
      scope = ScopeType.INHERIT,
      defaultValue = "txt",
      paramLabel = "txt|json",
      description = "Answer as text lines, or as one line of JSON. Default: ${DEFAULT-VALUE}.")
  String format = "txt";

  @Option(
      names = "--connect-timeout",
      scope = ScopeType.INHERIT,
      paramLabel = "SECONDS",
      description = "Has no effect; accepted because NVFlare's commands have it.")
  Optional<String> connectTimeout = Optional.empty();

  private final CliEnvironment environment;

  /** Starts a call in this environment. */
  public Invocation(CliEnvironment environment) {
    this.environment = environment;
  }

  /** Returns what the process gives to a command. */
  public CliEnvironment environment() {
    return environment;
  }

  /** Returns the value of {@code --format}, which can be one that no command understands. */
  public String format() {
    return format;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.provisioning.error.ProvisioningException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that does one thing and gives one answer. */
abstract class Action implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Option(
      names = "--schema",
      help = true,
      description = "Print options and output fields as JSON, and do nothing.")
  boolean schema;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  private final Cli cli;

  Action(Cli cli) {
    this.cli = cli;
  }

  /** Does it, answers, and returns the exit status. */
  abstract int execute(CommandOutput answer);

  /** Names the members of the answer's data. */
  abstract List<String> outputFields();

  @Override
  public Integer call() {
    CommandOutput answer = answer();
    cli.connectTimeout.ifPresent(
        seconds ->
            answer.note("Note: --connect-timeout is ignored: no command connects to a server."));
    if (schema) {
      surroundings().out().println(JsonText.line(Schemas.of(spec, outputFields())));
      return 0;
    }
    try {
      return execute(answer);
    } catch (AttestationException e) {
      return answer.failure(CommandOutput.Failure.of(e), Map.of());
    } catch (ProvisioningException e) {
      return answer.failure(CommandOutput.Failure.of(e), Map.of());
    } catch (PartialFailure e) {
      return answer.failure(e.failure(), e.data());
    }
  }

  CliEnvironment surroundings() {
    return cli.surroundings();
  }

  CommandOutput answer() {
    return new CommandOutput(surroundings(), format());
  }

  /** Returns how to answer. */
  OutputFormat format() {
    return cli.format();
  }

  boolean json() {
    return format() == OutputFormat.JSON;
  }

  CommandLine.ParameterException usage(String message) {
    return new CommandLine.ParameterException(spec.commandLine(), message);
  }

  /** Some of several things failed; the answer carries what was done. */
  static final class PartialFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient CommandOutput.Failure failure;
    private final transient Map<String, Object> data;

    PartialFailure(CommandOutput.Failure failure, Map<String, Object> data) {
      super(failure.message());
      this.failure = failure;
      this.data = data;
    }

    CommandOutput.Failure failure() {
      return failure;
    }

    Map<String, Object> data() {
      return data;
    }
  }
}

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
public abstract class Action implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Option(
      names = "--schema",
      help = true,
      description = "Print options and output fields as JSON, and do nothing else.")
  boolean schema;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  private final Invocation invocation;

  protected Action(Invocation invocation) {
    this.invocation = invocation;
  }

  /** Does it, answers, and returns the exit status. */
  protected abstract int execute(CommandOutput answer);

  /** Names the members of the answer's data. */
  protected abstract List<String> outputFields();

  @Override
  public Integer call() {
    CommandOutput answer = answer();
    invocation.connectTimeout.ifPresent(
        seconds ->
            answer.note("Note: --connect-timeout is ignored: no command connects to a server."));
    if (schema) {
      environment().out().println(JsonText.line(Schemas.of(spec, outputFields())));
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

  protected CliEnvironment environment() {
    return invocation.environment();
  }

  protected CommandOutput answer() {
    return new CommandOutput(environment(), format());
  }

  /** Returns how to answer. */
  public OutputFormat format() {
    return OutputFormat.ofFormat(invocation.format())
        .orElseThrow(() -> usage(OutputFormat.refusal(invocation.format())));
  }

  protected boolean json() {
    return format() == OutputFormat.JSON;
  }

  protected CommandLine.ParameterException usage(String message) {
    return new CommandLine.ParameterException(spec.commandLine(), message);
  }

  /** Some of several things failed; the answer carries what was done. */
  public static final class PartialFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient CommandOutput.Failure failure;
    private final transient Map<String, Object> data;

    public PartialFailure(CommandOutput.Failure failure, Map<String, Object> data) {
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

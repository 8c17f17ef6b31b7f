// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.program;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.cli.Abbreviations;
import io.fedtrust.cli.CliEnvironment;
import io.fedtrust.cli.CommandGroup;
import io.fedtrust.cli.CommandOutput;
import io.fedtrust.cli.Invocation;
import io.fedtrust.cli.OutputFormat;
import io.fedtrust.cli.attest.AttestCommands;
import io.fedtrust.cli.cert.CertCommands;
import io.fedtrust.cli.demonstration.Demonstration;
import io.fedtrust.cli.demonstration.QuickstartCommand;
import io.fedtrust.provisioning.error.ProvisioningException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command line as a whole. */
@Command(
    name = "fedtrust",
    description =
        "Provisions federations and verifies attestation evidence. Every site keeps its private key.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nProvision a site:%n",
    footer = {
      "  admin$ fedtrust cert init --profile project_profile.yaml -o ./ca",
      "  site$  fedtrust cert request --participant site.yaml",
      "  admin$ fedtrust cert approve hospital-a/hospital-a.request.zip --ca-dir ./ca \\",
      "             --profile project_profile.yaml",
      "  site$  fedtrust package hospital-a/hospital-a.signed.zip --fingerprint SHA256:AA:BB:...",
      "",
      "'fedtrust quickstart' shows all of it in a new folder. It needs the demonstration program."
    })
public final class Cli implements Runnable {
  private static final List<String> PEER_OPTIONS =
      List.of("--format", "--connect-timeout", "--help");

  @Spec CommandSpec spec;

  @Mixin final Invocation invocation;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version.")
  boolean version;

  private final CliEnvironment environment;
  private final Commands commands;

  /** Makes the program that holds the CA key: it has no demonstration in it. */
  public Cli(CliEnvironment environment) {
    this(environment, Cli::commands);
  }

  /** Makes a program that has these commands. */
  public Cli(CliEnvironment environment, Commands commands) {
    this.invocation = new Invocation(environment);
    this.environment = environment;
    this.commands = commands;
  }

  /** The commands of a program. */
  @FunctionalInterface
  public interface Commands {
    /** Returns them by name; only those that the words of the command line name are built. */
    Map<String, Supplier<Object>> of(Invocation invocation, List<String> words);
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** Runs one command and returns its exit status. */
  public int run(String... args) {
    CommandLine root;
    try {
      root = commandLine(List.of(args));
    } catch (AttestationException e) {
      // A jar beside the program: its family gives commands their options.
      return new CommandOutput(environment, OutputFormat.wantedBy(List.of(args)))
          .failure(CommandOutput.Failure.of(e), Map.of());
    }
    return root.execute(args);
  }

  /** Builds the model of the command that the arguments name, or of all where they name none. */
  CommandLine commandLine(List<String> args) {
    CommandLine root = new CommandLine(this);
    CommandGroup.add(root, commands.of(invocation, args), args);
    root.setOut(new PrintWriter(environment.out(), true, StandardCharsets.UTF_8));
    root.setErr(new PrintWriter(environment.err(), true, StandardCharsets.UTF_8));
    root.setColorScheme(
        CommandLine.Help.defaultColorScheme(environment.colours() ? Ansi.ON : Ansi.OFF));
    root.setUsageHelpAutoWidth(false);
    root.setUsageHelpWidth(100);
    root.getCommandSpec().versionProvider(Cli::versions);
    // Picocli's own converters quote the JDK.
    // One object: the JVM of JDK 17 ends when it archives two from the same method for an interface
    // as old as picocli's.
    CommandLine.ITypeConverter<Integer> wholeNumber = Cli::wholeNumber;
    root.registerConverter(int.class, wholeNumber);
    root.registerConverter(Integer.class, wholeNumber);
    root.registerConverter(URI.class, Cli::address);
    root.registerConverter(Path.class, Cli::path);
    // As NVFlare reads words: the last of several counts, a name of an option is no value, and no
    // word stands for a file of words.
    root.setOverwrittenOptionsAllowed(true);
    root.setAllowOptionsAsOptionParameters(false);
    root.setExpandAtFiles(false);
    root.getCommandSpec().preprocessor(new Abbreviations(PEER_OPTIONS));
    root.setParameterExceptionHandler(this::usageError);
    root.setExecutionExceptionHandler(this::executionError);
    return root;
  }

  private static Map<String, Supplier<Object>> commands(Invocation invocation, List<String> words) {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("cert", () -> CertCommands.cert(invocation, words));
    commands.put("package", () -> CertCommands.packaging(invocation));
    commands.put("attest", () -> AttestCommands.attest(invocation, words));
    commands.put("quickstart", () -> new QuickstartCommand(invocation, Demonstration.ELSEWHERE));
    commands.put("completion", () -> new CompletionCommand(invocation));
    commands.put(CommandGroup.HELP, HelpCommand::new);
    return commands;
  }

  /** Reads a whole number as Python does: spaces around it and single lines between digits. */
  private static int wholeNumber(String value) {
    try {
      return Integer.parseInt(value.strip().replaceAll("(?<=\\d)_(?=\\d)", ""));
    } catch (NumberFormatException e) {
      throw new CommandLine.TypeConversionException("expected a whole number, was " + value);
    }
  }

  private static URI address(String value) {
    try {
      return new URI(value);
    } catch (URISyntaxException e) {
      throw new CommandLine.TypeConversionException("expected an address, was " + value);
    }
  }

  private static Path path(String value) {
    try {
      return Path.of(value);
    } catch (InvalidPathException e) {
      throw new CommandLine.TypeConversionException("expected a path, was " + value);
    }
  }

  /** Says what is wrong below the help of the command, where a person looks first. */
  private int usageError(CommandLine.ParameterException e, String[] args) {
    OutputFormat wanted = OutputFormat.wantedBy(Arrays.asList(args));
    String message = e.getMessage() == null ? "bad usage" : e.getMessage();
    CommandOutput.Failure failure =
        CommandOutput.Failure.usage(message, UsageHint.of(e, () -> commandLine(List.of()), args));
    CommandOutput answer = new CommandOutput(environment, wanted);
    if (wanted == OutputFormat.JSON) {
      String synopsis = e.getCommandLine().getHelp().synopsis(0).strip();
      return answer.failure(failure, Map.of("usage", "usage: " + synopsis));
    }
    e.getCommandLine().usage(e.getCommandLine().getErr());
    environment.err().println();
    return answer.failure(failure, Map.of());
  }

  private int executionError(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
    CommandOutput answer =
        new CommandOutput(
            environment, OutputFormat.ofFormat(invocation.format()).orElse(OutputFormat.TEXT));
    if (environment.variables().containsKey("FEDTRUST_DEBUG")) {
      answer.trace(e);
    }
    if (e instanceof AttestationException refusal) {
      return answer.failure(CommandOutput.Failure.of(refusal), Map.of());
    }
    return e instanceof ProvisioningException refusal
        ? answer.failure(CommandOutput.Failure.of(refusal), Map.of())
        : answer.failure(CommandOutput.Failure.defect(e), Map.of());
  }

  private static String[] versions() {
    String version = Cli.class.getPackage().getImplementationVersion();
    return new String[] {
      "fedtrust " + (version == null ? "(development)" : version), "Java " + Runtime.version()
    };
  }
}

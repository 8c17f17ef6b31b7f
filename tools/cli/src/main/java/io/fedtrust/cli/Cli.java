// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli;

import io.fedtrust.attestation.error.AttestationException;
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
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command line as a whole. */
@Command(
    name = "fedtrust",
    description = "Provisions a federation: every site keeps its own private key.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nThe journey:%n",
    footer = {
      "  admin$ fedtrust cert init --profile project_profile.yaml -o ./ca",
      "  site$  fedtrust cert request --participant site.yaml",
      "  admin$ fedtrust cert approve site/site.request.zip --ca-dir ./ca --profile project_profile.yaml",
      "  site$  fedtrust package site/site.signed.zip --fingerprint SHA256:AA:BB:...",
      "",
      "'fedtrust quickstart' shows all of it in a new folder, in a program of its own."
    })
public final class Cli implements Runnable {
  private static final List<String> PEER_OPTIONS =
      List.of("--format", "--connect-timeout", "--help");

  @Spec CommandSpec spec;

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
      description = "Accepted because NVFlare has it, and ignored.")
  Optional<String> connectTimeout = Optional.empty();

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

  private final CliEnvironment surroundings;
  private final Commands commands;

  Cli(CliEnvironment surroundings) {
    this(surroundings, Cli::commands);
  }

  /** Makes a program that has these commands. */
  public Cli(CliEnvironment surroundings, Commands commands) {
    this.surroundings = surroundings;
    this.commands = commands;
  }

  /** The commands of a program. */
  @FunctionalInterface
  public interface Commands {
    /** Returns them by name; only those that the arguments name are built. */
    Map<String, Supplier<Object>> of(Cli cli, List<String> args);
  }

  CliEnvironment surroundings() {
    return surroundings;
  }

  OutputFormat format() {
    return OutputFormat.ofFormat(format)
        .orElseThrow(
            () ->
                new CommandLine.ParameterException(
                    spec.commandLine(), OutputFormat.refusal(format)));
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** Runs one command and returns its exit status. */
  public int run(String... args) {
    return commandLine(List.of(args)).execute(args);
  }

  /** Builds the model of the command that the arguments name, or of all where they name none. */
  CommandLine commandLine(List<String> args) {
    CommandLine root = new CommandLine(this);
    add(root, commands.of(this, args), args);
    root.setOut(new PrintWriter(surroundings.out(), true, StandardCharsets.UTF_8));
    root.setErr(new PrintWriter(surroundings.err(), true, StandardCharsets.UTF_8));
    root.setColorScheme(
        CommandLine.Help.defaultColorScheme(surroundings.colours() ? Ansi.ON : Ansi.OFF));
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

  private Map<String, Supplier<Object>> commands(List<String> args) {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("cert", () -> certCommands(args));
    commands.put("package", () -> new PackageCommand(this));
    commands.put("attest", () -> attestCommands(args));
    commands.put("quickstart", () -> new QuickstartCommand(this, Demonstration.ELSEWHERE));
    commands.put("completion", () -> new CompletionCommand(this));
    return commands;
  }

  private CommandLine certCommands(List<String> args) {
    CommandLine cert = new CommandLine(new CertGroup());
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("init", () -> new InitCommand(this));
    commands.put("request", () -> new RequestCommand(this));
    commands.put("approve", () -> new ApproveCommand(this));
    commands.put("inspect", () -> new InspectCommand(this));
    commands.put("list", () -> new ListCommand(this));
    commands.put("revoke", () -> new RevokeCommand(this));
    commands.put("ledger", () -> ledgerCommands(args));
    commands.put("clean", () -> new CleanCommand(this));
    add(cert, commands, args);
    return cert;
  }

  private CommandLine ledgerCommands(List<String> args) {
    CommandLine ledger = new CommandLine(new LedgerGroup());
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("import", () -> new LedgerImportCommand(this));
    commands.put("accept-head", () -> new LedgerAcceptCommand(this));
    add(ledger, commands, args);
    return ledger;
  }

  private CommandLine attestCommands(List<String> args) {
    CommandLine attest = new CommandLine(new AttestGroup());
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("inspect", () -> new AttestInspectCommand(this));
    commands.put("verify", () -> new AttestVerifyCommand(this));
    commands.put("collateral", () -> collateralCommands(args));
    commands.put("policy", () -> policyCommands(args));
    commands.put("federation", () -> federationCommands(args));
    add(attest, commands, args);
    return attest;
  }

  private CommandLine collateralCommands(List<String> args) {
    CommandLine collateral = new CommandLine(new CollateralGroup());
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("fetch", () -> new CollateralFetchCommand(this));
    commands.put("keys", () -> new CollateralKeysCommand(this));
    commands.put("show", () -> new CollateralShowCommand(this));
    commands.put("check", () -> new CollateralCheckCommand(this));
    add(collateral, commands, args);
    return collateral;
  }

  private CommandLine federationCommands(List<String> args) {
    CommandLine federation = new CommandLine(new FederationGroup());
    add(
        federation,
        Map.of("demo", () -> new FederationDemoCommand(this, Demonstration.ELSEWHERE)),
        args);
    return federation;
  }

  private CommandLine policyCommands(List<String> args) {
    CommandLine policy = new CommandLine(new PolicyGroup());
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("init", () -> new PolicyInitCommand(this));
    commands.put("check", () -> new PolicyCheckCommand(this));
    commands.put("test", () -> new PolicyTestCommand(this));
    commands.put("diff", () -> new PolicyDiffCommand(this));
    commands.put("options", () -> new PolicyOptionsCommand(this));
    add(policy, commands, args);
    return policy;
  }

  /** A command's model takes a tenth of a second to build: only what is asked for is built. */
  private static void add(
      CommandLine parent, Map<String, Supplier<Object>> commands, List<String> args) {
    Optional<String> first =
        args.contains("completion")
            ? Optional.empty()
            : args.stream().filter(commands::containsKey).findFirst();
    commands.forEach(
        (name, command) -> {
          if (first.isEmpty() || first.get().equals(name)) {
            Object action = command.get();
            parent.addSubcommand(name, action);
            if (action instanceof PeerAction peer) {
              CommandSpec model = parent.getSubcommands().get(name).getCommandSpec();
              model.preprocessor(new Abbreviations(peer.peerOptions()));
            }
          }
        });
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

  private int usageError(CommandLine.ParameterException e, String[] args) {
    OutputFormat wanted = OutputFormat.wantedBy(Arrays.asList(args));
    String message = e.getMessage() == null ? "bad usage" : e.getMessage();
    CommandOutput.Failure failure = CommandOutput.Failure.usage(message);
    CommandOutput answer = new CommandOutput(surroundings, wanted);
    if (wanted == OutputFormat.JSON) {
      String synopsis = e.getCommandLine().getHelp().synopsis(0).strip();
      return answer.failure(failure, Map.of("usage", "usage: " + synopsis));
    }
    int status = answer.failure(failure, Map.of());
    surroundings.err().println();
    e.getCommandLine().usage(e.getCommandLine().getErr());
    return status;
  }

  private int executionError(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
    CommandOutput answer =
        new CommandOutput(surroundings, OutputFormat.ofFormat(format).orElse(OutputFormat.TEXT));
    if (surroundings.environment().containsKey("FEDTRUST_DEBUG")) {
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

  /** Only holds its commands together. */
  abstract static class Group implements Runnable {
    @Spec CommandSpec spec;

    @Option(
        names = {"-h", "--help"},
        usageHelp = true,
        description = "Show this help.")
    boolean help;

    @Override
    public void run() {
      throw new CommandLine.ParameterException(spec.commandLine(), "a command is required");
    }
  }

  /** {@code cert}. */
  @Command(
      name = "cert",
      description = "The project CA, requests and approvals.",
      synopsisSubcommandLabel = "COMMAND")
  static final class CertGroup extends Group {}

  /** {@code cert ledger}. */
  @Command(
      name = "ledger",
      description = "Maintain the ledger: the CA's record of what it has signed.",
      synopsisSubcommandLabel = "COMMAND")
  static final class LedgerGroup extends Group {}

  /** {@code attest}. */
  @Command(
      name = "attest",
      description = "Evidence of confidential hardware: look at it, judge it.",
      synopsisSubcommandLabel = "COMMAND")
  public static final class AttestGroup extends Group {}

  /** {@code attest collateral}. */
  @Command(
      name = "collateral",
      description = "What verification needs beside evidence: certificates and revocation lists.",
      synopsisSubcommandLabel = "COMMAND")
  static final class CollateralGroup extends Group {}

  /** {@code attest policy}. */
  @Command(
      name = "policy",
      description = "What evidence must be like to be trusted.",
      synopsisSubcommandLabel = "COMMAND")
  static final class PolicyGroup extends Group {}

  /** {@code attest federation}. */
  @Command(
      name = "federation",
      description = "Sites that prove to each other what they run.",
      synopsisSubcommandLabel = "COMMAND")
  public static final class FederationGroup extends Group {}
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.EngineBuilder;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.spi.ProvisioningEngine;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a command gets from its process: tests hand in their own.
 *
 * @param in what a person types
 * @param out answers
 * @param err everything else
 * @param workingFolder where relative paths start
 * @param variables those of the process's environment
 * @param userHome {@code user.home}, used where {@code HOME} is not set: Java ignores that variable
 * @param account where the account keeps its own state; empty for its home, as the user database
 *     names it
 * @param typing whether {@code in} is a terminal; the launcher tells
 * @param terminal whether {@code err} is a terminal; the launcher tells, since Java cannot portably
 * @param clock the present
 */
public record CliEnvironment(
    InputStream in,
    PrintStream out,
    PrintStream err,
    Path workingFolder,
    Map<String, String> variables,
    Path userHome,
    Optional<Path> account,
    boolean typing,
    boolean terminal,
    Clock clock) {

  /** Returns those of this process. */
  public static CliEnvironment ofProcess() {
    return new CliEnvironment(
        System.in,
        new PrintStream(System.out, true, StandardCharsets.UTF_8),
        new PrintStream(System.err, true, StandardCharsets.UTF_8),
        Path.of("").toAbsolutePath(),
        System.getenv(),
        Path.of(System.getProperty("user.home", ".")),
        Optional.empty(),
        System.getenv().containsKey("FEDTRUST_TYPING"),
        System.getenv().containsKey("FEDTRUST_TERMINAL"),
        Clock.systemUTC());
  }

  /** Returns those of a training: nobody types or reads, and all state is in the folder. */
  public static CliEnvironment ofTraining(Path folder) {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    return new CliEnvironment(
        InputStream.nullInputStream(),
        nowhere,
        nowhere,
        folder,
        Map.of("HOME", folder.toString()),
        folder,
        Optional.of(folder.resolve("account")),
        false,
        false,
        Clock.systemUTC());
  }

  /** Returns an absolute path. An empty one is a mistake, for example a variable without value. */
  public Path resolve(Path path) {
    if (path.toString().isEmpty()) {
      throw refuse(ErrorCode.INVALID_ARGS, "path")
          .problem("is empty")
          .hint("Name a file or folder; the current folder is '.'.")
          .build();
    }
    return workingFolder.resolve(path).normalize();
  }

  public boolean colours() {
    return movesCursor() && !variables.containsKey("NO_COLOR");
  }

  /** Tells whether {@code err} is a terminal that understands control sequences. */
  public boolean movesCursor() {
    return terminal && !variables.getOrDefault("TERM", "dumb").equals("dumb");
  }

  /** Returns the engine of the command line: audit records where NVFlare keeps its own. */
  public ProvisioningEngine engine(Consumer<String> warnings) {
    String home = variables.getOrDefault("HOME", "");
    Path folder = home.isBlank() ? userHome : Path.of(home);
    return builder(warnings).auditFolder(folder.resolve(".nvflare")).build();
  }

  /** Returns the engine of a demonstration, which leaves nothing in the home folder. */
  public ProvisioningEngine engineWithoutRecords(Consumer<String> warnings) {
    return builder(warnings).build();
  }

  private EngineBuilder builder(Consumer<String> warnings) {
    EngineBuilder builder = new EngineBuilder().clock(clock).warnings(warnings);
    account.ifPresent(builder::accountFolder);
    return builder;
  }
}

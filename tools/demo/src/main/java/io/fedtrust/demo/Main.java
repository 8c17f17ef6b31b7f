// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.demo;

import io.fedtrust.cli.CliEnvironment;
import io.fedtrust.cli.Invocation;
import io.fedtrust.cli.ShellWord;
import io.fedtrust.cli.attest.AttestCommands;
import io.fedtrust.cli.demonstration.QuickstartCommand;
import io.fedtrust.cli.program.Cli;
import io.fedtrust.federation.FederationDemo;
import io.fedtrust.provisioning.spi.ProvisioningEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Entry point of the demonstrations, which {@code tools/fedtrust} starts for their words. */
public final class Main {
  private Main() {}

  /** Runs one demonstration and ends the process with its status. */
  public static void main(String[] args) {
    System.exit(new Cli(CliEnvironment.ofProcess(), Main::commands).run(args));
  }

  /** Returns how this person starts the other program, for commands to paste. */
  static String program() {
    return ShellWord.of(System.getenv().getOrDefault("FEDTRUST_LAUNCHER", "fedtrust"));
  }

  static Map<String, Supplier<Object>> commands(Invocation invocation, List<String> words) {
    return Map.of(
        "quickstart", () -> new QuickstartCommand(invocation, Main::quickstart),
        "attest", () -> AttestCommands.demonstration(invocation, words, Main::federation));
  }

  private static Map<String, Object> quickstart(
      ProvisioningEngine engine, Path folder, Instant now, Consumer<String> say)
      throws IOException {
    return new Quickstart(engine, folder, now, say).run();
  }

  private static Map<String, Object> federation(
      ProvisioningEngine engine, Path folder, Instant now, Consumer<String> say)
      throws IOException, InterruptedException {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("folder", folder);
    data.put("note", "SIMULATED platforms: this shows the flow and proves nothing about hardware");
    Map<String, Object> logs = new LinkedHashMap<>();
    new FederationDemo(engine, folder, say)
        .run()
        .forEach((site, log) -> logs.put(site, log.toString()));
    data.put("logs", logs);
    return data;
  }
}

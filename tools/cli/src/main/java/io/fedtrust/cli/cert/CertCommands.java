// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import io.fedtrust.cli.CommandGroup;
import io.fedtrust.cli.Invocation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;

/** The commands that provision: {@code cert} and {@code package}. */
public final class CertCommands {
  private CertCommands() {}

  /** Returns {@code cert} with the commands that the words of the command line name. */
  public static CommandLine cert(Invocation invocation, List<String> words) {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("init", () -> new InitCommand(invocation));
    commands.put("request", () -> new RequestCommand(invocation));
    commands.put("approve", () -> new ApproveCommand(invocation));
    commands.put("inspect", () -> new InspectCommand(invocation));
    commands.put("list", () -> new ListCommand(invocation));
    commands.put("revoke", () -> new RevokeCommand(invocation));
    commands.put("ledger", () -> ledger(invocation, words));
    commands.put("clean", () -> new CleanCommand(invocation));
    return CommandGroup.of("The project CA, requests and approvals.", commands, words);
  }

  private static CommandLine ledger(Invocation invocation, List<String> words) {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("import", () -> new LedgerImportCommand(invocation));
    commands.put("accept-head", () -> new LedgerAcceptCommand(invocation));
    return CommandGroup.of(
        "Maintain the ledger: the CA's record of what it has signed.", commands, words);
  }

  /** Returns {@code package}, which is a command of its own as in NVFlare. */
  public static Object packaging(Invocation invocation) {
    return new PackageCommand(invocation);
  }
}

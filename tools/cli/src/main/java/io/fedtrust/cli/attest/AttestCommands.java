// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.attest;

import io.fedtrust.cli.CommandGroup;
import io.fedtrust.cli.Invocation;
import io.fedtrust.cli.demonstration.Demonstration;
import io.fedtrust.cli.demonstration.FederationDemoCommand;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;

/** The commands that inspect, verify and appraise evidence. */
public final class AttestCommands {
  private AttestCommands() {}

  /** Returns {@code attest} with the commands that the words of the command line name. */
  public static CommandLine attest(Invocation invocation, List<String> words) {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("inspect", () -> new AttestInspectCommand(invocation));
    commands.put("verify", () -> new AttestVerifyCommand(invocation));
    commands.put("collateral", () -> collateral(invocation, words));
    commands.put("policy", () -> policy(invocation, words));
    commands.put("federation", () -> federation(invocation, words, Demonstration.ELSEWHERE));
    return attest(commands, words);
  }

  /** Returns {@code attest} with nothing but a demonstration of a federation. */
  public static CommandLine demonstration(
      Invocation invocation, List<String> words, Demonstration demonstration) {
    return attest(Map.of("federation", () -> federation(invocation, words, demonstration)), words);
  }

  private static CommandLine attest(Map<String, Supplier<Object>> commands, List<String> words) {
    return CommandGroup.of(
        "Inspect, verify and appraise evidence of confidential hardware.", commands, words);
  }

  private static CommandLine collateral(Invocation invocation, List<String> words) {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("fetch", () -> new CollateralFetchCommand(invocation));
    commands.put("keys", () -> new CollateralKeysCommand(invocation));
    commands.put("show", () -> new CollateralShowCommand(invocation));
    commands.put("check", () -> new CollateralCheckCommand(invocation));
    return CommandGroup.of(
        "Fetch and check collateral: the certificates and revocation lists that verification needs.",
        commands,
        words);
  }

  private static CommandLine policy(Invocation invocation, List<String> words) {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("init", () -> new PolicyInitCommand(invocation));
    commands.put("check", () -> new PolicyCheckCommand(invocation));
    commands.put("test", () -> new PolicyTestCommand(invocation));
    commands.put("diff", () -> new PolicyDiffCommand(invocation));
    commands.put("options", () -> new PolicyOptionsCommand(invocation));
    return CommandGroup.of(
        "Write, check, test and compare policies, which say what evidence is trusted.",
        commands,
        words);
  }

  private static CommandLine federation(
      Invocation invocation, List<String> words, Demonstration demonstration) {
    return CommandGroup.of(
        "Show sites that attest themselves to each other.",
        Map.of("demo", () -> new FederationDemoCommand(invocation, demonstration)),
        words);
  }
}

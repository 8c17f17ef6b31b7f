// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.attest;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.Verdict;
import io.fedtrust.attestation.policy.AppraisalContext;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.providers.collateral.CollateralFolder;
import io.fedtrust.attestation.providers.family.FamilyOption;
import io.fedtrust.cli.Action;
import io.fedtrust.cli.CommandOutput;
import io.fedtrust.cli.Invocation;
import io.fedtrust.cli.attest.forms.EvidenceInput;
import io.fedtrust.cli.attest.forms.EvidenceOptions;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code attest policy test}. */
@Command(
    name = "test",
    description = {
      "Try a policy on stored evidence before it is used.",
      "Exit status: 0 every verdict as expected, 1 otherwise."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  fedtrust attest policy test --policy new.yaml --collateral ./collateral good/*.bin",
      "  fedtrust attest policy test --policy new.yaml --collateral ./collateral \\",
      "      --expect rejected debug-build.bin"
    })
final class PolicyTestCommand extends Action {
  @Mixin EvidenceInput input = new EvidenceInput(FamilyOption.Use.VERIFY);
  @Mixin EvidenceOptions options = new EvidenceOptions();
  @Mixin PolicyOptions policy = new PolicyOptions();

  @Option(
      names = "--expect",
      paramLabel = "VERDICT",
      defaultValue = "trusted",
      description = "trusted, rejected or inconclusive. Default: ${DEFAULT-VALUE}.")
  String expect = "trusted";

  @Parameters(arity = "1..*", paramLabel = "EVIDENCE", description = "Files of evidence.")
  List<Path> evidence = new ArrayList<>();

  PolicyTestCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  protected List<String> outputFields() {
    return List.of("policy", "results");
  }

  @Override
  protected int execute(CommandOutput answer) {
    if (!List.of("trusted", "rejected", "inconclusive").contains(expect)) {
      throw usage("--expect: expected trusted, rejected or inconclusive, was " + expect);
    }
    FederationPolicy rules = policy.read(environment());
    CollateralFolder folder = options.folder(environment());
    List<Map<String, Object>> results = new ArrayList<>();
    List<Evidence> read = input.read(environment(), evidence);
    for (int i = 0; i < read.size(); i++) {
      results.add(result(evidence.get(i), appraise(rules, folder, read.get(i))));
    }
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("policy", rules.identity().toString());
    data.put("results", results);
    boolean asExpected = results.stream().allMatch(result -> expect.equals(result.get("verdict")));
    String text =
        results.stream()
            .map(
                result ->
                    result.values().stream().map(String::valueOf).collect(Collectors.joining("  ")))
            .collect(Collectors.joining("\n"));
    return answer.outcome(asExpected ? 0 : 1, data, text);
  }

  private Verdict appraise(FederationPolicy rules, CollateralFolder folder, Evidence read) {
    Instant instant = options.instant(environment());
    return policy
        .rules(rules, read)
        .appraise(
            read,
            options.verify(environment(), input, read, folder, instant),
            AppraisalContext.evidenceAlone(policy.site, instant));
  }

  private static Map<String, Object> result(Path file, Verdict verdict) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("verdict", verdict.outcome());
    result.put("evidence", file.toString());
    result.put("because", verdict.decisive().map(Check::toString).orElse(""));
    return result;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.attest;

import io.fedtrust.attestation.policy.DenyOption;
import io.fedtrust.attestation.policy.PolicyOption;
import io.fedtrust.attestation.policy.PolicyVocabulary;
import io.fedtrust.attestation.policy.SettingType;
import io.fedtrust.attestation.providers.policy.FederationPolicies;
import io.fedtrust.cli.Action;
import io.fedtrust.cli.CommandOutput;
import io.fedtrust.cli.Invocation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;

/** {@code attest policy options}. */
@Command(
    name = "options",
    description = "List everything a policy can demand, and the profiles.",
    footerHeading = "%nExample:%n",
    footer = "  fedtrust attest policy options")
final class PolicyOptionsCommand extends Action {
  PolicyOptionsCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  protected List<String> outputFields() {
    return List.of("families");
  }

  @Override
  protected int execute(CommandOutput answer) {
    Map<String, Object> families = new LinkedHashMap<>();
    for (PolicyVocabulary vocabulary : FederationPolicies.vocabularies()) {
      Map<String, Object> family = new LinkedHashMap<>();
      family.put(
          "options", vocabulary.options().stream().map(PolicyOptionsCommand::option).toList());
      family.put("deny", vocabulary.denials().stream().map(PolicyOptionsCommand::denial).toList());
      family.put(
          "profiles", vocabulary.profiles().stream().map(PolicyOptionsCommand::profile).toList());
      families.put(vocabulary.namespace().text(), family);
    }
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("families", families);
    return answer.success(data);
  }

  private static Map<String, Object> denial(DenyOption option) {
    return row(option.key(), option.type(), option.meaning(), option.source());
  }

  private static Map<String, Object> option(PolicyOption option) {
    return row(option.key(), option.type(), option.meaning(), option.source());
  }

  private static Map<String, Object> row(
      String key, SettingType type, String meaning, String source) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("key", key);
    row.put("value", type.expectation());
    row.put("meaning", meaning);
    row.put("source", source);
    return row;
  }

  private static Map<String, Object> profile(PolicyVocabulary.Profile profile) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("name", profile.name());
    row.put("meaning", profile.meaning());
    row.put("settings", new TreeMap<>(profile.settings()).toString());
    return row;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.attest;

import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.providers.policy.FederationPolicies;
import io.fedtrust.cli.Action;
import io.fedtrust.cli.CommandOutput;
import io.fedtrust.cli.Invocation;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code attest policy diff}. */
@Command(
    name = "diff",
    description = "Show the differences between two policies. Profiles are resolved first.",
    footerHeading = "%nExample:%n",
    footer = "  fedtrust attest policy diff active.yaml new.yaml")
final class PolicyDiffCommand extends Action {
  @Parameters(index = "0", paramLabel = "OLD", description = "The earlier policy.")
  Path earlier = Path.of("");

  @Parameters(index = "1", paramLabel = "NEW", description = "The later policy.")
  Path later = Path.of("");

  PolicyDiffCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  protected List<String> outputFields() {
    return List.of("old", "new", "changes");
  }

  @Override
  protected int execute(CommandOutput answer) {
    FederationPolicy before = FederationPolicies.read(environment().resolve(earlier));
    FederationPolicy after = FederationPolicies.read(environment().resolve(later));
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("old", before.identity().toString());
    data.put("new", after.identity().toString());
    data.put("changes", after.changesSince(before).stream().map(Object::toString).toList());
    return answer.success(data);
  }
}

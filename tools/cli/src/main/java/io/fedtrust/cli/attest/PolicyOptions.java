// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.attest;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.policy.AppraisalPolicy;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.providers.policy.FederationPolicies;
import io.fedtrust.cli.CliEnvironment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Which policy appraises, and by the rules for which site. */
final class PolicyOptions {
  @Option(
      names = {"-p", "--policy"},
      required = true,
      paramLabel = "FILE",
      description = "The policy, YAML or *.json.")
  Path policy = Path.of("");

  @Option(
      names = "--site",
      paramLabel = "NAME",
      defaultValue = FederationPolicy.ANY_SITE,
      description =
          "Appraise by the policy's rules for this site. Default: the rules under '*', for sites that"
              + " the policy does not name.")
  String site = FederationPolicy.ANY_SITE;

  FederationPolicy read(CliEnvironment environment) {
    return FederationPolicies.read(environment.resolve(policy));
  }

  /** Finds the rules for evidence of this site. */
  AppraisalPolicy rules(FederationPolicy federation, Evidence evidence) {
    return federation
        .find(site, evidence.form().namespace())
        .orElseThrow(() -> noRules(federation, evidence.form().namespace()));
  }

  private AttestationException noRules(FederationPolicy federation, Namespace namespace) {
    List<String> others =
        federation.sites().entrySet().stream()
            .filter(entry -> entry.getValue().containsKey(namespace))
            .map(Map.Entry::getKey)
            .toList();
    String problem =
        "the policy has no rules for "
            + namespace
            + " for "
            + (site.equals(FederationPolicy.ANY_SITE) ? "sites that it does not name" : site);
    return others.isEmpty()
        ? AttestationException.of(ErrorCode.POLICY_INVALID, "--site", problem)
            .withHint("Add rules for " + namespace + " to the policy.")
        : AttestationException.of(
                ErrorCode.POLICY_INVALID,
                "--site",
                problem + ": it has rules for " + String.join(", ", others))
            .withHint("Pass --site NAME with a site that has rules for this evidence.");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.attest;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.policy.AppraisalPolicy;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.providers.policy.FederationPolicies;
import io.fedtrust.cli.CliEnvironment;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which policy judges, and under whose rules. */
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
      defaultValue = "any",
      description = "Judge under the policy's rules for this site. Default: those for any site.")
  String site = "any";

  FederationPolicy read(CliEnvironment environment) {
    return FederationPolicies.read(environment.resolve(policy));
  }

  /** Finds the rules for evidence of this site. */
  AppraisalPolicy rules(FederationPolicy federation, Evidence evidence) {
    return federation
        .find(site, evidence.form().namespace())
        .orElseThrow(
            () ->
                new AttestationException(
                    ErrorCode.POLICY_INVALID,
                    "sites." + site,
                    "rules for " + evidence.form().namespace(),
                    "none"));
  }
}

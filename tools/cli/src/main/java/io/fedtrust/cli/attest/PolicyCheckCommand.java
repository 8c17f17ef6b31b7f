// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.attest;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.providers.policy.FederationPolicies;
import io.fedtrust.cli.Action;
import io.fedtrust.cli.CommandOutput;
import io.fedtrust.cli.Invocation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code attest policy check}. */
@Command(
    name = "check",
    description = "Read a policy and show which rules each site gets.",
    footerHeading = "%nExample:%n",
    footer = {
      "  fedtrust attest policy check --sites hospital-a,hospital-b \\",
      "      --server server1.example.org policy.yaml"
    })
final class PolicyCheckCommand extends Action {
  @Parameters(index = "0", paramLabel = "POLICY", description = "The policy, YAML or *.json.")
  Path policy = Path.of("");

  @Option(
      names = "--sites",
      split = ",",
      paramLabel = "NAME",
      description =
          "Names of sites, separated by commas. Default: the names that the policy contains.")
  List<String> sites = new ArrayList<>();

  @Option(
      names = "--server",
      paramLabel = "NAME",
      description = "Name of the federation's server, to which the key 'server' applies.")
  Optional<String> server = Optional.empty();

  PolicyCheckCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  protected List<String> outputFields() {
    return List.of("policy", "reviewed", "sites");
  }

  @Override
  protected int execute(CommandOutput answer) {
    FederationPolicy read = resolved(FederationPolicies.read(environment().resolve(policy)));
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("policy", read.identity().toString());
    data.put("reviewed", read.reviewed());
    data.put("sites", names(read).stream().map(site -> rules(read, site)).toList());
    return answer.success(data);
  }

  private FederationPolicy resolved(FederationPolicy read) {
    try {
      return server.map(read::resolvedFor).orElse(read);
    } catch (IllegalArgumentException e) {
      throw AttestationException.because(
          ErrorCode.POLICY_INVALID, "sites", String.valueOf(e.getMessage()), e);
    }
  }

  private Set<String> names(FederationPolicy read) {
    Set<String> names = new TreeSet<>();
    sites.forEach(site -> names.add(name(site)));
    if (names.isEmpty()) {
      names.addAll(read.names());
      names.remove(FederationPolicy.ANY_SITE);
      server.filter(name -> names.remove(FederationPolicy.SERVER)).ifPresent(names::add);
    }
    return names;
  }

  /** A name that no policy could have gets the rules of no site. */
  private static String name(String site) {
    try {
      return FederationPolicy.siteName(site);
    } catch (IllegalArgumentException e) {
      throw refuse(io.fedtrust.provisioning.error.ErrorCode.INVALID_ARGS, "--sites")
          .malformed("names of sites, with commas and no blanks", e.getMessage())
          .build();
    }
  }

  private static Map<String, Object> rules(FederationPolicy read, String site) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("site", site);
    row.put("rules_of", read.entryOf(site).orElse("none: the policy has no rules for this site"));
    row.put("requires", requires(read, site));
    row.put("accept_unbound", read.acceptsUnbound(site));
    row.put("denied", read.denies(site));
    return row;
  }

  private static String requires(FederationPolicy read, String site) {
    if (read.denies(site)) {
      return "nothing: the policy denies this site";
    }
    if (read.isUnattested(site)) {
      return "nothing: the policy says attestation: none";
    }
    return read.alternatives(site).isEmpty()
        ? "nothing: this site is never accepted"
        : read.alternatives(site).stream()
            .map(
                families ->
                    families.stream().map(Namespace::text).collect(Collectors.joining(" and ")))
            .collect(Collectors.joining(", or "));
  }
}

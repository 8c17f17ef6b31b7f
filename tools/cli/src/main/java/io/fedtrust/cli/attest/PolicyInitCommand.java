// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.attest;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.policy.PolicyVocabulary;
import io.fedtrust.attestation.providers.family.FamilyOption;
import io.fedtrust.attestation.providers.policy.FederationPolicies;
import io.fedtrust.attestation.providers.policy.PolicyDraft;
import io.fedtrust.cli.Action;
import io.fedtrust.cli.CommandOutput;
import io.fedtrust.cli.Invocation;
import io.fedtrust.cli.attest.forms.EvidenceInput;
import io.fedtrust.cli.attest.forms.EvidenceOptions;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code attest policy init}. */
@Command(
    name = "init",
    description = {
      "Draft a policy from a piece of genuine evidence.",
      "The draft combines a profile with the measurement and identities of the evidence. It "
          + "says 'reviewed: false' and accepts nothing until a person has read it."
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  fedtrust attest policy init --from report.bin --collateral ./collateral \\",
      "      --profile gcp -o policy.yaml"
    })
final class PolicyInitCommand extends Action {
  @Mixin EvidenceInput input = new EvidenceInput(FamilyOption.Use.VERIFY);
  @Mixin EvidenceOptions options = new EvidenceOptions();

  @Option(
      names = "--from",
      required = true,
      paramLabel = "FILE",
      description = "The evidence; it is verified first.")
  Path from = Path.of("");

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      defaultValue = "strict",
      description =
          "A profile of the evidence's family, as 'attest policy options' lists them. Default:"
              + " ${DEFAULT-VALUE}.")
  String profile = "";

  @Option(
      names = "--id",
      paramLabel = "NAME",
      defaultValue = "draft",
      description = "Name of the policy. Default: ${DEFAULT-VALUE}.")
  String id = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      defaultValue = "policy.yaml",
      description = "A new file. Default: ./${DEFAULT-VALUE}.")
  Path output = Path.of("");

  PolicyInitCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  protected List<String> outputFields() {
    return List.of("policy", "reviewed", "would_still_refuse");
  }

  @Override
  protected int execute(CommandOutput answer) {
    Evidence read = input.read(environment(), from);
    List<String> profiles = profiles(read.form().namespace());
    if (!profiles.contains(profile)) {
      throw usage("--profile: expected one of " + profiles + ", was " + profile);
    }
    Instant instant = options.instant(environment());
    EvidenceVerification verification =
        options.verify(environment(), input, read, options.folder(environment()), instant);
    PolicyDraft draft = PolicyDraft.of(id, read, verification, profile, instant);
    Path file = environment().resolve(output);
    try {
      Files.writeString(file, draft.yaml(), StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException e) {
      throw AttestationException.because(ErrorCode.OUTPUT_NOT_WRITABLE, file.toString(), e)
          .withHint("Name a new file; an existing policy is never overwritten.");
    } catch (IOException e) {
      throw AttestationException.because(ErrorCode.OUTPUT_NOT_WRITABLE, file.toString(), e);
    }
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("policy", file.toString());
    data.put("reviewed", false);
    data.put("would_still_refuse", draft.wouldRefuse().stream().map(Check::toString).toList());
    return answer.success(data);
  }

  private static List<String> profiles(Namespace namespace) {
    return FederationPolicies.vocabularies().stream()
        .filter(vocabulary -> vocabulary.namespace().equals(namespace))
        .flatMap(vocabulary -> vocabulary.profiles().stream())
        .map(PolicyVocabulary.Profile::name)
        .toList();
  }
}

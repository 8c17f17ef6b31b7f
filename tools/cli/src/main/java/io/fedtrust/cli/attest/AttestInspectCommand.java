// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.attest;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.family.FamilyOption;
import io.fedtrust.attestation.providers.wire.VerdictJson;
import io.fedtrust.cli.Action;
import io.fedtrust.cli.CommandOutput;
import io.fedtrust.cli.Invocation;
import io.fedtrust.cli.attest.forms.EvidenceInput;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code attest inspect}. */
@Command(
    name = "inspect",
    description = "Show what a piece of evidence says. Nothing is verified.",
    footerHeading = "%nExample:%n",
    footer = "  fedtrust attest inspect --evidence report.bin")
final class AttestInspectCommand extends Action {
  @Mixin EvidenceInput input = new EvidenceInput(FamilyOption.Use.INSPECT);

  @Option(
      names = {"-e", "--evidence"},
      required = true,
      paramLabel = "FILE",
      description = EvidenceInput.FILE)
  Path evidence = Path.of("");

  AttestInspectCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  protected List<String> outputFields() {
    return List.of("verified", "form", "evidence_sha256", "claims");
  }

  @Override
  protected int execute(CommandOutput answer) {
    Evidence read = input.read(environment(), evidence);
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("verified", false);
    data.put("form", read.form().text());
    data.put("evidence_sha256", read.digest());
    data.put("claims", claims(read));
    return answer.success(data);
  }

  private Map<String, Object> claims(Evidence read) {
    Instant now = environment().clock().instant();
    try {
      return VerdictJson.claims(
          input.with(environment(), read, (support, chosen) -> support.inspect(read, now, chosen)));
    } catch (MalformedEvidenceException e) {
      throw AttestationException.because(ErrorCode.EVIDENCE_UNREADABLE, "evidence", e);
    }
  }
}

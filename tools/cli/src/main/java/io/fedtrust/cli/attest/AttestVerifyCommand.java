// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.attest;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.model.Detail;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.Verdict;
import io.fedtrust.attestation.policy.AppraisalContext;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.providers.collateral.CollateralFolder;
import io.fedtrust.attestation.providers.family.FamilyOption;
import io.fedtrust.attestation.providers.wire.VerdictJson;
import io.fedtrust.cli.Action;
import io.fedtrust.cli.CommandOutput;
import io.fedtrust.cli.Invocation;
import io.fedtrust.cli.attest.forms.EvidenceInput;
import io.fedtrust.cli.attest.forms.EvidenceOptions;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code attest verify}. */
@Command(
    name = "verify",
    description = {
      "Verify evidence and appraise it against a policy, offline.",
      "The verdict comes first: what was decided, why, and what to do about it. Failed checks follow.",
      "Exit status: 0 trusted, 1 rejected, 2 inconclusive. Without a verdict: 3 this machine or a "
          + "service failed, 4 an argument or an input file is wrong, 5 a defect."
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  fedtrust attest verify --evidence report.bin --collateral ./collateral \\",
      "      --policy policy.yaml --nonce 00112233...",
      "  fedtrust attest verify --form tdx-quote --evidence quote.bin --event-log ccel.bin \\",
      "      --collateral ./collateral --policy policy.yaml"
    })
final class AttestVerifyCommand extends Action {
  static final int REJECTED = 1;
  static final int INCONCLUSIVE = 2;

  @Mixin EvidenceInput input = new EvidenceInput(FamilyOption.Use.VERIFY);
  @Mixin EvidenceOptions options = new EvidenceOptions();
  @Mixin PolicyOptions policy = new PolicyOptions();

  @Option(
      names = {"-e", "--evidence"},
      required = true,
      paramLabel = "FILE",
      description = EvidenceInput.FILE)
  Path evidence = Path.of("");

  @Option(
      names = "--nonce",
      paramLabel = "HEX",
      description =
          "The nonce that the evidence must contain, in hex. Without it, freshness is not checked.")
  Optional<String> nonce = Optional.empty();

  @Option(
      names = "--all",
      description =
          "Also list the collateral that was used, and the checks that passed or were skipped.")
  boolean all;

  AttestVerifyCommand(Invocation invocation) {
    super(invocation);
  }

  @Override
  protected List<String> outputFields() {
    return List.of(
        "verdict",
        "reason",
        "hint",
        "subject",
        "namespace",
        "form",
        "assurance",
        "evidence_sha256",
        "policy",
        "verified_at",
        "expires_at",
        "notes",
        "checks",
        "collateral",
        "claims");
  }

  @Override
  protected int execute(CommandOutput answer) {
    Evidence read = input.read(environment(), evidence);
    FederationPolicy rules = policy.read(environment());
    Instant instant = options.instant(environment());
    AppraisalContext context = AppraisalContext.evidenceAlone(policy.site, instant);
    CollateralFolder folder = options.folder(environment());
    EvidenceVerification verification = options.verify(environment(), input, read, folder, instant);
    Verdict verdict =
        policy
            .rules(rules, read)
            .appraise(read, verification, bytes().map(context::expecting).orElse(context));
    remember(answer, folder, verification);
    return answer.outcome(
        status(verdict),
        VerdictJson.toMap(verdict),
        verdict.explain(all ? Detail.ALL : Detail.DECISION));
  }

  /** Records which collateral verified, so that a rollback is noticed. Only warns if it cannot. */
  private static void remember(
      CommandOutput answer, CollateralFolder folder, EvidenceVerification verification) {
    try {
      folder.remember(verification.collateral());
    } catch (AttestationException e) {
      answer.warn("a rollback of collateral will not be noticed next time: " + e.problem());
    }
  }

  private Optional<byte[]> bytes() {
    return nonce.map(
        hex -> {
          try {
            byte[] bytes = HexFormat.of().parseHex(hex);
            if (bytes.length > 0) {
              return bytes;
            }
          } catch (IllegalArgumentException e) {
            throw usage("--nonce: expected pairs of hex digits, was other text");
          }
          throw usage("--nonce: expected pairs of hex digits, was nothing");
        });
  }

  static int status(Verdict verdict) {
    if (verdict.trusted()) {
      return 0;
    }
    return verdict instanceof Verdict.Rejected ? REJECTED : INCONCLUSIVE;
  }
}

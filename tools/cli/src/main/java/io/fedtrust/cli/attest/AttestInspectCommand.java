// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.attest;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.azure.format.AciEvidence;
import io.fedtrust.attestation.providers.azure.format.CvmEvidence;
import io.fedtrust.attestation.providers.azure.maa.MaaVerifier;
import io.fedtrust.attestation.providers.azure.verifier.AciClaims;
import io.fedtrust.attestation.providers.azure.verifier.CvmClaims;
import io.fedtrust.attestation.providers.nvidia.format.GpuEvidence;
import io.fedtrust.attestation.providers.nvidia.nras.NrasVerifier;
import io.fedtrust.attestation.providers.nvidia.verifier.GpuClaims;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.format.SnpReport;
import io.fedtrust.attestation.providers.snp.verifier.SnpClaims;
import io.fedtrust.attestation.providers.tdx.format.TdxQuote;
import io.fedtrust.attestation.providers.tdx.format.TrailingBytes;
import io.fedtrust.attestation.providers.tdx.ita.ItaVerifier;
import io.fedtrust.attestation.providers.tdx.verifier.TdxClaims;
import io.fedtrust.attestation.providers.wire.VerdictJson;
import io.fedtrust.cli.Action;
import io.fedtrust.cli.CommandOutput;
import io.fedtrust.cli.Invocation;
import io.fedtrust.cli.attest.forms.EvidenceInput;
import java.nio.file.Path;
import java.util.Base64;
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
  @Mixin EvidenceInput input = new EvidenceInput();

  @Option(
      names = {"-e", "--evidence"},
      required = true,
      paramLabel = "FILE",
      description = EvidenceInput.FILE)
  Path evidence = Path.of("");

  @Option(
      names = "--product",
      paramLabel = "LINE",
      defaultValue = "Milan",
      description =
          "Product line of an SEV-SNP report that names none (version 2): Milan, Genoa, Turin. Default:"
              + " ${DEFAULT-VALUE}.")
  String product = "";

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
    ProductLine named =
        ProductLine.of(product)
            .orElseThrow(() -> usage("--product: expected Milan, Genoa or Turin, was " + product));
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("verified", false);
    data.put("form", read.form().text());
    data.put("evidence_sha256", read.digest());
    data.put("claims", claims(read, named));
    return answer.success(data);
  }

  private Map<String, Object> claims(Evidence read, ProductLine named) {
    try {
      return VerdictJson.claims(
          switch (read.form()) {
            case TDX_QUOTE ->
                TdxClaims.unverified(TdxQuote.parse(bytes(read), TrailingBytes.IGNORED));
            case NV_EVIDENCE -> GpuClaims.unverified(GpuEvidence.parse(read.token()));
            case NRAS_EAT -> NrasVerifier.unverified(read);
            case ACI_RAW -> AciClaims.unverified(AciEvidence.parse(read.token()), named);
            case CVM_TPM -> CvmClaims.unverified(CvmEvidence.parse(read.token()), named);
            case MAA_JWT, MAA_CVM_JWT -> MaaVerifier.unverified(read);
            case ITA_JWT -> ItaVerifier.unverified(read, environment().clock().instant());
            case SNP_REPORT -> SnpClaims.unverified(SnpReport.parse(bytes(read)), named);
          });
    } catch (MalformedEvidenceException e) {
      throw AttestationException.because(ErrorCode.EVIDENCE_UNREADABLE, "evidence", e);
    }
  }

  private static byte[] bytes(Evidence read) {
    try {
      return Base64.getDecoder().decode(read.token());
    } catch (IllegalArgumentException e) {
      throw AttestationException.because(
          ErrorCode.EVIDENCE_UNREADABLE, "evidence", "the token is not base64", e);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.attest.forms;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.azure.collector.SecurityContext;
import io.fedtrust.attestation.providers.azure.format.CvmEvidence;
import io.fedtrust.attestation.providers.eventlog.EventLog;
import io.fedtrust.attestation.providers.eventlog.RegisterBank;
import io.fedtrust.attestation.providers.nvidia.format.GpuEvidence;
import io.fedtrust.attestation.providers.wire.EvidenceFiles;
import io.fedtrust.cli.CliEnvironment;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What files of evidence are: said, never guessed. */
public final class EvidenceInput {
  /** How a file is read, for the help of options that name one. */
  public static final String FILE =
      "*.bin: binary evidence; *.json: an NVFlare entry, or what nvattest or a TPM's command prints;"
          + " else the token's text.";

  private static final int MAX_PRINTED_BYTES = 4 << 20;

  /** The forms that this release verifies. */
  private static final List<EvidenceForm> FORMS =
      List.of(
          EvidenceForm.SNP_REPORT,
          EvidenceForm.TDX_QUOTE,
          EvidenceForm.ITA_JWT,
          EvidenceForm.NV_EVIDENCE,
          EvidenceForm.NRAS_EAT,
          EvidenceForm.ACI_RAW,
          EvidenceForm.MAA_JWT,
          EvidenceForm.MAA_CVM_JWT,
          EvidenceForm.CVM_TPM);

  @Option(
      names = "--form",
      paramLabel = "FORM",
      converter = FormConverter.class,
      defaultValue = "snp-report",
      description =
          "Form of evidence that states none: snp-report, tdx-quote, ita-jwt, nv-evidence, nras-eat,"
              + " aci-raw, maa-jwt, maa-cvm-jwt or cvm-tpm. Default: ${DEFAULT-VALUE}.")
  EvidenceForm form = EvidenceForm.SNP_REPORT;

  @Option(
      names = "--event-log",
      paramLabel = "FILE",
      description =
          "The event log of a TD, as in /sys/firmware/acpi/tables/data/CCEL, or of a TPM, as in"
              + " /sys/kernel/security/tpm0/binary_bios_measurements.")
  Optional<Path> eventLog = Optional.empty();

  @Option(
      names = "--security-context",
      paramLabel = "DIR",
      description =
          "The security context of a container group; with it, *.bin of aci-raw is the report.")
  Optional<Path> securityContext = Optional.empty();

  /** Reads a form by its name on the wire. */
  static final class FormConverter implements ITypeConverter<EvidenceForm> {
    @Override
    public EvidenceForm convert(String value) {
      return EvidenceForm.of(value)
          .filter(FORMS::contains)
          .orElseThrow(
              () -> new TypeConversionException("expected one of " + names() + ", was " + value));
    }
  }

  private static String names() {
    return FORMS.stream().map(EvidenceForm::text).collect(Collectors.joining(", "));
  }

  public Evidence read(CliEnvironment environment, Path file) {
    Path place = environment.resolve(file);
    Evidence evidence =
        switch (form) {
          case NV_EVIDENCE -> printed(place).orElseGet(() -> EvidenceFiles.read(place, form));
          case CVM_TPM -> quoted(place).orElseGet(() -> EvidenceFiles.read(place, form));
          case ACI_RAW ->
              securityContext
                  .map(folder -> bundle(place, environment.resolve(folder)))
                  .orElseGet(() -> EvidenceFiles.read(place, form));
          case SNP_REPORT, TDX_QUOTE, ITA_JWT, NRAS_EAT, MAA_JWT, MAA_CVM_JWT ->
              EvidenceFiles.read(place, form);
        };
    if (!FORMS.contains(evidence.form())) {
      throw new AttestationException(
          ErrorCode.EVIDENCE_UNREADABLE, file.toString(), "one of " + names(), evidence.form());
    }
    return eventLog
        .map(
            log ->
                evidence.withEndorsements(
                    log(environment.resolve(log), bank(evidence.form())).endorsements()))
        .orElse(evidence);
  }

  private static byte[] bytes(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(MAX_PRINTED_BYTES);
    }
  }

  /** What NVIDIA's tool prints is no entry; whatever is neither is refused as an entry. */
  private static Optional<Evidence> printed(Path file) {
    try {
      return Optional.of(GpuEvidence.ofTool(bytes(file)).evidence());
    } catch (IOException | MalformedEvidenceException e) {
      return Optional.empty();
    }
  }

  /** A paravisor's report in binary, or what a TPM's command prints. */
  private static Optional<Evidence> quoted(Path file) {
    try {
      byte[] bytes = bytes(file);
      CvmEvidence presented =
          file.toString().endsWith(".bin")
              ? new CvmEvidence(bytes, Optional.empty(), Optional.empty())
              : CvmEvidence.parse(new String(bytes, StandardCharsets.UTF_8).strip());
      return Optional.of(presented.evidence());
    } catch (IOException | MalformedEvidenceException e) {
      return Optional.empty();
    }
  }

  private static Evidence bundle(Path report, Path folder) {
    SecurityContext context = SecurityContext.at(folder);
    try {
      return context.bundle(bytes(report), Optional.empty());
    } catch (IOException | MalformedEvidenceException e) {
      throw AttestationException.because(ErrorCode.EVIDENCE_UNREADABLE, report.toString(), e);
    }
  }

  private static RegisterBank bank(EvidenceForm form) {
    return form.equals(EvidenceForm.CVM_TPM) ? RegisterBank.PCR : RegisterBank.RTMR;
  }

  private static EventLog log(Path file, RegisterBank bank) {
    try (InputStream in = Files.newInputStream(file)) {
      return EventLog.parse(in.readNBytes(EventLog.MAX_BYTES + 1), bank);
    } catch (IOException | MalformedEvidenceException e) {
      throw AttestationException.because(ErrorCode.EVIDENCE_UNREADABLE, file.toString(), e);
    }
  }
}

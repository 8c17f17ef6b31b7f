// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.collector;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.azure.format.RuntimeData;
import io.fedtrust.attestation.providers.command.CommandTemplate;
import io.fedtrust.attestation.providers.snp.format.SnpField;
import io.fedtrust.attestation.providers.snp.format.SnpReport;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.EvidenceCollector;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Collects bundles of this container group: a report over the challenge, from the sidecar or an
 * external command, and the security context. The host's certificates are attached where they are
 * for the report's TCB; a relying party fetches others from AMD.
 */
public final class AciCollector implements EvidenceCollector {
  /** Stands for REPORT_DATA, 128 lower-case hex digits, in a command. */
  public static final String REPORT_DATA = "{reportData}";

  private static final int MAX_BYTES = 64 << 10;

  private final Source source;
  private final Supplier<SecurityContext> context;

  private AciCollector(Source source, Supplier<SecurityContext> context) {
    this.source = source;
    this.context = context;
  }

  /** The source of reports. */
  @FunctionalInterface
  private interface Source {
    byte[] report(byte[] runtimeData, Deadline deadline);
  }

  /**
   * Uses the sidecar of this container group, and reads this container's security context each
   * time.
   *
   * @return a collector
   */
  public static AciCollector ofThisMachine() {
    return sidecar(Sidecar.ofThisMachine(), SecurityContext::ofThisMachine);
  }

  /**
   * Uses a sidecar.
   *
   * @param sidecar to ask
   * @param context read each time
   * @return a collector
   */
  public static AciCollector sidecar(Sidecar sidecar, Supplier<SecurityContext> context) {
    return new AciCollector(sidecar::report, context);
  }

  /**
   * Uses a command, for example Microsoft's {@code get-snp-report}.
   *
   * @param command program and arguments, of which one is {@link #REPORT_DATA}; no shell sees it.
   *     It prints the report in hex
   * @param context read each time
   * @return a collector
   * @throws IllegalArgumentException if REPORT_DATA is not among the arguments
   */
  public static AciCollector command(List<String> command, Supplier<SecurityContext> context) {
    CommandTemplate template = new CommandTemplate(command, REPORT_DATA);
    return new AciCollector(
        (runtimeData, deadline) -> {
          byte[] printed =
              template.run(
                  HexFormat.of().formatHex(RuntimeData.reportData(runtimeData)),
                  MAX_BYTES,
                  deadline);
          try {
            return HexFormat.of()
                .parseHex(new String(printed, StandardCharsets.US_ASCII).replaceAll("\\s", ""));
          } catch (IllegalArgumentException e) {
            throw new AttestationException(
                ErrorCode.COLLECTION_FAILED, command.get(0), "a report in hex", "other text");
          }
        },
        context);
  }

  @Override
  public EvidenceForm form() {
    return EvidenceForm.ACI_RAW;
  }

  @Override
  public Evidence collect(Binding binding, Deadline deadline) {
    if (!binding.form().equals(EvidenceForm.ACI_RAW)) {
      throw new IllegalArgumentException(
          "form: expected " + EvidenceForm.ACI_RAW + ", was " + binding.form());
    }
    byte[] runtimeData = RuntimeData.of(binding.hash());
    SecurityContext around = context.get();
    byte[] report = source.report(runtimeData, deadline);
    try {
      requireBound(SnpReport.parse(report), RuntimeData.reportData(runtimeData));
      return around.bundle(report, Optional.of(runtimeData));
    } catch (MalformedEvidenceException e) {
      throw AttestationException.because(ErrorCode.COLLECTION_FAILED, "report", e);
    }
  }

  /** The result must be bound to the requested value. */
  private static void requireBound(SnpReport report, byte[] expected) {
    if (!Arrays.equals(report.bytes(SnpField.REPORT_DATA), expected)) {
      throw new AttestationException(
          ErrorCode.COLLECTION_FAILED, "REPORT_DATA", "the requested value", "another value");
    }
  }
}

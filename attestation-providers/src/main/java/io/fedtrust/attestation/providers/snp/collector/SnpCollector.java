// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.collector;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.checks.EvidenceAttachments;
import io.fedtrust.attestation.providers.collector.ConfigfsTsm;
import io.fedtrust.attestation.providers.pki.CertificatePem;
import io.fedtrust.attestation.providers.pki.Certificates;
import io.fedtrust.attestation.providers.snp.format.CertificateTable;
import io.fedtrust.attestation.providers.snp.format.SnpField;
import io.fedtrust.attestation.providers.snp.format.SnpReport;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.EvidenceCollector;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests a report from the secure processor through the kernel (Linux 6.7 or later, {@code
 * sev-guest}, configfs mounted, usually root). Certificates from the host are attached.
 */
public final class SnpCollector implements EvidenceCollector {
  private static final Logger LOG = LoggerFactory.getLogger(SnpCollector.class);
  private static final String PROVIDER = "sev_guest";
  private static final int HIGHEST_VMPL = 3;

  private final ConfigfsTsm kernel;
  private final OptionalInt vmpl;

  private SnpCollector(ConfigfsTsm kernel, OptionalInt vmpl) {
    this.kernel = kernel;
    this.vmpl = vmpl;
  }

  /**
   * Uses the kernel of this machine.
   *
   * @return a collector at the privilege level that the guest runs at
   */
  public static SnpCollector ofThisMachine() {
    return at(ConfigfsTsm.KERNEL, pause -> LockSupport.parkNanos(pause.toNanos()));
  }

  /**
   * Uses another folder, for example of a test's file system.
   *
   * @param reports folder in which requests are made
   * @param pause waits between attempts
   * @return a collector at the privilege level that the guest runs at
   */
  public static SnpCollector at(Path reports, Consumer<Duration> pause) {
    return new SnpCollector(
        new ConfigfsTsm(reports, () -> "fedtrust-" + UUID.randomUUID(), pause),
        OptionalInt.empty());
  }

  /**
   * Sets the privilege level to request.
   *
   * @param level 0 to 3, not below the guest's own
   * @return a collector at that level
   * @throws IllegalArgumentException for another level
   */
  public SnpCollector vmpl(int level) {
    if (level < 0 || level > HIGHEST_VMPL) {
      throw new IllegalArgumentException("vmpl: expected 0 to 3, was " + level);
    }
    return new SnpCollector(kernel, OptionalInt.of(level));
  }

  @Override
  public EvidenceForm form() {
    return EvidenceForm.SNP_REPORT;
  }

  @Override
  public Evidence collect(Binding binding, Deadline deadline) {
    if (!binding.form().equals(EvidenceForm.SNP_REPORT)) {
      throw new IllegalArgumentException(
          "form: expected " + EvidenceForm.SNP_REPORT + ", was " + binding.form());
    }
    ConfigfsTsm.Answer answer = kernel.ask(PROVIDER, binding.hash(), vmpl, deadline);
    requireBound(answer.outblob(), binding.hash());
    Evidence evidence =
        Evidence.of(EvidenceForm.SNP_REPORT, Base64.getEncoder().encodeToString(answer.outblob()));
    return EvidenceAttachments.ofHost(certificates(answer.auxblob()))
        .map(evidence::withEndorsements)
        .orElse(evidence);
  }

  private static void requireBound(byte[] report, byte[] expected) {
    try {
      if (!Arrays.equals(SnpReport.parse(report).bytes(SnpField.REPORT_DATA), expected)) {
        throw new AttestationException(
            ErrorCode.COLLECTION_FAILED, "REPORT_DATA", "the requested value", "another value");
      }
    } catch (MalformedEvidenceException e) {
      throw AttestationException.because(ErrorCode.COLLECTION_FAILED, "outblob", e);
    }
  }

  /**
   * An unusable table is the host's fault and does not affect the report. It is passed on as it is,
   * so that the verdict names it.
   */
  private static List<byte[]> certificates(byte[] auxblob) {
    List<byte[]> certificates = new ArrayList<>();
    try {
      CertificateTable table = CertificateTable.parse(auxblob);
      Stream.of(
              CertificateTable.VCEK,
              CertificateTable.VLEK,
              CertificateTable.ASK,
              CertificateTable.ARK)
          .forEach(guid -> table.find(guid).ifPresent(blob -> add(certificates, blob)));
    } catch (MalformedEvidenceException e) {
      LOG.warn("the host's certificate table cannot be used: {}", e.check());
      certificates.add(auxblob);
    }
    return certificates;
  }

  /** DER, or PEM on some hosts. */
  private static void add(List<byte[]> certificates, byte[] blob) {
    try {
      Certificates.parse(blob);
      certificates.add(blob);
    } catch (MalformedEvidenceException notDer) {
      try {
        certificates.addAll(CertificatePem.read(blob));
      } catch (MalformedEvidenceException e) {
        LOG.warn("a certificate of the host cannot be used: {}", e.check());
        certificates.add(blob);
      }
    }
  }
}

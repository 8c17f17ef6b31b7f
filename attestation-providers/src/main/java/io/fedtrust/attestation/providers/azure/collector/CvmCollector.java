// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.collector;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.azure.format.CvmEvidence;
import io.fedtrust.attestation.providers.azure.format.TpmQuote;
import io.fedtrust.attestation.providers.codec.BoundedFile;
import io.fedtrust.attestation.providers.command.CommandTemplate;
import io.fedtrust.attestation.providers.eventlog.EventLog;
import io.fedtrust.attestation.providers.eventlog.RegisterBank;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.EvidenceCollector;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects evidence of this confidential VM with an external command, which requests from its TPM
 * the paravisor's report and for a quote: Java has no way to the TPM's device. A command made of
 * tpm2-tools is in {@code docs/attestation-azure.md}. The firmware's event log, where the kernel
 * shows it and it explains the quote, is attached.
 */
public final class CvmCollector implements EvidenceCollector {
  /** Stands for what the quote must be over, 64 lower-case hex digits, in a command. */
  public static final String HASH = "{hash}";

  private static final int MAX_BYTES = 1 << 20;

  private static final Logger LOGGER = LoggerFactory.getLogger(CvmCollector.class);
  private static final Path MEASUREMENTS =
      Path.of("/sys/kernel/security/tpm0/binary_bios_measurements");

  private final CommandTemplate command;
  private final Optional<Path> eventLog;

  private CvmCollector(CommandTemplate command, Optional<Path> eventLog) {
    this.command = command;
    this.eventLog = eventLog;
  }

  /**
   * Uses a command.
   *
   * @param command program and arguments, of which one is {@link #HASH}; no shell sees it. It
   *     prints the evidence, as {@link CvmEvidence} has it
   * @return a collector that also presents the kernel's event log
   * @throws IllegalArgumentException if the hash is not among the arguments
   */
  public static CvmCollector command(List<String> command) {
    return new CvmCollector(new CommandTemplate(command, HASH), Optional.of(MEASUREMENTS));
  }

  /**
   * Reads the event log from another file.
   *
   * @param measurements file in the form of Linux's {@code binary_bios_measurements}
   * @return a collector with it
   */
  public CvmCollector eventLog(Path measurements) {
    return new CvmCollector(command, Optional.of(measurements));
  }

  /**
   * Leaves the event log out.
   *
   * @return a collector without it
   */
  public CvmCollector withoutEventLog() {
    return new CvmCollector(command, Optional.empty());
  }

  @Override
  public EvidenceForm form() {
    return EvidenceForm.CVM_TPM;
  }

  @Override
  public Evidence collect(Binding binding, Deadline deadline) {
    if (!binding.form().equals(EvidenceForm.CVM_TPM)) {
      throw new IllegalArgumentException(
          "form: expected " + EvidenceForm.CVM_TPM + ", was " + binding.form());
    }
    byte[] printed = command.run(HexFormat.of().formatHex(binding.hash()), MAX_BYTES, deadline);
    try {
      CvmEvidence presented =
          CvmEvidence.parse(new String(printed, StandardCharsets.UTF_8).strip());
      CvmEvidence.Quote made = bound(presented, binding.hash());
      Evidence evidence = presented.evidence();
      return eventLog
          .flatMap(file -> log(file, made))
          .map(evidence::withEndorsements)
          .orElse(evidence);
    } catch (MalformedEvidenceException e) {
      throw AttestationException.because(
          ErrorCode.COLLECTION_FAILED, command.arguments().get(0), e);
    }
  }

  private static CvmEvidence.Quote bound(CvmEvidence presented, byte[] hash)
      throws MalformedEvidenceException {
    Optional<CvmEvidence.Quote> quote = presented.quote();
    if (quote.isEmpty() || !Arrays.equals(TpmQuote.parse(quote.get().attest()).extraData(), hash)) {
      throw new AttestationException(
          ErrorCode.COLLECTION_FAILED, "extraData", "the requested value", "another value");
    }
    return quote.get();
  }

  /**
   * A log that cannot be read, or that does not give what is quoted, as when the system extends
   * registers later, leaves the quote as good as it is; a policy may demand one.
   */
  private static Optional<byte[]> log(Path file, CvmEvidence.Quote made) {
    try {
      EventLog log = EventLog.parse(BoundedFile.read(file, EventLog.MAX_BYTES), RegisterBank.PCR);
      SortedMap<Integer, byte[]> quoted = TpmQuote.parse(made.attest()).registers(made.pcrs());
      quoted.keySet().retainAll(log.registers());
      List<Integer> differing = log.differing(quoted);
      byte[] hint = log.endorsements();
      if (quoted.isEmpty() || !differing.isEmpty() || hint.length > CCToken.MAX_ENDORSEMENT_BYTES) {
        LOGGER.warn(
            "The event log is left out: {} bytes, quoted registers {}, others in {}.",
            hint.length,
            quoted.keySet(),
            differing);
        return Optional.empty();
      }
      return Optional.of(hint);
    } catch (NoSuchFileException e) {
      LOGGER.debug("There is no event log at {}.", file);
      return Optional.empty();
    } catch (IOException | MalformedEvidenceException e) {
      LOGGER.warn("The event log is left out: {}", e.toString());
      return Optional.empty();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.collector;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReadableFailure;
import io.fedtrust.attestation.providers.codec.BoundedFile;
import io.fedtrust.attestation.providers.collector.ConfigfsTsm;
import io.fedtrust.attestation.providers.eventlog.EventLog;
import io.fedtrust.attestation.providers.eventlog.RegisterBank;
import io.fedtrust.attestation.providers.tdx.format.CcelTable;
import io.fedtrust.attestation.providers.tdx.format.TdxField;
import io.fedtrust.attestation.providers.tdx.format.TdxQuote;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.EvidenceCollector;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests a quote from the TDX module and the host's quoting enclave through the kernel (Linux 6.7
 * or later, {@code tdx-guest}, configfs mounted, usually root). The firmware's event log, where the
 * kernel shows it, is attached.
 */
public final class TdxCollector implements EvidenceCollector {
  private static final Logger LOG = LoggerFactory.getLogger(TdxCollector.class);
  private static final String PROVIDER = "tdx_guest";
  private static final Path TABLES = Path.of("/sys/firmware/acpi/tables");
  private static final int MAX_TABLE_BYTES = 4096;

  /** A TD has one request in flight; another one would be refused as long as it lasts. */
  private static final Object TURN = new Object();

  private final ConfigfsTsm kernel;
  private final Optional<Path> acpi;

  private TdxCollector(ConfigfsTsm kernel, Optional<Path> acpi) {
    this.kernel = kernel;
    this.acpi = acpi;
  }

  /**
   * Uses the kernel of this machine.
   *
   * @return a collector that also presents the event log
   */
  public static TdxCollector ofThisMachine() {
    return at(ConfigfsTsm.KERNEL, pause -> LockSupport.parkNanos(pause.toNanos())).eventLog(TABLES);
  }

  /**
   * Uses another folder, for example of a test's file system.
   *
   * @param reports folder in which requests are made
   * @param pause waits between attempts
   * @return a collector without an event log
   */
  public static TdxCollector at(Path reports, Consumer<Duration> pause) {
    return new TdxCollector(
        new ConfigfsTsm(reports, () -> "fedtrust-" + UUID.randomUUID(), pause), Optional.empty());
  }

  /**
   * Also presents the event log.
   *
   * @param tables folder of the ACPI tables, with {@code CCEL} and {@code data/CCEL}
   * @return a collector with it
   */
  public TdxCollector eventLog(Path tables) {
    return new TdxCollector(kernel, Optional.of(tables));
  }

  /**
   * Leaves the event log out.
   *
   * @return a collector without it
   */
  public TdxCollector withoutEventLog() {
    return new TdxCollector(kernel, Optional.empty());
  }

  @Override
  public EvidenceForm form() {
    return EvidenceForm.TDX_QUOTE;
  }

  @Override
  public Evidence collect(Binding binding, Deadline deadline) {
    if (!binding.form().equals(EvidenceForm.TDX_QUOTE)) {
      throw new IllegalArgumentException(
          "form: expected " + EvidenceForm.TDX_QUOTE + ", was " + binding.form());
    }
    Evidence evidence =
        Evidence.of(
            EvidenceForm.TDX_QUOTE,
            Base64.getEncoder().encodeToString(quote(binding.hash(), deadline)));
    return eventLog().map(evidence::withEndorsements).orElse(evidence);
  }

  /**
   * Requests a quote over any data, for services that create tokens for quotes.
   *
   * @param reportData 64 bytes
   * @param deadline by which it must be there
   * @return the quote without what the kernel appends
   * @throws AttestationException {@code NOT_CONFIDENTIAL}, {@code COLLECTION_FAILED} or {@code
   *     COLLECTION_TIMED_OUT}
   */
  public byte[] quote(byte[] reportData, Deadline deadline) {
    byte[] outblob;
    synchronized (TURN) {
      outblob = kernel.ask(PROVIDER, reportData, OptionalInt.empty(), deadline).outblob();
    }
    try {
      TdxQuote quote = TdxQuote.parse(outblob);
      if (!Arrays.equals(quote.bytes(TdxField.REPORTDATA), reportData)) {
        throw new AttestationException(
            ErrorCode.COLLECTION_FAILED, "REPORTDATA", "the requested value", "another value");
      }
      return quote.bytes();
    } catch (MalformedEvidenceException e) {
      throw AttestationException.because(ErrorCode.COLLECTION_FAILED, "outblob", e);
    }
  }

  /** A log that cannot be read leaves the quote as good as it is; a policy may demand one. */
  private Optional<byte[]> eventLog() {
    if (acpi.isEmpty()) {
      return Optional.empty();
    }
    Path table = acpi.get().resolve("CCEL");
    try {
      CcelTable ccel = CcelTable.parse(BoundedFile.read(table, MAX_TABLE_BYTES));
      byte[] log =
          EventLog.parse(
                  BoundedFile.read(acpi.get().resolve("data").resolve("CCEL"), EventLog.MAX_BYTES),
                  RegisterBank.RTMR)
              .endorsements();
      if (ccel.type() != CcelTable.TDX || log.length > CCToken.MAX_ENDORSEMENT_BYTES) {
        LOG.warn("the event log is left aside: type {}, {} bytes", ccel.type(), log.length);
        return Optional.empty();
      }
      return Optional.of(log);
    } catch (IOException | MalformedEvidenceException e) {
      LOG.warn("the event log is left out: {}", ReadableFailure.textOf(e));
      return Optional.empty();
    }
  }
}

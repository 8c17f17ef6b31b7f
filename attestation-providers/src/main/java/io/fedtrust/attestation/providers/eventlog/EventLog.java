// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.eventlog;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.checks.EvidenceAttachments;
import io.fedtrust.attestation.providers.codec.ByteReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The log of the digests that firmware and boot loaders extended into the registers of a TPM or of
 * a TD (TCG PC Client Platform Firmware Profile, crypto-agile log). It is not signed. It explains
 * signed registers if its digests, extended one after the other, result in their values. Other data
 * of its events may be written by an attacker.
 */
public final class EventLog {
  /** Longest log. */
  public static final int MAX_BYTES = 1 << 20;

  private static final String SOURCE = "TCG PC Client Platform Firmware Profile, section 10.2";
  private static final int MAX_ALGORITHMS = 16;
  private static final int MAX_DIGEST_BYTES = 64;
  private static final int SHA1_BYTES = 20;
  private static final int MAX_LOCALITY = 4;
  private static final long END = 0xFFFF_FFFFL;
  private static final byte[] SIGNATURE = "Spec ID Event03\0".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LOCALITY = "StartupLocality\0".getBytes(StandardCharsets.US_ASCII);

  private final RegisterBank bank;
  private final byte[] bytes;
  private final int locality;
  private final List<Event> events;

  private EventLog(RegisterBank bank, byte[] bytes, int locality, List<Event> events) {
    this.bank = bank;
    this.bytes = bytes;
    this.locality = locality;
    this.events = List.copyOf(events);
  }

  /**
   * An event that was extended into a register.
   *
   * @param register from 0
   * @param type name of the TCG, or the number where it has none
   * @param digest that was extended, in the bank's algorithm, lower-case hex
   */
  public record Event(int register, String type, String digest) {
    @Override
    public String toString() {
      return type + " " + digest;
    }
  }

  /**
   * Parses a log.
   *
   * @param log at most 1 MiB, with or without what the firmware left free behind it
   * @param bank that its events were extended into
   * @return the log
   * @throws MalformedEvidenceException if it is not one with digests of the bank's algorithm, or a
   *     length does not fit
   */
  public static EventLog parse(byte[] log, RegisterBank bank) throws MalformedEvidenceException {
    return new Reader(log, bank).run();
  }

  /**
   * Returns the types of events that have a name.
   *
   * @return names of the TCG, for example {@code EV_EFI_BOOT_SERVICES_APPLICATION}
   */
  public static List<String> types() {
    return Arrays.stream(EventType.values()).map(EventType::name).toList();
  }

  /** Goes through a log once. */
  private static final class Reader {
    private final byte[] log;
    private final RegisterBank bank;
    private final ByteReader fields;
    private final Map<Integer, Integer> sizes = new HashMap<>();
    private final List<Event> events = new ArrayList<>();
    private int locality;
    private int at;

    private Reader(byte[] log, RegisterBank bank) {
      this.log = log;
      this.bank = bank;
      this.fields = new ByteReader(log);
    }

    private MalformedEvidenceException malformed(Object expected, Object actual) {
      return MalformedEvidenceException.of(
          bank.check(), ReasonCode.EVIDENCE_MALFORMED, expected, actual, SOURCE);
    }

    private EventLog run() throws MalformedEvidenceException {
      if (log.length > MAX_BYTES) {
        throw malformed("at most " + MAX_BYTES + " bytes", log.length);
      }
      header();
      int used = used();
      while (at < used) {
        if (log.length - at >= Integer.BYTES && fields.u32(at) == END) {
          break;
        }
        event();
      }
      return new EventLog(bank, Arrays.copyOf(log, at), locality, events);
    }

    /** Zeros at the end are what firmware left free. */
    private int used() {
      int end = log.length;
      while (end > 0 && log[end - 1] == 0) {
        end--;
      }
      return end;
    }

    private void header() throws MalformedEvidenceException {
      u32();
      long type = u32();
      skip(SHA1_BYTES);
      int end = end(u32());
      byte[] signature = bytes(SIGNATURE.length);
      if (type != EventType.EV_NO_ACTION.number() || !Arrays.equals(signature, SIGNATURE)) {
        throw malformed("a header Spec ID Event03", "another");
      }
      skip(Integer.BYTES + Integer.BYTES);
      long count = u32();
      if (count > MAX_ALGORITHMS) {
        throw malformed("at most " + MAX_ALGORITHMS + " algorithms", count);
      }
      for (int i = 0; i < count; i++) {
        int algorithm = u16();
        int size = u16();
        if (size > MAX_DIGEST_BYTES || sizes.put(algorithm, size) != null) {
          throw malformed("every algorithm once, with at most 64 bytes", algorithm + ": " + size);
        }
      }
      if (!Integer.valueOf(bank.bytes()).equals(sizes.get(bank.algorithm()))) {
        throw malformed("digests of " + bank.algorithmName(), sizes.keySet());
      }
      skip(fields.u8(need(1)) + 1);
      if (at != end) {
        throw malformed("a header of " + end + " bytes", at);
      }
    }

    private void event() throws MalformedEvidenceException {
      long register = u32();
      long type = u32();
      long count = u32();
      if (count > sizes.size()) {
        throw malformed("at most " + sizes.size() + " digests", count);
      }
      String extended = "";
      for (int i = 0; i < count; i++) {
        int algorithm = u16();
        Integer size = sizes.get(algorithm);
        if (size == null) {
          throw malformed("a digest of " + sizes.keySet(), algorithm);
        }
        byte[] digest = bytes(size);
        extended = algorithm == bank.algorithm() ? HexFormat.of().formatHex(digest) : extended;
      }
      int content = at + Integer.BYTES;
      at = end(u32());
      long last = (long) bank.registers() + bank.first() - 1;
      if (register > last) {
        throw malformed("a register from 0 to " + last, register);
      }
      if (type == EventType.EV_NO_ACTION.number()) {
        startup(register, content);
      } else if (register >= bank.first()) {
        if (extended.isEmpty()) {
          throw malformed("a digest of " + bank.algorithmName() + " for every event", "none");
        }
        events.add(new Event((int) register - bank.first(), EventType.nameOf(type), extended));
      }
    }

    /** From which locality a TPM was started is where its register 0 begins. */
    private void startup(long register, int content) throws MalformedEvidenceException {
      int size = LOCALITY.length + 1;
      if (bank != RegisterBank.PCR
          || register != 0
          || at - content != size
          || !Arrays.equals(fields.bytes(content, LOCALITY.length), LOCALITY)) {
        return;
      }
      locality = fields.u8(content + LOCALITY.length);
      if (locality > MAX_LOCALITY || events.stream().anyMatch(event -> event.register() == 0)) {
        throw malformed(
            "the locality of the start, 0 to " + MAX_LOCALITY + ", before register 0 is extended",
            locality);
      }
    }

    private int need(int count) throws MalformedEvidenceException {
      if (count > log.length - at) {
        throw malformed("a whole event at " + at, "the end of the log");
      }
      return at;
    }

    private int end(long size) throws MalformedEvidenceException {
      if (size > log.length - at) {
        throw malformed("at most " + (log.length - at) + " bytes of an event", size);
      }
      return at + (int) size;
    }

    private void skip(int count) throws MalformedEvidenceException {
      at = need(count) + count;
    }

    private byte[] bytes(int count) throws MalformedEvidenceException {
      byte[] read = fields.bytes(need(count), count);
      at += count;
      return read;
    }

    private int u16() throws MalformedEvidenceException {
      int number = fields.u16(need(Short.BYTES));
      at += Short.BYTES;
      return number;
    }

    private long u32() throws MalformedEvidenceException {
      long number = fields.u32(need(Integer.BYTES));
      at += Integer.BYTES;
      return number;
    }
  }

  /** {@return the log without anything after its last event, as a copy} */
  public byte[] bytes() {
    return bytes.clone();
  }

  /**
   * Returns this log as an attachment of a quote.
   *
   * @return JSON for {@code Evidence.withEndorsements}
   */
  public byte[] endorsements() {
    return EvidenceAttachments.ofEventLog(bytes);
  }

  /** {@return the registers into which something was extended, ascending} */
  public SortedSet<Integer> registers() {
    SortedSet<Integer> registers = new TreeSet<>();
    events.forEach(event -> registers.add(event.register()));
    return registers;
  }

  /**
   * Returns the events of a register.
   *
   * @param register from 0
   * @return in the order in which they were extended
   */
  public List<Event> events(int register) {
    return events.stream().filter(event -> event.register() == register).toList();
  }

  /**
   * Computes a register: the digest of {@code before || extended} for each event. It begins with
   * zeros, register 0 of a TPM with the locality of its start in the last byte.
   *
   * @param register from 0
   * @return as many bytes as the bank's registers have
   */
  public byte[] replay(int register) {
    byte[] value = new byte[bank.bytes()];
    if (register == 0) {
      value[value.length - 1] = (byte) locality;
    }
    for (Event event : events(register)) {
      byte[] both = Arrays.copyOf(value, 2 * bank.bytes());
      System.arraycopy(
          HexFormat.of().parseHex(event.digest()), 0, both, bank.bytes(), bank.bytes());
      value = bank.digest(both);
    }
    return value;
  }

  /**
   * Finds the registers that this log does not explain.
   *
   * @param values that are signed, by register
   * @return those of them that have another value than the log gives, ascending
   */
  public List<Integer> differing(Map<Integer, byte[]> values) {
    return new TreeMap<>(values)
        .entrySet().stream()
            .filter(signed -> !Arrays.equals(replay(signed.getKey()), signed.getValue()))
            .map(Map.Entry::getKey)
            .toList();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.format;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.support.ByteReader;
import io.fedtrust.attestation.providers.support.Digests;
import io.fedtrust.attestation.providers.support.Hints;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * The confidential-computing event log of a TD (ACPI table CCEL; TCG PC Client Platform Firmware
 * Profile, crypto-agile log). It is signed by nobody: it explains a quote's RTMRs if its digests,
 * extended one after the other, give them. What its events say beside their digests is what
 * firmware or an attacker wrote.
 */
public final class EventLog {
  /** Longest log. */
  public static final int MAX_BYTES = 1 << 20;

  /** Number of runtime measurement registers. */
  public static final int RTMRS = 4;

  private static final String CHECK = "tdx.event-log";
  private static final String SOURCE = "TCG PC Client Platform Firmware Profile, section 10.2";
  private static final int MAX_ALGORITHMS = 16;
  private static final int MAX_DIGEST_BYTES = 64;
  private static final int SHA1_BYTES = 20;
  private static final int SHA384 = 0x000C;
  private static final int SHA384_BYTES = 48;
  private static final long END = 0xFFFF_FFFFL;
  private static final byte[] SIGNATURE =
      HexFormat.of().parseHex("53706563204944204576656e74303300");

  private final byte[] bytes;
  private final List<Event> events;

  private EventLog(byte[] bytes, List<Event> events) {
    this.bytes = bytes;
    this.events = List.copyOf(events);
  }

  /**
   * An event that was extended into a register.
   *
   * @param rtmr 0 to 3
   * @param type name of the TCG, or the number where it has none
   * @param sha384 digest that was extended, lower-case hex
   */
  public record Event(int rtmr, String type, String sha384) {
    @Override
    public String toString() {
      return type + " " + sha384;
    }
  }

  /**
   * Parses a log.
   *
   * @param log at most 1 MiB, with or without what the firmware left free behind it
   * @return the log
   * @throws MalformedEvidenceException if it is not one with SHA-384 digests, or a length does not
   *     fit
   */
  public static EventLog parse(byte[] log) throws MalformedEvidenceException {
    if (log.length > MAX_BYTES) {
      throw malformed("at most " + MAX_BYTES + " bytes", log.length);
    }
    return new Reader(log).run();
  }

  private static MalformedEvidenceException malformed(Object expected, Object actual) {
    return MalformedEvidenceException.of(
        CHECK, ReasonCode.EVIDENCE_MALFORMED, expected, actual, SOURCE);
  }

  /** Goes through a log once. */
  private static final class Reader {
    private final byte[] log;
    private final ByteReader fields;
    private final Map<Integer, Integer> sizes = new HashMap<>();
    private final List<Event> events = new ArrayList<>();
    private int at;

    private Reader(byte[] log) {
      this.log = log;
      this.fields = new ByteReader(log);
    }

    private EventLog run() throws MalformedEvidenceException {
      header();
      while (at < log.length && !fields.isZero(at, log.length - at)) {
        if (log.length - at >= Integer.BYTES && fields.u32(at) == END) {
          break;
        }
        event();
      }
      return new EventLog(Arrays.copyOf(log, at), events);
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
      if (!Integer.valueOf(SHA384_BYTES).equals(sizes.get(SHA384))) {
        throw malformed("digests of SHA-384", sizes.keySet());
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
      String sha384 = "";
      for (int i = 0; i < count; i++) {
        int algorithm = u16();
        Integer size = sizes.get(algorithm);
        if (size == null) {
          throw malformed("a digest of " + sizes.keySet(), algorithm);
        }
        byte[] digest = bytes(size);
        sha384 = algorithm == SHA384 ? HexFormat.of().formatHex(digest) : sha384;
      }
      at = end(u32());
      if (register > RTMRS) {
        throw malformed("a register from 0 to " + RTMRS, register);
      }
      if (type == EventType.EV_NO_ACTION.number() || register == 0) {
        return;
      }
      if (sha384.isEmpty()) {
        throw malformed("a digest of SHA-384 for every event", "none");
      }
      events.add(new Event((int) register - 1, EventType.nameOf(type), sha384));
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

  /**
   * Returns the log.
   *
   * @return without what stood behind its last event, a copy
   */
  public byte[] bytes() {
    return bytes.clone();
  }

  /**
   * Returns this log as it travels beside a quote.
   *
   * @return JSON for {@code Evidence.withEndorsements}
   */
  public byte[] endorsements() {
    return Hints.ofEventLog(bytes);
  }

  /**
   * Returns the events of a register.
   *
   * @param rtmr 0 to 3
   * @return in the order in which they were extended
   */
  public List<Event> events(int rtmr) {
    return events.stream().filter(event -> event.rtmr() == rtmr).toList();
  }

  /**
   * Computes a register: {@code SHA-384(before || digest)} for each event, from 48 zeros.
   *
   * @param rtmr 0 to 3
   * @return 48 bytes
   */
  public byte[] replay(int rtmr) {
    byte[] register = new byte[SHA384_BYTES];
    for (Event event : events(rtmr)) {
      byte[] both = Arrays.copyOf(register, 2 * SHA384_BYTES);
      System.arraycopy(
          HexFormat.of().parseHex(event.sha384()), 0, both, SHA384_BYTES, SHA384_BYTES);
      register = Digests.sha384(both);
    }
    return register;
  }
}

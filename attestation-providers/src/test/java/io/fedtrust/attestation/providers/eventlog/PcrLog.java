// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.eventlog;

import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.simulated.SimulatedConfidentialVm;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** A TPM's event log as firmware writes it, with digests of SHA-1 and SHA-256. */
public final class PcrLog {
  /** {@code EV_EFI_BOOT_SERVICES_APPLICATION}. */
  public static final long APPLICATION = 0x80000003L;

  /** {@code EV_SEPARATOR}. */
  public static final long SEPARATOR = 4;

  private static final long NO_ACTION = 3;
  private static final int SHA1 = 0x0004;
  private static final int SHA256 = 0x000B;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final SortedMap<Integer, byte[]> registers = new TreeMap<>();
  private final List<String> events = new ArrayList<>();

  private PcrLog() {}

  public static PcrLog start() {
    PcrLog log = new PcrLog();
    log.bytes.writeBytes(header(SHA256, 32));
    return log;
  }

  /** The first record, which says that there are digests of SHA-1 and of another algorithm. */
  static byte[] header(int algorithm, int size) {
    ByteBuffer header = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(0).putInt(3).put(new byte[20]).putInt(37);
    header.put("Spec ID Event03\0".getBytes(StandardCharsets.US_ASCII));
    header.putInt(0).put(new byte[] {0, 2, 0, 2}).putInt(2);
    header.putShort((short) SHA1).putShort((short) 20);
    header.putShort((short) algorithm).putShort((short) size).put((byte) 0);
    return Arrays.copyOf(header.array(), header.position());
  }

  /** A record; nothing is extended. */
  PcrLog record(long register, long type, byte[] sha256, byte[] content) {
    ByteBuffer event = ByteBuffer.allocate(72 + content.length).order(ByteOrder.LITTLE_ENDIAN);
    event.putInt((int) register).putInt((int) type).putInt(2);
    event.putShort((short) SHA1).put(new byte[20]);
    event.putShort((short) SHA256).put(sha256).putInt(content.length).put(content);
    bytes.write(event.array(), 0, event.position());
    return this;
  }

  /** From which locality the TPM was started. */
  public PcrLog startedFrom(int locality) {
    byte[] content = Arrays.copyOf("StartupLocality".getBytes(StandardCharsets.US_ASCII), 17);
    content[16] = (byte) locality;
    byte[] value = new byte[32];
    value[31] = (byte) locality;
    registers.put(0, value);
    return record(0, NO_ACTION, new byte[32], content);
  }

  /** An event, which is extended. */
  public PcrLog event(int register, long type, String content) {
    byte[] digest = Digests.sha256Bytes(content.getBytes(StandardCharsets.UTF_8));
    byte[] both = Arrays.copyOf(registers.getOrDefault(register, new byte[32]), 64);
    System.arraycopy(digest, 0, both, 32, 32);
    registers.put(register, Digests.sha256Bytes(both));
    events.add(
        register
            + "="
            + (type == APPLICATION ? "EV_EFI_BOOT_SERVICES_APPLICATION" : "EV_SEPARATOR")
            + ":"
            + HexFormat.of().formatHex(digest));
    return record(register, type, digest, content.getBytes(StandardCharsets.UTF_8));
  }

  public byte[] bytes() {
    return bytes.toByteArray();
  }

  /** What each register holds that something was extended into. */
  public SortedMap<Integer, byte[]> registers() {
    return registers;
  }

  /** The events as policies write them. */
  public List<String> events() {
    return events;
  }

  /** The machine whose firmware wrote this. */
  public SimulatedConfidentialVm boot(SimulatedConfidentialVm machine) {
    registers.forEach(machine::register);
    return machine;
  }
}

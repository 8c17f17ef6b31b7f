// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.format;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.codec.ByteReader;
import io.fedtrust.attestation.providers.codec.Digests;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A device's report: the request GET_MEASUREMENTS and the signed response MEASUREMENTS (DMTF
 * DSP0274 version 1.1, sections 10.11.1 and 10.11.2;
 * docs/attestation-gpu.md#what-is-checked-and-where-it-comes-from). Every length is followed;
 * nothing is found by its distance from the end.
 */
public final class SpdmReport {
  /** Longest report that is read. */
  public static final int MAX_BYTES = 16 << 10;

  /** Length of a nonce. */
  public static final int NONCE_BYTES = 32;

  /** Length of a measurement and of an identity of firmware: SHA-384. */
  public static final int DIGEST_BYTES = 48;

  private static final String CHECK = "nvidia.report";
  private static final String SOURCE = "DMTF DSP0274, version 1.1";
  private static final byte[] REQUEST = {0x11, (byte) 0xe0, 0x01, (byte) 0xff};
  private static final int REQUEST_BYTES = 37;
  private static final int RESPONSE_CODE = 0x60;
  private static final int HEADER_BYTES = 8;
  private static final int MAX_INDEX = 255;
  private static final int DMTF = 1;
  private static final int DMTF_HEADER_BYTES = 3;
  private static final int OPAQUE_HEADER_BYTES = 4;
  private static final int SIGNATURE_BYTES = 96;
  private static final int MAX_PADDING = 16;
  private static final int PDI_BYTES = 8;
  private static final int GPU_PDIS = 8;
  private static final int ENABLED = 0xaa;
  private static final int DISABLED = 0x55;
  private static final Pattern TEXT = Pattern.compile("[A-Za-z0-9._-]{1,32}");

  private final byte[] bytes;
  private final int[] measurements;
  private final int count;
  private final Map<Integer, byte[]> opaque;
  private final byte[] responderNonce;
  private final int signed;

  private SpdmReport(
      byte[] bytes,
      int[] measurements,
      int count,
      Map<Integer, byte[]> opaque,
      byte[] responderNonce,
      int signed) {
    this.bytes = bytes;
    this.measurements = measurements;
    this.count = count;
    this.opaque = opaque;
    this.responderNonce = responderNonce;
    this.signed = signed;
  }

  /**
   * Parses a report. Nothing is verified.
   *
   * @param report request and response; up to 16 zero bytes may stand behind them
   * @return its parts
   * @throws MalformedEvidenceException saying which part is wrong
   */
  public static SpdmReport parse(byte[] report) throws MalformedEvidenceException {
    return new Parsing(report.clone()).run();
  }

  /** Follows the lengths. */
  private static final class Parsing {
    private final byte[] bytes;
    private final ByteReader reader;
    private int at;

    private Parsing(byte[] bytes) {
      this.bytes = bytes;
      this.reader = new ByteReader(bytes);
    }

    private SpdmReport run() throws MalformedEvidenceException {
      require(bytes.length <= MAX_BYTES, "at most " + MAX_BYTES + " bytes", bytes.length);
      require(
          bytes.length >= REQUEST_BYTES + HEADER_BYTES
              && Arrays.equals(Arrays.copyOf(bytes, REQUEST.length), REQUEST)
              && bytes[REQUEST_BYTES - 1] == 0,
          "a request GET_MEASUREMENTS 1.1 of all, signed, of slot 0",
          "another");
      at = REQUEST_BYTES;
      require(
          reader.u8(at) == REQUEST[0] && reader.u8(at + 1) == RESPONSE_CODE,
          "a response MEASUREMENTS 1.1",
          "another");
      int count = reader.u8(at + 4);
      int length = reader.u16(at + 5) | reader.u8(at + 7) << Short.SIZE;
      require(count > 0, "measurements", "none");
      at += HEADER_BYTES;
      int[] measurements = blocks(count, end(length));
      byte[] nonce = take(NONCE_BYTES);
      int opaqueLength = number(2);
      require(opaqueLength > 0, "opaque data", "none");
      Map<Integer, byte[]> opaque = entries(end(opaqueLength));
      int signed = at;
      take(SIGNATURE_BYTES);
      int padding = bytes.length - at;
      require(
          padding <= MAX_PADDING && reader.isZero(at, padding),
          "nothing but up to " + MAX_PADDING + " zeros behind the signature",
          padding + " bytes");
      return new SpdmReport(bytes, measurements, count, opaque, nonce, signed);
    }

    private int end(int length) throws MalformedEvidenceException {
      require(length <= bytes.length - at, "lengths within the report", length);
      return at + length;
    }

    private byte[] take(int size) throws MalformedEvidenceException {
      int end = end(size);
      byte[] taken = Arrays.copyOfRange(bytes, at, end);
      at = end;
      return taken;
    }

    private int number(int size) throws MalformedEvidenceException {
      end(size);
      int value = size == 1 ? reader.u8(at) : reader.u16(at);
      at += size;
      return value;
    }

    /** The offset of each measurement; zero for a missing one. */
    private int[] blocks(int count, int end) throws MalformedEvidenceException {
      int[] places = new int[MAX_INDEX + 1];
      for (int i = 0; i < count; i++) {
        int index = number(1);
        int specification = number(1);
        int size = number(2);
        number(1);
        int valueSize = number(2);
        require(
            index > 0
                && specification == DMTF
                && valueSize == DIGEST_BYTES
                && size == valueSize + DMTF_HEADER_BYTES,
            "measurements of 48 bytes in DMTF's form",
            "another at " + at);
        require(places[index] == 0, "each index once", index);
        places[index] = at;
        at = end(valueSize);
      }
      require(at == end, "a measurement record of its length", (end - at) + " bytes off");
      return places;
    }

    private Map<Integer, byte[]> entries(int end) throws MalformedEvidenceException {
      Map<Integer, byte[]> entries = new HashMap<>();
      while (at < end) {
        require(end - at >= OPAQUE_HEADER_BYTES, "whole entries of opaque data", end - at);
        int type = number(2);
        byte[] value = take(number(2));
        require(entries.put(type, value) == null, "each type of opaque data once", type);
      }
      require(at == end, "opaque data of its length", (end - at) + " bytes off");
      return entries;
    }
  }

  private static void require(boolean good, Object expected, Object actual)
      throws MalformedEvidenceException {
    if (!good) {
      throw malformed(expected, actual);
    }
  }

  private static MalformedEvidenceException malformed(Object expected, Object actual) {
    return MalformedEvidenceException.of(
        CHECK, ReasonCode.EVIDENCE_MALFORMED, expected, actual, SOURCE);
  }

  /** {@return the relying party's nonce, 32 bytes} */
  public byte[] nonce() {
    return Arrays.copyOfRange(bytes, REQUEST.length, REQUEST.length + NONCE_BYTES);
  }

  /** {@return the device's own nonce, 32 bytes, which a relying party ignores} */
  public byte[] responderNonce() {
    return responderNonce.clone();
  }

  /**
   * Returns a measurement.
   *
   * @param index as manifests count, from 0; the report counts from 1
   * @return 48 bytes, or empty
   */
  public Optional<byte[]> measurement(int index) {
    int place = index < 0 || index >= MAX_INDEX ? 0 : measurements[index + 1];
    return place == 0
        ? Optional.empty()
        : Optional.of(Arrays.copyOfRange(bytes, place, place + DIGEST_BYTES));
  }

  /** {@return the number of measurements; the first is number 1} */
  public int measurements() {
    return count;
  }

  /**
   * Returns an entry of the opaque data.
   *
   * @param field which
   * @return its bytes, or empty
   */
  public Optional<byte[]> opaque(OpaqueField field) {
    return Optional.ofNullable(opaque.get(field.type())).map(byte[]::clone);
  }

  /** {@return the signed bytes: request and response up to the signature} */
  public byte[] signed() {
    return Arrays.copyOf(bytes, signed);
  }

  /** {@return the signature, r and s, big-endian, 48 bytes each} */
  public byte[] signature() {
    return Arrays.copyOfRange(bytes, signed, signed + SIGNATURE_BYTES);
  }

  /** {@return the number of bytes, including those after the signature; for example 4049} */
  public int length() {
    return bytes.length;
  }

  /**
   * Returns a text of the opaque data.
   *
   * @param field one whose value is text
   * @return up to the first NUL; empty where there is none
   * @throws MalformedEvidenceException if it is other than 1 to 32 letters, digits, dots,
   *     underscores and hyphens: texts become parts of names and addresses
   */
  public Optional<String> text(OpaqueField field) throws MalformedEvidenceException {
    Optional<byte[]> value = opaque(field);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    String text = new String(value.get(), StandardCharsets.ISO_8859_1);
    int end = text.indexOf('\0');
    String cut = (end < 0 ? text : text.substring(0, end)).strip();
    require(TEXT.matcher(cut).matches(), field + " of letters, digits, dots", "other characters");
    return Optional.of(cut);
  }

  /**
   * Returns the version of the VBIOS, of a switch of its BIOS.
   *
   * @param architecture of the device: GPUs write it in 8 bytes, switches as text
   * @return for example {@code 96.00.5E.00.01}
   * @throws MalformedEvidenceException if there is none
   */
  public String vbiosVersion(Architecture architecture) throws MalformedEvidenceException {
    if (architecture.isSwitch()) {
      return text(OpaqueField.VBIOS_VERSION)
          .orElseThrow(() -> malformed("a version of the BIOS", "none"))
          .toUpperCase(Locale.ROOT);
    }
    byte[] value = opaque(OpaqueField.VBIOS_VERSION).orElseGet(() -> new byte[0]);
    require(value.length == PDI_BYTES, "a version of the VBIOS in 8 bytes", value.length);
    HexFormat hex = HexFormat.of().withUpperCase();
    List<String> parts = new ArrayList<>();
    for (int i : new int[] {3, 2, 1, 0, 4}) {
      parts.add(hex.toHexDigits(value[i]));
    }
    return String.join(".", parts);
  }

  /** {@return whether NVDEC0 is enabled; empty if the report does not say} */
  public Optional<Boolean> nvdec0() {
    return statusByte(OpaqueField.NVDEC0_STATUS);
  }

  /** A byte that says enabled or disabled, and nothing else. */
  private Optional<Boolean> statusByte(OpaqueField field) {
    Optional<Integer> value =
        opaque(field).filter(one -> one.length == 1).map(one -> Byte.toUnsignedInt(one[0]));
    return value
        .filter(known -> known == ENABLED || known == DISABLED)
        .map(known -> known == ENABLED);
  }

  /**
   * Returns how the GPU is given to the machine. Protected PCIe is also known by its own entry.
   *
   * @return the mode
   * @throws MalformedEvidenceException if the report contradicts itself, or names an unknown mode
   */
  public GpuMode mode() throws MalformedEvidenceException {
    boolean on = statusByte(OpaqueField.PROTECTED_PCIE).orElse(false);
    Optional<byte[]> flag = opaque(OpaqueField.FEATURE_FLAG);
    if (flag.isEmpty() || opaqueVersion() < 1) {
      return on ? GpuMode.PPCIE : GpuMode.UNSTATED;
    }
    require(flag.get().length == 2, "a feature flag of 2 bytes", flag.get().length);
    int value = new ByteReader(flag.get()).u16(0);
    require(
        on == (value == 2) || opaque(OpaqueField.PROTECTED_PCIE).isEmpty(),
        "a feature flag that fits the state of protected PCIe",
        value);
    return switch (value) {
      case 0 -> GpuMode.SPT;
      case 1 -> GpuMode.MPT;
      case 2 -> GpuMode.PPCIE;
      default -> throw malformed("a feature flag of 0, 1 or 2", value);
    };
  }

  private int opaqueVersion() {
    return opaque(OpaqueField.OPAQUE_VERSION)
        .filter(value -> value.length == 2)
        .map(value -> new ByteReader(value).u16(0))
        .orElse(0);
  }

  /**
   * Returns the switches that a GPU is linked to, or a switch itself.
   *
   * @return identities in hex, upper case, most significant byte first, each once
   * @throws MalformedEvidenceException if they are not whole
   */
  public Set<String> switchPdis() throws MalformedEvidenceException {
    return pdis(opaque(OpaqueField.SWITCH_PDIS).orElseGet(() -> new byte[0]));
  }

  /**
   * Returns the GPUs that a switch is linked to.
   *
   * @return identities as of {@link #switchPdis}
   * @throws MalformedEvidenceException if they are not whole
   */
  public Set<String> gpuPdis() throws MalformedEvidenceException {
    byte[] value = opaque(OpaqueField.GPU_PDIS).orElseGet(() -> new byte[0]);
    return pdis(Arrays.copyOf(value, Math.min(value.length, GPU_PDIS * PDI_BYTES)));
  }

  /** Zero and all ones are places where nothing is. */
  private static Set<String> pdis(byte[] value) throws MalformedEvidenceException {
    require(value.length % PDI_BYTES == 0, "identities of 8 bytes", value.length);
    Set<String> pdis = new java.util.TreeSet<>();
    for (int from = 0; from < value.length; from += PDI_BYTES) {
      long pdi = new ByteReader(value).u64(from);
      if (pdi != 0 && pdi != -1) {
        pdis.add(HexFormat.of().withUpperCase().toHexDigits(pdi));
      }
    }
    return Collections.unmodifiableSet(pdis);
  }

  @Override
  public String toString() {
    return "SPDM report of " + Digests.summary(bytes) + ", " + count + " measurements";
  }
}

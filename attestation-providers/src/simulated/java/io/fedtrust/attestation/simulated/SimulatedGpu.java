// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.simulated;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.providers.nvidia.format.Architecture;
import io.fedtrust.attestation.providers.nvidia.format.GpuEvidence;
import io.fedtrust.attestation.providers.nvidia.format.OpaqueField;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Signature;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A GPU or switch of a {@link SimulatedGpuHost}: what it reports can be changed before it does. */
public final class SimulatedGpu {
  private static final int BLOCKS = 64;
  private static final int SWITCH_BLOCKS = 31;
  private static final int SCALAR_BYTES = 48;

  private final Architecture architecture;
  private final SimulatedAuthority device;
  private final List<byte[]> chain;
  private final SortedMap<Integer, byte[]> measurements = new TreeMap<>();
  private final SortedMap<Integer, byte[]> opaque = new TreeMap<>();

  SimulatedGpu(
      Architecture architecture, SimulatedAuthority device, List<byte[]> chain, byte[] fwid) {
    this.architecture = architecture;
    this.device = device;
    this.chain = List.copyOf(chain);
    int blocks = architecture.isSwitch() ? SWITCH_BLOCKS : BLOCKS;
    for (int i = 0; i < blocks; i++) {
      measurements.put(i, firmware(i));
    }
    opaque(OpaqueField.FWID, fwid);
    if (architecture.isSwitch()) {
      text(OpaqueField.VBIOS_VERSION, "96.10.55.00.01");
    } else {
      text(OpaqueField.DRIVER_VERSION, "550.90.07");
      vbios("96.00.9F.00.01");
      text(OpaqueField.PROJECT, "1010");
      text(OpaqueField.PROJECT_SKU, "0200");
      text(OpaqueField.CHIP_SKU, "882");
      opaque(OpaqueField.NVDEC0_STATUS, new byte[] {0x55});
      opaque(OpaqueField.PROTECTED_PCIE, new byte[] {0x55});
      opaque(OpaqueField.OPAQUE_VERSION, new byte[] {1, 0});
      opaque(OpaqueField.FEATURE_FLAG, new byte[] {0, 0});
    }
  }

  /**
   * Returns what good simulated firmware measures.
   *
   * @param index as manifests count, from 0
   * @return 48 bytes
   */
  public static byte[] firmware(int index) {
    try {
      return MessageDigest.getInstance("SHA-384")
          .digest(("simulated firmware " + index).getBytes(StandardCharsets.US_ASCII));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-384", e);
    }
  }

  /**
   * Sets a measurement.
   *
   * @param index as manifests count, from 0
   * @param value 48 bytes
   * @return this device
   */
  public SimulatedGpu measurement(int index, byte[] value) {
    measurements.put(index, value.clone());
    return this;
  }

  /**
   * Sets an entry of the opaque data.
   *
   * @param field which
   * @param value its bytes; none leaves it out
   * @return this device
   */
  public SimulatedGpu opaque(OpaqueField field, byte[] value) {
    if (value.length == 0) {
      opaque.remove(field.type());
    } else {
      opaque.put(field.type(), value.clone());
    }
    return this;
  }

  /**
   * Sets a text of the opaque data.
   *
   * @param field which
   * @param text ASCII
   * @return this device
   */
  public SimulatedGpu text(OpaqueField field, String text) {
    return opaque(field, (text + "\0").getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * Sets the version of a GPU's VBIOS.
   *
   * @param version five numbers in hex
   * @return this device
   */
  public SimulatedGpu vbios(String version) {
    byte[] parts = HexFormat.of().parseHex(version.replace(".", ""));
    return opaque(
        OpaqueField.VBIOS_VERSION,
        new byte[] {parts[3], parts[2], parts[1], parts[0], parts[4], 0, 0, 0});
  }

  /**
   * Sets identities in the opaque data.
   *
   * @param field of such identities
   * @param pdis in order
   * @return this device
   */
  public SimulatedGpu pdis(OpaqueField field, long... pdis) {
    boolean ports = field == OpaqueField.GPU_PDIS;
    ByteBuffer bytes =
        ByteBuffer.allocate(Long.BYTES * pdis.length + (ports ? 64 : 0))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (long pdi : pdis) {
      bytes.putLong(pdi);
    }
    return opaque(field, bytes.array());
  }

  /**
   * Reports over a nonce.
   *
   * @param nonce 32 bytes
   * @return the device's evidence
   */
  public GpuEvidence.Device report(byte[] nonce) {
    byte[] signed = signed(nonce);
    byte[] report = new byte[signed.length + 2 * SCALAR_BYTES];
    System.arraycopy(signed, 0, report, 0, signed.length);
    byte[] signature = signature(signed);
    System.arraycopy(signature, 0, report, signed.length, signature.length);
    return new GpuEvidence.Device(
        architecture, Bytes.of(nonce), Bytes.of(report), Bytes.of(Pem.of(chain)));
  }

  private byte[] signed(byte[] nonce) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {0x11, (byte) 0xe0, 0x01, (byte) 0xff});
    out.writeBytes(nonce);
    out.write(0);
    ByteArrayOutputStream record = new ByteArrayOutputStream();
    measurements.forEach(
        (index, value) -> {
          record.write(index + 1);
          record.write(1);
          record.writeBytes(little(2, value.length + 3));
          record.write(1);
          record.writeBytes(little(2, value.length));
          record.writeBytes(value);
        });
    out.writeBytes(new byte[] {0x11, 0x60, 0, 0, (byte) measurements.size()});
    out.writeBytes(little(3, record.size()));
    out.writeBytes(record.toByteArray());
    out.writeBytes(Pem.digest(nonce));
    ByteArrayOutputStream entries = new ByteArrayOutputStream();
    for (Map.Entry<Integer, byte[]> entry : opaque.entrySet()) {
      entries.writeBytes(little(2, entry.getKey()));
      entries.writeBytes(little(2, entry.getValue().length));
      entries.writeBytes(entry.getValue());
    }
    out.writeBytes(little(2, entries.size()));
    out.writeBytes(entries.toByteArray());
    return out.toByteArray();
  }

  private static byte[] little(int bytes, int value) {
    byte[] little = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      little[i] = (byte) (value >> (Byte.SIZE * i));
    }
    return little;
  }

  private byte[] signature(byte[] message) {
    try {
      Signature signature = Signature.getInstance("SHA384withECDSAinP1363Format");
      signature.initSign(device.keys().getPrivate());
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Returns the serial number of the device's certificate.
   *
   * @return as claims name the device
   */
  public BigInteger ueid() {
    return device.serial();
  }

  /**
   * Returns what the device is.
   *
   * @return its architecture
   */
  public Architecture architecture() {
    return architecture;
  }

  /**
   * Returns its certificates.
   *
   * @return DER, the device's first
   */
  public List<byte[]> chain() {
    return chain.stream().map(byte[]::clone).toList();
  }
}

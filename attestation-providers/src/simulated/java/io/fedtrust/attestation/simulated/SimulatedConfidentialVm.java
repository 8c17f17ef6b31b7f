// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.simulated;

import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.azure.format.CvmEvidence;
import io.fedtrust.attestation.providers.azure.format.HclReport;
import io.fedtrust.attestation.providers.snp.format.SnpField;
import io.fedtrust.attestation.providers.tdx.format.TdxField;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.EvidenceCollector;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A confidential VM of Azure in software: a paravisor's report on a simulated platform, and a TPM
 * with an attestation key that is made with it and kept in memory.
 */
public final class SimulatedConfidentialVm {
  /**
   * Attributes of the attestation key: fixedTPM, restricted, sign, and what Azure's has besides.
   */
  public static final int ATTRIBUTES = 0x50472;

  private static final int BITS = 2048;
  private static final int HEADER = 32;
  private static final int HARDWARE_BYTES = 1184;
  private static final int TD_REPORT_DATA = 128;
  private static final int RUNTIME_DATA = 1236;
  private static final int ENDORSEMENT_HIERARCHY = 0x4000000B;

  private final Hardware hardware;
  private final byte[] measurement;
  private final KeyPair attestationKey;
  private final SecureRandom random;
  private final SortedMap<Integer, byte[]> registers = new TreeMap<>();

  private SimulatedConfidentialVm(Hardware hardware, byte[] measurement, SecureRandom random) {
    this.hardware = hardware;
    this.measurement = measurement.clone();
    this.random = random;
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(BITS, random);
      this.attestationKey = generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    for (int index : new int[] {0, 4, 7, 11}) {
      registers.put(index, Pem.digest(("register " + index).getBytes(StandardCharsets.US_ASCII)));
    }
  }

  /** What the machine stands on. */
  private interface Hardware {
    HclReport.Tee tee();

    byte[] report(byte[] measurement, byte[] reportData);

    Optional<byte[]> quote(byte[] measurement, byte[] reportData);

    TrustAnchor anchor();

    List<CollateralItem> collateral(Instant at);
  }

  /**
   * Starts a machine on a processor of AMD's.
   *
   * @param platform that it runs on
   * @param measurement of its paravisor, 48 bytes
   * @param random source of its TPM's key
   * @return the machine
   */
  public static SimulatedConfidentialVm on(
      SimulatedSnpPlatform platform, byte[] measurement, SecureRandom random) {
    Hardware amd =
        new Hardware() {
          @Override
          public HclReport.Tee tee() {
            return HclReport.Tee.SNP;
          }

          @Override
          public byte[] report(byte[] launched, byte[] reportData) {
            return platform.sign(
                platform
                    .report()
                    .set(SnpField.MEASUREMENT, launched)
                    .set(SnpField.REPORT_DATA, reportData));
          }

          @Override
          public Optional<byte[]> quote(byte[] launched, byte[] reportData) {
            return Optional.empty();
          }

          @Override
          public TrustAnchor anchor() {
            return platform.anchor();
          }

          @Override
          public List<CollateralItem> collateral(Instant at) {
            return platform.collateral(platform.report(), at);
          }
        };
    return new SimulatedConfidentialVm(amd, measurement, random);
  }

  /**
   * Starts a machine on a processor of Intel's.
   *
   * @param platform that it runs on
   * @param measurement of its paravisor, 48 bytes
   * @param random source of its TPM's key
   * @return the machine
   */
  public static SimulatedConfidentialVm on(
      SimulatedTdxPlatform platform, byte[] measurement, SecureRandom random) {
    Hardware intel =
        new Hardware() {
          @Override
          public HclReport.Tee tee() {
            return HclReport.Tee.TDX;
          }

          @Override
          public byte[] report(byte[] launched, byte[] reportData) {
            byte[] report = new byte[HARDWARE_BYTES];
            System.arraycopy(reportData, 0, report, TD_REPORT_DATA, reportData.length);
            return report;
          }

          @Override
          public Optional<byte[]> quote(byte[] launched, byte[] reportData) {
            return Optional.of(
                platform.sign(
                    platform
                        .quote()
                        .set(TdxField.MRTD, launched)
                        .set(TdxField.REPORTDATA, reportData)));
          }

          @Override
          public TrustAnchor anchor() {
            return platform.anchor();
          }

          @Override
          public List<CollateralItem> collateral(Instant at) {
            return platform.collateral(at);
          }
        };
    return new SimulatedConfidentialVm(intel, measurement, random);
  }

  /**
   * Returns what the paravisor says.
   *
   * @return JSON with the TPM's key
   */
  public String runtimeData() {
    RSAPublicKey key = (RSAPublicKey) attestationKey.getPublic();
    return "{\"keys\":[{\"kid\":\"HCLAkPub\",\"key_ops\":[\"sign\"],\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\""
        + Base64.getUrlEncoder().withoutPadding().encodeToString(unsigned(key.getModulus()))
        + "\"}],\"vm-configuration\":{\"secure-boot\":true,\"tpm-enabled\":true,"
        + "\"vmUniqueId\":\"SIM\"}}";
  }

  private static byte[] unsigned(BigInteger number) {
    byte[] bytes = number.toByteArray();
    return bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
  }

  /**
   * Makes the paravisor's report.
   *
   * @param runtimeData what it says
   * @return HCL report
   */
  public byte[] report(String runtimeData) {
    byte[] json = runtimeData.getBytes(StandardCharsets.UTF_8);
    ByteBuffer report =
        ByteBuffer.allocate(RUNTIME_DATA + json.length).order(ByteOrder.LITTLE_ENDIAN);
    report.put("HCLA".getBytes(StandardCharsets.US_ASCII)).putInt(2).putInt(report.capacity());
    report.putInt(2).position(HEADER);
    report.put(hardware.report(measurement, Arrays.copyOf(Pem.digest(json), 64)));
    report.position(HEADER + HARDWARE_BYTES);
    report.putInt(report.capacity() - HEADER - HARDWARE_BYTES).putInt(1);
    report.putInt(hardware.tee() == HclReport.Tee.SNP ? 2 : 4).putInt(1);
    return report.putInt(json.length).put(json).array();
  }

  /**
   * Boots something else.
   *
   * @param index of a register, from 0 to 23
   * @param value that it then has, 32 bytes
   * @return this machine
   */
  public SimulatedConfidentialVm register(int index, byte[] value) {
    registers.put(index, value.clone());
    return this;
  }

  /**
   * Returns the values of its TPM's registers.
   *
   * @return SHA-256 bank: registers 0, 4, 7 and 11
   */
  public SortedMap<Integer, byte[]> registers() {
    return new TreeMap<>(registers);
  }

  /**
   * Returns the values of its TPM's registers one behind the other.
   *
   * @return 32 bytes for each, lowest index first
   */
  public byte[] values() {
    ByteBuffer values = ByteBuffer.allocate(registers.size() * 32);
    registers.values().forEach(values::put);
    return values.array();
  }

  /**
   * Has the TPM say what its registers hold.
   *
   * @param extraData what the caller supplies
   * @return TPMS_ATTEST of the registers
   */
  public byte[] attest(byte[] extraData) {
    return attest(extraData, ATTRIBUTES);
  }

  /**
   * Has a TPM whose key has other attributes say what its registers hold.
   *
   * @param extraData what the caller supplies
   * @param attributes of the key that signs (TPM 2.0 Library, Part 2, section 8.3)
   * @return TPMS_ATTEST of the registers
   */
  public byte[] attest(byte[] extraData, int attributes) {
    byte[] signer = qualifiedName(attributes);
    byte[] digest = Pem.digest(values());
    ByteBuffer attest =
        ByteBuffer.allocate(4 + 2 + 2 + signer.length + 2 + extraData.length + 25 + 4 + 3 + 3 + 34);
    attest.putInt(0xFF544347).putShort((short) 0x8018);
    attest.putShort((short) signer.length).put(signer);
    attest.putShort((short) extraData.length).put(extraData);
    attest.position(attest.position() + 25);
    attest.putInt(1).putShort((short) 0x000B).put((byte) 3).put(selection());
    return attest.putShort((short) digest.length).put(digest).array();
  }

  private byte[] selection() {
    byte[] select = new byte[3];
    registers.keySet().forEach(index -> select[index / 8] |= (byte) (1 << index % 8));
    return select;
  }

  private byte[] qualifiedName(int attributes) {
    byte[] modulus = unsigned(((RSAPublicKey) attestationKey.getPublic()).getModulus());
    ByteBuffer area = ByteBuffer.allocate(24 + modulus.length);
    area.putShort((short) 0x0001).putShort((short) 0x000B).putInt(attributes).putShort((short) 0);
    area.putShort((short) 0x0010).putShort((short) 0x0014).putShort((short) 0x000B);
    area.putShort((short) BITS).putInt(0).putShort((short) modulus.length).put(modulus);
    byte[] name = named(area.array());
    return named(
        ByteBuffer.allocate(4 + name.length).putInt(ENDORSEMENT_HIERARCHY).put(name).array());
  }

  private static byte[] named(byte[] area) {
    return ByteBuffer.allocate(34).putShort((short) 0x000B).put(Pem.digest(area)).array();
  }

  /**
   * Has the TPM sign.
   *
   * @param attest what to sign
   * @return TPMT_SIGNATURE, RSASSA with SHA-256
   */
  public byte[] sign(byte[] attest) {
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(attestationKey.getPrivate(), random);
      signature.update(attest);
      byte[] value = signature.sign();
      return ByteBuffer.allocate(6 + value.length)
          .putShort((short) 0x0014)
          .putShort((short) 0x000B)
          .putShort((short) value.length)
          .put(value)
          .array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Puts evidence together.
   *
   * @param runtimeData what the paravisor says
   * @param attest what the TPM says
   * @return its parts
   */
  public CvmEvidence presented(String runtimeData, byte[] attest) {
    byte[] reportData = Arrays.copyOf(Pem.digest(runtimeData.getBytes(StandardCharsets.UTF_8)), 64);
    return new CvmEvidence(
        report(runtimeData),
        Optional.of(new CvmEvidence.Quote(attest, sign(attest), values())),
        hardware.quote(measurement, reportData));
  }

  /**
   * Returns good evidence.
   *
   * @param hash of a challenge, 32 bytes
   * @return evidence without attachments
   */
  public Evidence evidence(byte[] hash) {
    return presented(runtimeData(), attest(hash)).evidence();
  }

  /**
   * Returns a collector that asks this machine instead of a real one.
   *
   * @return the collector
   */
  public EvidenceCollector collector() {
    return new EvidenceCollector() {
      @Override
      public EvidenceForm form() {
        return EvidenceForm.CVM_TPM;
      }

      @Override
      public Evidence collect(Binding binding, Deadline deadline) {
        return evidence(binding.hash());
      }
    };
  }

  /**
   * Returns the root of its platform.
   *
   * @return an anchor of origin {@code SIMULATED}
   */
  public TrustAnchor anchor() {
    return hardware.anchor();
  }

  /**
   * Returns everything a verifier needs beside.
   *
   * @param at when the vendor's lists were issued
   * @return items of the platform's family
   */
  public List<CollateralItem> collateral(Instant at) {
    return hardware.collateral(at);
  }
}

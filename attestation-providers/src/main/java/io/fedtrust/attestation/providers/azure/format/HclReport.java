// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.format;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.codec.Base64Text;
import io.fedtrust.attestation.providers.codec.ByteReader;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.codec.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The report that the paravisor of an Azure confidential VM stores in its TPM: a report of the
 * hardware over JSON that names the TPM's attestation key (HCL report, NV index 0x01400001). It is
 * created at boot and bound to no challenge.
 */
public final class HclReport {
  /** Largest report, in bytes. */
  public static final int MAX_BYTES = 64 << 10;

  private static final JsonObject.Kind KIND =
      new JsonObject.Kind(
          "hcl.format", ReasonCode.EVIDENCE_MALFORMED, "Azure confidential VMs, HCL report");
  private static final byte[] MAGIC = "HCLA".getBytes(StandardCharsets.US_ASCII);
  private static final int REQUEST_TYPE = 12;
  private static final int HARDWARE = 32;
  private static final int HARDWARE_BYTES = 1184;
  private static final int TD_REPORT_DATA = 128;
  private static final int REPORT_TYPE = 1224;
  private static final int HASH_TYPE = 1228;
  private static final int LENGTH = 1232;
  private static final int RUNTIME_DATA = 1236;
  private static final int SNP = 2;
  private static final int TDX = 4;
  private static final int REPORT_DATA = 0x50;
  private static final int REPORT_DATA_BYTES = 64;
  private static final int SHA256 = 1;
  private static final int SHA384 = 2;
  private static final int SHA512 = 3;
  private static final int MAX_KEYS = 8;

  private final ByteReader bytes;
  private final Tee tee;
  private final JsonObject runtime;

  private HclReport(ByteReader bytes, Tee tee, JsonObject runtime) {
    this.bytes = bytes;
    this.tee = tee;
    this.runtime = runtime;
  }

  /** The kind of hardware, as Azure names it. */
  public enum Tee {
    /** AMD SEV-SNP. */
    SNP("sevsnpvm"),
    /** Intel TDX. */
    TDX("tdxvm");

    private final String text;

    Tee(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * The TPM's attestation key, as the JSON names it.
   *
   * @param modulus of RSA, big-endian, without leading zeros
   * @param exponent of RSA, big-endian
   */
  public record AttestationKey(byte[] modulus, byte[] exponent) {
    /**
     * Copies what it gets.
     *
     * @param modulus of RSA, big-endian, without leading zeros
     * @param exponent of RSA, big-endian
     */
    public AttestationKey {
      modulus = modulus.clone();
      exponent = exponent.clone();
    }

    /** {@return the modulus, as a copy} */
    @Override
    public byte[] modulus() {
      return modulus.clone();
    }

    /** {@return the exponent, as a copy} */
    @Override
    public byte[] exponent() {
      return exponent.clone();
    }

    @Override
    public String toString() {
      return "RSA key: modulus of " + Digests.summary(modulus);
    }
  }

  /**
   * Reads a report. Nothing is verified.
   *
   * @param report as the TPM keeps it; zeros may follow
   * @return the report
   * @throws MalformedEvidenceException if it is of another shape
   */
  public static HclReport parse(byte[] report) throws MalformedEvidenceException {
    if (report.length <= RUNTIME_DATA || report.length > MAX_BYTES) {
      throw KIND.refused("at most " + MAX_BYTES + " bytes and a header", report.length);
    }
    ByteReader bytes = new ByteReader(report);
    if (!Arrays.equals(bytes.bytes(0, MAGIC.length), MAGIC) || bytes.u32(REQUEST_TYPE) != 2) {
      throw KIND.refused("HCLA and request type 2", "another header");
    }
    long length = bytes.u32(LENGTH);
    if (length == 0 || length > report.length - RUNTIME_DATA) {
      throw KIND.refused("JSON within the report", length + " bytes");
    }
    int end = RUNTIME_DATA + (int) length;
    if (!bytes.isZero(end, report.length - end)) {
      throw KIND.refused("nothing but zeros behind the JSON", "other bytes");
    }
    long type = bytes.u32(REPORT_TYPE);
    if (type != SNP && type != TDX) {
      throw KIND.refused("report type " + SNP + " or " + TDX, type);
    }
    byte[] json = bytes.bytes(RUNTIME_DATA, (int) length);
    return new HclReport(
        bytes, type == SNP ? Tee.SNP : Tee.TDX, JsonObject.read(KIND, json, MAX_BYTES));
  }

  /** {@return the kind of hardware: SEV-SNP or TDX} */
  public Tee tee() {
    return tee;
  }

  /** {@return the hardware's report, 1184 bytes; a TD report is shorter and followed by zeros} */
  public byte[] hardwareReport() {
    return bytes.bytes(HARDWARE, HARDWARE_BYTES);
  }

  /** {@return the REPORT_DATA of the hardware's report, 64 bytes} */
  public byte[] reportData() {
    return bytes.bytes(
        HARDWARE + (tee == Tee.SNP ? REPORT_DATA : TD_REPORT_DATA), REPORT_DATA_BYTES);
  }

  /**
   * Computes the expected report data: the digest of the JSON, in the algorithm that the report
   * names.
   *
   * @return 64 bytes, zeros behind a shorter digest
   * @throws MalformedEvidenceException for an unknown algorithm
   */
  public byte[] expectedReportData() throws MalformedEvidenceException {
    byte[] json = bytes.bytes(RUNTIME_DATA, (int) bytes.u32(LENGTH));
    int type = (int) bytes.u32(HASH_TYPE);
    byte[] digest =
        switch (type) {
          case SHA256 -> Digests.sha256Bytes(json);
          case SHA384 -> Digests.sha384(json);
          case SHA512 -> Digests.sha512(json);
          default -> throw KIND.refused("hash type 1 to 3", type);
        };
    return Arrays.copyOf(digest, REPORT_DATA_BYTES);
  }

  /**
   * Returns the TPM's attestation key.
   *
   * @return the one key {@code HCLAkPub}
   * @throws MalformedEvidenceException if there is none, or more than one
   */
  public AttestationKey attestationKey() throws MalformedEvidenceException {
    List<JsonObject> named =
        runtime.objects("keys", MAX_KEYS).stream()
            .filter(key -> "HCLAkPub".equals(key.members().get("kid")))
            .toList();
    if (named.size() != 1 || !named.get(0).text("kty").equals("RSA")) {
      throw KIND.refused("one RSA key HCLAkPub", named.size());
    }
    return new AttestationKey(number(named.get(0), "n"), number(named.get(0), "e"));
  }

  private static byte[] number(JsonObject key, String name) throws MalformedEvidenceException {
    return Base64Text.decodeUrl(key.text(name))
        .filter(number -> number.length > 0 && number[0] != 0)
        .orElseThrow(
            () -> KIND.refused(name + " in base64url without leading zeros", "something else"));
  }

  /**
   * Tells whether the firmware started with secure boot.
   *
   * @return what the paravisor says, or empty if it says nothing
   * @throws MalformedEvidenceException if that is neither true nor false
   */
  public Optional<Boolean> secureBoot() throws MalformedEvidenceException {
    JsonObject configuration = configuration();
    return configuration.has("secure-boot")
        ? Optional.of(configuration.flag("secure-boot"))
        : Optional.empty();
  }

  /**
   * Returns the name that Azure gave the machine.
   *
   * @return a UUID, or empty
   * @throws MalformedEvidenceException if it is no text
   */
  public Optional<String> vmId() throws MalformedEvidenceException {
    return configuration().findText("vmUniqueId");
  }

  private JsonObject configuration() throws MalformedEvidenceException {
    return runtime.object("vm-configuration");
  }

  @Override
  public String toString() {
    return tee + ": hardware report of " + Digests.summary(hardwareReport());
  }
}

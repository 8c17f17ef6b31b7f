// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.format;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.codec.ByteReader;
import io.fedtrust.attestation.providers.codec.Digests;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An attestation report of AMD SEV-SNP, versions 2 to 5 (AMD publication 56860, SEV-SNP Firmware
 * ABI, ATTESTATION_REPORT). Parsing looks at every field and at no signature: what a report says is
 * worth nothing until a verifier has found it genuine.
 */
public final class SnpReport {
  private static final String CHECK = "snp.format";
  private static final String SOURCE = "AMD 56860, ATTESTATION_REPORT";
  private static final int OLDEST = 2;
  private static final int NEWEST = 5;
  private static final int WITH_CPUID = 3;
  private static final int WITH_MITIGATIONS = 5;
  private static final int ECDSA_P384_SHA384 = 1;
  private static final int KEY_INFO_KNOWN_BITS = 0b11111;

  private final byte[] bytes;
  private final ByteReader fields;
  private final int version;
  private final GuestPolicy policy;
  private final EndorsementKey signingKey;
  private final BigInteger signatureR;
  private final BigInteger signatureS;

  private SnpReport(byte[] bytes) throws MalformedEvidenceException {
    this.bytes = bytes;
    this.fields = new ByteReader(bytes);
    this.version = version(fields.u32(SnpField.VERSION.offset()));
    this.policy = new GuestPolicy(u64(SnpField.POLICY));
    require(policy.isWellFormed(), ReasonCode.EVIDENCE_MALFORMED, "POLICY bit 17 set", "clear");
    long algorithm = fields.u32(SnpField.SIGNATURE_ALGO.offset());
    require(
        algorithm == ECDSA_P384_SHA384,
        ReasonCode.ALGORITHM_NOT_ALLOWED,
        "SIGNATURE_ALGO 1, ECDSA P-384 with SHA-384",
        algorithm);
    long keyInfo = keyInfo();
    require(
        (keyInfo & ~KEY_INFO_KNOWN_BITS) == 0,
        ReasonCode.EVIDENCE_MALFORMED,
        "reserved bits of KEY_INFO clear",
        Long.toHexString(keyInfo));
    require(
        (keyInfo >>> 1 & 1) == 0,
        ReasonCode.ALGORITHM_NOT_ALLOWED,
        "a report that is signed",
        "MASK_CHIP_KEY");
    this.signingKey = signingKey((int) (keyInfo >>> 2 & 0b111));
    this.signatureR = number(SnpField.SIGNATURE_R);
    this.signatureS = number(SnpField.SIGNATURE_S);
    require(
        isZero(SnpField.SIGNATURE_RESERVED),
        ReasonCode.EVIDENCE_MALFORMED,
        "zeros behind the signature",
        "other bytes");
  }

  /**
   * Parses a report.
   *
   * @param report exactly 1184 bytes; copied
   * @return the report
   * @throws MalformedEvidenceException for another length, an unknown version, a signature that AMD
   *     firmware would not have made, or bits that must have another value
   */
  public static SnpReport parse(byte[] report) throws MalformedEvidenceException {
    require(
        report.length == SnpField.REPORT_BYTES,
        ReasonCode.EVIDENCE_MALFORMED,
        SnpField.REPORT_BYTES + " bytes",
        report.length);
    return new SnpReport(report.clone());
  }

  private static int version(long number) throws MalformedEvidenceException {
    require(
        number >= OLDEST && number <= NEWEST,
        ReasonCode.EVIDENCE_MALFORMED,
        "version " + OLDEST + " to " + NEWEST,
        number);
    return (int) number;
  }

  private static EndorsementKey signingKey(int number) throws MalformedEvidenceException {
    Optional<EndorsementKey> key = EndorsementKey.of(number);
    require(
        key.isPresent(),
        ReasonCode.ALGORITHM_NOT_ALLOWED,
        "SIGNING_KEY 0 (VCEK) or 1 (VLEK)",
        number);
    return key.orElseThrow();
  }

  private static void require(boolean good, ReasonCode code, Object expected, Object actual)
      throws MalformedEvidenceException {
    if (!good) {
      throw MalformedEvidenceException.of(CHECK, code, expected, actual, SOURCE);
    }
  }

  /** Little-endian in the report. */
  private BigInteger number(SnpField field) {
    byte[] reversed = new byte[field.size()];
    for (int i = 0; i < reversed.length; i++) {
      reversed[i] = bytes[field.offset() + reversed.length - 1 - i];
    }
    return new BigInteger(1, reversed);
  }

  private long u64(SnpField field) {
    return fields.u64(field.offset());
  }

  private int u8(SnpField field) {
    return fields.u8(field.offset());
  }

  private boolean isZero(SnpField field) {
    return fields.isZero(field.offset(), field.size());
  }

  private long keyInfo() {
    return fields.u32(SnpField.KEY_INFO.offset());
  }

  /**
   * Returns the bytes of a field.
   *
   * @param field of the report
   * @return a copy
   */
  public byte[] bytes(SnpField field) {
    return fields.bytes(field.offset(), field.size());
  }

  /** {@return the whole report, 1184 bytes, as a copy} */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** {@return the signed bytes: the first 672 bytes, as a copy} */
  public byte[] signed() {
    return fields.bytes(0, SnpField.SIGNED_BYTES);
  }

  /** {@return the version of the layout, 2 to 5} */
  public int version() {
    return version;
  }

  /** {@return the guest's security version, unsigned 32 bits; 0 without an ID block} */
  public long guestSvn() {
    return fields.u32(SnpField.GUEST_SVN.offset());
  }

  /** {@return the guest policy} */
  public GuestPolicy policy() {
    return policy;
  }

  /**
   * {@return the privilege level that requested the report: 0 to 3 for a guest, any other value if
   * no guest requested it}
   */
  public long vmpl() {
    return fields.u32(SnpField.VMPL.offset());
  }

  /** {@return the features that the platform has enabled} */
  public PlatformInfo platformInfo() {
    return new PlatformInfo(u64(SnpField.PLATFORM_INFO));
  }

  /** {@return whether the ID key was signed by an author key (AUTHOR_KEY_EN)} */
  public boolean isAuthorKeyEnabled() {
    return (keyInfo() & 1) == 1;
  }

  /** {@return the kind of key that signed the report} */
  public EndorsementKey signingKey() {
    return signingKey;
  }

  /**
   * {@return the CPU's combined family and model and its stepping, three numbers, or empty in
   * version 2}
   */
  public Optional<Cpuid> cpuid() {
    return version < WITH_CPUID
        ? Optional.empty()
        : Optional.of(
            new Cpuid(
                u8(SnpField.CPUID_FAM_ID), u8(SnpField.CPUID_MOD_ID), u8(SnpField.CPUID_STEP)));
  }

  /**
   * The CPU that a report names.
   *
   * @param family combined
   * @param model combined
   * @param stepping as it is
   */
  public record Cpuid(int family, int model, int stepping) {
    /** {@return the product line, or empty for an unknown CPU} */
    public Optional<ProductLine> line() {
      return ProductLine.of(family, model);
    }

    @Override
    public String toString() {
      HexFormat hex = HexFormat.of().withUpperCase();
      return "family "
          + hex.toHexDigits((byte) family)
          + "h model "
          + hex.toHexDigits((byte) model)
          + "h stepping "
          + stepping;
    }
  }

  /**
   * Returns a TCB.
   *
   * @param field one of the four TCB fields
   * @param line the platform's product line: layouts differ
   * @return its levels
   */
  public TcbVersion tcb(SnpField field, ProductLine line) {
    return TcbVersion.decode(u64(field), line);
  }

  /** {@return whether the chip's identity is withheld: CHIP_ID is all zero} */
  public boolean isChipIdMasked() {
    return isZero(SnpField.CHIP_ID);
  }

  /** {@return the version of the firmware in use} */
  public FirmwareVersion currentVersion() {
    return new FirmwareVersion(
        u8(SnpField.CURRENT_MAJOR), u8(SnpField.CURRENT_MINOR), u8(SnpField.CURRENT_BUILD));
  }

  /** {@return the oldest version of the firmware to which the platform can roll back} */
  public FirmwareVersion committedVersion() {
    return new FirmwareVersion(
        u8(SnpField.COMMITTED_MAJOR), u8(SnpField.COMMITTED_MINOR), u8(SnpField.COMMITTED_BUILD));
  }

  /** {@return the bits of the mitigations at launch, or empty before version 5} */
  public OptionalLong launchMitigations() {
    return mitigations(SnpField.LAUNCH_MIT_VECTOR);
  }

  /** {@return the bits of the current mitigations, or empty before version 5} */
  public OptionalLong currentMitigations() {
    return mitigations(SnpField.CURRENT_MIT_VECTOR);
  }

  private OptionalLong mitigations(SnpField field) {
    return version < WITH_MITIGATIONS ? OptionalLong.empty() : OptionalLong.of(u64(field));
  }

  /**
   * Tells whether a reserved bit or byte of this version's layout is set: newer firmware than this
   * code knows. PLATFORM_INFO is left out, see {@link PlatformInfo}.
   *
   * @return true if any is set
   */
  public boolean hasReservedBits() {
    boolean cpuid = version >= WITH_CPUID || fields.isZero(SnpField.CPUID_FAM_ID.offset(), 3);
    boolean mitigations =
        version >= WITH_MITIGATIONS
            || (isZero(SnpField.LAUNCH_MIT_VECTOR) && isZero(SnpField.CURRENT_MIT_VECTOR));
    return !(cpuid
        && mitigations
        && !policy.hasReservedBits()
        && isZero(SnpField.RESERVED_04C)
        && isZero(SnpField.RESERVED_18B)
        && isZero(SnpField.RESERVED_1EB)
        && isZero(SnpField.RESERVED_1EF)
        && isZero(SnpField.RESERVED_208));
  }

  /** {@return the first number of the signature, unsigned, as found} */
  public BigInteger signatureR() {
    return signatureR;
  }

  /** {@return the second number of the signature, unsigned, as found} */
  public BigInteger signatureS() {
    return signatureS;
  }

  @Override
  public String toString() {
    return "SEV-SNP report version "
        + version
        + " of "
        + Digests.summary(bytes)
        + ", measurement "
        + HexFormat.of().formatHex(bytes(SnpField.MEASUREMENT))
        + ", VMPL "
        + vmpl()
        + ", "
        + signingKey;
  }
}

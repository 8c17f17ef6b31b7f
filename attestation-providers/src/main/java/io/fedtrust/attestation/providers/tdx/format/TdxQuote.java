// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.format;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.codec.ByteReader;
import io.fedtrust.attestation.providers.codec.Digests;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A quote of Intel TDX, versions 4 and 5 (Intel TDX DCAP Quoting Library API, appendix A.3).
 * Parsing looks at every length and at no signature: what a quote says is worth nothing until a
 * verifier has found it genuine. Numbers are little-endian, those of ECDSA big-endian.
 */
public final class TdxQuote {
  /** Longest buffer with a quote in it. */
  public static final int MAX_BYTES = 64 << 10;

  private static final String CHECK = "tdx.format";
  private static final String SOURCE = "Intel TDX DCAP Quoting Library API, appendix A.3";
  private static final int HEADER_BYTES = 48;
  private static final int DESCRIPTOR_BYTES = 6;
  private static final int LENGTH_BYTES = 4;
  private static final int ECDSA_P256 = 2;
  private static final long TEE_TDX = 0x81;
  private static final int QE_VENDOR = 12;
  private static final byte[] INTEL = HexFormat.of().parseHex("939a7233f79c4ca9940a0db3957f0607");
  private static final int USER_DATA = 28;
  private static final int USER_DATA_BYTES = 20;
  private static final int PAIR_BYTES = 64;

  /** Offsets within the authentication data. */
  private static final int ATTESTATION_KEY = 64;

  private static final int OUTER_TYPE = 128;
  private static final int OUTER_SIZE = 130;
  private static final int QE_REPORT = 134;
  private static final int QE_SIGNATURE = 518;
  private static final int QE_AUTH_SIZE = 582;
  private static final int QE_AUTH = 584;
  private static final int OUTER_QE_REPORT = 6;
  private static final int CPU_SVN_BYTES = 16;

  private final byte[] bytes;
  private final ByteReader fields;
  private final int version;
  private final TdReportType reportType;
  private final int report;
  private final int auth;
  private final QeReport qeReport;
  private final byte[] qeAuthData;
  private final CertificationData certificationData;

  private TdxQuote(byte[] buffer, TrailingBytes trailing) throws MalformedEvidenceException {
    ByteReader all = new ByteReader(buffer);
    require(buffer.length >= HEADER_BYTES + DESCRIPTOR_BYTES, "a header", buffer.length + " bytes");
    this.version = version(all.u16(0));
    requireAlgorithm("attestation key type 2, ECDSA P-256", ECDSA_P256, all.u16(2));
    require(all.u32(4) == TEE_TDX, "TEE type 0x81, TDX", "0x" + Long.toHexString(all.u32(4)));
    byte[] vendor = all.bytes(QE_VENDOR, INTEL.length);
    require(Arrays.equals(vendor, INTEL), "QE vendor Intel", HexFormat.of().formatHex(vendor));
    this.reportType = version == 4 ? TdReportType.TD_1_0 : described(all);
    this.report = version == 4 ? HEADER_BYTES : HEADER_BYTES + DESCRIPTOR_BYTES;
    this.auth = report + reportType.size() + LENGTH_BYTES;
    require(buffer.length >= auth, "a TD report", buffer.length + " bytes");
    long length = all.u32(auth - LENGTH_BYTES);
    require(
        length >= QE_AUTH && length <= buffer.length - auth,
        QE_AUTH + " to " + (buffer.length - auth) + " bytes of authentication data",
        length);
    int end = auth + (int) length;
    require(
        trailing == TrailingBytes.IGNORED || all.isZero(end, buffer.length - end),
        "zeros behind the quote",
        "other bytes");
    this.bytes = Arrays.copyOf(buffer, end);
    this.fields = new ByteReader(bytes);
    int outer = fields.u16(auth + OUTER_TYPE);
    require(outer == OUTER_QE_REPORT, "outer certification data of type 6", outer);
    requireAll(fields.u32(auth + OUTER_SIZE), end - auth - QE_REPORT, "outer certification data");
    this.qeReport = new QeReport(fields.bytes(auth + QE_REPORT, QeReport.BYTES));
    int authSize = fields.u16(auth + QE_AUTH_SIZE);
    int inner = auth + QE_AUTH + authSize;
    require(inner + 2 + LENGTH_BYTES <= end, "QE authentication data within the quote", authSize);
    this.qeAuthData = fields.bytes(auth + QE_AUTH, authSize);
    int data = inner + 2 + LENGTH_BYTES;
    requireAll(fields.u32(inner + 2), end - data, "certification data");
    this.certificationData = certification(fields.u16(inner), fields.bytes(data, end - data));
  }

  /**
   * Parses a quote.
   *
   * @param buffer at most 64 KiB; a copy of the quote in it is kept
   * @return the quote
   * @throws MalformedEvidenceException for an unknown version, lengths that do not fit, another
   *     maker than Intel, or bytes behind the quote
   */
  public static TdxQuote parse(byte[] buffer) throws MalformedEvidenceException {
    return parse(buffer, TrailingBytes.ZERO);
  }

  /**
   * Parses a quote.
   *
   * @param buffer at most 64 KiB; a copy of the quote in it is kept
   * @param trailing what may stand behind it
   * @return the quote
   * @throws MalformedEvidenceException for an unknown version, lengths that do not fit, another
   *     maker than Intel, or bytes behind the quote
   */
  public static TdxQuote parse(byte[] buffer, TrailingBytes trailing)
      throws MalformedEvidenceException {
    require(buffer.length <= MAX_BYTES, "at most " + MAX_BYTES + " bytes", buffer.length);
    return new TdxQuote(buffer, trailing);
  }

  private static int version(int number) throws MalformedEvidenceException {
    require(number == 4 || number == 5, "version 4 or 5", number);
    return number;
  }

  private static TdReportType described(ByteReader all) throws MalformedEvidenceException {
    int number = all.u16(HEADER_BYTES);
    long size = all.u32(HEADER_BYTES + 2);
    return TdReportType.of(number)
        .filter(type -> type.size() == size)
        .orElseThrow(
            () ->
                malformed(
                    ReasonCode.EVIDENCE_MALFORMED,
                    "a body of type 2 with 584 bytes or 3 with 648",
                    "type " + number + " with " + size));
  }

  private static void requireAll(long stated, int present, String what)
      throws MalformedEvidenceException {
    require(stated == present, what + " to the end, " + present + " bytes", stated);
  }

  private static CertificationData certification(int type, byte[] data)
      throws MalformedEvidenceException {
    return switch (type) {
      case 1 -> platform(type, data, 16);
      case 2 -> platform(type, data, 256);
      case 3 -> platform(type, data, 384);
      case CertificationData.PckLeaf.TYPE -> new CertificationData.PckLeaf(withoutNul(data));
      case CertificationData.PckChain.TYPE -> new CertificationData.PckChain(withoutNul(data));
      default ->
          throw malformed(ReasonCode.EVIDENCE_MALFORMED, "certification data of type 1 to 5", type);
    };
  }

  private static CertificationData platform(int type, byte[] data, int ppidBytes)
      throws MalformedEvidenceException {
    int expected = ppidBytes + CPU_SVN_BYTES + 4;
    require(data.length == expected, expected + " bytes of type " + type, data.length);
    ByteReader reader = new ByteReader(data);
    return new CertificationData.PlatformId(
        type,
        reader.bytes(0, ppidBytes),
        reader.bytes(ppidBytes, CPU_SVN_BYTES),
        reader.u16(ppidBytes + CPU_SVN_BYTES),
        reader.u16(ppidBytes + CPU_SVN_BYTES + 2));
  }

  /** C programs end text with a NUL; most platforms count it, some do not. */
  private static byte[] withoutNul(byte[] text) throws MalformedEvidenceException {
    int last = text.length - 1;
    // No platform writes a blank there: it is a NUL that was changed.
    require(
        last < 0 || (text[last] != ' ' && text[last] != '\t'),
        "a certificate in PEM that ends with its line",
        "a blank behind it");
    return last >= 0 && text[last] == 0 ? Arrays.copyOf(text, last) : text;
  }

  private static void requireAlgorithm(String expected, int known, int actual)
      throws MalformedEvidenceException {
    if (actual != known) {
      throw malformed(ReasonCode.ALGORITHM_NOT_ALLOWED, expected, actual);
    }
  }

  private static void require(boolean good, Object expected, Object actual)
      throws MalformedEvidenceException {
    if (!good) {
      throw malformed(ReasonCode.EVIDENCE_MALFORMED, expected, actual);
    }
  }

  private static MalformedEvidenceException malformed(
      ReasonCode code, Object expected, Object actual) {
    return MalformedEvidenceException.of(CHECK, code, expected, actual, SOURCE);
  }

  /** {@return the quote without anything after it, as a copy} */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** {@return the version of the layout, 4 or 5} */
  public int version() {
    return version;
  }

  /**
   * {@return the user data of the platform's quoting enclave: 20 bytes, of which the first 16
   * identify it}
   */
  public byte[] userData() {
    return fields.bytes(USER_DATA, USER_DATA_BYTES);
  }

  /** {@return the layout of the TD report, 1.0 or 1.5} */
  public TdReportType reportType() {
    return reportType;
  }

  /**
   * Returns a field of the TD report.
   *
   * @param field of this layout
   * @return a copy, or empty if this layout does not have the field
   */
  public Optional<byte[]> find(TdxField field) {
    return reportType.has(field)
        ? Optional.of(fields.bytes(report + field.offset(), field.size()))
        : Optional.empty();
  }

  /**
   * Returns a field that every layout has.
   *
   * @param field of TD report 1.0
   * @return a copy
   */
  public byte[] bytes(TdxField field) {
    return find(field).orElseThrow();
  }

  /** {@return the TD's attributes} */
  public TdAttributes tdAttributes() {
    return new TdAttributes(fields.u64(report + TdxField.TDATTRIBUTES.offset()));
  }

  /** {@return the features that the TD may use} */
  public Xfam xfam() {
    return new Xfam(fields.u64(report + TdxField.XFAM.offset()));
  }

  /** {@return the security versions at the launch of the TD, sixteen components} */
  public TeeTcbSvn teeTcbSvn() {
    return new TeeTcbSvn(bytes(TdxField.TEE_TCB_SVN));
  }

  /** {@return the security versions now, sixteen components, or empty in TD report 1.0} */
  public Optional<TeeTcbSvn> teeTcbSvn2() {
    return find(TdxField.TEE_TCB_SVN_2).map(TeeTcbSvn::new);
  }

  /**
   * {@return the signed bytes: header, descriptor and TD report; 632, 638 or 702 bytes, as a copy}
   */
  public byte[] signed() {
    return fields.bytes(0, report + reportType.size());
  }

  /** {@return the attestation key's signature, r and s, 32 bytes each} */
  public byte[] signature() {
    return fields.bytes(auth, PAIR_BYTES);
  }

  /**
   * {@return the attestation key, x and y on P-256, 32 bytes each; not known to be a point of the
   * curve}
   */
  public byte[] attestationKey() {
    return fields.bytes(auth + ATTESTATION_KEY, PAIR_BYTES);
  }

  /** {@return the report of the enclave that holds the attestation key} */
  public QeReport qeReport() {
    return qeReport;
  }

  /**
   * Returns the signature over {@link #qeReport()}, by the platform's PCK.
   *
   * @return r and s, 32 bytes each
   */
  public byte[] qeReportSignature() {
    return fields.bytes(auth + QE_SIGNATURE, PAIR_BYTES);
  }

  /** {@return the data that the enclave binds in addition to the attestation key, as a copy} */
  public byte[] qeAuthData() {
    return qeAuthData.clone();
  }

  /** {@return the certification data of the platform, of types 1 to 5} */
  public CertificationData certificationData() {
    return certificationData;
  }

  @Override
  public String toString() {
    return "TDX quote version "
        + version
        + " of "
        + Digests.summary(bytes)
        + ", MRTD "
        + HexFormat.of().formatHex(bytes(TdxField.MRTD))
        + ", "
        + reportType;
  }
}

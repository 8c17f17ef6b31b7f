// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.format;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.codec.JsonObject;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Intel's description of the enclave that signs TD quotes (Intel PCS API version 4, Get TD Quoting
 * Enclave Identity, version 2).
 *
 * @param issueDate when Intel said so
 * @param nextUpdate until when it holds
 * @param evaluationDataNumber grows with every recovery of Intel's
 * @param miscSelect expected where the mask has ones
 * @param miscSelectMask of 32 bits
 * @param attributes expected where the mask has ones, lower-case hex
 * @param attributesMask lower-case hex
 * @param mrSigner lower-case hex
 * @param isvProdId product
 * @param levels the highest first
 */
public record QeIdentity(
    Instant issueDate,
    Instant nextUpdate,
    int evaluationDataNumber,
    long miscSelect,
    long miscSelectMask,
    String attributes,
    String attributesMask,
    String mrSigner,
    int isvProdId,
    List<EnclaveTcbLevel> levels) {
  /** Longest answer of the service. */
  public static final int MAX_BYTES = 64 << 10;

  /** The kind of refusals of such a document. */
  static final JsonObject.Kind KIND =
      new JsonObject.Kind(
          "tdx.qe-identity",
          ReasonCode.COLLATERAL_UNAVAILABLE,
          "Intel PCS API version 4, TD QE identity");

  private static final int VERSION = 2;
  private static final int ATTRIBUTES_BYTES = 16;
  private static final int SIGNER_BYTES = 32;
  private static final HexFormat HEX = HexFormat.of();

  /**
   * Copies the list.
   *
   * @param issueDate when Intel said so
   * @param nextUpdate until when it holds
   * @param evaluationDataNumber grows with every recovery of Intel's
   * @param miscSelect expected where the mask has ones
   * @param miscSelectMask of 32 bits
   * @param attributes expected where the mask has ones, lower-case hex
   * @param attributesMask lower-case hex
   * @param mrSigner lower-case hex
   * @param isvProdId product
   * @param levels the highest first
   */
  public QeIdentity {
    levels = List.copyOf(levels);
  }

  /**
   * Reads the object whose bytes were verified.
   *
   * @param json those bytes
   * @return what it says
   * @throws MalformedEvidenceException if it is of another enclave, version or shape
   */
  public static QeIdentity parse(byte[] json) throws MalformedEvidenceException {
    JsonObject identity = JsonObject.read(KIND, json, MAX_BYTES);
    if (!identity.text("id").equals("TD_QE")
        || identity.whole("version", Integer.MAX_VALUE) != VERSION) {
      throw KIND.refused("TD_QE of version 2", identity.text("id") + ", another version");
    }
    return new QeIdentity(
        identity.instant("issueDate"),
        identity.instant("nextUpdate"),
        identity.whole("tcbEvaluationDataNumber", Integer.MAX_VALUE),
        word(identity, "miscselect"),
        word(identity, "miscselectMask"),
        identity.hexText("attributes", ATTRIBUTES_BYTES),
        identity.hexText("attributesMask", ATTRIBUTES_BYTES),
        identity.hexText("mrsigner", SIGNER_BYTES),
        identity.whole("isvprodid", 0xFFFF),
        EnclaveTcbLevel.readAll(identity));
  }

  /** The text is that of a number, most significant digit first; reports are little-endian. */
  private static long word(JsonObject identity, String name) throws MalformedEvidenceException {
    return Long.parseLong(identity.hexText(name, Integer.BYTES), 16);
  }

  /**
   * Returns the differences of a report from this identity.
   *
   * @param report of an enclave
   * @return the first member that differs, or empty if none does
   */
  public Optional<String> mismatch(QeReport report) {
    if ((report.miscSelect() & miscSelectMask) != miscSelect) {
      return Optional.of("MISCSELECT " + Long.toHexString(report.miscSelect()));
    }
    byte[] found = report.attributes();
    byte[] mask = HEX.parseHex(attributesMask);
    for (int i = 0; i < ATTRIBUTES_BYTES; i++) {
      found[i] &= mask[i];
    }
    if (!HEX.formatHex(found).equals(attributes)) {
      return Optional.of("ATTRIBUTES " + HEX.formatHex(report.attributes()));
    }
    if (!HEX.formatHex(report.mrSigner()).equals(mrSigner)) {
      return Optional.of("MRSIGNER " + HEX.formatHex(report.mrSigner()));
    }
    return report.isvProdId() == isvProdId
        ? Optional.empty()
        : Optional.of("ISVPRODID " + report.isvProdId());
  }

  @Override
  public String toString() {
    return "QE identity "
        + evaluationDataNumber
        + " of "
        + issueDate
        + " until "
        + nextUpdate
        + ", MRSIGNER "
        + mrSigner
        + ", "
        + levels.size()
        + " levels";
  }
}

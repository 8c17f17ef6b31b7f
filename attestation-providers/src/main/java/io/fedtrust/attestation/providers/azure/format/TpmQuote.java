// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.format;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.codec.JsonObject;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A TPM's statement about its platform configuration registers (TPM 2.0 Library, Part 2:
 * TPMS_ATTEST of type TPM_ST_ATTEST_QUOTE, section 10.12; TPMT_SIGNATURE, section 11.3). Fixed
 * here: RSASSA with SHA-256, one selection of the SHA-256 bank.
 *
 * @param qualifiedSigner name of the signing key and of all above it
 * @param extraData what the caller supplied
 * @param selection registers, each from 0 to 23
 * @param pcrDigest over the values of the selection
 */
public record TpmQuote(
    byte[] qualifiedSigner, byte[] extraData, List<Integer> selection, byte[] pcrDigest) {
  private static final JsonObject.Kind KIND =
      new JsonObject.Kind(
          "tpm.format", ReasonCode.EVIDENCE_MALFORMED, "TPM 2.0 Library, Part 2, section 10.12");
  private static final int MAGIC = 0xFF544347;
  private static final int QUOTE = 0x8018;
  private static final int SHA256 = 0x000B;
  private static final int RSASSA = 0x0014;
  private static final int MAX_SIGNATURE_BYTES = 512;
  private static final int CLOCK_AND_FIRMWARE_BYTES = 8 + 4 + 4 + 1 + 8;
  private static final int MAX_STRUCTURE_BYTES = 1024;
  private static final int MAX_SELECT_BYTES = 3;

  /** Bytes of a register of the SHA-256 bank. */
  public static final int PCR_BYTES = 32;

  /**
   * Copies what it gets.
   *
   * @param qualifiedSigner name of the signing key and of all above it
   * @param extraData what the caller supplied
   * @param selection registers, each from 0 to 23
   * @param pcrDigest over the values of the selection
   */
  public TpmQuote {
    qualifiedSigner = qualifiedSigner.clone();
    extraData = extraData.clone();
    selection = List.copyOf(selection);
    pcrDigest = pcrDigest.clone();
  }

  /** {@return the name of the signing key and of all above it, as a copy} */
  @Override
  public byte[] qualifiedSigner() {
    return qualifiedSigner.clone();
  }

  /** {@return the data that the caller supplied, as a copy} */
  @Override
  public byte[] extraData() {
    return extraData.clone();
  }

  /** {@return the digest over the values of the selection, as a copy} */
  @Override
  public byte[] pcrDigest() {
    return pcrDigest.clone();
  }

  /**
   * Reads a quote. Nothing is verified.
   *
   * @param tpmsAttest big-endian, as the TPM signed it
   * @return the quote
   * @throws MalformedEvidenceException if the TPM did not make it, or it is no such quote
   */
  public static TpmQuote parse(byte[] tpmsAttest) throws MalformedEvidenceException {
    if (tpmsAttest.length > MAX_STRUCTURE_BYTES) {
      throw KIND.refused("at most " + MAX_STRUCTURE_BYTES + " bytes", tpmsAttest.length);
    }
    ByteBuffer in = ByteBuffer.wrap(tpmsAttest);
    try {
      require(in.getInt() == MAGIC, "TPM_GENERATED_VALUE", "another magic");
      int type = Short.toUnsignedInt(in.getShort());
      require(type == QUOTE, "a quote, 0x8018", "0x" + Integer.toHexString(type));
      byte[] signer = sized(in);
      byte[] extraData = sized(in);
      skip(in, CLOCK_AND_FIRMWARE_BYTES);
      require(in.getInt() == 1, "one selection of registers", "another number");
      require(Short.toUnsignedInt(in.getShort()) == SHA256, "the SHA-256 bank", "another");
      byte[] select = taken(in, Byte.toUnsignedInt(in.get()));
      require(select.length <= MAX_SELECT_BYTES, "registers 0 to 23", "more");
      byte[] digest = sized(in);
      require(!in.hasRemaining(), "nothing behind", in.remaining() + " bytes");
      List<Integer> selection = BitSet.valueOf(select).stream().boxed().toList();
      require(!selection.isEmpty(), "a register", "none");
      return new TpmQuote(signer, extraData, selection, digest);
    } catch (BufferUnderflowException e) {
      throw KIND.refused("a whole TPMS_ATTEST", tpmsAttest.length + " bytes");
    }
  }

  /**
   * Reads a signature.
   *
   * @param tpmtSignature big-endian
   * @return the bytes of RSASSA with SHA-256
   * @throws MalformedEvidenceException if it is of another scheme
   */
  public static byte[] signature(byte[] tpmtSignature) throws MalformedEvidenceException {
    ByteBuffer in = ByteBuffer.wrap(tpmtSignature);
    try {
      int scheme = Short.toUnsignedInt(in.getShort());
      int hash = Short.toUnsignedInt(in.getShort());
      if (scheme != RSASSA || hash != SHA256) {
        throw new JsonObject.Kind("tpm.algorithm", ReasonCode.ALGORITHM_NOT_ALLOWED, KIND.source())
            .refused(
                "RSASSA with SHA-256",
                "0x" + Integer.toHexString(scheme) + " with 0x" + Integer.toHexString(hash));
      }
      byte[] signature = sized(in);
      require(
          signature.length <= MAX_SIGNATURE_BYTES && !in.hasRemaining(),
          "one signature",
          "more bytes");
      return signature;
    } catch (BufferUnderflowException e) {
      throw KIND.refused("a whole TPMT_SIGNATURE", tpmtSignature.length + " bytes");
    }
  }

  private static byte[] sized(ByteBuffer in) {
    return taken(in, Short.toUnsignedInt(in.getShort()));
  }

  private static byte[] taken(ByteBuffer in, int size) {
    if (size > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[size];
    in.get(bytes);
    return bytes;
  }

  private static void skip(ByteBuffer in, int size) {
    taken(in, size);
  }

  private static void require(boolean good, Object expected, Object actual)
      throws MalformedEvidenceException {
    if (!good) {
      throw KIND.refused(expected, actual);
    }
  }

  /**
   * Splits the values that are presented with a quote.
   *
   * @param values of the selection's registers, 32 bytes each, lowest index first
   * @return value of each register; empty if there are not as many values as registers
   */
  public SortedMap<Integer, byte[]> registers(byte[] values) {
    SortedMap<Integer, byte[]> registers = new TreeMap<>();
    if (values.length == selection.size() * PCR_BYTES) {
      for (int i = 0; i < selection.size(); i++) {
        registers.put(
            selection.get(i), Arrays.copyOfRange(values, i * PCR_BYTES, (i + 1) * PCR_BYTES));
      }
    }
    return registers;
  }

  /**
   * Tells whether values are those that the TPM quoted.
   *
   * @param values of the selection's registers, lowest index first
   * @return true if their digest is the quote's
   */
  public boolean quotes(byte[] values) {
    return Arrays.equals(pcrDigest, Digests.sha256Bytes(values));
  }

  @Override
  public String toString() {
    return "registers " + selection + ", digest " + HexFormat.of().formatHex(pcrDigest);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.format;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.codec.JsonObject;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * A TDX module that Intel knows (Intel PCS API version 4, tdxModule and tdxModuleIdentities of TCB
 * Info).
 *
 * @param id for example {@code TDX_01}; of modules without an identity {@code TDX}
 * @param mrSigner lower-case hex
 * @param attributes lower-case hex
 * @param attributesMask lower-case hex
 * @param levels what is said of its security versions, the highest first; of modules without an
 *     identity empty
 */
public record TdxModule(
    String id,
    String mrSigner,
    String attributes,
    String attributesMask,
    List<EnclaveTcbLevel> levels) {
  private static final int SIGNER_BYTES = 48;
  private static final int ATTRIBUTES_BYTES = 8;
  private static final HexFormat HEX = HexFormat.of();

  /**
   * Copies the list.
   *
   * @param id for example {@code TDX_01}
   * @param mrSigner lower-case hex
   * @param attributes lower-case hex
   * @param attributesMask lower-case hex
   * @param levels the highest first
   */
  public TdxModule {
    levels = List.copyOf(levels);
  }

  static TdxModule read(String id, JsonObject module, List<EnclaveTcbLevel> levels)
      throws MalformedEvidenceException {
    return new TdxModule(
        id,
        module.hexText("mrsigner", SIGNER_BYTES),
        module.hexText("attributes", ATTRIBUTES_BYTES),
        module.hexText("attributesMask", ATTRIBUTES_BYTES),
        levels);
  }

  /** Returns the identity's name of a module version. */
  static String idOf(int version) {
    return "TDX_" + HexFormat.of().withUpperCase().toHexDigits((byte) version);
  }

  /**
   * Tells whether a quote comes from such a module: its signer, its attributes, and no attributes
   * in addition those that the mask has.
   *
   * @param quote whether genuine or not
   * @return true if both are as Intel says
   */
  public boolean isModuleOf(TdxQuote quote) {
    byte[] found = quote.bytes(TdxField.SEAMATTRIBUTES);
    byte[] expected = HEX.parseHex(attributes);
    byte[] mask = HEX.parseHex(attributesMask);
    byte[] masked = new byte[ATTRIBUTES_BYTES];
    byte[] outside = new byte[ATTRIBUTES_BYTES];
    for (int i = 0; i < ATTRIBUTES_BYTES; i++) {
      masked[i] = (byte) (found[i] & mask[i]);
      outside[i] = (byte) (found[i] & ~mask[i]);
    }
    return HEX.formatHex(quote.bytes(TdxField.MRSIGNERSEAM)).equals(mrSigner)
        && Arrays.equals(masked, expected)
        && Arrays.equals(outside, new byte[ATTRIBUTES_BYTES]);
  }

  @Override
  public String toString() {
    return id + ", MRSIGNER " + mrSigner + ", " + levels.size() + " levels";
  }
}

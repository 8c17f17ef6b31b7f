// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.verifier;

import io.fedtrust.attestation.providers.azure.format.HclReport;
import io.fedtrust.attestation.providers.codec.Digests;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The names that a TPM gives an attestation key (TPM 2.0 Library, Part 1, section 16; Part 2,
 * section 12.2.4). A name is a digest over the key's attributes too, so a quote that names the key
 * so proves them: fixedTPM, restricted and sign set, decrypt clear. The attributes that do not
 * matter here are tried in every combination, those of Azure's paravisor first.
 */
final class AttestationKeyName {
  private static final short RSA = 0x0001;
  private static final short SHA256 = 0x000B;
  private static final short NULL = 0x0010;
  private static final short RSASSA = 0x0014;
  private static final int FIXED_TPM = 1 << 1;
  private static final int SIGN = 1 << 18;
  private static final int RESTRICTED = 1 << 16;
  private static final int REQUIRED = FIXED_TPM | RESTRICTED | SIGN;

  /** noDA, adminWithPolicy, userWithAuth, sensitiveDataOrigin, fixedParent. */
  private static final int[] FREE = {1 << 10, 1 << 7, 1 << 6, 1 << 5, 1 << 4};

  /** fixedParent, sensitiveDataOrigin, userWithAuth, noDA. */
  private static final int USUAL = 1 << 4 | 1 << 5 | 1 << 6 | 1 << 10;

  /** Endorsement, owner, platform and null hierarchy (Part 2, section 7.4). */
  private static final int[] HIERARCHIES = {0x4000000B, 0x40000001, 0x4000000C, 0x40000007};

  private static final int DEFAULT_EXPONENT = 65537;
  private static final int PUBLIC_BYTES = 64;

  private AttestationKeyName() {}

  /** Tells whether a qualified name is that of this key as a primary key with these attributes. */
  static boolean matches(HclReport.AttestationKey key, byte[] qualifiedName) {
    for (int attributes : attributes()) {
      for (int exponent : exponents(key)) {
        byte[] name = name(key, attributes, exponent);
        for (int hierarchy : HIERARCHIES) {
          if (Arrays.equals(qualified(hierarchy, name), qualifiedName)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private static List<Integer> attributes() {
    List<Integer> all = new ArrayList<>(List.of(REQUIRED | USUAL));
    for (int choice = 0; choice < 1 << FREE.length; choice++) {
      int attributes = REQUIRED;
      for (int i = 0; i < FREE.length; i++) {
        attributes |= (choice & 1 << i) != 0 ? FREE[i] : 0;
      }
      all.add(attributes);
    }
    return all;
  }

  /** The usual exponent is written as zero, or as what it is. */
  private static int[] exponents(HclReport.AttestationKey key) {
    int exponent = new BigInteger(1, key.exponent()).intValue();
    return exponent == DEFAULT_EXPONENT ? new int[] {0, exponent} : new int[] {exponent};
  }

  private static byte[] name(HclReport.AttestationKey key, int attributes, int exponent) {
    byte[] modulus = key.modulus();
    ByteBuffer area =
        ByteBuffer.allocate(PUBLIC_BYTES + modulus.length)
            .putShort(RSA)
            .putShort(SHA256)
            .putInt(attributes)
            .putShort((short) 0)
            .putShort(NULL)
            .putShort(RSASSA)
            .putShort(SHA256)
            .putShort((short) (modulus.length * Byte.SIZE))
            .putInt(exponent)
            .putShort((short) modulus.length)
            .put(modulus);
    return named(Arrays.copyOf(area.array(), area.position()));
  }

  private static byte[] qualified(int hierarchy, byte[] name) {
    return named(
        ByteBuffer.allocate(Integer.BYTES + name.length).putInt(hierarchy).put(name).array());
  }

  private static byte[] named(byte[] area) {
    byte[] digest = Digests.sha256Bytes(area);
    return ByteBuffer.allocate(Short.BYTES + digest.length).putShort(SHA256).put(digest).array();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyFingerprintTest {
  private static final String HEX =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @Property
  @Label("the comparison code of every digest spells its first 120 bits in base32")
  void codeIsPrefix(@ForAll @Size(32) byte[] digest) {
    String code = new KeyFingerprint(HexFormat.of().formatHex(digest)).comparisonCode();
    assertThat(code).matches("([A-Z2-7]{4}-){5}[A-Z2-7]{4}");
    BigInteger bits = BigInteger.ZERO;
    for (char c : code.replace("-", "").toCharArray()) {
      int digit = c >= 'A' ? c - 'A' : c - '2' + 26;
      bits = bits.multiply(BigInteger.valueOf(32)).add(BigInteger.valueOf(digit));
    }
    assertThat(bits).isEqualTo(new BigInteger(1, digest).shiftRight(256 - 120));
  }

  @Test
  @DisplayName("a key fingerprint is read in every spelling in which people send it")
  void spellings() {
    KeyFingerprint key = new KeyFingerprint(HEX);
    assertThat(KeyFingerprint.parse(key.text())).isEqualTo(key);
    assertThat(KeyFingerprint.parse("sha256:" + HEX)).isEqualTo(key);
    assertThat(KeyFingerprint.parse(" " + HEX.toUpperCase(Locale.ROOT) + " ")).isEqualTo(key);
    assertThat(key).hasToString(key.text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "SHA256:", "ba78", "LJ4BNP4P-AHH6-UQKB"})
  @DisplayName("anything else is refused, a comparison code too: it is for people to compare")
  void noFingerprint(String text) {
    assertThatThrownBy(() -> KeyFingerprint.parse(text))
        .isInstanceOfSatisfying(
            ProvisioningException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGS));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FingerprintTest {
  private static final String HEX =
      "8c9be9342415a972d35bc3c630208c9d55b0929777570c0f6a3073865881b4a3";
  private static final Fingerprint EXPECTED = new Fingerprint(HEX);

  @Test
  @DisplayName("a fingerprint is read in every spelling people send")
  void spellings() {
    String pairs = EXPECTED.text().substring("SHA256:".length());
    for (String spelling :
        List.of(
            HEX,
            HEX.toUpperCase(Locale.ROOT),
            pairs,
            pairs.toLowerCase(Locale.ROOT),
            "SHA256:" + pairs,
            "sha256=" + HEX,
            "  sha256:" + HEX + "\n",
            "SHA256 Fingerprint=" + pairs,
            "sha256 fingerprint = " + pairs,
            "SHA256 Fingerprint = sha256:" + pairs)) {
      assertThat(Fingerprint.parse(spelling)).as(spelling).isEqualTo(EXPECTED);
    }
  }

  @Test
  @DisplayName("anything else is INVALID_ROOTCA_FINGERPRINT")
  void refusals() {
    String pairs = EXPECTED.text().substring("SHA256:".length());
    for (String bad :
        List.of(
            "",
            "SHA256:AA:BB",
            "SHA-256:" + pairs,
            "SHA256 " + HEX,
            pairs + ":",
            pairs.replaceFirst(":", ""),
            HEX + "00",
            HEX.substring(1),
            "g" + HEX.substring(1),
            "x".repeat(100_000))) {
      assertThatThrownBy(() -> Fingerprint.parse(bad))
          .isInstanceOfSatisfying(
              ProvisioningException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ROOTCA_FINGERPRINT));
    }
  }

  @Property
  @Label("the canonical text is read back")
  void roundTrip(@ForAll @Size(32) byte[] digest) {
    Fingerprint fingerprint = new Fingerprint(HexFormat.of().formatHex(digest));
    assertThat(Fingerprint.parse(fingerprint.text())).isEqualTo(fingerprint);
    assertThat(fingerprint.toString()).matches("SHA256(:[0-9A-F]{2}){32}");
  }
}

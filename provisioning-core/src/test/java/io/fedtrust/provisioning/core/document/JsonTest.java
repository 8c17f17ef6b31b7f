// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  private static Map<String, Object> read(String json) throws IOException {
    return Json.readObject(json.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1E309", "-1.5E2147483647", "1E2147483648", "7777720E777777777777777777777"})
  @DisplayName("a number that is too large is refused, for it could not be written again")
  void largeNumbers(String number) {
    assertThatThrownBy(() -> read("{\"a\":" + number + "}"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("number that is too large");
  }

  @Test
  @DisplayName("a number with an exponent is read as its value")
  void exponents() throws IOException {
    assertThat(read("{\"a\":2.5E-10,\"b\":1E308}")).isEqualTo(Map.of("a", 2.5E-10, "b", 1E308));
  }
}

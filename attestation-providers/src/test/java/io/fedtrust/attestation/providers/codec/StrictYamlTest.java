// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** YAML of a policy: text, lists and maps, or a refusal. */
class StrictYamlTest {
  private static Map<String, ?> read(String yaml) throws IOException {
    return StrictYaml.read(yaml.getBytes(StandardCharsets.UTF_8), 1 << 20);
  }

  @Test
  @DisplayName("values are text, whatever they look like")
  void text() throws IOException {
    assertThat(read("a: 1\nb: 1:30\n")).isEqualTo(Map.of("a", "1", "b", "1:30"));
  }

  @Test
  @DisplayName("a number of base 60 with thousands of groups is text like any other")
  void longNumber() throws IOException {
    String number = "1" + ":1".repeat(400_000);
    assertThat(read("a: " + number)).isEqualTo(Map.of("a", number));
  }

  @Test
  @DisplayName("names twice, aliases of lists and tags of other languages are refused")
  void refused() {
    for (String yaml :
        new String[] {
          "a: 1\na: 2", "a: &x [1]\nb: *x", "a: !!java.net.URL [b]", "a: !c d", "[a]", ""
        }) {
      assertThatThrownBy(() -> read(yaml)).as(yaml).isInstanceOf(IOException.class);
    }
  }
}

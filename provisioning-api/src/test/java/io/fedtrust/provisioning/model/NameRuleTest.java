// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class NameRuleTest {
  @Test
  @DisplayName("host names: labels and IPv4 literals, no underscores, IPv6 or trailing dots")
  void hosts() {
    assertThat(List.of("localhost", "fl-server", "a.b-c.d", "10.0.0.1", "1"))
        .allMatch(NameRule.SERVER::accepts);
    assertThat(List.of("", "a_b", "a.", ".a", "-a", "a-", "::1", "a b", "a\n", "a".repeat(65)))
        .noneMatch(NameRule.SERVER::accepts);
  }

  @Test
  @DisplayName("names that Python would read as numbers or truth values do not boot")
  void coerced() {
    for (String bad :
        List.of(
            "1",
            "007",
            "1_000",
            "1e5",
            "1E-5",
            "1_0e1_0",
            "nan",
            "INF",
            "Infinity",
            "yes",
            "T",
            "no",
            "f",
            "N",
            "0")) {
      assertThat(NameRule.bootsAsText(bad)).as(bad).isFalse();
    }
    for (String good :
        List.of("1a", "1__0", "_1", "e5", "1e", "nano", "yess", "site-1", "on", "off")) {
      assertThat(NameRule.bootsAsText(good)).as(good).isTrue();
    }
  }

  @Property
  @Label("no rule accepts a separator, a blank, a control character or a leading dot")
  void neverDangerous(@ForAll @StringLength(max = 80) String text) {
    for (NameRule rule : NameRule.values()) {
      if (rule.accepts(text)) {
        assertThat(text).doesNotContain("/", "\\", " ", "\n", "\u0000").doesNotStartWith(".");
      }
    }
  }

  @Property(tries = 20)
  @Label("a hostile name of any length is judged without deep recursion")
  void longInput(@ForAll boolean dots) {
    String text = (dots ? "a." : "a-").repeat(50_000);
    for (NameRule rule : NameRule.values()) {
      assertThat(rule.accepts(text)).isFalse();
    }
    assertThat(NameRule.bootsAsText("1_".repeat(30) + "x")).isTrue();
  }
}

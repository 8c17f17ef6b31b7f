// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.PrintableText;
import io.fedtrust.provisioning.error.ProvisioningException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class AuthIdentitiesTest {
  @Test
  @DisplayName("common names of other authorities are taken, up to 64 printable characters")
  void commonNames() {
    for (String good : List.of("site-1", "Klinikum Süd", "a b\"c", "x".repeat(64))) {
      assertThat(new AuthIdentities(Optional.of(good), Map.of("a", good)).others())
          .containsEntry("a", good);
    }
    for (String bad : List.of("", " ", "a ", "a\tb", "\u202ea", "\ud800", "x".repeat(65))) {
      refused(Optional.of(bad), Map.of());
      refused(Optional.empty(), Map.of("a", bad));
    }
  }

  @Test
  @DisplayName("cells are named as in NVFlare's network, up to 255 characters")
  void cells() {
    for (String good : List.of("server", "relay-1.site_4", "1.2.3", "-", "c".repeat(255))) {
      assertThat(new AuthIdentities(Optional.empty(), Map.of(good, "a")).others())
          .containsKey(good);
    }
    for (String bad : List.of("", ".", "a.", ".a", "a..b", "a b", "é", "a\n", "c".repeat(256))) {
      refused(Optional.empty(), Map.of(bad, "a"));
    }
  }

  @Test
  @DisplayName("the map is a copy that cannot be changed")
  void copies() {
    Map<String, String> cells = new HashMap<>(Map.of("a", "b"));
    AuthIdentities identities = new AuthIdentities(Optional.empty(), cells);
    cells.put("c", "d");
    assertThat(identities.others()).containsOnlyKeys("a").isUnmodifiable();
  }

  @Property
  @Label("whatever the text, it is taken and printable, or refused with an escaped message")
  void neverRaw(@ForAll @StringLength(max = 70) String text) {
    try {
      AuthIdentities identities = new AuthIdentities(Optional.of(text), Map.of(text, "a"));
      assertThat(PrintableText.escape(identities.own().orElseThrow())).isEqualTo(text);
    } catch (ProvisioningException e) {
      assertThat(e.getMessage()).isEqualTo(PrintableText.escape(e.getMessage()));
    }
  }

  private static void refused(Optional<String> own, Map<String, String> others) {
    assertThatThrownBy(() -> new AuthIdentities(own, others))
        .asInstanceOf(InstanceOfAssertFactories.type(ProvisioningException.class))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGS))
        .satisfies(e -> assertThat(e.getMessage()).isEqualTo(PrintableText.escape(e.getMessage())));
  }
}

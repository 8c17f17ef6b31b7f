// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is said of members that have the wrong type. */
class FieldsTest {
  private static final Map<String, Object> NUMBER = Map.of("name", 123);

  private static String hint(Fields fields) {
    return catchThrowableOfType(ProvisioningException.class, () -> fields.text("name")).hint();
  }

  @Test
  @DisplayName("a number where text belongs: in YAML the hint is about quotes, in JSON it is not")
  void hints() {
    assertThat(hint(Fields.ofYaml(NUMBER, "", ErrorCode.INVALID_ARGS))).contains("quotes", "YAML");
    assertThat(hint(Fields.ofJson(NUMBER, "signed.json ", ErrorCode.INVALID_SIGNED_ZIP)))
        .isEqualTo(ErrorCode.INVALID_SIGNED_ZIP.hint());
  }

  @Test
  @DisplayName("a missing member needs no quotes")
  void missing() {
    assertThat(hint(Fields.ofYaml(Map.of(), "", ErrorCode.INVALID_ARGS)))
        .isEqualTo(ErrorCode.INVALID_ARGS.hint());
  }

  @Test
  @DisplayName("a member of a mapping is a member of the same kind of document")
  void nested() {
    Map<String, Object> outer = Map.of("server", NUMBER);
    assertThat(hint(Fields.ofYaml(outer, "", ErrorCode.INVALID_ARGS).mapping("server")))
        .contains("YAML");
    assertThat(hint(Fields.ofJson(outer, "", ErrorCode.INVALID_ARGS).mapping("server")))
        .doesNotContain("YAML");
  }
}

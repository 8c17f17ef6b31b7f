// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.provisioning.JobCaApproving;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RuntimeLineTest {
  @Test
  @DisplayName("the policies of 2.8 and 2.9 differ by the right to run Flower at the server")
  void policies() {
    RuntimeLine older = RuntimeLine.of("2.8").orElseThrow();
    RuntimeLine newer = RuntimeLine.of("2.9").orElseThrow();
    for (String role : List.of("org_admin", "lead")) {
      assertThat(rights(older, role)).hasSize(8).doesNotContainKey("server-predeployed-flwr");
      assertThat(rights(newer, role))
          .hasSize(9)
          .containsAllEntriesOf(rights(older, role))
          .containsEntry("server-predeployed-flwr", "none");
    }
    assertThat(newer.authorization()).containsEntry("format_version", "1.0");
    assertThat((Map<?, ?>) newer.authorization().get("permissions"))
        .hasSize(4)
        .isNotEqualTo(older.authorization().get("permissions"));
    assertThat(((Map<?, ?>) newer.authorization().get("permissions")).get("project_admin"))
        .isEqualTo("any");
    assertThat(rights(newer, "member")).isEqualTo(Map.of("view", "any"));
    assertThat(RuntimeLine.newest()).isEqualTo(newer);
  }

  @Test
  @DisplayName("the allow list of 2.9 has what 2.8 allows, and seven classes more")
  void allowLists() {
    List<String> older = RuntimeLine.of("2.8").orElseThrow().allowedClasses();
    List<String> newer = RuntimeLine.of("2.9").orElseThrow().allowedClasses();
    assertThat(older).hasSize(81).doesNotHaveDuplicates();
    assertThat(newer).hasSize(88).doesNotHaveDuplicates().containsAll(older);
    assertThat(newer).allMatch(name -> name.matches("nvflare(\\.\\w+)+"));
  }

  @Test
  @DisplayName("the risk of a job CA names every known line: see whether a new one still has it")
  void riskOfJobCas() {
    assertThat(RuntimeLine.KNOWN).isNotEmpty().allMatch(JobCaApproving.RISK::contains);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "2", "2.7", "2.10", "2.9.0", "../2.9", "2.9\n"})
  @DisplayName("other lines are not known")
  void unknown(String line) {
    assertThat(RuntimeLine.of(line)).isEmpty();
  }

  private static Map<String, Object> rights(RuntimeLine line, String role) {
    Map<?, ?> permissions = (Map<?, ?>) line.authorization().get("permissions");
    @SuppressWarnings("unchecked")
    Map<String, Object> rights = (Map<String, Object>) permissions.get(role);
    return rights;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A job's metadata is read as NVFlare 2.9 reads it. */
class JobRequirementsTest {
  private static JobRequirements of(Object places) {
    return JobRequirements.fromMeta("job", Map.of("deploy_map", Map.of("app", places)));
  }

  private static JobRequirements with(String key, Object value) {
    Map<String, Object> meta = new HashMap<>();
    meta.put("deploy_map", Map.of("app", List.of("@ALL")));
    meta.put(key, value);
    return JobRequirements.fromMeta("job", meta);
  }

  static Stream<Arguments> forms() {
    Set<String> both = Set.of("site-1", "site-2");
    return Stream.of(
        Arguments.of("site-1", Set.of("site-1")),
        Arguments.of(List.of("server", "site-1", "site-2"), both),
        Arguments.of(Map.of("sites", List.of("server", "site-1", "site-2")), both),
        Arguments.of(Map.of("targets", List.of("site-1", "site-2")), both),
        Arguments.of(List.of(Map.of("sites", List.of("site-1")), "site-2"), both),
        Arguments.of(List.of(Map.of("targets", List.of("site-1")), "site-2"), both),
        Arguments.of(
            Map.of("sites", List.of(Map.of("targets", List.of("site-1")), "site-2")), both),
        Arguments.of(
            Map.of("targets", List.of("site-1"), "sites", List.of("site-2")), Set.of("site-1")),
        Arguments.of(
            List.of(Map.of("targets", List.of("site-1"), "sites", List.of("site-2"))),
            Set.of("site-2")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("forms")
  @DisplayName("every form of a deploy map that the peer reads is read")
  void deployMaps(Object places, Set<String> sites) {
    assertThat(of(places).deployMap()).contains(sites);
  }

  @ParameterizedTest
  @ValueSource(strings = {"@ALL", "@all", "@All"})
  @DisplayName("@ALL in any case and any form means every client, and stands alone")
  void everywhere(String all) {
    assertThat(of(all).deployMap()).isEmpty();
    assertThat(of(List.of(all)).deployMap()).isEmpty();
    assertThat(of(Map.of("targets", List.of(all))).deployMap()).isEmpty();
    assertThat(of(List.of(Map.of("sites", List.of(all)))).deployMap()).isEmpty();
    assertThatIllegalArgumentException().isThrownBy(() -> of(List.of(all, "site-1")));
  }

  static Stream<Object> malformed() {
    return Stream.of(
        List.of(),
        Map.of(),
        7,
        List.of(7),
        Map.of("sites", "site-1"),
        Map.of("places", List.of("site-1")),
        List.of(Map.of("sites", "site-1")),
        List.of(Map.of("sites", List.of("site-1"), "more", List.of())),
        List.of(Map.of("sites", List.of(List.of("site-1")))),
        List.of(List.of("site-1")),
        new ArrayList<>(Arrays.asList("site-1", null)),
        new ArrayList<>(Arrays.asList(Map.of("sites", new ArrayList<>(Arrays.asList("a", null))))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformed")
  @DisplayName("any other deploy map is refused")
  void malformedDeployMaps(Object places) {
    assertThatIllegalArgumentException().isThrownBy(() -> of(places));
  }

  @Test
  @DisplayName("a map with an empty name of a key is refused like any other unknown key")
  void nullKey() {
    Map<String, Object> map = new HashMap<>();
    map.put(null, List.of("site-1"));
    assertThatIllegalArgumentException().isThrownBy(() -> of(List.of(map)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JobRequirements.fromMeta("job", Map.of()));
  }

  static Stream<Arguments> ownCode() {
    return Stream.of(
        Arguments.of(true, true),
        Arguments.of(1, true),
        Arguments.of(0.5, true),
        Arguments.of(Double.NaN, true),
        Arguments.of(new BigDecimal("1e999999999"), true),
        Arguments.of("false", true),
        Arguments.of(List.of(0), true),
        Arguments.of(Map.of("a", 1), true),
        Arguments.of(false, false),
        Arguments.of(0, false),
        Arguments.of(0.0, false),
        Arguments.of("", false),
        Arguments.of(List.of(), false),
        Arguments.of(Map.of(), false),
        Arguments.of(null, false));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("ownCode")
  @DisplayName("byoc is true for everything that Python takes for true")
  void byoc(Object value, boolean expected) {
    assertThat(with("byoc", value).ownCode()).isEqualTo(expected);
  }

  @Test
  @DisplayName("the least number of clients is a whole number from 1 to 1,000,000")
  void minimum() {
    assertThat(with("min_clients", 2).minimumClients()).isEqualTo(2);
    assertThat(with("min_clients", 1_000_000L).minimumClients()).isEqualTo(1_000_000);
    assertThat(with("min_clients", null).minimumClients()).isEqualTo(1);
    for (Object bad :
        List.of(
            0,
            -1,
            1_000_001,
            Long.MAX_VALUE,
            2.5,
            "2",
            true,
            new BigDecimal("1e999999999"),
            Optional.of(2))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> with("min_clients", bad))
          .withMessage("min_clients must be a whole number from 1 to 1000000.");
    }
  }
}

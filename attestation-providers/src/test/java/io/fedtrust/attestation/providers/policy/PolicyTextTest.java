// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.policy.ReferenceValue;
import io.fedtrust.attestation.policy.SettingType;
import io.fedtrust.attestation.providers.snp.policy.SnpPolicy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a policy says as lines, and the digest over them: nothing of a policy is left out. */
class PolicyTextTest {
  @Test
  @DisplayName("every setting of a policy is a line")
  void lines() {
    FederationPolicy policy = FederationPolicies.yaml(FederationPoliciesTest.GOOD);
    String value = "sites.*.x-snp.measurements.fl-client 1.2.";
    assertThat(policy.describe())
        .containsEntry("id", "central")
        .containsEntry("version", "7")
        .containsEntry("reviewed", "true")
        .containsEntry("notBefore", "2026-01-01T00:00:00Z")
        .containsEntry("notAfter", "2027-01-01T00:00:00Z")
        .containsEntry("sites.*.x-snp.profile", "gcp")
        .containsEntry("sites.*.x-snp.forms", "snp-report")
        .containsEntry("sites.*.x-snp.assurance", "SESSION_BOUND")
        .containsEntry("sites.*.x-snp.maximumAge", "PT30M")
        .containsEntry("sites.*.x-snp.vmpl", "0, 1")
        .containsEntry("sites.*.x-snp.familyIds", "0".repeat(32))
        .containsEntry(
            "sites.*.x-snp.minimumReportedTcb", "Milan {bootloader 4, microcode 219, snp 24}")
        .containsEntry(value + "measurement", FederationPoliciesTest.DIGEST)
        .containsEntry(value + "source", "release 1.2")
        .containsEntry(value + "computedBy", "sev-snp-measure 0.0.11")
        .containsEntry(value + "buildDigest", "ab".repeat(32))
        .containsEntry(value + "notBefore", "2026-01-01T00:00:00Z")
        .containsEntry(value + "notAfter", "2026-06-01T00:00:00Z")
        .containsEntry("sites.hospital-a.x-snp.allowDebug", "true");
    assertThat(policy.reviewed()).isTrue();
    assertThat(policy.notBefore()).contains(Instant.parse("2026-01-01T00:00:00Z"));
    assertThat(policy.sites()).containsOnlyKeys("*", "hospital-a");
    assertThat(policy).hasToString("central 7 (sha256 " + policy.identity().digest() + ")");
  }

  @Test
  @DisplayName("the digest is SHA-256 over path and text of every line, each with its length")
  void digest() throws Exception {
    FederationPolicy policy = FederationPolicies.yaml(FederationPoliciesTest.GOOD);
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    policy
        .describe()
        .forEach(
            (path, text) ->
                Stream.of(path, text)
                    .map(part -> part.getBytes(StandardCharsets.UTF_8))
                    .forEach(
                        part -> {
                          digest.update(ByteBuffer.allocate(4).putInt(part.length).array());
                          digest.update(part);
                        }));
    assertThat(policy.identity().digest()).isEqualTo(HexFormat.of().formatHex(digest.digest()));
  }

  @Test
  @DisplayName("a builder knows the sites it was given; a reference value must be hex throughout")
  void parts() {
    FederationPolicy.Builder builder =
        FederationPolicy.named("test", "1").site("a", SnpPolicy.strict().build());
    assertThat(builder.names()).containsExactly("a");
    FederationPolicy draft = builder.reviewed(false).build();
    assertThat(draft.reviewed()).isFalse();
    assertThat(draft.find("a", Namespace.SNP).orElseThrow().identity()).isEqualTo(draft.identity());
    assertThat(SettingType.flag().expectation()).isEqualTo("true or false");
    assertThatThrownBy(
            () ->
                new ReferenceValue(
                    "name",
                    "ab".repeat(48),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of("not hex"),
                    Optional.empty(),
                    Optional.empty()))
        .hasMessage("buildDigest: expected 16 to 64 bytes in lower-case hex, was 7 digits");
  }

  static Stream<Arguments> good() {
    SettingType floors = SettingType.floors(Map.of("Milan", List.of("snp", "tee")), 255);
    return Stream.of(
        arguments(SettingType.flag(), true, "true"),
        arguments(SettingType.flag(), "false", "false"),
        arguments(SettingType.whole(-1), "18446744073709551615", "18446744073709551615"),
        arguments(SettingType.whole(255), 255, "255"),
        arguments(SettingType.bits(), "0xFF", "0xff"),
        arguments(SettingType.version(), 1.51, "1.51"),
        arguments(SettingType.hex(2), List.of("ffff", "0001"), "0001, ffff"),
        arguments(SettingType.texts(), "x".repeat(1024), "x".repeat(1024)),
        arguments(SettingType.oneOf(List.of("a", "b")), List.of("b", "a"), "a, b"),
        arguments(floors, Map.of("Milan", Map.of("tee", 0, "snp", 255)), "Milan {snp 255, tee 0}"));
  }

  @ParameterizedTest(name = "{2}")
  @MethodSource("good")
  @DisplayName("a value of each type is read and written")
  void isRead(SettingType type, Object given, String text) {
    assertThat(type.read(given).text()).isEqualTo(text);
  }

  static Stream<Arguments> bad() {
    SettingType floors = SettingType.floors(Map.of("Milan", List.of("snp", "tee")), 255);
    return Stream.of(
        arguments(SettingType.flag(), "yes", "expected true or false, was yes"),
        arguments(SettingType.flag(), null, "expected true or false, was nothing"),
        arguments(SettingType.flag(), List.of(), "expected true or false, was something else"),
        arguments(SettingType.whole(255), 256, "expected a whole number from 0 to 255, was 256"),
        arguments(SettingType.whole(255), "01", "expected a whole number from 0 to 255, was 01"),
        arguments(
            SettingType.whole(-1),
            "18446744073709551616",
            "expected a whole number from 0 to 18446744073709551615, was 18446744073709551616"),
        arguments(
            SettingType.bits(),
            "ff",
            "expected bits in hexadecimal, 0x and 1 to 16 digits, was ff"),
        arguments(SettingType.version(), "1", "expected a version as major.minor, was 1"),
        arguments(
            SettingType.hex(2),
            "fff",
            "expected one or several values of 2 bytes in lower-case hex, was fff"),
        arguments(
            SettingType.hex(2),
            List.of(),
            "expected one or several values of 2 bytes in lower-case hex, was 0 values"),
        arguments(
            SettingType.texts(), "", "expected one or several texts of 1 to 1024 characters, was "),
        arguments(
            SettingType.texts(),
            "x".repeat(1025),
            "expected one or several texts of 1 to 1024 characters, was " + "x".repeat(1025)),
        arguments(
            SettingType.texts(),
            List.of("a", "a"),
            "expected one or several texts of 1 to 1024 characters, was twice a"),
        arguments(
            SettingType.oneOf(List.of("a", "b")), "c", "expected one or several of a, b, was c"),
        arguments(
            floors,
            Map.of(),
            "expected for each product line its components and their least levels, was nothing"),
        arguments(
            floors,
            Map.of("Milan", Map.of()),
            "expected for each product line its components and their least levels, was nothing for"
                + " Milan"),
        arguments(floors, Map.of("Rome", Map.of("snp", 1)), "expected one of Milan, was Rome"),
        arguments(
            floors,
            Map.of("Milan", Map.of("fmc", 1)),
            "Milan: expected one of [snp, tee], was fmc"),
        arguments(
            floors,
            "4",
            "expected for each product line its components and their least levels, was something"
                + " else"));
  }

  @ParameterizedTest(name = "{2}")
  @MethodSource("bad")
  @DisplayName("another value is refused with what was expected")
  void isRefused(SettingType type, Object given, String message) {
    assertThatThrownBy(() -> type.read(given))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}

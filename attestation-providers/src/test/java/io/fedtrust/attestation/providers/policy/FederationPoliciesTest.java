// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.AttestationException;
import io.fedtrust.attestation.ErrorCode;
import io.fedtrust.attestation.model.Assurance;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.policy.AppraisalRules;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.policy.ReferenceValue;
import io.fedtrust.attestation.providers.snp.policy.SnpOptions;
import io.fedtrust.attestation.providers.snp.policy.SnpPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Policies as files: read whole, or refused with the place. */
class FederationPoliciesTest {
  static final String DIGEST = "8922".repeat(24);
  static final String GOOD =
      """
      id: central
      version: "7"
      reviewed: true
      notBefore: 2026-01-01T00:00:00Z
      notAfter: 2027-01-01T00:00:00Z
      sites:
        "*":
          x-snp:
            profile: gcp
            forms: [snp-report]
            assurance: SESSION_BOUND
            maximumAge: PT30M
            measurements:
              - name: fl-client 1.2
                measurement: %s
                source: release 1.2
                computedBy: sev-snp-measure 0.0.11
                buildDigest: %s
                notBefore: 2026-01-01T00:00:00Z
                notAfter: 2026-06-01T00:00:00Z
            minimumReportedTcb:
              Milan: {bootloader: 4, snp: 24, microcode: 219}
            vmpl: [0, 1]
            familyIds: 00000000000000000000000000000000
        hospital-a:
          x-snp:
            allowDebug: true
      """
          .formatted(DIGEST, "ab".repeat(32));

  private static void refused(String policy, String field) {
    assertThatThrownBy(() -> FederationPolicies.yaml(policy))
        .isInstanceOfSatisfying(
            AttestationException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.POLICY_INVALID);
              assertThat(e.field()).as(e.getMessage()).isEqualTo(field);
              assertThat(e.hint()).isNotBlank();
            });
  }

  @Test
  @DisplayName("B06 a file and a program say the same")
  void fileAndProgram() {
    FederationPolicy read = FederationPolicies.yaml(GOOD);
    FederationPolicy made =
        FederationPolicy.named("central", "7")
            .validity(Instant.parse("2026-01-01T00:00:00Z"), Instant.parse("2027-01-01T00:00:00Z"))
            .anySite(
                SnpPolicy.profile("gcp")
                    .assurance(Assurance.SESSION_BOUND)
                    .maximumAge(Duration.ofMinutes(30))
                    .measurement(
                        new ReferenceValue(
                            "fl-client 1.2",
                            DIGEST,
                            Optional.of("release 1.2"),
                            Optional.of("sev-snp-measure 0.0.11"),
                            Optional.of("ab".repeat(32)),
                            Optional.of(Instant.parse("2026-01-01T00:00:00Z")),
                            Optional.of(Instant.parse("2026-06-01T00:00:00Z"))))
                    .set(
                        SnpOptions.MINIMUM_REPORTED_TCB,
                        Map.of("Milan", Map.of("bootloader", 4, "snp", 24, "microcode", 219)))
                    .set(SnpOptions.VMPL, List.of(0, 1))
                    .set(SnpOptions.FAMILY_IDS, "0".repeat(32))
                    .build())
            .site("hospital-a", SnpPolicy.strict().set(SnpOptions.ALLOW_DEBUG, true).build())
            .build();
    assertThat(read.changesSince(made)).isEmpty();
    assertThat(read.identity()).isEqualTo(made.identity());
  }

  @Test
  @DisplayName("the same policy as JSON has the same digest")
  void json() {
    String json =
        """
        {"id": "p", "version": 1, "reviewed": true,
         "sites": {"*": {"x-snp": {"vmpl": [0, 1], "allowDebug": false,
           "measurements": [{"name": "m", "measurement": "%s"}]}}}}
        """
            .formatted(DIGEST);
    String yaml =
        """
        id: p
        version: 1
        reviewed: true
        sites:
          "*":
            x-snp:
              vmpl: [0, 1]
              allowDebug: false
              measurements:
                - name: m
                  measurement: %s
        """
            .formatted(DIGEST);
    assertThat(FederationPolicies.json(json).identity())
        .isEqualTo(FederationPolicies.yaml(yaml).identity());
  }

  @Test
  @DisplayName("a named site has its own rules alone; others fall under the rules for any")
  void sites() {
    FederationPolicy policy = FederationPolicies.yaml(GOOD);
    AppraisalRules own = policy.find("hospital-a", Namespace.SNP).orElseThrow().rules();
    AppraisalRules any = policy.find("hospital-b", Namespace.SNP).orElseThrow().rules();
    assertThat(own.measurements()).isEmpty();
    assertThat(own.assurance()).isEqualTo(Assurance.SESSION_NAMED);
    assertThat(own.maximumAge()).isEqualTo(AppraisalRules.DEFAULT_MAXIMUM_AGE);
    assertThat(any.measurements()).hasSize(1);
    assertThat(policy.find("hospital-b", Namespace.TDX)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "id: central | other: x | policy",
        "reviewed: true | reviewed: maybe | reviewed",
        "reviewed: true | # | reviewed",
        "id: central | # | id",
        "id: central | id: | id",
        "notAfter: 2027-01-01T00:00:00Z | notAfter: 2025-01-01T00:00:00Z | notAfter",
        "notBefore: 2026-01-01T00:00:00Z | notBefore: tomorrow | notBefore",
        "x-snp: | x-sgx: | sites.*.x-sgx",
        "profile: gcp | profile: lax | sites.*.x-snp.profile",
        "forms: [snp-report] | forms: [tdx-quote] | sites.*.x-snp.forms",
        "forms: [snp-report] | forms: [report] | sites.*.x-snp.forms",
        "assurance: SESSION_BOUND | assurance: high | sites.*.x-snp.assurance",
        "maximumAge: PT30M | maximumAge: soon | sites.*.x-snp.maximumAge",
        "maximumAge: PT30M | maximumAge: PT0S | sites.*.x-snp.maximumAge",
        "vmpl: [0, 1] | vmpl: [0, 9] | sites.*.x-snp.vmpl",
        "vmpl: [0, 1] | vmpl: | sites.*.x-snp.vmpl",
        "vmpl: [0, 1] | vmlp: [0, 1] | sites.*.x-snp.vmlp",
        "source: release 1.2 | sauce: release 1.2 | sites.*.x-snp.measurements[0]",
        "name: fl-client 1.2 | name: ' ' | sites.*.x-snp.measurements[0]",
        "allowDebug: true | allowDebug: on | sites.hospital-a.x-snp.allowDebug",
        "id: central | id: !!java.net.URL central | policy",
        "id: central | id: &a central | ''",
        "version: \"7\" | id: again | policy",
        "vmpl: [0, 1] | <<: {vmpl: 0} | policy"
      })
  @DisplayName("what is wrong is refused with its place")
  void refusals(String good, String bad, String field) {
    String policy = GOOD.replaceFirst(java.util.regex.Pattern.quote(good), bad);
    assertThat(policy).isNotEqualTo(GOOD);
    if (field.isEmpty()) {
      assertThat(FederationPolicies.yaml(policy).identity()).isNotNull();
    } else {
      refused(policy, field);
    }
  }

  @Test
  @DisplayName("documents that are no policy at all")
  void notAPolicy() {
    for (String text :
        List.of("", "[]", "text", "a: b\n---\nc: d", "{", "a: *b", "\u0000", "? [a]\n: b")) {
      refused(text, "policy");
    }
    refused("a: ".repeat(40) + "b", "policy");
    refused("a: " + "[".repeat(40) + "]".repeat(40), "policy");
    refused("a: " + "x".repeat(FederationPolicies.MAX_BYTES), "policy");
    for (String text : List.of("", "[]", "{}{}", "{\"id\":1,\"id\":2}", "{\"id\":{\"a\":")) {
      assertThatThrownBy(() -> FederationPolicies.json(text))
          .isInstanceOf(AttestationException.class);
    }
  }

  @Test
  @DisplayName("reading again replaces the whole policy, or nothing")
  void reload(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("policy.yaml"), GOOD);
    PolicyFile inForce = PolicyFile.open(file);
    FederationPolicy first = inForce.current();
    assertThat(inForce.reload()).isEmpty();

    Files.writeString(
        file, GOOD.replace("version: \"7\"", "version: \"8\"").replace("PT30M", "PT40M"));
    assertThat(inForce.reload())
        .extracting(FederationPolicy.Change::toString)
        .containsExactly("sites.*.x-snp.maximumAge: PT30M -> PT40M", "version: 7 -> 8");
    FederationPolicy second = inForce.current();
    assertThat(second.identity()).isNotEqualTo(first.identity());

    Files.writeString(file, "id: central");
    assertThatThrownBy(inForce::reload).isInstanceOf(AttestationException.class);
    assertThat(inForce.current()).isSameAs(second);
    Files.delete(file);
    assertThatThrownBy(inForce::reload).isInstanceOf(AttestationException.class);
    assertThat(inForce.current()).isSameAs(second);
  }

  @Test
  @DisplayName("the format of a file is said by its name, not guessed")
  void byName(@TempDir Path folder) throws IOException {
    Path json = Files.writeString(folder.resolve("policy.json"), GOOD);
    assertThatThrownBy(() -> FederationPolicies.read(json))
        .isInstanceOf(AttestationException.class);
    assertThat(FederationPolicies.read(Files.writeString(folder.resolve("policy"), GOOD)))
        .isNotNull();
  }
}

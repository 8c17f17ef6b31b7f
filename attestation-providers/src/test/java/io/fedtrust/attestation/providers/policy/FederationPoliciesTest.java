// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
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
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
  @DisplayName("a file and a program say the same")
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
        "assurance: SESSION_BOUND | assurance: UNBOUND | sites",
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

  private static final String RULES =
      "{x-snp: {measurements: [{name: m, measurement: %s}]}, x-tdx: {}, x-nv-gpu: {}%s}";

  private static FederationPolicy choosing(String anyOf) {
    return FederationPolicies.yaml(
        "id: p\nversion: 1\nreviewed: true\nsites:\n  a: "
            + RULES.formatted(DIGEST, ", anyOf: " + anyOf));
  }

  @Test
  @DisplayName("alternatives are read as lists of families")
  void anyOf() {
    assertThat(choosing("[[x-snp], [x-tdx, x-nv-gpu]]").alternatives("a"))
        .containsExactly(Set.of(Namespace.SNP), Set.of(Namespace.TDX, Namespace.NVIDIA_GPU));
    assertThat(choosing("[x-snp, x-tdx]").alternatives("a"))
        .containsExactly(
            Set.of(Namespace.SNP, Namespace.NVIDIA_GPU),
            Set.of(Namespace.TDX, Namespace.NVIDIA_GPU));
    for (String bad :
        List.of(
            "[]",
            "[[]]",
            "[[x-sgx]]",
            "[[x-snp, x-snp], [x-tdx]]",
            "[[x-snp, x-tdx]]",
            "[[x-nv-gpu]]",
            "[[x-snp]]",
            "[[x-snp], [x-snp], [x-tdx]]",
            "{x-snp: x}",
            "[[x-snp], [x-tdx], [x-az-cvm]]",
            "")) {
      assertThatThrownBy(() -> choosing(bad))
          .as(bad)
          .isInstanceOfSatisfying(
              AttestationException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.POLICY_INVALID));
    }
  }

  @Test
  @DisplayName("a key that looks like a pattern, is padded or repeats another in case is refused")
  void inexactKeys() {
    refused(GOOD.replace("hospital-a:", "'hospital-*':"), "sites.hospital-*");
    refused(GOOD.replace("hospital-a:", "' hospital-a':"), "sites. hospital-a");
    refused(GOOD + "  Hospital-A: {attestation: none}\n", "sites");
    refused(GOOD + "  SERVER: {attestation: none}\n", "sites");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{acceptUnbound: false}", "{anyOf: [[x-snp]]}", "null", "[]"})
  @DisplayName("empty rules for a site are refused")
  void emptyRules(String rules) {
    refused("id: p\nversion: 1\nreviewed: true\nsites: {a: " + rules + "}", "sites.a");
  }

  @Test
  @DisplayName("a site without evidence and unbound evidence are refused for any site")
  void namedSitesOnly() {
    String start = "id: p\nversion: 1\nreviewed: true\nsites: {'*': ";
    refused(start + "{attestation: none}}", "sites.*.attestation");
    refused(start + "{x-snp: {}, acceptUnbound: true}}", "sites.*.acceptUnbound");
  }

  private static FederationPolicy denying(String deny) {
    return FederationPolicies.yaml(
        "id: p\nversion: 1\nreviewed: true\ndeny: " + deny + "\nsites: {'*': {x-snp: {}}}");
  }

  @Test
  @DisplayName("a deny list is read: sites, certificates, and values by family")
  void deny() {
    String chip = "ab".repeat(64);
    FederationPolicy policy =
        denying(
            "{sites: [hospital-x, Hospital-Y], siteCertificates: '0x00ff', x-snp: {chipIds: %s,"
                    .formatted(chip)
                + " measurements: [%s]}, x-tdx: {ppids: %s}, x-nv-gpu: {ueids: ['42']},"
                    .formatted(DIGEST, "01".repeat(16))
                + " x-az-cvm: {vmIds: A80B7FE7-5B93-4027-9971-6CCEE468C2B3}, x-az-aci: {chipIds: %s}}"
                    .formatted(chip));
    assertThat(policy.describe())
        .containsEntry("deny.sites.hospital-x", "denied")
        .containsEntry("deny.siteCertificates.0xff", "denied")
        .containsEntry("deny.x-snp.chipIds." + chip, "denied")
        .containsEntry("deny.x-snp.measurements." + DIGEST, "denied")
        .containsEntry("deny.x-tdx.ppids." + "01".repeat(16), "denied")
        .containsEntry("deny.x-nv-gpu.ueids.42", "denied")
        .containsEntry("deny.x-az-cvm.vmIds.a80b7fe7-5b93-4027-9971-6ccee468c2b3", "denied")
        .containsEntry("deny.x-az-aci.chipIds." + chip, "denied");
    assertThat(policy.denies("hospital-y")).isTrue();
    assertThat(policy.identity()).isNotEqualTo(denying("{sites: hospital-x}").identity());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{sites: []} | deny.sites",
        "{sites: ['*']} | deny.sites",
        "{sites: ['hospital-?']} | deny.sites",
        "{sites: [a, a]} | deny.sites",
        "{siteCertificates: [255]} | deny.siteCertificates",
        "{siteCertificates: ['0xFF']} | deny.siteCertificates",
        "{x-sgx: {chipIds: ab}} | deny.x-sgx",
        "{x-snp: {}} | deny.x-snp",
        "{x-snp: {chipids: ab}} | deny.x-snp.chipids",
        "{x-snp: {chipIds: ab}} | deny.x-snp.chipIds",
        "{x-snp: {chipIds: []}} | deny.x-snp.chipIds",
        "{x-snp: {chipIds: }} | deny.x-snp.chipIds",
        "{x-nv-gpu: {ueids: '0x2a'}} | deny.x-nv-gpu.ueids",
        "{x-nv-gpu: {ueids: '0'}} | deny.x-nv-gpu.ueids",
        "[hospital-x] | deny"
      })
  @DisplayName("an entry that would deny nothing is refused with its place")
  void badDeny(String deny, String field) {
    assertThatThrownBy(() -> denying(deny))
        .isInstanceOfSatisfying(
            AttestationException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.POLICY_INVALID);
              assertThat(e.field()).isEqualTo(field);
            });
  }

  @Test
  @DisplayName("an all-zero chip id, which masked platforms report, is refused in a deny list")
  void maskedChip() {
    assertThatThrownBy(() -> denying("{x-snp: {chipIds: '" + "0".repeat(128) + "'}}"))
        .isInstanceOf(AttestationException.class)
        .hasMessageContaining("zeros stands for every platform that withholds it");
  }

  @Test
  @DisplayName("a number that is not written out is refused at once, wherever it stands in JSON")
  void hugeNumbers() {
    String json =
        "{\"id\": \"p\", \"version\": %s, \"reviewed\": true, \"sites\": {\"*\": {\"x-snp\": {%s}}}}";
    assertThatThrownBy(() -> FederationPolicies.json(json.formatted("1e300", "")))
        .isInstanceOf(AttestationException.class)
        .hasMessageContaining("version: expected text, or a number that is written out");
    for (String key : List.of("minimumGuestSvn", "minimumAbi", "vmpl", "cspIds", "maximumAge")) {
      for (String number : List.of("1e300", "-1e300", "1e-300", "1e2")) {
        assertThatThrownBy(
                () -> FederationPolicies.json(json.formatted("1", "\"" + key + "\": " + number)))
            .as(key)
            .isInstanceOfSatisfying(
                AttestationException.class,
                e -> assertThat(e.field()).isEqualTo("sites.*.x-snp." + key));
      }
      for (String number : List.of("1e999999999", "-1e999999999", "1e-999999999")) {
        assertThatThrownBy(
                () -> FederationPolicies.json(json.formatted("1", "\"" + key + "\": " + number)))
            .as(key)
            .isInstanceOf(AttestationException.class)
            .hasMessageContaining("a number with an exponent of at most 400");
      }
    }
    assertThatThrownBy(
            () ->
                FederationPolicies.yaml(
                    GOOD.replace("vmpl: [0, 1]", "minimumGuestSvn: 1e999999999")))
        .isInstanceOf(AttestationException.class);
  }

  @Test
  @DisplayName("a version in JSON keeps its zeros at the end: 1.10 is not 1.1")
  void exactVersions() {
    FederationPolicy policy =
        FederationPolicies.json(
            "{\"id\": \"p\", \"version\": 1.10, \"reviewed\": true, \"sites\": {\"*\":"
                + " {\"x-snp\": {\"minimumAbi\": 1.10}}}}");
    assertThat(policy.describe())
        .containsEntry("version", "1.10")
        .containsEntry("sites.*.x-snp.minimumAbi", "1.10");
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

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fedtrust.attestation.model.Assurance;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.Namespace;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which rules a site gets, and what a policy refuses when it is built. */
class FederationPolicyTest {
  private static final String SERVER_NAME = "server1.example.org";

  private record Words(EvidenceForm defaultForm) implements PolicyVocabulary {
    @Override
    public Namespace namespace() {
      return defaultForm.namespace();
    }

    @Override
    public int measurementBytes() {
      return 48;
    }

    @Override
    public List<PolicyOption> options() {
      return List.of();
    }

    @Override
    public List<PolicyOption> identities() {
      return List.of();
    }

    @Override
    public List<DenyOption> denials() {
      return List.of(
          DenyOption.of("chipIds", "chip-id", SettingType.hex(2), "chips", "test"),
          DenyOption.measurements(48));
    }

    @Override
    public List<Profile> profiles() {
      return List.of(new Profile(STRICT, "all there is", Map.of()));
    }
  }

  private static final Words SNP = new Words(EvidenceForm.SNP_REPORT);
  private static final Words TDX = new Words(EvidenceForm.TDX_QUOTE);
  private static final Words GPU = new Words(EvidenceForm.NV_EVIDENCE);

  private static AppraisalRules rules(Words words) {
    return AppraisalRules.of(words).build();
  }

  private static FederationPolicy.Builder policy() {
    return FederationPolicy.named("test", "1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hospital-*",
        "hospital-?",
        "hospital-[ab]",
        "^hospital-a$",
        "hospital-(a|b)",
        "a{1}",
        "a+",
        "a\\b",
        " hospital-a",
        "hospital-a ",
        "\u00a0hospital-a",
        "hospital\u200b-a",
        "hos\tpital",
        "",
        " "
      })
  @DisplayName("a name that is a pattern, padded or partly invisible is no key")
  void inexactNames(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> policy().site(name, rules(SNP)));
    assertThatIllegalArgumentException().isThrownBy(() -> policy().unattested(name));
    assertThatIllegalArgumentException().isThrownBy(() -> policy().acceptUnbound(name));
    assertThatIllegalArgumentException().isThrownBy(() -> DenyList.builder().site(name));
  }

  @Test
  @DisplayName("keys that differ in upper and lower case alone are refused, and so is 'Server'")
  void equalExceptForCase() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> policy().site("hospital-a", rules(SNP)).unattested("Hospital-A").build())
        .withMessageContaining(
            "'Hospital-A' and 'hospital-a' differ in upper and lower case alone");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> policy().site("Server", rules(SNP)).build());
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                policy().site("Server1.example.org", rules(SNP)).build().resolvedFor(SERVER_NAME));
  }

  @Test
  @DisplayName("the key server means the federation's server, and no other site of that name")
  void server() {
    FederationPolicy written = policy().anySite(rules(SNP)).site("server", rules(TDX)).build();
    FederationPolicy policy = written.resolvedFor(SERVER_NAME);
    assertThat(policy.entryOf(SERVER_NAME)).contains("server");
    assertThat(policy.find(SERVER_NAME, Namespace.TDX)).isPresent();
    assertThat(policy.find(SERVER_NAME, Namespace.SNP)).isEmpty();
    assertThat(policy.entryOf("server")).contains("*");
    assertThat(policy.entryOf("hospital-a")).contains("*");
    assertThat(policy.identity()).isEqualTo(written.identity());
    assertThat(policy.changesSince(written)).isEmpty();

    FederationPolicy without = policy().unattested("server").build().resolvedFor(SERVER_NAME);
    assertThat(without.isUnattested(SERVER_NAME)).isTrue();
    assertThat(without.isUnattested("server")).isFalse();
    FederationPolicy unbound = policy().site("server", rules(SNP)).acceptUnbound("server").build();
    assertThat(unbound.resolvedFor(SERVER_NAME).acceptsUnbound(SERVER_NAME)).isTrue();
  }

  @Test
  @DisplayName("server and the server's real name as two keys are refused once the name is known")
  void serverTwice() {
    FederationPolicy written = policy().unattested("server").site(SERVER_NAME, rules(SNP)).build();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> written.resolvedFor(SERVER_NAME))
        .withMessageContaining("which is the same site");
    assertThat(written.resolvedFor("server").isUnattested("server")).isTrue();
  }

  @Test
  @DisplayName("assurance UNBOUND is refused except for a named site with acceptUnbound")
  void unbound() {
    AppraisalRules low = AppraisalRules.of(SNP).assurance(Assurance.UNBOUND).build();
    assertThatIllegalArgumentException().isThrownBy(() -> policy().anySite(low).build());
    assertThatIllegalArgumentException().isThrownBy(() -> policy().site("a", low).build());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> policy().site("a", low).site("b", rules(SNP)).acceptUnbound("b").build())
        .withMessageContaining("a.x-snp: assurance UNBOUND counts only");
    assertThat(policy().site("a", low).acceptUnbound("a").build().acceptsUnbound("a")).isTrue();
    assertThatIllegalArgumentException().isThrownBy(() -> policy().acceptUnbound("*"));
    assertThatIllegalArgumentException().isThrownBy(() -> policy().unattested("*"));
  }

  @Test
  @DisplayName("an alternative has exactly one CPU family, and rules for each of its families")
  void alternatives() {
    Set<Namespace> snp = Set.of(Namespace.SNP);
    Set<Namespace> gpu = Set.of(Namespace.NVIDIA_GPU);
    for (List<Set<Namespace>> bad :
        List.of(
            List.<Set<Namespace>>of(),
            List.of(Set.<Namespace>of()),
            List.of(gpu),
            List.of(Set.of(Namespace.SNP, Namespace.TDX)),
            List.of(snp, snp))) {
      assertThatIllegalArgumentException().isThrownBy(() -> policy().anyOf("a", bad));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> policy().anyOf("a", List.of(snp)).anyOf("a", List.of(snp)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> policy().anyOf("a", List.of(snp)).build())
        .withMessageContaining("x-snp has no rules");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                policy()
                    .site("a", rules(SNP))
                    .site("a", rules(TDX))
                    .anyOf("a", List.of(snp))
                    .build())
        .withMessageContaining("x-tdx would be required in addition");
    FederationPolicy choice =
        policy()
            .anySite(rules(SNP))
            .anySite(rules(TDX))
            .anySite(rules(GPU))
            .anyOf("*", List.of(snp, Set.of(Namespace.TDX)))
            .build();
    assertThat(choice.describe()).containsEntry("sites.*.anyOf", "[[x-snp], [x-tdx]]");
    assertThat(policy().anySite(rules(SNP)).build().alternatives("a")).containsExactly(snp);
    assertThat(policy().build().alternatives("a")).isEmpty();
    assertThat(policy().unattested("a").anySite(rules(SNP)).build().alternatives("a")).isEmpty();
  }

  @Test
  @DisplayName("what is denied is neither unattested nor unbound, in any spelling of its case")
  void denied() {
    FederationPolicy policy =
        policy()
            .unattested("hospital-a")
            .site("hospital-b", rules(SNP))
            .acceptUnbound("hospital-b")
            .deny(
                DenyList.builder()
                    .site("Hospital-A")
                    .site("hospital-b")
                    .site("server")
                    .siteCertificate("0x00ff")
                    .build())
            .build()
            .resolvedFor(SERVER_NAME);
    assertThat(policy.denies("hospital-a")).isTrue();
    assertThat(policy.isUnattested("hospital-a")).isFalse();
    assertThat(policy.acceptsUnbound("hospital-b")).isFalse();
    assertThat(policy.denies(SERVER_NAME)).isTrue();
    assertThat(policy.denies("hospital-c")).isFalse();
    assertThat(policy.denies("hospital-c", BigInteger.valueOf(255))).isTrue();
    assertThat(policy.denies("hospital-c", BigInteger.TEN)).isFalse();
    assertThat(policy.describe())
        .containsEntry("deny.sites.Hospital-A", "denied")
        .containsEntry("deny.siteCertificates.0xff", "denied");
  }

  @Test
  @DisplayName("a deny list refuses zeros, unknown keys, other spellings and repetitions")
  void badDenials() {
    for (String serial : List.of("", "ff", "0xFF", "0x", "255 ", "0x" + "f".repeat(41))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> DenyList.builder().siteCertificate(serial));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DenyList.builder().siteCertificate("0xff").siteCertificate("0x0ff"));
    assertThatIllegalArgumentException().isThrownBy(() -> DenyList.builder().site("a").site("a"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DenyList.builder().evidence(SNP, "chipIds", List.of("00ff", "0000")))
        .withMessageContaining("zeros");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DenyList.builder().evidence(SNP, "chips", "00ff"))
        .withMessageContaining("[chipIds, measurements]");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                DenyList.builder()
                    .evidence(SNP, "chipIds", "00ff")
                    .evidence(SNP, "chipIds", "ff00"));
  }
}

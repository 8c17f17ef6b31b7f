// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.CCManager;
import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.event.CCEvent.Occasion;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.policy.DenyList;
import io.fedtrust.attestation.policy.FederationPolicy;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A manager under a policy that denies sites. */
class DeniedSiteTest {
  private static final String A = "hospital-a";
  private static final String B = "hospital-b";

  private static FederationPolicy.Builder accepting() {
    return FederationPolicy.named("denying", "2").anySite(SoftTee.CPU.rules());
  }

  private static FederationPolicy denying(String site) {
    return accepting().deny(DenyList.builder().site(site).build()).build();
  }

  private static String serial(String site) {
    return "0x" + Federation.identity(site).certificate().serialNumber().toString(16);
  }

  private static Optional<ReasonCode> lastVerdict(Federation federation, String site) {
    return federation.heard(Federation.SERVER, CCEvent.Appraised.class).stream()
        .map(CCEvent.Appraised::verdict)
        .filter(verdict -> verdict.site().equals(site))
        .reduce((former, later) -> later)
        .flatMap(SiteVerdict::reason);
  }

  @Test
  @DisplayName("an admission ends at once when the new policy denies the site by its name")
  void byName() {
    Federation federation = Federation.of(A, B).started();
    federation.server().replacePolicy(denying(A));
    assertThat(federation.server().admitted(A)).isEmpty();
    assertThat(federation.server().admitted(B)).isPresent();
    assertThat(lastVerdict(federation, A)).contains(ReasonCode.DENIED);
    assertThat(federation.actions).contains("server1 quarantines hospital-a");
  }

  @Test
  @DisplayName("an admission ends at once when the new policy denies the site's certificate")
  void byCertificate() {
    Federation federation = Federation.of(A, B).started();
    federation
        .server()
        .replacePolicy(
            accepting().deny(DenyList.builder().siteCertificate(serial(A)).build()).build());
    assertThat(federation.server().admitted(A)).isEmpty();
    assertThat(federation.server().admitted(B)).isPresent();
    assertThat(lastVerdict(federation, A)).contains(ReasonCode.DENIED);
  }

  @Test
  @DisplayName("deny wins over attestation: none, before and after the site was admitted")
  void unattested() {
    FederationPolicy none = accepting().unattested(A).build();
    FederationPolicy both =
        accepting().unattested(A).deny(DenyList.builder().site(A).build()).build();
    Federation federation = new Federation();
    federation.add(Federation.SERVER, SoftTee.CPU, none, builder -> {});
    federation.add(A, SoftTee.CPU, Federation.CPU, builder -> {});
    federation.started();
    assertThat(federation.server().admitted(A)).isPresent();
    federation.server().replacePolicy(both);
    assertThat(federation.server().admitted(A)).isEmpty();
    assertThat(lastVerdict(federation, A)).contains(ReasonCode.DENIED);
    assertThatThrownBy(() -> federation.register(A)).isInstanceOf(CompletionException.class);
    assertThat(federation.server().admitted(A)).isEmpty();
  }

  @Test
  @DisplayName("deny wins over a named compat peer")
  void compat() {
    FederationPolicy policy =
        FederationPolicy.named("compat", "1")
            .anySite(SoftTee.CPU.rules())
            .site(A, SoftTee.CPU.rules())
            .acceptUnbound(A)
            .deny(DenyList.builder().site(A).build())
            .build();
    assertThat(policy.acceptsUnbound(A)).isFalse();
    assertThat(policy.denies(A)).isTrue();
  }

  @Test
  @DisplayName("a policy that denies this site itself, by name or certificate, is not activated")
  void self() {
    Federation federation = Federation.of(A).started();
    CCManager server = federation.server();
    for (FederationPolicy bad :
        java.util.List.of(
            denying(Federation.SERVER),
            denying("server"),
            accepting()
                .deny(DenyList.builder().siteCertificate(serial(Federation.SERVER)).build())
                .build(),
            accepting().unattested("server").unattested(Federation.SERVER).build())) {
      assertThatThrownBy(() -> server.replacePolicy(bad))
          .isInstanceOfSatisfying(
              AttestationException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.POLICY_INVALID));
      assertThatThrownBy(
              () -> new Federation().add(Federation.SERVER, SoftTee.CPU, bad, builder -> {}))
          .isInstanceOfSatisfying(
              AttestationException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.POLICY_INVALID));
    }
    assertThat(server.admitted(A)).isPresent();
    assertThat(federation.heard(Federation.SERVER, CCEvent.PolicyReplaced.class)).isEmpty();
  }

  @Test
  @DisplayName("the key server gives the federation's server its rules, whatever its name is")
  void serverKey() {
    FederationPolicy policy = accepting().unattested("server").build();
    Federation federation = new Federation();
    federation.add(Federation.SERVER, SoftTee.CPU, policy, builder -> {});
    federation.add(A, SoftTee.CPU, policy, builder -> {});
    federation.started();
    assertThat(federation.at(A).admitted(Federation.SERVER).orElseThrow().notes())
        .anyMatch(note -> note.contains("attestation: none"));
    assertThat(federation.heard(A, CCEvent.Appraised.class))
        .anyMatch(event -> event.occasion() == Occasion.REGISTRATION);
  }
}

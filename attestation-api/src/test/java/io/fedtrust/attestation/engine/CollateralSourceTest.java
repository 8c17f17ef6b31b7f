// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.spi.CCAuthorizer;
import io.fedtrust.attestation.spi.CollateralSource;
import io.fedtrust.attestation.spi.EvidenceCollector;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * A source of collateral that fails says nothing about the sites
 * (docs/protocol/collateral.md#missing-collateral).
 */
class CollateralSourceTest {
  private static final FederationPolicy POLICY =
      FederationPolicy.named("cpu", "1").anySite(SoftTee.CPU.rules()).build();
  private static final Site SERVER = Site.named("server1", "server", SoftTee.CPU);
  private static final Site HOSPITAL = Site.named("hospital-a", "client", SoftTee.CPU);

  /** Verifies with its source's collateral alone: without any the result is open. */
  private record Sourced(CollateralSource collateral) implements CCAuthorizer, EvidenceVerifier {
    @Override
    public Namespace namespace() {
      return Namespace.SNP;
    }

    @Override
    public Optional<EvidenceCollector> collector() {
      return Optional.empty();
    }

    @Override
    public Optional<EvidenceVerifier> verifier() {
      return Optional.of(this);
    }

    @Override
    public Set<EvidenceForm> forms() {
      return Set.of(EvidenceForm.SNP_REPORT);
    }

    @Override
    public EvidenceVerification verify(Evidence evidence, Collateral known, Instant at) {
      EvidenceVerification found = SoftTee.CPU.verify(evidence, known, at);
      Optional<Claims> claims = found.verifiedClaims();
      return known.items().isEmpty() && claims.isPresent()
          ? new EvidenceVerification.Undetermined(
              claims,
              List.of(
                  Check.missing(
                      "soft.list", ReasonCode.COLLATERAL_UNAVAILABLE, "a list", "none", "")),
              List.of(),
              List.of("a note of the verifier"),
              ReasonCode.COLLATERAL_UNAVAILABLE)
          : found;
    }
  }

  private static SiteVerdict judged(CollateralSource source) throws Exception {
    AnswerReader.Answer answer =
        SERVER.reader.read(
            "hospital-a", HOSPITAL.answer(SERVER.request(HOSPITAL)), TestProject.NOW);
    return new SiteAppraisal(List.of(new Sourced(source))).judge(answer, POLICY, TestProject.NOW);
  }

  private static void open(String note, SiteVerdict verdict) {
    assertThat(verdict.outcome()).isEqualTo(SiteVerdict.Outcome.INCONCLUSIVE);
    assertThat(verdict.reason()).contains(ReasonCode.COLLATERAL_UNAVAILABLE);
    assertThat(verdict.verdicts().get(0).appraisal().notes())
        .contains(note)
        .noneMatch(said -> said.contains("secret"));
  }

  @Test
  @DisplayName("A source that has what is needed is used")
  void good() throws Exception {
    Collateral list = Collateral.of(List.of(CollateralItem.of("soft", "list", new byte[1])));
    assertThat(judged(evidence -> list).trusted()).isTrue();
  }

  @Test
  @DisplayName("A source that throws leaves the verdict inconclusive, and a note names the failure")
  void throwing() throws Exception {
    open(
        "the source of collateral failed: IllegalStateException",
        judged(
            evidence -> {
              throw new IllegalStateException("secret");
            }));
    open(
        "the source of collateral failed: StackOverflowError",
        judged(
            evidence -> {
              throw new StackOverflowError("secret");
            }));
  }

  @Test
  @DisplayName("A source that returns nothing leaves the verdict inconclusive, and a note says so")
  @SuppressWarnings("NullAway")
  void nothing() throws Exception {
    open("the source of collateral returned nothing", judged(evidence -> null));
    open("a note of the verifier", judged(evidence -> Collateral.NONE));
  }
}

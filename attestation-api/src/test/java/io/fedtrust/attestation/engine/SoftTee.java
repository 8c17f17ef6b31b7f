// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.policy.AppraisalRules;
import io.fedtrust.attestation.policy.PolicyOption;
import io.fedtrust.attestation.policy.PolicyVocabulary;
import io.fedtrust.attestation.policy.ReferenceValue;
import io.fedtrust.attestation.spi.CCAuthorizer;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.EvidenceCollector;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A family of evidence that nobody but this class can make: measurement and carried value under a
 * code of a key kept here. Enough to test what the exchange adds to evidence.
 */
final class SoftTee implements EvidenceCollector, EvidenceVerifier, CCAuthorizer {
  static final String GOOD = "aa".repeat(48);
  static final SoftTee CPU = new SoftTee(EvidenceForm.SNP_REPORT, GOOD);
  static final SoftTee AZURE = new SoftTee(EvidenceForm.MAA_JWT, GOOD);
  static final SoftTee GPU = new SoftTee(EvidenceForm.NV_EVIDENCE, GOOD);

  private static final byte[] SECRET = "of the hardware".getBytes(StandardCharsets.US_ASCII);

  private final EvidenceForm form;
  private final String measurement;

  SoftTee(EvidenceForm form, String measurement) {
    this.form = form;
    this.measurement = measurement;
  }

  SoftTee running(String other) {
    return new SoftTee(form, other);
  }

  private static String code(String content) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(SECRET, "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(content.getBytes(StandardCharsets.US_ASCII)));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Evidence collect(Binding binding, Deadline deadline) {
    String content = measurement + ":" + HexFormat.of().formatHex(binding.hash());
    return Evidence.of(form, content + ":" + code(content));
  }

  /** In the thread of the caller, so that a federation runs in one. */
  @Override
  public CompletionStage<Evidence> start(Binding binding, Deadline deadline) {
    return CompletableFuture.completedFuture(collect(binding, deadline));
  }

  @Override
  public Set<EvidenceForm> forms() {
    return Set.of(form);
  }

  @Override
  public EvidenceVerification verify(Evidence evidence, Collateral collateral, Instant at) {
    // As JSON, a token may have blanks around it.
    String[] parts = evidence.token().strip().split(":", -1);
    if (parts.length != 3 || !code(parts[0] + ":" + parts[1]).equals(parts[2])) {
      return new EvidenceVerification.NotGenuine(
          List.of(Check.failed("soft.code", ReasonCode.SIGNATURE_INVALID, "a code", "none", "")),
          List.of(),
          List.of(),
          ReasonCode.SIGNATURE_INVALID);
    }
    return new EvidenceVerification.Genuine(
        Claims.of(form, parts[0], HexFormat.of().parseHex(parts[1]))
            .signedContent((parts[0] + ":" + parts[1]).getBytes(StandardCharsets.US_ASCII))
            .nonce(HexFormat.of().parseHex(parts[1]))
            .build(),
        List.of(),
        List.of(),
        List.of(),
        Instant.MAX,
        Instant.MAX);
  }

  @Override
  public EvidenceForm form() {
    return form;
  }

  @Override
  public Namespace namespace() {
    return form.namespace();
  }

  @Override
  public Optional<EvidenceCollector> collector() {
    return Optional.of(this);
  }

  @Override
  public Optional<EvidenceVerifier> verifier() {
    return Optional.of(this);
  }

  /** The verifier alone. */
  CCAuthorizer verifying() {
    return new Half(form.namespace(), Optional.empty(), Optional.of(this));
  }

  /** A verifier that fails as no verifier should. */
  CCAuthorizer verifyingUnless(BooleanSupplier broken) {
    EvidenceVerifier failing =
        new EvidenceVerifier() {
          @Override
          public Set<EvidenceForm> forms() {
            return Set.of(form);
          }

          @Override
          public EvidenceVerification verify(Evidence evidence, Collateral collateral, Instant at) {
            if (broken.getAsBoolean()) {
              throw new IllegalStateException("broken verifier");
            }
            return SoftTee.this.verify(evidence, collateral, at);
          }
        };
    return new Half(form.namespace(), Optional.empty(), Optional.of(failing));
  }

  /** A collector alone. */
  static CCAuthorizer collecting(EvidenceCollector collector) {
    return new Half(collector.form().namespace(), Optional.of(collector), Optional.empty());
  }

  private record Half(
      Namespace namespace,
      Optional<EvidenceCollector> collector,
      Optional<EvidenceVerifier> verifier)
      implements CCAuthorizer {}

  /** Hardware that gives what a test wants. */
  static EvidenceCollector giving(EvidenceForm form, Function<Binding, Evidence> evidence) {
    return starting(form, binding -> CompletableFuture.completedFuture(evidence.apply(binding)));
  }

  /** Hardware that gives it when a test wants. */
  static EvidenceCollector starting(
      EvidenceForm form, Function<Binding, CompletionStage<Evidence>> evidence) {
    return new EvidenceCollector() {
      @Override
      public EvidenceForm form() {
        return form;
      }

      @Override
      public Evidence collect(Binding binding, Deadline deadline) {
        throw new AssertionError("a manager calls start alone");
      }

      @Override
      public CompletionStage<Evidence> start(Binding binding, Deadline deadline) {
        return evidence.apply(binding);
      }
    };
  }

  /** Rules that accept {@link #GOOD}. */
  AppraisalRules rules() {
    return AppraisalRules.of(vocabulary()).measurement(ReferenceValue.of("good", GOOD)).build();
  }

  PolicyVocabulary vocabulary() {
    return new Vocabulary(form);
  }

  private record Vocabulary(EvidenceForm form) implements PolicyVocabulary {
    @Override
    public Namespace namespace() {
      return form.namespace();
    }

    @Override
    public EvidenceForm defaultForm() {
      return form;
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
    public List<Profile> profiles() {
      return List.of(new Profile(STRICT, "all there is", Map.of()));
    }
  }
}

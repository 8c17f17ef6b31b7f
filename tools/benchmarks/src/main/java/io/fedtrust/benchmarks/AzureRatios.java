// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.benchmarks;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.model.Verdict;
import io.fedtrust.attestation.policy.AppraisalContext;
import io.fedtrust.attestation.policy.AppraisalPolicy;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.providers.azure.format.AciEvidence;
import io.fedtrust.attestation.providers.azure.format.UvmEndorsement;
import io.fedtrust.attestation.providers.azure.maa.MaaItems;
import io.fedtrust.attestation.providers.azure.maa.MaaVerifier;
import io.fedtrust.attestation.providers.azure.policy.AciOptions;
import io.fedtrust.attestation.providers.azure.policy.AciPolicy;
import io.fedtrust.attestation.providers.azure.verifier.AciVerifier;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.verifier.SnpVerifier;
import io.fedtrust.attestation.simulated.SimulatedContainerGroup;
import io.fedtrust.attestation.simulated.SimulatedMaa;
import io.fedtrust.attestation.simulated.SimulatedSnpPlatform;
import io.fedtrust.attestation.simulated.SimulatedUvm;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a token of Microsoft Azure Attestation and a container group's bundle cost, beside the
 * signatures they are made of, interleaved in one run. Arguments: rounds, tokens.
 */
public final class AzureRatios {
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
  private static final String RAW = "raw 1 x RS256, RSA-2048";
  private static final String TOKEN = "a token, all claims and policy";
  private static final String REPORT = "a report of SEV-SNP, warm";
  private static final String BUNDLE = "a container group's bundle, warm";
  private static final String ENDORSEMENT = "reading an endorsement (once)";

  private AzureRatios() {}

  private record Token(Evidence evidence, byte[] input, byte[] signature) {
    private static Token of(String text) {
      int dot = text.lastIndexOf('.');
      return new Token(
          Evidence.of(EvidenceForm.MAA_JWT, text),
          text.substring(0, dot).getBytes(StandardCharsets.US_ASCII),
          Base64.getUrlDecoder().decode(text.substring(dot + 1)));
    }
  }

  /** Runs and prints. */
  public static void main(String[] args) throws Exception {
    Rounds rounds = new Rounds(args.length > 0 ? Integer.parseInt(args[0]) : 200);
    int count = args.length > 1 ? Integer.parseInt(args[1]) : 2000;
    SecureRandom random = new SecureRandom();
    Instant made = NOW.minus(Duration.ofDays(9));
    SimulatedMaa service = SimulatedMaa.create(made, random);
    SimulatedSnpPlatform platform = SimulatedSnpPlatform.create(ProductLine.MILAN, made, random);
    SimulatedContainerGroup group =
        SimulatedContainerGroup.on(
            platform, SimulatedUvm.create(made, random), new byte[700], new byte[48], NOW);
    List<Token> tokens = new ArrayList<>();
    List<Evidence> bundles = new ArrayList<>();
    List<Evidence> reports = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] hash = new byte[32];
      random.nextBytes(hash);
      tokens.add(Token.of(service.sign(service.container(NOW).bound(hash))));
    }
    byte[] endorsement = AciEvidence.parse(group.evidence(new byte[32]).token()).endorsement();
    for (int i = 0; i < count; i++) {
      byte[] runtimeData = new byte[64];
      random.nextBytes(runtimeData);
      byte[] report = platform.sign(group.report(runtimeData));
      Evidence bundle =
          AciEvidence.of(report, endorsement)
              .runtimeData(runtimeData)
              .policy(new byte[700])
              .evidence();
      bundles.add(bundle);
      reports.add(AciEvidence.reportIn(bundle));
    }
    MaaVerifier maa = MaaVerifier.containers(service.instance()).build();
    Collateral keys =
        Collateral.of(List.of(service.keys(NOW.plus(Duration.ofDays(1))).item(MaaItems.KEYS, "a")));
    AppraisalPolicy policy =
        FederationPolicy.named("benchmark", "1")
            .anySite(
                AciPolicy.strict()
                    .forms(Set.of(EvidenceForm.MAA_JWT))
                    .set(AciOptions.CONTAINER_POLICIES, "00".repeat(32))
                    .build())
            .build()
            .find("a", Namespace.AZURE_ACI)
            .orElseThrow();
    Collateral amd = Collateral.of(group.collateral(NOW.minus(Duration.ofDays(1))));
    EvidenceVerifier aci = AciVerifier.builder().anchors(group.anchors()).build();
    EvidenceVerifier snp = SnpVerifier.builder().anchors(group.anchors()).build();
    PublicKey key = service.publicKey();
    Signature rsa = Signature.getInstance("SHA256withRSA");
    for (int pass = 0; pass < 3; pass++) {
      for (Token token : tokens) {
        Rounds.require(trusted(policy, maa, keys, token.evidence()) && verifies(rsa, key, token));
      }
      for (int i = 0; i < count; i++) {
        Rounds.require(genuine(aci, amd, bundles.get(i)) && genuine(snp, amd, reports.get(i)));
      }
    }
    rounds.run(
        () -> {
          rounds.measure(RAW, Rounds.BATCH, tokens, token -> verifies(rsa, key, token));
          rounds.measure(
              TOKEN, Rounds.BATCH, tokens, token -> trusted(policy, maa, keys, token.evidence()));
          rounds.measure(REPORT, Rounds.BATCH, reports, report -> genuine(snp, amd, report));
          rounds.measure(BUNDLE, Rounds.BATCH, bundles, bundle -> genuine(aci, amd, bundle));
          rounds.measure(
              ENDORSEMENT,
              4,
              tokens,
              token -> UvmEndorsement.parse(endorsement).statement().svn() > 0);
        });
    rounds.print(count);
    ratio("token, of the raw rate", rounds.median(RAW) / rounds.median(TOKEN));
    ratio("bundle, of the report's rate", rounds.median(REPORT) / rounds.median(BUNDLE));
  }

  private static boolean verifies(Signature rsa, PublicKey key, Token token) throws Exception {
    rsa.initVerify(key);
    rsa.update(token.input());
    return rsa.verify(token.signature());
  }

  private static boolean trusted(
      AppraisalPolicy policy, MaaVerifier verifier, Collateral keys, Evidence evidence) {
    return policy.appraise(
            evidence,
            verifier.verify(evidence, keys, NOW),
            AppraisalContext.evidenceAlone("a", NOW))
        instanceof Verdict.Trusted;
  }

  private static boolean genuine(EvidenceVerifier verifier, Collateral items, Evidence evidence) {
    return verifier.verify(evidence, items, NOW)
        instanceof io.fedtrust.attestation.model.EvidenceVerification.Genuine;
  }

  private static void ratio(String what, double value) {
    System.out.printf(Locale.ROOT, "%-40s %.2f%n", what, value);
  }
}

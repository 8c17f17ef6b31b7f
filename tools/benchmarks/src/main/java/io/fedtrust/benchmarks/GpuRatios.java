// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.benchmarks;

import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.providers.nvidia.format.SignedManifest;
import io.fedtrust.attestation.providers.nvidia.format.SpdmReport;
import io.fedtrust.attestation.providers.nvidia.verifier.GpuVerifier;
import io.fedtrust.attestation.providers.pki.Certificates;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Locale;

/**
 * Verification of GPUs and the raw cryptography that bounds it, alternating in one run. Prints
 * medians of microseconds for one operation, and ratios. Arguments: rounds (default 200), GPUs
 * (default 2000).
 */
public final class GpuRatios {
  private static final String RAW = "raw 1 x P-384";
  private static final String WARM = "verification, warm";
  private static final String HOST_RAW = "raw 8 x P-384, one after the other";
  private static final String HOST = "a host of eight GPUs, warm";
  private static final int GPUS = 8;

  private GpuRatios() {}

  /** Runs and prints. */
  public static void main(String[] args) throws Exception {
    Rounds rounds = new Rounds(args.length > 0 ? Integer.parseInt(args[0]) : 200);
    Gpus all = new Gpus(args.length > 1 ? Integer.parseInt(args[1]) : 2000);
    GpuVerifier verifier = all.verifier();
    Signature curve = Chips.curve();
    for (int pass = 0; pass < 3; pass++) {
      for (Gpus.Gpu gpu : all.gpus) {
        Rounds.require(genuine(verifier, all, gpu.evidence) && gpu.verifies(curve));
      }
      for (Evidence host : all.hosts) {
        Rounds.require(genuine(verifier, all, host));
      }
    }
    byte[] manifest = all.manifests.get(0);
    PublicKey signer =
        Certificates.parse(SignedManifest.parse(manifest).certificates().get(0)).getPublicKey();
    rounds.run(
        () -> {
          rounds.measure(RAW, Rounds.BATCH, all.gpus, gpu -> gpu.verifies(curve));
          rounds.measure(WARM, Rounds.BATCH, all.gpus, gpu -> genuine(verifier, all, gpu.evidence));
          rounds.measure(
              HOST_RAW,
              4,
              all.gpus,
              gpu -> {
                boolean good = true;
                for (int i = 0; i < GPUS; i++) {
                  good &= gpu.verifies(curve);
                }
                return good;
              });
          rounds.measure(HOST, 4, all.hosts, host -> genuine(verifier, all, host));
          rounds.measure(
              "parsing a report",
              Rounds.BATCH * 40,
              all.gpus,
              gpu -> SpdmReport.parse(gpu.report).measurements() > 0);
          rounds.measure(
              "a manifest, parsed and verified (once)",
              2,
              all.manifests,
              xml -> SignedManifest.parse(manifest).isSignedBy(signer));
        });
    rounds.print(all.gpus.size());
    ratio("warm, of the raw rate", rounds.median(RAW) / rounds.median(WARM));
    ratio("eight GPUs, of the raw rate on one core", rounds.median(HOST_RAW) / rounds.median(HOST));
    System.out.printf(
        Locale.ROOT,
        "parsing, reports a second        %.0f%n",
        1e6 / rounds.median("parsing a report"));
  }

  private static boolean genuine(GpuVerifier verifier, Gpus all, Evidence evidence) {
    return verifier.verify(evidence, all.all, Gpus.NOW) instanceof EvidenceVerification.Genuine;
  }

  private static void ratio(String what, double value) {
    System.out.printf(Locale.ROOT, "%-40s %.2f%n", what, value);
  }
}

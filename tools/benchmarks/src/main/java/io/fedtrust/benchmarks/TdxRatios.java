// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.benchmarks;

import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.providers.tdx.format.TdxQuote;
import io.fedtrust.attestation.providers.tdx.verifier.TdxVerifier;
import java.security.Signature;
import java.util.Locale;

/**
 * Verification of TDX evidence and the raw cryptography that bounds it, alternating in one run.
 * Prints medians of microseconds for one operation, and ratios. Arguments: rounds (default 200),
 * platforms (default 2000).
 */
public final class TdxRatios {
  private static final String RAW = "raw 2 x P-256";
  private static final String WARM = "verification, warm";
  private static final String RAW_COLD = "raw cold: 9 x P-256";
  private static final String COLD = "verification, cold with all collateral";

  private final Rounds rounds;
  private int seen;
  private TdxVerifier newcomer;

  private TdxRatios(int rounds) {
    this.rounds = new Rounds(rounds);
  }

  /** Runs and prints. */
  public static void main(String[] args) throws Exception {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 200;
    int count = args.length > 1 ? Integer.parseInt(args[1]) : 2000;
    new TdxRatios(rounds).run(new Tds(count));
  }

  private static boolean raw(Signature curve, Tds.Td td) throws Exception {
    return td.quote.verifies(curve) && td.enclave.verifies(curve);
  }

  private static boolean rawCold(Signature curve, Tds.Td td) throws Exception {
    boolean good = raw(curve, td);
    for (Tds.Signed other : td.others) {
      good &= other.verifies(curve);
    }
    return good;
  }

  private static boolean genuine(TdxVerifier verifier, Tds all, Tds.Td td) {
    return verifier.verify(td.evidence, all.shared, Tds.NOW)
        instanceof EvidenceVerification.Genuine;
  }

  private void run(Tds all) throws Exception {
    TdxVerifier verifier = all.verifier();
    Signature curve = Tds.curve();
    for (int pass = 0; pass < 3; pass++) {
      for (Tds.Td td : all.tds) {
        Rounds.require(genuine(verifier, all, td) && raw(curve, td));
      }
    }
    rounds.run(
        () -> {
          rounds.measure(RAW, Rounds.BATCH, all.tds, td -> raw(curve, td));
          rounds.measure(WARM, Rounds.BATCH, all.tds, td -> genuine(verifier, all, td));
          rounds.measure(RAW_COLD, Rounds.BATCH, all.tds, td -> rawCold(curve, td));
          rounds.measure(
              COLD,
              Rounds.BATCH,
              all.tds,
              ignored -> {
                // Each verifier sees each platform, with its chain, documents and lists, once.
                int index = seen++ % all.tds.size();
                if (index == 0) {
                  newcomer = all.verifier();
                }
                Tds.Td td = all.tds.get(index);
                return newcomer.verify(td.evidence, td.own, Tds.NOW)
                    instanceof EvidenceVerification.Genuine;
              });
          rounds.measure(
              "parsing", Rounds.BATCH * 40, all.tds, td -> TdxQuote.parse(td.bytes).version() == 4);
        });
    rounds.print(all.tds.size());
    System.out.printf(
        Locale.ROOT,
        "warm, of the raw rate            %.2f%n",
        rounds.median(RAW) / rounds.median(WARM));
    System.out.printf(
        Locale.ROOT,
        "cold, of the raw sum's rate      %.2f%n",
        rounds.median(RAW_COLD) / rounds.median(COLD));
    System.out.printf(
        Locale.ROOT, "parsing, quotes a second          %.0f%n", 1e6 / rounds.median("parsing"));
    double rawGain =
        Rounds.gain(
            all.tds,
            () -> {
              Signature own = Tds.curve();
              return td -> raw(own, td);
            });
    double gain = Rounds.gain(all.tds, () -> td -> genuine(verifier, all, td));
    System.out.printf(Locale.ROOT, "second thread: raw x %.2f, warm x %.2f%n", rawGain, gain);
  }
}

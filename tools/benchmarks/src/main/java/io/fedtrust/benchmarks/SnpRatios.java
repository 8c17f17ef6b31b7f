// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.benchmarks;

import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.providers.pki.SignatureScheme;
import io.fedtrust.attestation.providers.pki.Signatures;
import io.fedtrust.attestation.providers.snp.format.SnpReport;
import io.fedtrust.attestation.providers.snp.verifier.SnpVerifier;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Locale;
import java.util.Optional;

/**
 * Verification of SEV-SNP evidence and the raw cryptography that bounds it, alternating in one run.
 * Prints medians of microseconds for one operation, and ratios. Arguments: rounds (default 200),
 * chips (default 2000).
 */
public final class SnpRatios {
  private final Rounds rounds;
  private int seen;
  private SnpVerifier newcomer;

  private SnpRatios(int rounds) {
    this.rounds = new Rounds(rounds);
  }

  /** Runs and prints. */
  public static void main(String[] args) throws Exception {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 200;
    int count = args.length > 1 ? Integer.parseInt(args[1]) : 2000;
    new SnpRatios(rounds).run(new Chips(count, false), new Chips(count, true));
  }

  private void run(Chips warm, Chips cold) throws Exception {
    SnpVerifier verifier = warm.verifier();
    Signature curve = Chips.curve();
    Signature jdk = Signature.getInstance("SHA384withECDSA", "SunEC");
    Signature pss = Signature.getInstance("RSASSA-PSS");
    pss.setParameter(Signatures.PSS_SHA384);
    Signatures ours = new Signatures(Optional.empty());
    for (int pass = 0; pass < 3; pass++) {
      for (Chips.Chip chip : warm.chips) {
        Rounds.require(genuine(verifier, warm, chip) && raw(curve, chip.curveKey, chip));
      }
    }
    rounds.run(
        () -> {
          rounds.measure(
              "raw P-384, Bouncy Castle",
              Rounds.BATCH,
              warm.chips,
              chip -> raw(curve, chip.curveKey, chip));
          rounds.measure(
              "verification, warm",
              Rounds.BATCH,
              warm.chips,
              chip -> genuine(verifier, warm, chip));
          rounds.measure(
              "raw P-384, JDK", Rounds.BATCH, warm.chips, chip -> raw(jdk, chip.jdkKey, chip));
          // A key that has verified before has tables of multiples: a cold one has not.
          for (int i = 0; i < Rounds.BATCH; i++) {
            Chips.Chip chip = cold.chips.get((rounds.next() + i) % cold.chips.size());
            chip.freshKeys.add(ours.curveKey(chip.jdkKey));
          }
          rounds.measure(
              "raw cold: P-384, 3 x RSA-4096",
              Rounds.BATCH,
              cold.chips,
              chip ->
                  raw(curve, chip.freshKeys.remove(), chip)
                      && raw(pss, chip.issuerKey, chip.leafTbs, chip.leafSignature)
                      && raw(pss, chip.rootKey, chip.issuerTbs, chip.issuerSignature)
                      && raw(pss, chip.rootKey, chip.listTbs, chip.listSignature));
          rounds.measure(
              "verification, cold with chain and list",
              Rounds.BATCH,
              cold.chips,
              ignored -> {
                // Each verifier sees each chip, with its chain and its list, once.
                int index = seen++ % cold.chips.size();
                if (index == 0) {
                  newcomer = cold.verifier();
                }
                Chips.Chip chip = cold.chips.get(index);
                return newcomer.verify(chip.evidence, chip.own, Chips.NOW)
                    instanceof EvidenceVerification.Genuine;
              });
          rounds.measure(
              "parsing",
              Rounds.BATCH * 40,
              warm.chips,
              chip -> SnpReport.parse(chip.report).version() == 5);
          Chips.Chip first = warm.chips.get(0);
          Rounds.require(
              ours.verify(
                  SignatureScheme.ECDSA_SHA384, first.curveKey, first.signed, first.signature));
        });
    print(warm, verifier);
  }

  private static boolean genuine(SnpVerifier verifier, Chips chips, Chips.Chip chip) {
    return verifier.verify(chip.evidence, chips.all, Chips.NOW)
        instanceof EvidenceVerification.Genuine;
  }

  private static boolean raw(Signature signature, PublicKey key, Chips.Chip chip) throws Exception {
    return raw(signature, key, chip.signed, chip.signature);
  }

  static boolean raw(Signature signature, PublicKey key, byte[] message, byte[] value)
      throws Exception {
    signature.initVerify(key);
    signature.update(message);
    return signature.verify(value);
  }

  private void print(Chips warm, SnpVerifier verifier) throws Exception {
    rounds.print(warm.chips.size());
    System.out.printf(
        Locale.ROOT,
        "warm, of the raw rate            %.2f%n",
        rounds.median("raw P-384, Bouncy Castle") / rounds.median("verification, warm"));
    System.out.printf(
        Locale.ROOT,
        "cold, of the raw sum's rate      %.2f%n",
        rounds.median("raw cold: P-384, 3 x RSA-4096")
            / rounds.median("verification, cold with chain and list"));
    System.out.printf(
        Locale.ROOT, "parsing, reports a second         %.0f%n", 1e6 / rounds.median("parsing"));
    double rawGain =
        Rounds.gain(
            warm.chips,
            () -> {
              Signature own = Chips.curve();
              return chip -> raw(own, chip.curveKey, chip);
            });
    double gain = Rounds.gain(warm.chips, () -> chip -> genuine(verifier, warm, chip));
    System.out.printf(Locale.ROOT, "second thread: raw x %.2f, warm x %.2f%n", rawGain, gain);
  }
}

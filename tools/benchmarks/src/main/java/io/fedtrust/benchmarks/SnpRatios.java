// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.benchmarks;

import io.fedtrust.attestation.model.Authentication;
import io.fedtrust.attestation.providers.snp.format.SnpReport;
import io.fedtrust.attestation.providers.snp.verifier.SnpVerifier;
import io.fedtrust.attestation.providers.support.SignatureScheme;
import io.fedtrust.attestation.providers.support.Signatures;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Verification of SEV-SNP evidence and the raw cryptography that bounds it, alternating in one run.
 * Prints medians of microseconds for one operation, and ratios. Arguments: rounds (default 200),
 * chips (default 2000).
 */
public final class SnpRatios {
  private static final int BATCH = 50;
  private static final int WARM_UP = 60;

  private final Map<String, double[]> micros = new LinkedHashMap<>();
  private final int rounds;
  private int next;
  private int seen;
  private SnpVerifier newcomer;

  private SnpRatios(int rounds) {
    this.rounds = rounds;
  }

  /** One operation on one chip. */
  private interface Operation {
    boolean on(Chips.Chip chip) throws Exception;
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
        require(genuine(verifier, warm, chip) && raw(curve, chip.curveKey, chip));
      }
    }
    for (int round = -WARM_UP; round < rounds; round++) {
      measure("raw P-384, Bouncy Castle", round, warm, chip -> raw(curve, chip.curveKey, chip));
      measure("verification, warm", round, warm, chip -> genuine(verifier, warm, chip));
      measure("raw P-384, JDK", round, warm, chip -> raw(jdk, chip.jdkKey, chip));
      // A key that has verified before has tables of multiples: a cold one has not.
      for (int i = 0; i < BATCH; i++) {
        Chips.Chip chip = cold.chips.get((next + i) % cold.chips.size());
        chip.freshKeys.add(ours.curveKey(chip.jdkKey));
      }
      measure(
          "raw cold: P-384, 3 x RSA-4096",
          round,
          cold,
          chip ->
              raw(curve, chip.freshKeys.remove(), chip)
                  && raw(pss, chip.issuerKey, chip.leafTbs, chip.leafSignature)
                  && raw(pss, chip.rootKey, chip.issuerTbs, chip.issuerSignature)
                  && raw(pss, chip.rootKey, chip.listTbs, chip.listSignature));
      measure(
          "verification, cold with chain and list",
          round,
          cold,
          ignored -> {
            // Each verifier sees each chip, with its chain and its list, once.
            int index = seen++ % cold.chips.size();
            if (index == 0) {
              newcomer = cold.verifier();
            }
            Chips.Chip chip = cold.chips.get(index);
            return newcomer.authenticate(chip.evidence, chip.own, Chips.NOW)
                instanceof Authentication.Authentic;
          });
      measure("parsing", round, warm, chip -> SnpReport.parse(chip.report).version() == 5);
      require(
          ours.verify(
              SignatureScheme.ECDSA_SHA384,
              warm.chips.get(0).curveKey,
              warm.chips.get(0).signed,
              warm.chips.get(0).signature));
    }
    print(warm, verifier, curve);
  }

  private static boolean genuine(SnpVerifier verifier, Chips chips, Chips.Chip chip) {
    return verifier.authenticate(chip.evidence, chips.all, Chips.NOW)
        instanceof Authentication.Authentic;
  }

  private static boolean raw(Signature signature, java.security.PublicKey key, Chips.Chip chip)
      throws Exception {
    return raw(signature, key, chip.signed, chip.signature);
  }

  private static boolean raw(
      Signature signature, java.security.PublicKey key, byte[] message, byte[] value)
      throws Exception {
    signature.initVerify(key);
    signature.update(message);
    return signature.verify(value);
  }

  private static void require(boolean good) {
    if (!good) {
      throw new IllegalStateException("not genuine");
    }
  }

  private void measure(String name, int round, Chips chips, Operation operation) throws Exception {
    int batch = name.equals("parsing") ? BATCH * 40 : BATCH;
    long start = System.nanoTime();
    for (int i = 0; i < batch; i++) {
      require(operation.on(chips.chips.get((next + i) % chips.chips.size())));
    }
    double each = (System.nanoTime() - start) / 1000.0 / batch;
    next += batch;
    if (round >= 0) {
      micros.computeIfAbsent(name, ignored -> new double[rounds])[round] = each;
    }
  }

  private double median(String name) {
    double[] sorted = micros.get(name).clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private void print(Chips warm, SnpVerifier verifier, Signature curve) throws Exception {
    System.out.printf(
        Locale.ROOT,
        "%d rounds of %d, %d chips, Java %s%n",
        rounds,
        BATCH,
        warm.chips.size(),
        Runtime.version());
    micros.keySet().forEach(name -> System.out.printf("%-40s %9.2f us%n", name, median(name)));
    System.out.printf(
        Locale.ROOT,
        "warm, of the raw rate            %.2f%n",
        median("raw P-384, Bouncy Castle") / median("verification, warm"));
    System.out.printf(
        Locale.ROOT,
        "cold, of the raw sum's rate      %.2f%n",
        median("raw cold: P-384, 3 x RSA-4096") / median("verification, cold with chain and list"));
    System.out.printf(
        Locale.ROOT, "parsing, reports a second         %.0f%n", 1e6 / median("parsing"));
    List<Double> rawGains = new ArrayList<>();
    List<Double> gains = new ArrayList<>();
    for (int i = 0; i < 15; i++) {
      rawGains.add(
          gain(
              warm,
              () -> {
                Signature own = Chips.curve();
                return chip -> raw(own, chip.curveKey, chip);
              }));
      gains.add(gain(warm, () -> chip -> genuine(verifier, warm, chip)));
    }
    rawGains.sort(Double::compare);
    gains.sort(Double::compare);
    System.out.printf(
        Locale.ROOT, "second thread: raw x %.2f, warm x %.2f%n", rawGains.get(7), gains.get(7));
  }

  /** Time of two batches on one thread over their time on two. */
  private static double gain(Chips chips, Callable<Operation> operation) throws Exception {
    double one = seconds(1, chips, operation);
    double two = seconds(2, chips, operation);
    return one / two;
  }

  private static double seconds(int threads, Chips chips, Callable<Operation> operation)
      throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<Boolean>> halves = new ArrayList<>();
      for (int half = 0; half < 2; half++) {
        int offset = half * chips.chips.size() / 2;
        halves.add(
            () -> {
              Operation own = operation.call();
              for (int i = 0; i < chips.chips.size() / 2; i++) {
                require(own.on(chips.chips.get(offset + i)));
              }
              return true;
            });
      }
      long start = System.nanoTime();
      for (Future<Boolean> done : executor.invokeAll(halves)) {
        done.get();
      }
      return (System.nanoTime() - start) / 1e9;
    } finally {
      executor.shutdown();
    }
  }
}

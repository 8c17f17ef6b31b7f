// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.benchmarks;

import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.providers.snp.format.SnpReport;
import io.fedtrust.attestation.providers.snp.verifier.SnpVerifier;
import java.security.Signature;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Verification of SEV-SNP evidence, warm and cold, beside the raw signature and parsing. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class SnpBenchmark {

  /** Chips that all threads share. */
  @State(Scope.Benchmark)
  public static class Shared {
    @Param("2000")
    int count;

    Chips warm;
    Chips cold;
    SnpVerifier verifier;

    @Setup
    public void setUp() throws Exception {
      warm = new Chips(count, false);
      cold = new Chips(count, true);
      verifier = warm.verifier();
      warm.chips.forEach(chip -> verifier.verify(chip.evidence, warm.all, Chips.NOW));
    }
  }

  /** A place in the rotation and a signature object for each thread. */
  @State(Scope.Thread)
  public static class Mine {
    private int next;
    private Signature curve;

    @Setup
    public void setUp() throws Exception {
      curve = Chips.curve();
    }

    private Chips.Chip chip(Chips chips) {
      next = (next + 1) % chips.chips.size();
      return chips.chips.get(next);
    }
  }

  @Benchmark
  public boolean rawP384(Shared shared, Mine mine) throws Exception {
    Chips.Chip chip = mine.chip(shared.warm);
    mine.curve.initVerify(chip.curveKey);
    mine.curve.update(chip.signed);
    return mine.curve.verify(chip.signature);
  }

  @Benchmark
  public EvidenceVerification warm(Shared shared, Mine mine) {
    return shared.verifier.verify(mine.chip(shared.warm).evidence, shared.warm.all, Chips.NOW);
  }

  @Benchmark
  public EvidenceVerification cold(Shared shared, Mine mine) {
    Chips.Chip chip = mine.chip(shared.cold);
    return shared.cold.verifier().verify(chip.evidence, chip.own, Chips.NOW);
  }

  @Benchmark
  public SnpReport parse(Shared shared, Mine mine) throws Exception {
    return SnpReport.parse(mine.chip(shared.warm).report);
  }
}

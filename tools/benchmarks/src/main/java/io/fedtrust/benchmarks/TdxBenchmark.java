// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.benchmarks;

import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.providers.tdx.format.TdxQuote;
import io.fedtrust.attestation.providers.tdx.verifier.TdxVerifier;
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

/** Verification of TDX evidence, warm and cold, beside the raw signatures and parsing. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class TdxBenchmark {

  /** Platforms that all threads share. */
  @State(Scope.Benchmark)
  public static class Shared {
    @Param("2000")
    int count;

    Tds all;
    TdxVerifier verifier;

    @Setup
    public void setUp() throws Exception {
      all = new Tds(count);
      verifier = all.verifier();
    }
  }

  /** A place in the rotation and a signature object for each thread. */
  @State(Scope.Thread)
  public static class Mine {
    private int next;
    private Signature curve;

    @Setup
    public void setUp() throws Exception {
      curve = Tds.curve();
    }

    private Tds.Td td(Shared shared) {
      next = (next + 1) % shared.all.tds.size();
      return shared.all.tds.get(next);
    }
  }

  @Benchmark
  public boolean rawTwoP256(Shared shared, Mine mine) throws Exception {
    Tds.Td td = mine.td(shared);
    return td.quote.verifies(mine.curve) && td.enclave.verifies(mine.curve);
  }

  @Benchmark
  public EvidenceVerification warm(Shared shared, Mine mine) {
    return shared.verifier.verify(mine.td(shared).evidence, shared.all.shared, Tds.NOW);
  }

  @Benchmark
  public EvidenceVerification cold(Shared shared, Mine mine) {
    Tds.Td td = mine.td(shared);
    return shared.all.verifier().verify(td.evidence, td.own, Tds.NOW);
  }

  @Benchmark
  public TdxQuote parse(Shared shared, Mine mine) throws Exception {
    return TdxQuote.parse(mine.td(shared).bytes);
  }
}

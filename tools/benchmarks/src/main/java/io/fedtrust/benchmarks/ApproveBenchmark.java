// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.benchmarks;

import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.core.io.Durability;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One approval of a new request, ledger and all. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ApproveBenchmark {

  /** Shared by the threads, as a CA is. */
  @State(Scope.Benchmark)
  public static class Shared {
    @Param({"NO_SYNC", "SYNC"})
    Durability durability;

    Federation federation;

    @Setup
    public void setUp() throws Exception {
      federation = new Federation(durability);
    }

    @TearDown
    public void tearDown() throws IOException {
      federation.remove();
    }
  }

  /** A request of its own for every approval. */
  @State(Scope.Thread)
  public static class Next {
    RequestFolder request;

    @Setup(Level.Invocation)
    public void setUp(Shared shared) {
      request = shared.federation.request();
    }
  }

  @Benchmark
  public Object approve(Shared shared, Next next) {
    return shared
        .federation
        .ca
        .approve(next.request.requestZip())
        .against(shared.federation.profile)
        .write();
  }

  /** With the key pair given: what a request costs beside key generation. */
  @Benchmark
  public Object request(Shared shared) {
    return shared.federation.request();
  }
}

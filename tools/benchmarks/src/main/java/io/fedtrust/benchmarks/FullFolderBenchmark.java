// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.benchmarks;

import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.core.io.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** Packaging into a prod folder that already holds many kits, with and without its hint. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class FullFolderBenchmark {
  @Param({"10", "100", "1000", "10000"})
  int kits;

  @Param({"true", "false"})
  boolean hint;

  private Federation federation;
  private Path requestFolder;
  private Path signedZip;

  @Setup
  public void fill() throws Exception {
    federation = new Federation(Durability.NO_SYNC);
    Path prod = federation.root.resolve("workspace/bench/prod_00");
    byte[] root = Files.readAllBytes(federation.root.resolve("ca/rootCA.pem"));
    for (int i = 0; i < kits; i++) {
      Path startup = Files.createDirectories(prod.resolve("kit-" + i + "/startup"));
      Files.write(startup.resolve("rootCA.pem"), root);
    }
    next();
    packageKit();
  }

  @Setup(Level.Invocation)
  public void next() throws IOException {
    requestFolder = federation.request().folder();
    signedZip =
        federation
            .ca
            .approve(requestFolder.resolve(requestFolder.getFileName() + ".request.zip"))
            .against(federation.profile)
            .write()
            .signedZip();
    if (!hint) {
      Files.deleteIfExists(federation.root.resolve("workspace/bench/state/.prod_00.hint"));
    }
  }

  @TearDown
  public void tearDown() throws IOException {
    federation.remove();
  }

  @Benchmark
  public StartupKit packageKit() {
    return federation
        .engine
        .packager(federation.engine.openBundle(signedZip).trust(federation.ca.fingerprint()))
        .requestFolder(requestFolder)
        .packageInto(federation.root.resolve("workspace"));
  }
}

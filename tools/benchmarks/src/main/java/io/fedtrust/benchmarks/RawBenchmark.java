// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.benchmarks;

import io.fedtrust.provisioning.core.x509.Jca;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The primitives that bound the operations. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class RawBenchmark {
  private final Jca jca = new Jca(Optional.empty(), new SecureRandom());
  private final byte[] message = new byte[1024];
  private KeyPair keys;
  private Path file;
  private FileChannel channel;

  @Setup
  public void setUp() throws Exception {
    keys = jca.generateKeyPair(Jca.KEY_BITS);
    Path base = Path.of(System.getProperty("fedtrust.benchmark.dir", "target"));
    file = Files.createTempFile(Files.createDirectories(base), "sync", ".bin");
    channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
  }

  @TearDown
  public void tearDown() throws IOException {
    channel.close();
    Files.delete(file);
  }

  /** What an approval cannot do without. */
  @Benchmark
  public Object twoSignatures() throws Exception {
    byte[] certificate = jca.signPkcs1(keys.getPrivate(), message);
    return new Object[] {certificate, jca.signPss(keys.getPrivate(), message)};
  }

  @Benchmark
  public Object oneSync() throws IOException {
    channel.write(ByteBuffer.wrap(message));
    channel.force(true);
    return channel;
  }
}

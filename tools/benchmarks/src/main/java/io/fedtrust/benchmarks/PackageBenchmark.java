// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.benchmarks;

import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.core.io.Durability;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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

/** One kit: verified, rendered, written; and the same files written plainly. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PackageBenchmark {
  @Param({"NO_SYNC", "SYNC"})
  Durability durability;

  private Federation federation;
  private Path signedZip;
  private Path requestFolder;
  private Map<String, byte[]> kitFiles;
  private int plain;

  @Setup
  public void setUp() throws Exception {
    federation = new Federation(durability);
    approveNext();
    kitFiles = read(packageKit().folder());
  }

  @TearDown
  public void tearDown() throws IOException {
    federation.remove();
  }

  @Setup(Level.Invocation)
  public void approveNext() {
    RequestFolder request = federation.request();
    requestFolder = request.folder();
    signedZip =
        federation.ca.approve(request.requestZip()).against(federation.profile).write().signedZip();
  }

  @Benchmark
  public StartupKit packageKit() {
    return federation
        .engine
        .packager(federation.engine.openBundle(signedZip).trust(federation.ca.fingerprint()))
        .requestFolder(requestFolder)
        .packageInto(federation.root.resolve("workspace"));
  }

  /** The same files, folders and modes, and nothing else. */
  @Benchmark
  public Object writeSameFiles() throws IOException {
    Path kit = federation.root.resolve("plain-" + plain++);
    for (String folder : new String[] {"", "startup", "local", "transfer"}) {
      Files.createDirectory(kit.resolve(folder));
    }
    for (Map.Entry<String, byte[]> file : kitFiles.entrySet()) {
      Path path = kit.resolve(file.getKey());
      Files.write(path, file.getValue());
      String mode =
          file.getKey().endsWith(".key")
              ? "rw-------"
              : file.getKey().endsWith(".sh") ? "rwxr-xr-x" : "rw-r--r--";
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }
    return kit;
  }

  private static Map<String, byte[]> read(Path folder) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    try (Stream<Path> walk = Files.walk(folder)) {
      for (Path path : walk.filter(Files::isRegularFile).toList()) {
        files.put(folder.relativize(path).toString(), Files.readAllBytes(path));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }
}

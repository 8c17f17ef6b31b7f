// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.error.ErrorCode;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SmallHeapTest {
  @TempDir Path temp;

  @Test
  @DisplayName(
      "hostile input and the whole journey fit into 64 MiB, without a GPU or anything installed")
  void fitsIntoSmallHeap() throws Exception {
    Path log = temp.resolve("log");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                Journey.class.getName(),
                Files.createDirectories(temp.resolve("world")).toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(log)).isZero();
  }

  /** What runs in the small heap. */
  public static final class Journey {
    private Journey() {}

    public static void main(String[] args) throws Exception {
      World world = new World(Path.of(args[0]));
      world.ca();
      RequestFolder request = world.request(World.client("site-1"));
      byte[] good = Files.readAllBytes(request.requestZip());
      for (int megabytes : new int[] {1, 10, 20}) {
        Zips.change(
            request.requestZip(), m -> m.put("site.yaml", new byte[megabytes * 1024 * 1024]));
        Refusals.refused(ErrorCode.INVALID_ARGS, () -> world.approve(request));
      }
      Files.write(request.requestZip(), new byte[0]);
      // Not as an array: the heap has room for it only while it is not divided.
      try (RandomAccessFile large = new RandomAccessFile(request.requestZip().toFile(), "rw")) {
        large.setLength(40L * 1024 * 1024);
      }
      Refusals.refused(ErrorCode.INVALID_ARGS, () -> world.approve(request));
      Path yaml = world.write("big.yaml", "a: " + "[".repeat(60_000));
      Refusals.refused(ErrorCode.INVALID_ARGS, () -> world.engine().readDefinition(yaml));
      Files.write(request.requestZip(), good);
      world.packageKit(world.approve(request));
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.core.io.FailPoint;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A disk that is full at any one step. The command says so or does without; the next command finds
 * the old state or the new one, never a mixture.
 */
class FullDiskTest {
  private static final int MAX_STEPS = 200;
  private static final Set<ErrorCode> ALREADY_DONE =
      Set.of(
          ErrorCode.CERT_ALREADY_EXISTS,
          ErrorCode.REQUEST_ALREADY_APPROVED,
          ErrorCode.OUTPUT_DIR_EXISTS,
          ErrorCode.CA_VERSION_ALREADY_EXISTS);

  @TempDir Path temp;

  @ParameterizedTest
  @DisplayName("a full disk at any step is refused, or harmless, and the next command works")
  @ValueSource(strings = {"approve", "roll-over", "request", "package", "repackage"})
  void fullDisk(String operation) throws IOException {
    World template = new World(Files.createDirectories(temp.resolve("template")));
    template.ca();
    RequestFolder request = template.request(World.client("site-1"));
    if (operation.endsWith("package")) {
      template.approve(request);
    }
    if (operation.equals("repackage")) {
      CrashingProcess.run("package", template);
    }
    template.writeFixtureKeys();
    int refusals = 0;
    for (int point = 1; point < MAX_STEPS; point++) {
      Path folder = copy(template.root, temp.resolve(operation + point));
      AtomicInteger steps = new AtomicInteger();
      int failAt = point;
      FailPoint full =
          (step, path) -> {
            if (steps.incrementAndGet() == failAt) {
              throw new IOException("No space left on device");
            }
          };
      try {
        CrashingProcess.run(operation, new World(folder, List.of(), full));
      } catch (ProvisioningException e) {
        assertThat(e.code()).as("point " + point).isEqualTo(ErrorCode.OUTPUT_DIR_NOT_WRITABLE);
        refusals++;
      }
      requireUsable(operation, new World(folder), point);
      if (steps.get() < point) {
        assertThat(refusals).isGreaterThan(5);
        return;
      }
    }
    throw new AssertionError("too many points in " + operation);
  }

  private static void requireUsable(String operation, World world, int point) {
    try {
      try {
        CrashingProcess.run(operation, world);
      } catch (ProvisioningException e) {
        assertThat(ALREADY_DONE).contains(e.code());
      }
      world.engine().openAuthority(world.path("ca")).open().ledger().records();
      if (operation.equals("approve")) {
        world.engine().openBundle(world.path("site-1/site-1.signed.zip"));
        assertThat(world.ca().ledger().records()).hasSize(1).allMatch(r -> r.completed());
      }
      if (operation.endsWith("package")) {
        world.engine().openKit(world.path("workspace/fed_test/prod_00/site-1"));
        assertThat(world.path("site-1/site-1.crt")).exists();
      }
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("after point " + point + " of " + operation, e);
    }
  }

  private static Path copy(Path source, Path target) throws IOException {
    try (Stream<Path> walk = Files.walk(source)) {
      for (Path path : walk.toList()) {
        Path to = target.resolve(source.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(to);
        } else {
          Files.copy(path, to, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
    return target.toRealPath();
  }
}

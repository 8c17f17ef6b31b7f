// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.core.World;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.model.ApprovalRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An approval that stops at any step on the file system and is made again. */
class ResumedApprovalTest {
  private static final int MOST_STEPS = 200;

  @TempDir Path temp;

  /** No operation of ours catches it. */
  private static final class Halted extends Error {
    private static final long serialVersionUID = 1L;
  }

  @Test
  @DisplayName("P11 an approval halted at any step is resumed without force, with one certificate")
  void resumesFromEveryStep() throws IOException {
    int resumed = 0;
    boolean halted = true;
    for (int step = 1; halted; step++) {
      assertThat(step).isLessThan(MOST_STEPS);
      World world = new World(Files.createDirectory(temp.resolve("step-" + step)));
      world.ca();
      RequestFolder request = world.request(World.client("site-1"));
      halted = haltsAt(step, world.root, request);
      Optional<ApprovalRecord> intent =
          world.ca().ledger().byRequestId(request.metadata().requestId());
      if (intent.filter(ApprovalRecord::completed).isEmpty()) {
        world.approve(request);
        resumed += intent.isPresent() ? 1 : 0;
      }
      ApprovalRecord done =
          world.ca().ledger().byRequestId(request.metadata().requestId()).orElseThrow();
      assertThat(done.completed()).isTrue();
      intent.ifPresent(first -> assertThat(done.serial()).isEqualTo(first.serial()));
      Path zip = request.folder().resolve("site-1.signed.zip");
      assertThat(done.signedZipSha256()).contains(Jca.sha256(Files.readAllBytes(zip)));
      assertThat(world.ca().ledger().records()).hasSize(1);
    }
    assertThat(resumed).isGreaterThan(1);
  }

  private static boolean haltsAt(int step, Path root, RequestFolder request) {
    AtomicInteger steps = new AtomicInteger();
    World halting =
        new World(
            root,
            List.of(),
            (name, path) -> {
              if (steps.incrementAndGet() == step) {
                throw new Halted();
              }
            });
    try {
      halting.approve(request);
      return false;
    } catch (Halted e) {
      return true;
    }
  }
}

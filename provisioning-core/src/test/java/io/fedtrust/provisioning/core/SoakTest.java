// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.provisioning.SignedBundle;
import io.fedtrust.provisioning.core.archive.ZipContents;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.Fingerprint;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that approves on eight threads is killed again and again. The build does it for a few
 * hundred requests; {@code -Dfedtrust.soak.requests=20000} for as many as asked.
 */
class SoakTest {
  private static final int REQUESTS = Integer.getInteger("fedtrust.soak.requests", 300);
  private static final long SEED = Long.getLong("fedtrust.soak.seed", 20261121L);
  private static final int MOST_KILLS = Math.min(40, 4 + REQUESTS / 100);
  private static final int LONGEST_MILLIS = Math.max(1500, REQUESTS / 8);

  @TempDir Path temp;

  @Test
  @DisplayName("killed and restarted: no lost or doubled serial, ledger and zips agree")
  void killedAndRestarted() throws Exception {
    World world = new World(temp);
    world.ca();
    for (int i = 0; i < REQUESTS; i++) {
      String name = "site-" + i;
      world
          .engine()
          .request(World.definition(World.client(name)))
          .writeTo(world.path("requests").resolve(name));
    }

    int kills = 0;
    int interrupted = 0;
    Random random = new Random(SEED);
    while (completed(world) < REQUESTS && kills < MOST_KILLS) {
      Process process = start();
      awaitWork(process);
      if (process.waitFor(1 + random.nextInt(LONGEST_MILLIS), TimeUnit.MILLISECONDS)) {
        assertThat(process.exitValue()).isZero();
      } else {
        process.destroyForcibly().waitFor();
        kills++;
        interrupted += (int) (world.ca().ledger().records().size() - completed(world));
      }
    }
    Process last = start();
    assertThat(last.waitFor(20, TimeUnit.MINUTES)).isTrue();
    assertThat(last.exitValue()).isZero();
    System.out.printf(
        "soak: %d requests, %d kills, %d approvals interrupted%n", REQUESTS, kills, interrupted);

    List<ApprovalRecord> records = world.ca().ledger().records();
    assertThat(records).hasSize(REQUESTS).allMatch(ApprovalRecord::completed);
    assertThat(records.stream().map(ApprovalRecord::serial)).doesNotHaveDuplicates();
    assertThat(records.stream().map(ApprovalRecord::name)).doesNotHaveDuplicates();
    Fingerprint root = world.ca().fingerprint();
    for (ApprovalRecord entry : records) {
      Path zip = world.path("requests").resolve(entry.name()).resolve(entry.name() + ".signed.zip");
      assertThat(entry.signedZipSha256()).contains(Jca.sha256(Files.readAllBytes(zip)));
      ZipContents members = ZipContents.read(Files.readAllBytes(zip), ErrorCode.INVALID_SIGNED_ZIP);
      assertThat(Jca.sha256(members.get(entry.name() + ".crt")))
          .isEqualTo(entry.certificateSha256().orElseThrow());
      SignedBundle bundle = world.engine().openBundle(zip).trust(root);
      assertThat(bundle.certificate().getSerialNumber().toString(16))
          .isEqualTo(entry.serial().substring(2));
    }
    // A kill between the last ledger line and the tidying leaves a copy of what was delivered.
    Path pending = world.path("ca").resolve(".pending");
    if (Files.exists(pending)) {
      World tomorrow = world.at(Instant.now().plus(Duration.ofDays(1)));
      tomorrow.engine().clean(world.path("ca"), true);
      assertThat(pending).isEmptyDirectory();
    }
  }

  private static long completed(World world) {
    return world.ca().ledger().records().stream().filter(ApprovalRecord::completed).count();
  }

  private static void awaitWork(Process process) throws IOException {
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    assertThat(output.readLine()).isEqualTo("started");
  }

  private Process start() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            SoakProcess.class.getName(),
            temp.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}

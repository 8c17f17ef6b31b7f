// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.core.LedgerText;
import io.fedtrust.provisioning.core.World;
import io.fedtrust.provisioning.core.Zips;
import io.fedtrust.provisioning.core.io.FileOutput;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.model.ApprovalRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An approval that stops at any step on the file system and is made again. */
class ResumedApprovalTest {
  private static final int MOST_STEPS = 200;

  @TempDir Path temp;

  /** No operation of ours catches it. */
  private static final class Halted extends Error {
    private static final long serialVersionUID = 1L;
  }

  @Test
  @DisplayName("an approval halted at any step is resumed without force, with one certificate")
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

  static Stream<Path> places() {
    return Stream.of(Path.of("here"), Path.of("/dev/shm"));
  }

  @ParameterizedTest(name = "target in {0}")
  @MethodSource("places")
  @DisplayName("nothing of a certificate leaves the CA before the ledger has issued it")
  void nothingLeavesEarly(Path place) throws IOException {
    Path targets =
        place.isAbsolute() ? elsewhere(place) : Files.createDirectory(temp.resolve(place));
    try {
      int seenEarly = 0;
      boolean halted = true;
      for (int step = 1; halted; step++) {
        assertThat(step).isLessThan(MOST_STEPS);
        World world = new World(Files.createDirectory(temp.resolve("step-" + step)));
        world.ca();
        RequestFolder request = world.request(World.client("site-1"));
        Path target = targets.resolve("step-" + step).resolve("site-1.signed.zip");
        Set<Path> before = outside(world, target);
        halted = haltsAt(step, world.root, request, target);

        Set<Path> fresh = outside(world, target);
        fresh.removeAll(before);
        Set<String> certificates = new HashSet<>();
        for (Path file : fresh) {
          certificates.add(requireIssued(world, file));
        }
        seenEarly += certificates.isEmpty() ? 0 : 1;
        if (halted && world.ca().ledger().records().stream().noneMatch(r -> r.completed())) {
          world.ca().approve(request.requestZip()).against(world.profile()).writeTo(target);
        }
        certificates.add(Jca.sha256(Zips.read(target).get("site-1.crt")));
        assertThat(certificates).as("certificates around step %d", step).hasSize(1);
        ApprovalRecord record = world.ca().ledger().records().get(0);
        assertThat(record.certificateSha256()).contains(certificates.iterator().next());
        assertThat(record.signedZipSha256()).contains(Jca.sha256(Files.readAllBytes(target)));
        assertThat(world.ca().ledger().records()).hasSize(1);
      }
      assertThat(seenEarly).isGreaterThan(2);
    } finally {
      if (place.isAbsolute()) {
        FileOutput.durable().deleteTree(targets);
      }
    }
  }

  @Test
  @DisplayName("intent and issue are forced to the disk before a file is written elsewhere")
  void durableFirst() {
    List<String> steps = new ArrayList<>();
    World world = new World(temp);
    world.ca();
    RequestFolder request = world.request(World.client("site-1"));
    World watched =
        new World(
            world.root, List.of(), (step, path) -> steps.add(step + " " + path.getFileName()));
    watched.approve(request);

    int firstElsewhere = -1;
    for (int i = 0; i < steps.size() && firstElsewhere < 0; i++) {
      firstElsewhere = steps.get(i).contains("site-1.signed.zip") ? i : -1;
    }
    assertThat(steps.subList(0, firstElsewhere))
        .filteredOn(step -> step.endsWith("approvals.ledger"))
        .containsExactly(
            "APPEND approvals.ledger",
            "SYNC approvals.ledger",
            "APPEND approvals.ledger",
            "SYNC approvals.ledger");
    assertThat(steps.subList(firstElsewhere, steps.size()))
        .filteredOn(step -> step.endsWith("approvals.ledger"))
        .containsExactly(
            "APPEND approvals.ledger", "APPEND approvals.ledger", "SYNC approvals.ledger");
  }

  /** Another file system than the CA's, where the system has one. */
  private Path elsewhere(Path place) throws IOException {
    assumeTrue(
        Files.isDirectory(place)
            && Files.isWritable(place)
            && !Files.getFileStore(place).equals(Files.getFileStore(temp)),
        place + " is another file system");
    return Files.createTempDirectory(place, "fedtrust-test");
  }

  /** Every file with content that is neither the CA's nor the account's memory. */
  private static Set<Path> outside(World world, Path target) throws IOException {
    Set<Path> found = new HashSet<>();
    for (Path root : List.of(world.root, target.getParent())) {
      if (Files.isDirectory(root)) {
        try (Stream<Path> walk = Files.walk(root)) {
          for (Path file : walk.filter(Files::isRegularFile).toList()) {
            if (!file.startsWith(world.path("ca"))
                && !file.startsWith(world.path("account"))
                && !file.startsWith(world.path("home"))
                && Files.size(file) > 0) {
              found.add(file);
            }
          }
        }
      }
    }
    return found;
  }

  /** Returns the hash of the certificate in a zip that the ledger knows to be issued. */
  private static String requireIssued(World world, Path zip) throws IOException {
    String certificate = Jca.sha256(Zips.read(zip).get("site-1.crt"));
    assertThat(LedgerText.entries(world))
        .as(zip.toString())
        .anySatisfy(
            entry ->
                assertThat(entry)
                    .containsEntry("event", "issued")
                    .containsEntry("certificate_sha256", certificate)
                    .containsEntry("signed_zip_sha256", Jca.sha256(Files.readAllBytes(zip))));
    return certificate;
  }

  private static boolean haltsAt(int step, Path root, RequestFolder request) {
    return haltsAt(step, root, request, request.folder().resolve("site-1.signed.zip"));
  }

  private static boolean haltsAt(int step, Path root, RequestFolder request, Path target) {
    AtomicInteger steps = new AtomicInteger();
    World halting =
        new World(
            root,
            List.of(),
            (name, path) -> {
              // A process that has ended takes no further step.
              if (steps.incrementAndGet() >= step) {
                throw new Halted();
              }
            });
    try {
      halting.ca().approve(request.requestZip()).against(halting.profile()).writeTo(target);
      return false;
    } catch (Halted e) {
      return true;
    }
  }
}

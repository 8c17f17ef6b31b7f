// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.provisioning.Approval;
import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.core.io.FileLocks;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConcurrencyTest {
  private static final int THREADS = 6;

  @TempDir Path temp;
  private World world;

  @BeforeEach
  void makeWorld() {
    world = new World(temp);
    world.ca();
  }

  @Test
  @DisplayName("the same request approved at once: one wins, the others get a clear error")
  void sameRequest() throws Exception {
    RequestFolder request = world.request(World.client("site-1"));
    List<String> outcomes =
        together(
            number ->
                world
                    .engine()
                    .openAuthority(world.path("ca"))
                    .open()
                    .approve(request.requestZip())
                    .against(world.profile())
                    .write());
    assertThat(outcomes).containsOnlyOnce("done");
    assertThat(outcomes)
        .isSubsetOf("done", "BUSY", "REQUEST_ALREADY_APPROVED", "CERT_ALREADY_EXISTS");
    assertThat(world.ca().ledger().records()).hasSize(1);
    world.engine().openBundle(world.path("site-1/site-1.signed.zip"));
  }

  @Test
  @DisplayName("different requests approved at once, by different engines: all succeed, one chain")
  void differentRequests() throws Exception {
    List<RequestFolder> requests = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      requests.add(world.request(World.client("site-" + i)));
    }
    List<String> outcomes =
        together(
            number ->
                world
                    .engine()
                    .openAuthority(world.path("ca"))
                    .open()
                    .approve(requests.get(number).requestZip())
                    .against(world.profile())
                    .write());
    assertThat(outcomes).containsOnly("done");
    assertThat(world.ca().ledger().records()).hasSize(THREADS).allMatch(r -> r.completed());
  }

  @Test
  @DisplayName("the same participant packaged at once: one wins")
  void samePackage() throws Exception {
    Approval approval = world.approve(world.request(World.client("site-1")));
    List<String> outcomes = together(number -> world.packageKit(approval));
    assertThat(outcomes).containsOnlyOnce("done");
    assertThat(outcomes).isSubsetOf("done", "BUSY", "OUTPUT_DIR_EXISTS");
    world.engine().openKit(world.path("workspace/fed_test/prod_00/site-1"));
  }

  @Test
  @DisplayName("different participants packaged at once into one prod folder: all succeed")
  void differentPackages() throws Exception {
    List<Approval> approvals = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      approvals.add(world.approve(world.request(World.client("site-" + i))));
    }
    List<String> outcomes = together(number -> world.packageKit(approvals.get(number)));
    assertThat(outcomes).containsOnly("done");
    assertThat(world.path("workspace/fed_test/prod_00")).isDirectoryContaining("glob:**site-5");
  }

  @Test
  @DisplayName("two processes: a request at work elsewhere is BUSY here")
  void otherProcess() throws Exception {
    RequestFolder request = world.request(World.client("site-1"));
    Process holder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                LockHolder.class.getName(),
                world.path("ca").toString(),
                request.metadata().requestId())
            .start();
    try {
      assertThat(holder.getInputStream().read()).isEqualTo('h');
      Refusals.refused(ErrorCode.BUSY, () -> world.approve(request));
    } finally {
      holder.destroyForcibly();
      assertThat(holder.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }
    // The system released the lock with the process.
    assertThat(world.approve(request).signedZip()).exists();
  }

  /** Holds a lock until it is killed. */
  public static final class LockHolder {
    private LockHolder() {}

    public static void main(String[] args) throws Exception {
      World world = new World(Files.createTempDirectory("holder"));
      FileLocks.Held held = world.host().locks().now(Path.of(args[0]), args[1], "test");
      System.out.write('h');
      System.out.flush();
      assertThat(System.in.read()).isEqualTo(-1);
      held.close();
    }
  }

  private interface Step {
    Object run(int number) throws Exception;
  }

  private static List<String> together(Step step) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    CyclicBarrier start = new CyclicBarrier(THREADS);
    try {
      List<Callable<String>> tasks = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int number = i;
        tasks.add(
            () -> {
              start.await(20, TimeUnit.SECONDS);
              try {
                step.run(number);
                return "done";
              } catch (ProvisioningException e) {
                return e.code().name();
              }
            });
      }
      List<String> outcomes = new ArrayList<>();
      for (Future<String> future : threads.invokeAll(tasks)) {
        outcomes.add(future.get());
      }
      assertThat(Set.copyOf(outcomes)).isNotEmpty();
      return outcomes;
    } finally {
      threads.shutdownNow();
    }
  }
}

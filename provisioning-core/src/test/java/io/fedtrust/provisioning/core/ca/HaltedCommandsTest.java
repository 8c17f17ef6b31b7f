// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.ca;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.provisioning.Approval;
import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.core.LedgerText;
import io.fedtrust.provisioning.core.World;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.ApprovalRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every command that writes to the ledger stops at each of its steps, and is run again. */
class HaltedCommandsTest {
  private static final int MOST_STEPS = 400;

  @TempDir Path temp;

  /** No operation of ours catches it. */
  private static final class Halted extends Error {
    private static final long serialVersionUID = 1L;
  }

  private enum Command {
    BATCH {
      @Override
      void prepare(World world) {
        world.ca();
        world.request(World.client("site-1"));
        world.request(World.client("site-2"));
      }

      @Override
      void run(World world) {
        world
            .ca()
            .approveAll(List.of(request(world, "site-1"), request(world, "site-2")))
            .against(world.profile())
            .plan()
            .write();
      }

      @Override
      void requireDone(World world) {
        assertThat(records(world)).hasSize(2).allMatch(ApprovalRecord::completed);
        for (ApprovalRecord record : records(world)) {
          assertThat(record.signedZipSha256()).contains(sha256(zip(world, record.name())));
        }
      }
    },

    FORCED_REPLACEMENT {
      @Override
      void prepare(World world) {
        approve(world, "site-1");
      }

      @Override
      void run(World world) {
        if (records(world).size() < 2 || !records(world).get(1).completed()) {
          world
              .later(Duration.ofSeconds(1))
              .ca()
              .approve(request(world, "site-1"))
              .against(world.profile())
              .force()
              .write();
        }
      }

      @Override
      void requireIntact(World world) {
        // The old zip or the new one, never none.
        assertThat(records(world))
            .anyMatch(
                record ->
                    record.signedZipSha256().stream()
                        .anyMatch(sha256(zip(world, "site-1"))::equals));
      }

      @Override
      void requireDone(World world) {
        assertThat(records(world)).hasSize(2).allMatch(ApprovalRecord::completed);
        assertThat(records(world).get(1).signedZipSha256()).contains(sha256(zip(world, "site-1")));
      }
    },

    REVOKE {
      @Override
      void prepare(World world) {
        Approval first = approve(world, "site-1");
        delete(first.signedZip());
        world
            .later(Duration.ofSeconds(1))
            .ca()
            .approve(request(world, "site-1"))
            .against(world.profile())
            .force()
            .write();
      }

      @Override
      void run(World world) {
        if (records(world).stream().anyMatch(record -> record.revocation().isEmpty())) {
          world.ca().revoke("site-1").record();
        }
      }

      @Override
      void requireDone(World world) {
        assertThat(records(world)).hasSize(2).allMatch(record -> record.revocation().isPresent());
        assertThat(LedgerText.events(world)).filteredOn("revoked"::equals).hasSize(2);
      }
    },

    IMPORT {
      @Override
      void prepare(World world) {
        approve(world, "site-1");
        approve(world, "site-2");
        delete(LedgerText.file(world));
        // The account that saw the lost ledger does not take part.
        world.as("importer");
      }

      @Override
      void run(World world) {
        assertThat(
                world
                    .as("importer")
                    .ca()
                    .importApprovals(List.of(zip(world, "site-1"), zip(world, "site-2")))
                    .failed())
            .isEmpty();
      }

      @Override
      void requireDone(World world) {
        assertThat(records(world)).hasSize(2).allMatch(ApprovalRecord::isComplete);
        assertThat(LedgerText.events(world)).filteredOn("imported"::equals).hasSize(2);
      }
    },

    ACCEPT_HEAD {
      @Override
      void prepare(World world) {
        approve(world, "site-1");
        byte[] before = content(LedgerText.file(world));
        approve(world, "site-2");
        try {
          Files.write(LedgerText.file(world), before);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }

      @Override
      void run(World world) {
        CertificateAuthority ca = world.ca();
        try {
          ca.ledger().requireNewest();
        } catch (ProvisioningException older) {
          ca.acceptLedgerHead("Ann Admin");
        }
      }

      @Override
      void requireDone(World world) {
        assertThat(LedgerText.events(world)).contains("head_accepted");
        assertThat(approve(world, "site-3")).isNotNull();
      }
    };

    abstract void prepare(World world);

    /** Runs the command; the second run completes the first. */
    abstract void run(World world);

    /** What holds after each halt. */
    void requireIntact(World world) {}

    abstract void requireDone(World world);

    static List<ApprovalRecord> records(World world) {
      return world.ca().ledger().records();
    }

    static Approval approve(World world, String name) {
      RequestFolder request = world.request(World.client(name));
      return world.approve(request);
    }

    static Path request(World world, String name) {
      return world.path(name).resolve(name + ".request.zip");
    }

    static Path zip(World world, String name) {
      return world.path(name).resolve(name + ".signed.zip");
    }

    static String sha256(Path file) {
      return Jca.sha256(content(file));
    }

    static byte[] content(Path file) {
      try {
        return Files.readAllBytes(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    static void delete(Path file) {
      try {
        Files.delete(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Command.class)
  @DisplayName("a command halted at any step leaves a sound ledger, and completes when repeated")
  void completes(Command command) throws IOException {
    // Prepared once and copied: new keys for each step would take most of the time.
    World prepared = new World(Files.createDirectory(temp.resolve("prepared")));
    command.prepare(prepared);
    boolean halted = true;
    int halts = 0;
    for (int step = 1; halted; step++) {
      assertThat(step).isLessThan(MOST_STEPS);
      World world = new World(copy(prepared.root, temp.resolve("step-" + step)));
      halted = haltsAt(step, world.root, command);
      halts += halted ? 1 : 0;
      command.requireIntact(new World(world.root));
      command.run(new World(world.root));
      command.requireDone(new World(world.root));
    }
    assertThat(halts).isGreaterThan(3);
  }

  private static Path copy(Path from, Path to) throws IOException {
    try (Stream<Path> walk = Files.walk(from)) {
      for (Path path : walk.toList()) {
        Files.copy(
            path, to.resolve(from.relativize(path).toString()), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    return to;
  }

  private static boolean haltsAt(int step, Path root, Command command) {
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
      command.run(halting);
      return false;
    } catch (Halted e) {
      return true;
    }
  }
}

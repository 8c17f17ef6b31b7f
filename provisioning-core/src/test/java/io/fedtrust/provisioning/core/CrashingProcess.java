// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import io.fedtrust.provisioning.core.io.FailPoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process that runs one operation and is halted at its n-th step on the file system, without any
 * clean-up. Arguments: operation, folder, n. Ends with 0 if the operation has fewer steps.
 */
public final class CrashingProcess {
  static final int HALTED = 77;

  private CrashingProcess() {}

  public static void main(String[] args) {
    int haltAt = Integer.parseInt(args[2]);
    AtomicInteger steps = new AtomicInteger();
    FailPoint halt =
        (step, path) -> {
          if (steps.incrementAndGet() == haltAt) {
            Runtime.getRuntime().halt(HALTED);
          }
        };
    run(args[0], new World(Path.of(args[1]), List.of(), halt));
    // No orderly end either: nothing here may depend on one.
    Runtime.getRuntime().halt(0);
  }

  static void run(String operation, World world) {
    switch (operation) {
      case "approve" -> {
        var approving =
            world.ca().approve(world.path("site-1/site-1.request.zip")).against(world.profile());
        approving.write();
      }
      case "roll-over" ->
          world
              .engine()
              .createAuthority(World.PROJECT)
              .deployVersion("01")
              .force()
              .in(world.path("ca"));
      case "request" ->
          world
              .engine()
              .request(World.definition(World.client("site-1")))
              .force()
              .writeTo(world.path("site-1"));
      case "server-request" ->
          world
              .engine()
              .request(World.definition(World.server()))
              .force()
              .writeTo(world.path("localhost"));
      case "package" ->
          world
              .engine()
              .packager(
                  world
                      .engine()
                      .openBundle(world.path("site-1/site-1.signed.zip"))
                      .trustOnFirstUse())
              .requestFolder(world.path("site-1"))
              .packageInto(world.path("workspace"));
      case "repackage" ->
          world
              .engine()
              .packager(
                  world
                      .engine()
                      .openBundle(world.path("site-1/site-1.signed.zip"))
                      .trustOnFirstUse())
              .force()
              .requestFolder(world.path("site-1"))
              .packageInto(world.path("workspace"));
      case "job-ca-request" -> world.engine().jobCaRequest(world.path("localhost")).force().write();
      case "job-ca-approve" ->
          world
              .ca()
              .approveJobCa(world.path("localhost/localhost.jobca.request.zip"))
              .against(world.profile())
              .acceptRisk()
              .write();
      case "job-ca-package" ->
          world
              .engine()
              .packager(
                  world
                      .engine()
                      .openBundle(world.path("localhost/localhost.signed.zip"))
                      .trustOnFirstUse())
              .jobCa(world.path("localhost/localhost.jobca.signed.zip"))
              .force()
              .requestFolder(world.path("localhost"))
              .packageInto(world.path("workspace"));
      default -> throw new IllegalArgumentException(operation);
    }
    if (!Files.isDirectory(world.root)) {
      throw new IllegalStateException("the world has vanished");
    }
  }
}

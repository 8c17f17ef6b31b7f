// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.model.ApprovalRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Approves every request of {@code requests/} that the ledger does not hold as completed, on eight
 * threads, until it is done or killed. Argument: the folder.
 */
public final class SoakProcess {
  private static final int THREADS = 8;

  private SoakProcess() {}

  public static void main(String[] args) throws Exception {
    World world = new World(Path.of(args[0]));
    CertificateAuthority ca = world.ca();
    Set<String> done =
        ca.ledger().records().stream()
            .filter(ApprovalRecord::completed)
            .map(ApprovalRecord::name)
            .collect(Collectors.toSet());
    ExecutorService executor = Executors.newFixedThreadPool(THREADS);
    List<Future<?>> approvals = new ArrayList<>();
    System.out.println("started");
    try (Stream<Path> folders = Files.list(world.path("requests"))) {
      folders
          .filter(folder -> !done.contains(folder.getFileName().toString()))
          .forEach(
              folder ->
                  approvals.add(
                      executor.submit(
                          () -> {
                            Path zip = folder.resolve(folder.getFileName() + ".request.zip");
                            return ca.approve(zip).against(world.profile()).write();
                          })));
    }
    for (Future<?> approval : approvals) {
      approval.get();
    }
    executor.shutdown();
  }
}

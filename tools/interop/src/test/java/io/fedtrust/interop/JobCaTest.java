// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.model.ConnectionSecurity;
import io.fedtrust.provisioning.model.Scheme;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server's job CA with the real runtime, whether the release asks for one or not. */
class JobCaTest {
  private static final String FILE = "job_ca.crt";

  /** Where the documents say that the runtime does not ask: beginnings of versions. */
  private static final List<String> WITHOUT = List.of("2.8.", "2.9.0");

  @TempDir Path folder;

  @Test
  @DisplayName("NVFlare 2.8 and 2.9.0 do not name job_ca.crt: their servers need no job CA")
  void doNotAsk() throws IOException {
    String version = version();
    assumeTrue(
        WITHOUT.stream().anyMatch(version::startsWith),
        () -> "nothing is said of NVFlare " + version);
    assertThat(asksForJobCa()).as("NVFlare " + version + " names " + FILE).isFalse();
  }

  @Test
  @DisplayName("a server with a job CA from a companion request runs a job to its end")
  void runsAJob() throws Exception {
    Network network = Network.on(Scheme.GRPC, ConnectionSecurity.MTLS, 1);
    try (LiveFederation federation = new LiveFederation(folder, network)) {
      Path server =
          federation.withJobCa("localhost", federation.kit(Tool.FEDTRUST, "localhost", "server"));
      assertThat(StartupKit.open(server).jobCaCertificate()).isPresent();
      Path first = federation.kit(Tool.FEDTRUST, "site-1", "client");
      Path second = federation.kit(Tool.FEDTRUST, "site-2", "client");
      Path lead = federation.kit(Tool.FEDTRUST, LiveFederation.LEAD, "admin", "role: lead");
      federation.start(server);
      federation.start(first);
      federation.start(second);
      assertThat(federation.session(lead, LiveFederation.LEAD, "job", "site-1", "site-2"))
          .contains("@{\"event\": \"finished\", \"status\": \"FINISHED:COMPLETED\"}");
      federation.awaitEnd();
    }
  }

  private static String version() {
    try (Stream<Path> packages = Files.list(sitePackages())) {
      return packages
          .map(path -> path.getFileName().toString())
          .filter(name -> name.matches("nvflare-[0-9].*\\.dist-info"))
          .map(name -> name.substring("nvflare-".length(), name.length() - ".dist-info".length()))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean asksForJobCa() throws IOException {
    try (Stream<Path> files = Files.walk(sitePackages().resolve("nvflare"))) {
      return files
          .filter(file -> file.toString().endsWith(".py"))
          .anyMatch(file -> names(file, FILE));
    }
  }

  private static boolean names(Path file, String text) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Path sitePackages() throws IOException {
    try (Stream<Path> versions = Files.list(Tool.peer().resolve("lib"))) {
      return versions
          .filter(path -> path.getFileName().toString().startsWith("python3"))
          .findFirst()
          .orElseThrow()
          .resolve("site-packages");
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.provisioning.model.Fingerprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A kit of distributed provisioning is used like one that the peer provisioned centrally. */
class CentralKitTest {
  private static final String PROJECT = "parity";

  private static final List<Definition> PARTICIPANTS =
      List.of(
          participant("localhost", "server"),
          participant("site-1", "client"),
          participant("lead@hospital-alpha.org", "admin", "role: lead"));

  @TempDir Path folder;

  private static Definition participant(String name, String type, String... more) {
    return new Definition(type, name, type, "hospital_alpha", "", List.of(more));
  }

  @Test
  @DisplayName("a centrally provisioned kit of a participant and ours hold the same files")
  void sameFiles() throws Exception {
    Path central = provisionCentrally();
    Path own = provisionHere();
    for (Definition participant : PARTICIPANTS) {
      SortedSet<String> theirs = files(central.resolve(participant.name()));
      SortedSet<String> ours = files(own.resolve(participant.name()));
      assertThat(ours).as("our kit of %s", participant.name()).hasSizeGreaterThan(5);
      assertThat(ours).as("the files of %s", participant.name()).isEqualTo(theirs);
    }
  }

  private Path provisionCentrally() throws IOException {
    String participants =
        PARTICIPANTS.stream()
            .map(
                definition ->
                    "  - {name: %s, type: %s, org: %s%s}\n"
                        .formatted(
                            definition.name(),
                            definition.type(),
                            definition.org(),
                            definition.isServer()
                                ? ", fed_learn_port: 8002, admin_port: 8003"
                                : definition.more().stream()
                                    .map(line -> ", " + line)
                                    .collect(Collectors.joining())))
            .collect(Collectors.joining());
    Files.writeString(
        folder.resolve("project.yml"),
        """
        api_version: 3
        name: %s
        description: a server, a site and a lead
        participants:
        %sbuilders:
          - path: nvflare.lighter.impl.workspace.WorkspaceBuilder
          - path: nvflare.lighter.impl.static_file.StaticFileBuilder
            args: {config_folder: config, scheme: grpc}
          - path: nvflare.lighter.impl.cert.CertBuilder
          - path: nvflare.lighter.impl.signature.SignatureBuilder
        """
            .formatted(PROJECT, participants));
    Tool.NVFLARE.run(folder, "provision", "-p", "project.yml", "-w", "central").succeeded();
    return folder.resolve("central").resolve(PROJECT).resolve("prod_00");
  }

  private Path provisionHere() throws Exception {
    Files.writeString(
        folder.resolve("profile.yaml"),
        """
        name: %s
        scheme: grpc
        connection_security: mtls
        server: {host: localhost, fed_learn_port: 8002, admin_port: 8003}
        """
            .formatted(PROJECT));
    Tool.FEDTRUST.run(folder, "cert", "init", "--profile", "profile.yaml", "-o", "ca").succeeded();
    Fingerprint fingerprint = Kits.fingerprint(folder.resolve("ca/rootCA.pem"));
    for (Definition participant : PARTICIPANTS) {
      String name = participant.name();
      Files.writeString(folder.resolve(name + ".yaml"), participant.yaml(PROJECT));
      Tool.FEDTRUST.run(folder, "cert", "request", "-p", name + ".yaml").succeeded();
      String zip = name + "/" + name;
      Tool.FEDTRUST
          .run(
              folder,
              "cert",
              "approve",
              zip + ".request.zip",
              "-c",
              "ca",
              "--profile",
              "profile.yaml")
          .succeeded();
      Tool.FEDTRUST
          .run(folder, "package", zip + ".signed.zip", "--fingerprint", fingerprint.toString())
          .succeeded();
    }
    return folder.resolve("workspace").resolve(PROJECT).resolve("prod_00");
  }

  private static SortedSet<String> files(Path kit) throws IOException {
    try (Stream<Path> files = Files.walk(kit)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> kit.relativize(file).toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}

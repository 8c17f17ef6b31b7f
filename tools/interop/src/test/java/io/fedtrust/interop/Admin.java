// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.interop;

import io.fedtrust.provisioning.model.Fingerprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The project admin's folder: profiles, and a CA folder that either command line may use.
 *
 * @param security what the profiles say
 * @param version the CA's deploy version
 */
record Admin(Path folder, String security, String version) {
  static final String PROJECT = "matrix";
  private static final String SERVER = "fl.example.org";

  Path authority() {
    return folder.resolve("ca");
  }

  Admin makeAuthority(Tool tool) throws IOException {
    Files.createDirectories(folder);
    tool.run(
            folder,
            "cert",
            "init",
            "--profile",
            profile(SERVER),
            "-o",
            "ca",
            "--deploy-version",
            version)
        .succeeded();
    return this;
  }

  /** Approves a request zip, which is copied first; the signed zip is {@link #signedZip}. */
  Command.Answer approve(Tool tool, Definition definition, Path requestZip, String... options)
      throws IOException {
    Path inbox = Files.createDirectories(folder.resolve("inbox"));
    Path received = Files.createTempFile(inbox, "r", ".request.zip");
    Files.write(received, Files.readAllBytes(requestZip));
    List<String> command =
        new ArrayList<>(
            List.of(
                "cert",
                "approve",
                received.toString(),
                "--ca-dir",
                "ca",
                "--profile",
                profile(definition.isServer() ? definition.name() : SERVER),
                "--out",
                signedZip(definition).toString()));
    command.addAll(Arrays.asList(options));
    return tool.run(folder, command.toArray(String[]::new));
  }

  Path signedZip(Definition definition) {
    return folder.resolve(definition.name() + ".signed.zip");
  }

  Fingerprint fingerprint() throws Exception {
    return Kits.fingerprint(authority().resolve("rootCA.pem"));
  }

  /** Writes the profile with this server, and returns its file name. */
  String profile(String server) throws IOException {
    String name = server + ".yaml";
    Files.writeString(
        folder.resolve(name),
        """
        name: %s
        scheme: grpc
        connection_security: %s
        server:
          host: %s
          fed_learn_port: 8002
          admin_port: 8003
        """
            .formatted(PROJECT, security, server));
    return name;
  }
}

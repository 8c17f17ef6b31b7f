// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.program;

import io.fedtrust.cli.CliEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Runs every command once in a folder, so that the launcher can archive the classes they load. Not
 * a command: it only makes later commands start faster.
 */
public final class Training {
  private Training() {}

  /** Takes one argument, a folder that may be written to and thrown away. */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]).toAbsolutePath();
    Files.writeString(
        folder.resolve("profile.yaml"),
        """
        name: training
        scheme: grpc
        connection_security: mtls
        server: {host: localhost, fed_learn_port: 8002}
        """);
    Files.writeString(
        folder.resolve("site.yaml"),
        """
        name: training
        participants:
        - {name: site-a, type: client, org: org_a}
        """);
    CliEnvironment environment = CliEnvironment.ofTraining(folder);
    String approve = "cert approve site-a/site-a.request.zip -c ca --profile profile.yaml";
    for (String command :
        new String[] {
          "--version",
          "--help",
          "cert init --profile profile.yaml -o ca",
          "cert request -p site.yaml",
          approve,
          approve,
          approve + " --force --format json",
          "package site-a/site-a.signed.zip",
          "cert inspect site-a/site-a.signed.zip --format json",
          "cert inspect site-a/site-a.request.zip -c ca --profile profile.yaml",
          "cert inspect ca",
          "cert list -c ca"
        }) {
      new Cli(environment).run(command.split(" ", -1));
    }
  }
}

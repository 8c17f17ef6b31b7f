// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.cli.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/** A CA and requests to it, made once and copied for each test: making keys takes long. */
public final class Federation {
  static final String PROFILE = " -c ca --profile project_profile.yaml";
  static final String APPROVE = "cert approve hospital-a/hospital-a.request.zip" + PROFILE;

  /** A second request of hospital-a, with another key. */
  static final String AGAIN = "again/hospital-a.request.zip";

  private static final Path MADE = make();

  private Federation() {}

  /** Returns a shell in a folder with {@code ca/} and a request folder of each participant. */
  public static Shell in(Path folder) throws IOException {
    copy(MADE, folder);
    return new Shell(folder);
  }

  public static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (!Files.isDirectory(target)) {
          Files.copy(
              file,
              target,
              StandardCopyOption.COPY_ATTRIBUTES,
              StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }

  public static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static Path make() {
    try {
      Path folder = Files.createTempDirectory("federation");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> deleteQuietly(folder)));
      Shell shell = new Shell(folder);
      shell.writeFederation();
      shell.definition("boss@example.org", "admin", "alpha", "    role: org_admin\n");
      shell.definition("member@example.org", "admin", "alpha", "    role: member\n");
      run(shell, "cert init --profile project_profile.yaml -o ca --key-type rsa:2048");
      for (String name :
          new String[] {
            "localhost",
            "hospital-a",
            "hospital-b",
            "lead@example.org",
            "boss@example.org",
            "member@example.org"
          }) {
        run(shell, "cert request -p " + name + ".yaml");
      }
      run(shell, "cert request -p hospital-a.yaml --out again");
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void run(Shell shell, String command) {
    Shell.Result result = shell.run(command);
    assertThat(result.exit()).as(result.err()).isZero();
  }

  private static void deleteQuietly(Path folder) {
    try {
      delete(folder);
    } catch (IOException e) {
      // A temporary folder of a test is left.
    }
  }
}

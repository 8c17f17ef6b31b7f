// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program of named modules that depends on the API only, like a host application. */
class ModulePathTest {
  private static final List<String> TEST_ONLY =
      List.of(
          "junit", "assertj", "archunit", "opentest4j", "apiguardian", "byte-buddy", "surefire");

  private static final List<Path> TOOLS =
      Stream.of("", "../cli", "../demo", "../federation")
          .map(tool -> Path.of(tool).toAbsolutePath().normalize())
          .toList();

  private static final String MODULE = "module consumer { requires io.fedtrust.provisioning; }";

  private static final String MAIN =
      """
      package consumer;

      import io.fedtrust.provisioning.CertificateAuthority;
      import io.fedtrust.provisioning.model.ConnectionSecurity;
      import io.fedtrust.provisioning.model.ProjectProfile;
      import io.fedtrust.provisioning.model.Scheme;
      import io.fedtrust.provisioning.model.ServerEndpoint;
      import java.nio.file.Path;

      public class Main {
        public static void main(String[] args) {
          Path folder = Path.of(args[0]);
          ServerEndpoint server = new ServerEndpoint("localhost", 8002, 8003);
          ProjectProfile profile =
              new ProjectProfile("demo", Scheme.GRPC, ConnectionSecurity.MTLS, server);
          CertificateAuthority created = CertificateAuthority.create(profile).in(folder);
          CertificateAuthority opened = CertificateAuthority.open(folder);
          System.out.println(created.fingerprint().equals(opened.fingerprint()));
        }
      }
      """;

  @TempDir Path folder;

  @Test
  @DisplayName("A named module that requires the API alone finds the engine on the module path")
  void engineIsFoundOnTheModulePath() throws Exception {
    Path source = Files.createDirectories(folder.resolve("src/consumer"));
    Path module = Files.writeString(source.getParent().resolve("module-info.java"), MODULE);
    Path main = Files.writeString(source.resolve("Main.java"), MAIN);
    Path classes = folder.resolve("classes");
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "--module-path",
                modulePath(),
                "-d",
                classes.toString(),
                module.toString(),
                main.toString());
    assertThat(compiled).isZero();

    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--module-path",
                classes + File.pathSeparator + modulePath(),
                "-m",
                "consumer/consumer.Main",
                folder.resolve("ca").toString())
            .redirectErrorStream(true)
            .start();
    try (InputStream output = process.getInputStream()) {
      assertThat(new String(output.readAllBytes(), StandardCharsets.UTF_8).lines())
          .last()
          .isEqualTo("true");
    }
    assertThat(process.waitFor()).isZero();
  }

  static String modulePath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> TOOLS.stream().noneMatch(Path.of(entry)::startsWith))
        .filter(
            entry ->
                TEST_ONLY.stream().noneMatch(Path.of(entry).getFileName().toString()::contains))
        .collect(Collectors.joining(File.pathSeparator));
  }
}

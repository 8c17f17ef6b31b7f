// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A family in a named module of its own, which sees only what this library exports. */
class MockFamilyModuleTest {
  private static final Path FAMILY =
      Path.of("../../attestation-providers/src/test/java/io/fedtrust/mock");

  private static final String MODULE =
      """
      module mock.family {
        requires com.nimbusds.jose.jwt;
        requires io.fedtrust.attestation.providers;
        requires static org.jspecify;

        provides io.fedtrust.attestation.providers.family.EvidenceFamily with
            io.fedtrust.mock.MockFamily;
      }
      """;

  private static final String MAIN =
      """
      package consumer;

      import io.fedtrust.attestation.providers.family.EvidenceFamilies;

      public class Main {
        public static void main(String[] args) {
          EvidenceFamilies.installed().forms().forEach(form -> System.out.println(form.form()));
        }
      }
      """;

  @TempDir Path folder;

  @Test
  @DisplayName("It is found on the module path next to the families of this library")
  void foundOnTheModulePath() throws Exception {
    Path source = Files.createDirectories(folder.resolve("src/consumer"));
    Path classes = folder.resolve("classes");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--module-path",
                ModulePathTest.modulePath(),
                "-d",
                classes.toString(),
                Files.writeString(source.getParent().resolve("module-info.java"), MODULE)
                    .toString(),
                Files.writeString(source.resolve("Main.java"), MAIN).toString()));
    try (Stream<Path> sources = Files.list(FAMILY)) {
      sources
          .map(Path::toString)
          .filter(name -> !name.endsWith("Test.java"))
          .forEach(arguments::add);
    }
    assertThat(
            ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, arguments.toArray(String[]::new)))
        .isZero();

    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--module-path",
                classes + File.pathSeparator + ModulePathTest.modulePath(),
                "-m",
                "mock.family/consumer.Main")
            .redirectErrorStream(true)
            .start();
    try (InputStream output = process.getInputStream()) {
      assertThat(new String(output.readAllBytes(), StandardCharsets.UTF_8).lines())
          .containsExactly(
              "snp-report",
              "tdx-quote",
              "ita-jwt",
              "nv-evidence",
              "nras-eat",
              "aci-raw",
              "maa-jwt",
              "maa-cvm-jwt",
              "cvm-tpm",
              "mock-json");
    }
    assertThat(process.waitFor()).isZero();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * What is in the two programs, as they are built; skipped where no package phase has built them.
 */
class ProgramsTest {
  private static final Path COMMAND_LINE = Path.of("../cli/target/fedtrust.jar");
  private static final Path DEMONSTRATIONS = Path.of("../demo/target/fedtrust-demo.jar");

  private static final String FAMILY = "io.fedtrust.attestation.providers.family.EvidenceFamily";

  private static final List<String> APART =
      List.of(
          "io/fedtrust/demo/",
          "io/fedtrust/federation/",
          "io/fedtrust/attestation/simulated/",
          "org/eclipse/jetty/",
          "org/bouncycastle/cms/");

  @Test
  @DisplayName(
      "the jar of the command line has no web server, no simulated hardware, no demonstration")
  void commandLine() throws IOException {
    assumeThat(COMMAND_LINE).exists();
    try (JarFile jar = new JarFile(COMMAND_LINE.toFile())) {
      List<String> names = jar.stream().map(ZipEntry::getName).toList();
      assertThat(names).contains("io/fedtrust/cli/program/Main.class");
      assertThat(names).noneMatch(name -> APART.stream().anyMatch(name::startsWith));
      assertTellsWhatIsInIt(jar);
      assertThat(text(jar, "META-INF/THIRD-PARTY.txt")).doesNotContain("jetty");
    }
  }

  @Test
  @DisplayName("the jar of the demonstrations has them all")
  void demonstrations() throws IOException {
    assumeThat(DEMONSTRATIONS).exists();
    try (JarFile jar = new JarFile(DEMONSTRATIONS.toFile())) {
      List<String> names = jar.stream().map(ZipEntry::getName).toList();
      assertThat(APART)
          .allSatisfy(apart -> assertThat(names).anyMatch(name -> name.startsWith(apart)));
      assertTellsWhatIsInIt(jar);
      assertThat(text(jar, "META-INF/THIRD-PARTY.txt"))
          .contains("org.eclipse.jetty:jetty-server:", "org.bouncycastle:bcpkix-jdk18on:");
    }
  }

  private static void assertTellsWhatIsInIt(JarFile jar) throws IOException {
    assertThat(text(jar, "META-INF/services/" + FAMILY).lines())
        .containsExactlyInAnyOrder(
            "io.fedtrust.attestation.providers.azure.AciFamily",
            "io.fedtrust.attestation.providers.azure.CvmFamily",
            "io.fedtrust.attestation.providers.nvidia.GpuFamily",
            "io.fedtrust.attestation.providers.snp.SnpFamily",
            "io.fedtrust.attestation.providers.tdx.TdxFamily");
    assertThat(text(jar, "META-INF/THIRD-PARTY.txt"))
        .contains(
            "(Apache-2.0) Apache Commons Compress",
            "(Apache-2.0) Caffeine cache",
            "(Apache-2.0) Jackson-core",
            "(Apache-2.0) Nimbus JOSE+JWT",
            "(Apache-2.0) SnakeYAML",
            "(Apache-2.0) picocli",
            "(Bouncy Castle Licence) Bouncy Castle Provider",
            "(MIT) SLF4J API Module")
        .doesNotContain("junit");
    assertThat(text(jar, "META-INF/sbom/bom.json"))
        .contains(
            "\"CycloneDX\"", "pkg:maven/org.yaml/snakeyaml@", "pkg:maven/info.picocli/picocli@")
        .doesNotContain("serialNumber");
    assertThat(text(jar, "META-INF/LICENSE-FedTrust.txt")).contains("Apache License");
    assertThat(text(jar, "META-INF/LICENSE")).contains("Apache License");
    assertThat(text(jar, "META-INF/LICENSE.md")).contains("Legion of the Bouncy Castle");
    assertThat(text(jar, "META-INF/LICENSE.txt"))
        .contains("QOS.ch", "Permission is hereby granted", "Apache License");
  }

  private static String text(JarFile jar, String name) throws IOException {
    try (InputStream in = jar.getInputStream(jar.getEntry(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}

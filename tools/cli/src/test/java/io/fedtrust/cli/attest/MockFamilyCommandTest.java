// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.attest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A family in a jar of its own, as another project would build one: on the class path next to the
 * program, every command knows it.
 */
class MockFamilyCommandTest {
  private static final Path FAMILY = Path.of("../../attestation-providers/src/test");
  private static final String SERVICE =
      "META-INF/services/io.fedtrust.attestation.providers.family.EvidenceFamily";
  private static final String IMAGE = "ab".repeat(32);

  @TempDir static Path folder;
  private static Path classes;

  private record Result(int exit, String out) {}

  @BeforeAll
  static void build() throws Exception {
    classes = folder.resolve("classes");
    compile(FAMILY.resolve("java/io/fedtrust/mock"), classes);
    Files.createDirectories(classes.resolve(SERVICE).getParent());
    Files.copy(FAMILY.resolve("resources").resolve(SERVICE), classes.resolve(SERVICE));

    KeyPair key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    Files.write(folder.resolve("key.der"), key.getPublic().getEncoded());
    Files.createDirectories(folder.resolve("collateral"));
    Files.writeString(folder.resolve("good.txt"), note(key, false));
    Files.writeString(folder.resolve("debug.txt"), note(key, true));
    Files.writeString(
        folder.resolve("policy.yaml"),
        """
        id: mocked
        version: "1"
        reviewed: true
        sites:
          "*":
            x-mock-note:
              measurements:
                - name: good
                  measurement: %s
        """
            .formatted(IMAGE));
  }

  private static void compile(Path from, Path to) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--release",
                "17",
                "-classpath",
                System.getProperty("java.class.path"),
                "-d",
                to.toString()));
    try (Stream<Path> sources = Files.list(from)) {
      sources
          .map(Path::toString)
          .filter(name -> !name.endsWith("Test.java"))
          .forEach(arguments::add);
    }
    assertThat(
            ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, arguments.toArray(String[]::new)))
        .isZero();
  }

  private static String note(KeyPair key, boolean debug) throws Exception {
    byte[] payload =
        "{\"image\":\"%s\",\"nonce\":\"0102\",\"debug\":%s}"
            .formatted(IMAGE, debug)
            .getBytes(StandardCharsets.UTF_8);
    Signature signature = Signature.getInstance("Ed25519");
    signature.initSign(key.getPrivate());
    signature.update(payload);
    Base64.Encoder text = Base64.getUrlEncoder().withoutPadding();
    return text.encodeToString(payload) + "." + text.encodeToString(signature.sign());
  }

  private static Result run(String command) throws Exception {
    return run(classes.toString(), command);
  }

  private static Result run(String jars, String command) throws Exception {
    List<String> line =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-classpath",
                System.getProperty("java.class.path") + File.pathSeparator + jars,
                "io.fedtrust.cli.program.Main"));
    line.addAll(List.of(command.split(" ", -1)));
    Process process =
        new ProcessBuilder(line).directory(folder.toFile()).redirectErrorStream(true).start();
    try (InputStream output = process.getInputStream()) {
      String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
      return new Result(process.waitFor(), text);
    }
  }

  @Test
  @DisplayName("Its evidence is inspected, and verified by a policy, with its own option")
  void commands() throws Exception {
    Result inspected = run("attest inspect --form mock-json -e good.txt");
    assertThat(inspected.exit()).as(inspected.out()).isZero();
    assertThat(inspected.out()).contains("mock-json", "image", IMAGE, "debug");

    String verify = "attest verify --form mock-json -d collateral -p policy.yaml --nonce 0102";
    Result good = run(verify + " --mock-key key.der -e good.txt");
    assertThat(good.exit()).as(good.out()).isZero();
    Result debug = run(verify + " --mock-key key.der -e debug.txt --format json");
    assertThat(debug.exit()).as(debug.out()).isEqualTo(1);
    assertThat(debug.out()).contains("policy.debug", "POLICY_VIOLATION");

    Result without = run(verify + " -e good.txt");
    assertThat(without.exit()).isEqualTo(4);
    assertThat(without.out()).contains("--mock-key: required for mock-json");
  }

  @Test
  @DisplayName("Help lists its option, the other forms refuse it, and policies know its words")
  void help() throws Exception {
    Result refused =
        run("attest verify -d collateral -p policy.yaml --mock-key key.der -e good.txt");
    assertThat(refused.exit()).isEqualTo(4);
    assertThat(refused.out())
        .contains("--mock-key: belongs to mock-json, was used with snp-report")
        .containsSubsequence("Options of mock-json:", "--mock-key=FILE");

    assertThat(run("attest policy options --format json").out())
        .containsSubsequence("x-nv-gpu", "x-mock-note", "allowDebug", "accept debug builds");
  }

  @Test
  @DisplayName("Two jars that register one name are refused with a code, in both formats")
  void twins() throws Exception {
    Path sources = Files.createDirectories(folder.resolve("twin-sources"));
    Path twin = Files.createDirectories(folder.resolve("twin"));
    try (Stream<Path> files = Files.list(FAMILY.resolve("java/io/fedtrust/mock"))) {
      for (Path file : files.filter(name -> name.toString().endsWith(".java")).toList()) {
        Files.writeString(
            sources.resolve(file.getFileName().toString()),
            Files.readString(file).replace("io.fedtrust.mock", "org.example.twin"));
      }
    }
    compile(sources, twin);
    Files.createDirectories(twin.resolve(SERVICE).getParent());
    Files.writeString(twin.resolve(SERVICE), "org.example.twin.MockFamily");
    String both = classes + File.pathSeparator + twin;

    Result text = run(both, "attest inspect --form mock-json -e good.txt");
    assertThat(text.exit()).as(text.out()).isEqualTo(4);
    assertThat(text.out())
        .contains(
            "org.example.twin.MockFamily cannot be loaded: 'x-mock-note' is registered already",
            "FAMILY_INVALID")
        .doesNotContain("\tat ");
    Result json = run(both, "attest inspect --form mock-json -e good.txt --format json");
    assertThat(json.exit()).isEqualTo(4);
    assertThat(json.out()).contains("\"FAMILY_INVALID\"");
    assertThat(run(both, "cert --help").exit()).isZero();
  }
}

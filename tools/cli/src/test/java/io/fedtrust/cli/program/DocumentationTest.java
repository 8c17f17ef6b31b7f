// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.policy.PolicyOption;
import io.fedtrust.attestation.policy.PolicyVocabulary;
import io.fedtrust.attestation.providers.policy.FederationPolicies;
import io.fedtrust.cli.Shell;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.Fingerprint;
import io.fedtrust.provisioning.model.KeyFingerprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the documents say is so. */
class DocumentationTest {
  private static final Path ROOT = root();
  private static final Pattern JAVA_BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  private static final Pattern TEST_NAME =
      Pattern.compile("@(?:DisplayName|Label)\\(\\s*\"([^\"]*)\"");

  @TempDir Path temp;

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("CHANGELOG.md"))) {
      folder = folder.getParent();
    }
    return folder;
  }

  @Test
  @DisplayName("the README's snippets compile and run, in order, as a reader would run them")
  void readmeSnippetsRun() throws Exception {
    Shell shell = new Shell(temp);
    shell.write(
        "project_profile.yaml",
        """
        name: my_federation
        scheme: grpc
        connection_security: mtls
        server: {host: localhost, fed_learn_port: 8002, admin_port: 8003}
        """);
    shell.write(
        "hospital-a.yaml",
        "name: my_federation\nparticipants: [{name: hospital-a, type: client, org: alpha}]\n");
    shell.write("hospital-a.bin", "no report: the verdict says so");
    shell.write("policy.yaml", "id: p\nversion: 1\nreviewed: true\nsites: {'*': {x-snp: {}}}\n");
    Matcher blocks = JAVA_BLOCK.matcher(Files.readString(ROOT.resolve("README.md")));
    int count = 0;
    while (blocks.find()) {
      run(count++, blocks.group(1));
      noteKey(shell);
      Path root = shell.folder.resolve("ca/rootCA.pem");
      Path call = shell.folder.resolve("fingerprint-from-the-phone-call.txt");
      if (Files.exists(root) && !Files.exists(call)) {
        try (var in = Files.newInputStream(root)) {
          byte[] der = CertificateFactory.getInstance("X.509").generateCertificate(in).getEncoded();
          Files.writeString(call, Fingerprint.ofCertificate(der).text() + "\n");
        }
      }
    }
    assertThat(count).isEqualTo(7);
    assertThat(shell.folder.resolve("workspace/my_federation/prod_00/hospital-a/startup/start.sh"))
        .isExecutable();
  }

  /** The admin hears the key of the request on the phone. */
  private static void noteKey(Shell shell) {
    Path call = shell.folder.resolve("key-from-the-phone-call.txt");
    if (Files.exists(shell.folder.resolve("hospital-a/request.json")) && !Files.exists(call)) {
      String key = shell.run("cert inspect hospital-a --format json").json("public_key_sha256");
      shell.write("key-from-the-phone-call.txt", new KeyFingerprint(key) + "\n");
    }
  }

  private void run(int number, String snippet) throws Exception {
    Path source = temp.resolve("Snippet" + number + ".java");
    Files.writeString(
        source,
        """
        import io.fedtrust.attestation.*;
        import io.fedtrust.attestation.error.AttestationException;
        import io.fedtrust.attestation.model.*;
        import io.fedtrust.attestation.policy.*;
        import io.fedtrust.attestation.providers.channel.*;
        import io.fedtrust.attestation.providers.collateral.*;
        import io.fedtrust.attestation.providers.policy.*;
        import io.fedtrust.attestation.providers.snp.collector.*;
        import io.fedtrust.attestation.providers.snp.verifier.*;
        import io.fedtrust.attestation.providers.wire.*;
        import io.fedtrust.attestation.spi.*;
        import io.fedtrust.provisioning.*;
        import io.fedtrust.provisioning.model.*;
        import java.nio.file.*;
        import java.time.*;
        import javax.net.ssl.*;
        class Snippet%d {
          public static void main(String[] args) throws Exception {
        %s
          }
        }
        """
            .formatted(number, snippet));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                source.toString())
            .directory(temp.toFile())
            .redirectErrorStream(true)
            .redirectOutput(temp.resolve("snippet.log").toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(temp.resolve("snippet.log"))).isZero();
  }

  @Test
  @DisplayName("docs/errors.md has every code with its exit status and remedy")
  void everyCodeIsDocumented() throws IOException {
    String text = Files.readString(ROOT.resolve("docs/errors.md"));
    for (ErrorCode code : ErrorCode.values()) {
      assertThat(text).contains("| `" + code + "` | " + code.exitStatus() + " | ");
      assertThat(text).contains(code.hint());
    }
  }

  @Test
  @DisplayName("docs/errors.md and docs/verdicts.md have every code of the attestation half")
  void everyAttestationCodeIsDocumented() throws IOException {
    String errors = Files.readString(ROOT.resolve("docs/errors.md"));
    for (io.fedtrust.attestation.error.ErrorCode code :
        io.fedtrust.attestation.error.ErrorCode.values()) {
      assertThat(errors).contains("| `" + code + "` | " + code.exitStatus() + " | ");
      assertThat(errors).contains(code.hint());
    }
    String verdicts = Files.readString(ROOT.resolve("docs/verdicts.md"));
    for (ReasonCode code : ReasonCode.values()) {
      assertThat(verdicts)
          .contains("| `" + code + "` | " + code.cause() + " | " + code.hint() + " |");
    }
  }

  @Test
  @DisplayName("docs/architecture.md has every room of the libraries")
  void everyRoomIsDocumented() throws IOException {
    String text = Files.readString(ROOT.resolve("docs/architecture.md"));
    for (String module :
        List.of(
            "provisioning-api", "provisioning-core", "attestation-api", "attestation-providers")) {
      Path sources = ROOT.resolve(module).resolve("src/main/java/io/fedtrust");
      try (Stream<Path> files = Files.walk(sources)) {
        assertThat(files.filter(file -> file.endsWith("package-info.java")))
            .isNotEmpty()
            .allSatisfy(
                file -> {
                  Path room = sources.relativize(file).getParent();
                  String name = room.toString().replace(file.getFileSystem().getSeparator(), ".");
                  assertThat(text)
                      .containsAnyOf(
                          "`io.fedtrust." + name + "`",
                          "`" + name.substring(name.indexOf('.') + 1) + "`",
                          "`..." + room.getFileName() + "`");
                });
      }
    }
  }

  @Test
  @DisplayName("the documents of the families have every check that their verifiers name")
  void everyCheckIsDocumented() throws IOException {
    Pattern name =
        Pattern.compile(
            "\"((?:snp|tdx|ita|nvidia|nras|maa|aci|uvm|cvm|hcl|tpm|did)\\.[a-z0-9-]+)\"");
    StringBuilder text = new StringBuilder(Files.readString(ROOT.resolve("docs/verdicts.md")));
    for (String family : List.of("snp", "tdx", "gpu", "azure")) {
      text.append(Files.readString(ROOT.resolve("docs/attestation-" + family + ".md")));
    }
    SortedSet<String> checks = new TreeSet<>();
    try (Stream<Path> files =
        Files.walk(ROOT.resolve("attestation-providers/src/main/java/io/fedtrust"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        name.matcher(Files.readString(file)).results().forEach(found -> checks.add(found.group(1)));
      }
    }
    assertThat(checks).hasSizeGreaterThan(80);
    assertThat(checks).allSatisfy(check -> assertThat(text).contains("`" + check + "`"));
  }

  @Test
  @DisplayName("docs/policy.md has every option with how it is written, and every profile")
  void everyPolicyOptionIsDocumented() throws IOException {
    String text = Files.readString(ROOT.resolve("docs/policy.md"));
    for (PolicyVocabulary vocabulary : FederationPolicies.vocabularies()) {
      for (PolicyOption option : vocabulary.options()) {
        assertThat(text)
            .contains("| `" + option.key() + "` | " + option.type().expectation() + " | ")
            .contains(option.meaning());
      }
      assertThat(text).contains("`" + vocabulary.namespace() + "`");
      vocabulary.denials().forEach(denial -> assertThat(text).contains("`" + denial.key() + "`"));
      for (PolicyVocabulary.Profile profile : vocabulary.profiles()) {
        assertThat(text).contains("`" + profile.name() + "`").contains(profile.meaning());
        profile.settings().keySet().forEach(key -> assertThat(text).contains("`" + key + ":"));
      }
    }
  }

  @Test
  @DisplayName("the documents say what the product is not, and its licence")
  void scopeIsDocumented() throws IOException {
    assertThat(ROOT.resolve("README.md"))
        .content()
        .contains("## Not here", "moving or reading anybody's data", "Apache-2.0");
    assertThat(ROOT.resolve("docs/differences.md"))
        .content()
        .contains("Homomorphic encryption", "`UNSUPPORTED_BUILDER`", "centralized provisioning");
    assertThat(ROOT.resolve("LICENSE")).content().contains("Apache License");
  }

  private static String testNames(List<String> modules) throws IOException {
    StringBuilder tests = new StringBuilder();
    for (String module : modules) {
      Path sources = ROOT.resolve(module).resolve("src/test/java");
      if (Files.isDirectory(sources)) {
        try (var files = Files.walk(sources)) {
          for (Path file : files.filter(f -> f.toString().endsWith("Test.java")).toList()) {
            Matcher names = TEST_NAME.matcher(Files.readString(file));
            while (names.find()) {
              tests.append(names.group(1)).append('\n');
            }
          }
        }
      }
    }
    return tests.toString();
  }

  private static final List<String> ATTESTATION =
      List.of(
          "attestation-api",
          "attestation-providers",
          "tools/architecture",
          "tools/cli",
          "tools/federation",
          "tools/interop");

  @Test
  @DisplayName("the threat model has every weakness, and each is named by a test or out of reach")
  void everyWeaknessIsAnswered() throws IOException {
    String tests = testNames(ATTESTATION);
    List<String> rows = Files.readAllLines(ROOT.resolve("docs/threat-model.md"));
    for (int weakness = 1; weakness <= 24; weakness++) {
      String name = String.format("W%02d", weakness);
      String row =
          rows.stream()
              .filter(line -> line.startsWith("| " + name + " |"))
              .findFirst()
              .orElseThrow();
      if (!row.contains("out of reach")) {
        assertThat(tests).contains(name);
      }
    }
    assertThat(String.join("\n", rows)).contains("data at rest", "data in transit", "data in use");
  }
}

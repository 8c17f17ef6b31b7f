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
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the documents say is so. */
class DocumentationTest {
  private static final Path ROOT = root();
  private static final Pattern JAVA_BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern CLASS_NAME = Pattern.compile("(?m)^class (\\w+) ");
  private static final Pattern IMPORT =
      Pattern.compile("(?m)^import ([a-z0-9.]+)\\.(?:[A-Z]\\w*|\\*);");

  /** A document whose first line is a comment with its name. */
  private static final Pattern YAML_FILE =
      Pattern.compile("(?<=```yaml\n)# (\\S+\\.yaml)\n.*?(?=```)", Pattern.DOTALL);

  /** A command of the admin or of the site. */
  private static final Pattern JOURNEY = Pattern.compile("(?m)^(admin|site)\\$ +fedtrust (.+)$");

  private static final Pattern VERIFY = Pattern.compile("(?m)^fedtrust (attest verify .+)$");

  /** A row of the threat model: its id, and its last column. */
  private static final Pattern WEAKNESS =
      Pattern.compile("(?m)^\\| (W\\d\\d) \\|.*\\| ([^|]+) \\|$");

  private static final Pattern TEST_METHOD = Pattern.compile("`(\\w+)#(\\w+)`");

  @TempDir Path temp;

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("CHANGELOG.md"))) {
      folder = folder.getParent();
    }
    return folder;
  }

  @Test
  @DisplayName("the README's programs run as printed, in order, on the files that it prints")
  void readmeSnippetsRun() throws Exception {
    Shell shell = new Shell(temp);
    String readme = Files.readString(ROOT.resolve("README.md"));
    Matcher files = YAML_FILE.matcher(readme);
    while (files.find()) {
      shell.write(files.group(1), files.group());
    }
    shell.write("hospital-a.bin", "no report: the verdict says so");
    List<String> programs = snippets(ROOT.resolve("README.md"));
    assertThat(programs).hasSize(7);
    for (String program : programs) {
      run(program);
      noteKey(shell);
      noteFingerprint(shell);
    }
    assertThat(shell.folder.resolve("workspace/my_federation/prod_00/hospital-a/startup/start.sh"))
        .isExecutable();
  }

  @Test
  @DisplayName("the README's commands of admin and site build the kit in the folder that it names")
  void readmeCommandsProvision() throws Exception {
    String readme = Files.readString(ROOT.resolve("README.md"));
    Map<String, Shell> shells = Map.of("admin", shell("admin"), "site", shell("site"));
    Matcher files = YAML_FILE.matcher(readme);
    while (files.find()) {
      shells.values().forEach(shell -> shell.write(files.group(1), files.group()));
    }
    List<MatchResult> commands = JOURNEY.matcher(readme).results().toList();
    assertThat(commands).hasSize(4);
    for (MatchResult command : commands) {
      Shell shell = shells.get(command.group(1));
      Path root = temp.resolve("admin/ca/rootCA.pem");
      String words =
          command.group(2).replace("SHA256:AA:BB:...", Files.exists(root) ? fingerprint(root) : "");
      Shell.Result result = shell.run(words);
      assertThat(result.exit()).as(words + "\n" + result.out() + result.err()).isZero();
      send("site/hospital-a/hospital-a.request.zip", "admin/inbox");
      send("admin/inbox/hospital-a.signed.zip", "site/inbox");
    }
    String start = "workspace/my_federation/prod_00/hospital-a/startup/start.sh";
    assertThat(readme).contains("`" + start + "`");
    assertThat(temp.resolve("site").resolve(start)).isExecutable();
  }

  private Shell shell(String folder) throws IOException {
    return new Shell(Files.createDirectories(temp.resolve(folder)));
  }

  /** The zips travel. */
  private void send(String zip, String inbox) throws IOException {
    Path from = temp.resolve(zip);
    Path to = Files.createDirectories(temp.resolve(inbox)).resolve(from.getFileName());
    if (Files.exists(from) && !Files.exists(to)) {
      Files.copy(from, to);
    }
  }

  @Test
  @DisplayName("the README's command that verifies a report reaches a verdict by its own policy")
  void readmeCommandVerifies() throws Exception {
    String readme = Files.readString(ROOT.resolve("README.md"));
    Shell shell = new Shell(temp);
    Matcher files = YAML_FILE.matcher(readme);
    while (files.find()) {
      shell.write(files.group(1), files.group());
    }
    shell.write("hospital-a.bin", "no report: the verdict says so");
    Files.createDirectories(temp.resolve("collateral"));
    List<MatchResult> commands = VERIFY.matcher(readme).results().toList();
    assertThat(commands).hasSize(1);

    Shell.Result result = shell.run(commands.get(0).group(1));

    assertThat(result.exit()).as(result.out() + result.err()).isEqualTo(1);
    assertThat(result.out()).contains("REJECTED  hospital-a", "EVIDENCE_MALFORMED");
  }

  private static String fingerprint(Path root) throws Exception {
    try (var in = Files.newInputStream(root)) {
      byte[] der = CertificateFactory.getInstance("X.509").generateCertificate(in).getEncoded();
      return Fingerprint.ofCertificate(der).text();
    }
  }

  /** The site hears the fingerprint of the root on the phone. */
  private static void noteFingerprint(Shell shell) throws Exception {
    Path root = shell.folder.resolve("ca/rootCA.pem");
    Path call = shell.folder.resolve("fingerprint-from-the-phone-call.txt");
    if (Files.exists(root) && !Files.exists(call)) {
      Files.writeString(call, fingerprint(root) + "\n");
    }
  }

  /** The admin hears the key of the request on the phone. */
  private static void noteKey(Shell shell) {
    Path call = shell.folder.resolve("key-from-the-phone-call.txt");
    if (Files.exists(shell.folder.resolve("hospital-a/request.json")) && !Files.exists(call)) {
      String key = shell.run("cert inspect hospital-a --format json").json("public_key_sha256");
      shell.write("key-from-the-phone-call.txt", new KeyFingerprint(key) + "\n");
    }
  }

  private static List<String> snippets(Path page) throws IOException {
    return JAVA_BLOCK
        .matcher(Files.readString(page))
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  private void run(String program) throws Exception {
    Path source = Files.writeString(temp.resolve("Program.java"), program);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                source.toString())
            .directory(temp.toFile())
            .redirectErrorStream(true)
            .redirectOutput(temp.resolve("program.log").toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue())
        .as(program + Files.readString(temp.resolve("program.log")))
        .isZero();
  }

  @Test
  @DisplayName("every Java snippet of the pages compiles as printed")
  void snippetsCompile() throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<String> faults = new ArrayList<>();
    int count = 0;
    for (Path page : pages()) {
      if (page.endsWith("adding-a-family.md")) {
        continue; // shows the files of one package, whose test compares them with what compiles
      }
      for (String snippet : snippets(page)) {
        String name = CLASS_NAME.matcher(snippet).results().findFirst().orElseThrow().group(1);
        Path folder = Files.createDirectories(temp.resolve("snippet-" + count++));
        Path source = Files.writeString(folder.resolve(name + ".java"), snippet);
        ByteArrayOutputStream messages = new ByteArrayOutputStream();
        String classPath = System.getProperty("java.class.path");
        if (compiler.run(
                null,
                messages,
                messages,
                "-proc:none",
                "-cp",
                classPath,
                "-d",
                "" + folder,
                "" + source)
            != 0) {
          faults.add(ROOT.relativize(page) + ": " + messages);
        }
      }
    }
    assertThat(faults).isEmpty();
    assertThat(count).isGreaterThanOrEqualTo(14);
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
      return Stream.concat(Stream.of(ROOT.resolve("README.md")), files)
          .filter(file -> file.toString().endsWith(".md"))
          .sorted()
          .toList();
    }
  }

  @Test
  @DisplayName("the README's dependencies are all that its programs import, and the JDK")
  void dependenciesCoverSnippets() throws IOException {
    String readme = Files.readString(ROOT.resolve("README.md"));
    List<String> modules =
        Pattern.compile("<dependency> <!--.*?<artifactId>fedtrust-([a-z-]+)<", Pattern.DOTALL)
            .matcher(readme)
            .results()
            .map(found -> found.group(1))
            .flatMap(module -> Stream.of(module, module.replaceFirst("-.*", "-api")))
            .toList();
    assertThat(modules)
        .containsExactly(
            "provisioning-core", "provisioning-api", "attestation-providers", "attestation-api");
    List<String> packages =
        IMPORT.matcher(readme).results().map(found -> found.group(1)).distinct().toList();
    assertThat(packages).hasSizeGreaterThan(10);
    assertThat(packages)
        .filteredOn(name -> !name.matches("javax?\\..*"))
        .allSatisfy(
            name ->
                assertThat(modules)
                    .as(name)
                    .anyMatch(
                        module ->
                            Files.isRegularFile(
                                ROOT.resolve(module)
                                    .resolve("src/main/java")
                                    .resolve(name.replace('.', '/'))
                                    .resolve("package-info.java"))));
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
  @DisplayName("docs/architecture.md has every package of the libraries")
  void everyPackageIsDocumented() throws IOException {
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
                  Path folder = sources.relativize(file).getParent();
                  String name = folder.toString().replace(file.getFileSystem().getSeparator(), ".");
                  assertThat(text)
                      .containsAnyOf(
                          "`io.fedtrust." + name + "`",
                          "`" + name.substring(name.indexOf('.') + 1) + "`",
                          "`..." + folder.getFileName() + "`");
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

  private static final List<String> ATTESTATION =
      List.of("attestation-api", "attestation-providers", "tools/architecture");

  /** The source of a test class by its simple name. */
  private static Map<String, String> testSources() throws IOException {
    Map<String, String> sources = new HashMap<>();
    for (String module : ATTESTATION) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/test/java"))) {
        for (Path file : files.filter(name -> name.toString().endsWith("Test.java")).toList()) {
          sources.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
        }
      }
    }
    return sources;
  }

  @Test
  @DisplayName("the threat model has every weakness, and each names its tests or is out of reach")
  void everyWeaknessIsAnswered() throws IOException {
    Map<String, String> sources = testSources();
    String page = Files.readString(ROOT.resolve("docs/threat-model.md"));
    List<MatchResult> rows = WEAKNESS.matcher(page).results().toList();
    assertThat(rows)
        .extracting(row -> row.group(1))
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, 24).mapToObj(row -> String.format("W%02d", row)).toList());
    assertThat(rows)
        .filteredOn(row -> !row.group(2).equals("out of reach"))
        .hasSize(23)
        .allSatisfy(
            row ->
                assertThat(row.group(2).split(", "))
                    .allSatisfy(
                        test -> {
                          Matcher name = TEST_METHOD.matcher(test);
                          assertThat(name.matches()).as(row.group()).isTrue();
                          assertThat(sources).containsKey(name.group(1));
                          assertThat(sources.get(name.group(1)))
                              .contains("void " + name.group(2) + "(");
                        }));
    assertThat(page).contains("data at rest", "data in transit", "data in use");
  }
}

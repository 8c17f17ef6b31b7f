// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fedtrust.cli.Shell;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JourneyCommandTest {
  private static final String APPROVE =
      "cert approve hospital-a/hospital-a.request.zip --ca-dir ./ca --profile project_profile.yaml";

  @TempDir Path temp;
  private Shell shell;

  @BeforeEach
  void federation() {
    shell = new Shell(temp);
    shell.writeFederation();
  }

  private String init() {
    Shell.Result init = shell.run("cert init --profile project_profile.yaml -o ./ca --format json");
    assertThat(init.exit()).as(init.out()).isZero();
    return init.json("rootca_fingerprint_sha256");
  }

  @Test
  @DisplayName("the four commands, as the guide types them")
  void fourCommands() {
    Shell.Result init =
        shell.run("cert init --profile project_profile.yaml -o ./ca --deploy-version 00");
    assertThat(init.exit()).isZero();
    assertThat(keys(init))
        .containsExactly(
            "ca_cert",
            "project",
            "provision_version",
            "rootca_fingerprint_sha256",
            "subject_cn",
            "valid_until",
            "project_profile");
    String fingerprint = value(init, "rootca_fingerprint_sha256");
    for (String name : List.of("localhost", "hospital-a", "hospital-b", "lead@example.org")) {
      Shell.Result request = shell.run("cert request --participant " + name + ".yaml");
      assertThat(request.exit()).as(request.err()).isZero();
      assertThat(keys(request))
          .containsExactly(
              "name",
              "project",
              "request_zip",
              "request_id",
              "public_key_sha256",
              "comparison_code",
              "audit",
              "next_step");
      Shell.Result approve =
          shell.run(
              "cert approve "
                  + name
                  + "/"
                  + name
                  + ".request.zip --ca-dir ./ca --profile project_profile.yaml");
      assertThat(approve.exit()).as(approve.err()).isZero();
      assertThat(keys(approve))
          .containsExactly(
              "name",
              "project",
              "org",
              "kind",
              "cert_role",
              "cert_type",
              "csr_sha256",
              "public_key_sha256",
              "provision_version",
              "signed_zip",
              "request_id",
              "rootca_fingerprint_sha256",
              "audit",
              "next_step");
      assertThat(value(approve, "rootca_fingerprint_sha256")).isEqualTo(fingerprint);
      Shell.Result pack =
          shell.run("package " + name + "/" + name + ".signed.zip --fingerprint " + fingerprint);
      assertThat(pack.exit()).as(pack.err()).isZero();
      assertThat(keys(pack))
          .containsExactly(
              "output_dir",
              "name",
              "type",
              "endpoint",
              "cert",
              "key",
              "rootca",
              "transfer_dir",
              "next_step",
              "provision_version",
              "rootca_fingerprint_sha256",
              "rootca_fingerprint_compared");
      assertThat(value(pack, "rootca_fingerprint_compared")).isEqualTo("true");
      assertThat(value(pack, "endpoint")).isEqualTo("grpc://localhost:8002");
      assertThat(value(pack, "key")).endsWith(".key  (permissions: 0600)");
      assertThat(value(pack, "rootca_fingerprint_sha256")).isEqualTo(fingerprint);
    }
  }

  @ParameterizedTest
  @CsvSource({"'', false, true", "2.8, true, false", "2.9, true, true", "9.9, false, true"})
  @DisplayName("--runtime-line chooses allow list and policy, and says which lines it knows")
  void runtimeLine(String line, boolean allowList, boolean flower) throws IOException {
    String fingerprint = init();
    shell.run("cert request --participant hospital-a.yaml");
    assertThat(shell.run(APPROVE).exit()).isZero();
    Shell.Result pack =
        shell.run(
            "package hospital-a/hospital-a.signed.zip --fingerprint "
                + fingerprint
                + (line.isEmpty() ? "" : " --runtime-line " + line));
    assertThat(pack.exit()).as(pack.err()).isZero();
    assertThat(pack.err().contains("known are [2.8, 2.9]")).isEqualTo(line.equals("9.9"));
    Path local = shell.folder.resolve("workspace/fed/prod_00/hospital-a/local");
    assertThat(Files.readString(local.resolve("resources.json.default")).contains("class_allow"))
        .isEqualTo(allowList);
    assertThat(
            Files.readString(local.resolve("authorization.json.default"))
                .contains("server-predeployed-flwr"))
        .isEqualTo(flower);
  }

  @Test
  @DisplayName("auth_identity is accepted in a definition, and package warns of it")
  void authIdentity() {
    String fingerprint = init();
    shell.definition("hospital-a", "client", "alpha", "    auth_identity: other-name\n");
    Shell.Result request = shell.run("cert request --participant hospital-a.yaml");
    assertThat(request.exit()).as(request.err()).isZero();
    Shell.Result approve = shell.run(APPROVE);
    assertThat(approve.exit()).as(approve.err()).isZero();
    assertThat(approve.err()).doesNotContain("auth_identity");
    Shell.Result pack =
        shell.run("package hospital-a/hospital-a.signed.zip --fingerprint " + fingerprint);
    assertThat(pack.exit()).as(pack.err()).isZero();
    assertThat(pack.err()).contains("the certificate of this kit says hospital-a, not other-name");
  }

  @Test
  @DisplayName("the fingerprint is the SHA-256 of the certificate, as openssl prints it")
  void fingerprintOfTheRoot() throws Exception {
    String printed = init();
    shell.run("cert request -p hospital-a.yaml");
    assertThat(shell.run(APPROVE + " --format json").json("rootca_fingerprint_sha256"))
        .isEqualTo(printed);
    Path root = shell.folder.resolve("ca/rootCA.pem");
    byte[] der;
    try (InputStream in = Files.newInputStream(root)) {
      der = CertificateFactory.getInstance("X.509").generateCertificate(in).getEncoded();
    }
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(der);
    String colons = HexFormat.ofDelimiter(":").withUpperCase().formatHex(digest);
    assertThat(printed).isEqualTo("SHA256:" + colons);
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "openssl is not installed");
    Process openssl =
        new ProcessBuilder(
                "/usr/bin/openssl",
                "x509",
                "-in",
                root.toString(),
                "-noout",
                "-fingerprint",
                "-sha256")
            .start();
    String said = new String(openssl.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    assertThat(said.strip()).isEqualToIgnoringCase("SHA256 Fingerprint=" + colons);
  }

  @Test
  @DisplayName("explicit locations, on two folders that share only the zips")
  void explicitLocations() throws IOException {
    String fingerprint = init();
    assertThat(shell.run("cert request --participant hospital-a.yaml --out site/secret").exit())
        .isZero();
    Path mail = Files.createDirectories(shell.folder.resolve("mail"));
    Files.move(
        shell.folder.resolve("site/secret/hospital-a.request.zip"),
        mail.resolve("hospital-a.request.zip"));
    assertThat(
            shell
                .run(
                    "cert approve mail/hospital-a.request.zip --ca-dir ./ca --profile"
                        + " project_profile.yaml --out mail/back/hospital-a.signed.zip")
                .exit())
        .isZero();
    Shell.Result pack =
        shell.run(
            "package mail/back/hospital-a.signed.zip --expected-fingerprint "
                + fingerprint
                + " --request-dir site/secret -w site/kits");
    assertThat(pack.exit()).as(pack.err()).isZero();
    assertThat(shell.folder.resolve("site/kits/fed/prod_00/hospital-a/startup/start.sh"))
        .isExecutable();
  }

  @Test
  @DisplayName("--format json, before or after the command, gives one line and nothing else")
  void jsonEnvelope() {
    init();
    shell.run("cert request -p hospital-a.yaml");
    Shell.Result before = shell.run("--format json " + APPROVE);
    Shell.Result after = shell.run(APPROVE + " --force --format json");
    for (Shell.Result result : List.of(before, after)) {
      assertThat(result.exit()).isZero();
      assertThat(result.out())
          .startsWith(
              "{\"schema_version\":\"1\",\"status\":\"ok\",\"exit_code\":0,\"data\":{\"name\":")
          .contains("\"cert_role\":null")
          .hasLineCount(1);
    }
    Shell.Result refused = shell.run(APPROVE + " --format json");
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.out())
        .contains(
            "\"status\":\"error\"", "\"exit_code\":1", "\"error_code\":\"CERT_ALREADY_EXISTS\"")
        .contains("\"message\":", "\"hint\":")
        .hasLineCount(1);
    assertThat(refused.err()).isEmpty();
  }

  @Test
  @DisplayName("a refusal as text: message, hint and code on stderr, nothing on stdout")
  void textRefusal() {
    Shell.Result result = shell.run("cert request -p nope.yaml");
    assertThat(result.exit()).isEqualTo(4);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains("nope.yaml", "Hint: ", "Code: INVALID_ARGS (exit 4)");
  }

  @Test
  @DisplayName("usage errors end with 4, help and version with 0")
  void usage() {
    for (String bad :
        List.of(
            "cert",
            "cert nope",
            "cert init",
            "cert init --profile",
            "cert approve x.request.zip",
            "package",
            "cert init --profile p -o o --valid-days x",
            "--format xml cert list -c ca")) {
      Shell.Result result = shell.run(bad);
      assertThat(result.exit()).as(bad).isEqualTo(4);
      assertThat(result.err()).contains("INVALID_ARGS");
      assertThat(result.out()).isEmpty();
    }
    Shell.Result json = shell.run("cert init --format json");
    assertThat(json.json("error_code")).isEqualTo("INVALID_ARGS");
    for (String good :
        List.of(
            "--help",
            "--version",
            "cert --help",
            "cert init --help",
            "cert request -h",
            "cert approve --help",
            "cert inspect --help",
            "cert list --help",
            "cert clean --help",
            "package --help",
            "quickstart --help",
            "completion --help")) {
      Shell.Result result = shell.run(good);
      assertThat(result.exit()).as(good).isZero();
      assertThat(result.out()).as(good).contains("edtrust");
    }
    assertThat(shell.run("cert init --profile project_profile.yaml -o o --valid-days 0").exit())
        .isEqualTo(4);
  }

  @Test
  @DisplayName("--schema has NVFlare's shape, and a JSON Schema of the answer's data")
  void schema() {
    for (String command :
        List.of(
            "cert init", "cert request", "cert approve", "package", "cert inspect", "cert list")) {
      Shell.Result result = shell.run(command + " --schema");
      assertThat(result.exit()).isZero();
      assertThat(result.out())
          .startsWith(
              "{\"schema_version\":\"1\",\"command\":\"fedtrust "
                  + command
                  + "\",\"description\":\"")
          .contains(
              "\"args\":[{\"name\":\"", "\"examples\":[\"fedtrust " + command, "json-schema.org")
          .doesNotContain("--format\"", "--help")
          .hasLineCount(1);
    }
  }

  @Test
  @DisplayName("completion prints a script that knows every command")
  void completion() {
    Shell.Result result = shell.run("completion");
    assertThat(result.exit()).isZero();
    assertThat(result.out()).contains("complete -F", "approve", "quickstart", "--request-dir");
  }

  @Test
  @DisplayName("approve shows the names it is about to sign")
  void showsNames() {
    init();
    shell.run("cert request -p localhost.yaml");
    Shell.Result result =
        shell.run(
            "cert approve localhost/localhost.request.zip -c ca --profile project_profile.yaml");
    assertThat(result.err())
        .contains("Names to sign:   DNS:localhost, IP:127.0.0.1, DNS:fl.example.org");
  }

  @Test
  @DisplayName("without a fingerprint package goes on, without asking, and warns on stderr")
  void withoutFingerprint() {
    String fingerprint = init();
    shell.run("cert request -p hospital-a.yaml");
    shell.run(APPROVE);
    Shell.Result result = shell.run("package hospital-a/hospital-a.signed.zip");
    assertThat(result.exit()).isZero();
    assertThat(result.err()).contains("Warning: ", fingerprint);
    assertThat(value(result, "rootca_fingerprint_sha256")).isEqualTo(fingerprint);
  }

  @Test
  @DisplayName(
      "what an attacker's CA made as a whole is packaged without a fingerprint, and said to be unverified")
  void saysThatNothingWasCompared() throws IOException {
    String fingerprint = init();
    shell.run("cert request -p hospital-a.yaml");
    shell.run(APPROVE);
    // The attacker saw the request, which is no secret, and answers first.
    shell.run("cert init --profile project_profile.yaml -o attacker");
    shell.run(
        "cert approve hospital-a/hospital-a.request.zip -c attacker --profile project_profile.yaml"
            + " --out attacker/hospital-a.signed.zip");
    String forged = "package attacker/hospital-a.signed.zip --request-dir hospital-a";

    Shell.Result plan = shell.run(forged + " --dry-run --format json");
    assertThat(plan.exit()).as(plan.err()).isZero();
    assertThat(plan.out()).contains("\"rootca_fingerprint_compared\":false");
    Shell.Result json = shell.run(forged + " -w one --format json");
    assertThat(json.exit()).as(json.err()).isZero();
    assertThat(json.out()).contains("\"rootca_fingerprint_compared\":false");
    Shell.Result text = shell.run(forged + " -w two");
    assertThat(value(text, "rootca_fingerprint_compared")).isEqualTo("false");
    assertThat(text.err())
        .contains("Warning: the root CA's fingerprint was not compared with one from another");
    Shell.Result inspected = shell.run("cert inspect attacker/hospital-a.signed.zip --format json");
    assertThat(inspected.out())
        .contains(
            "{\"result\":\"skipped\",\"check\":\"root CA has the fingerprint received on another"
                + " channel\",\"detail\":\"needs the fingerprint\"}");

    // Whoever compares sees the difference; the project's own zip is said to be compared.
    Shell.Result compared =
        shell.run(forged + " -w three --fingerprint " + fingerprint + " --format json");
    assertThat(compared.json("error_code")).isEqualTo("ROOTCA_FINGERPRINT_MISMATCH");
    assertThat(shell.folder.resolve("three")).doesNotExist();
    assertThat(
            shell
                .run(
                    "package hospital-a/hospital-a.signed.zip -w four --format json --fingerprint "
                        + fingerprint)
                .out())
        .contains("\"rootca_fingerprint_compared\":true");
  }

  @Test
  @DisplayName("approve --all does the good ones, lists the bad ones, and says so by its status")
  void approveAll() throws IOException {
    init();
    Path inbox = Files.createDirectories(shell.folder.resolve("inbox"));
    for (String name : List.of("hospital-a", "hospital-b")) {
      shell.run("cert request -p " + name + ".yaml");
      Files.copy(
          shell.folder.resolve(name + "/" + name + ".request.zip"),
          inbox.resolve(name + ".request.zip"));
    }
    shell.write("inbox/bad.request.zip", "not a zip");
    Shell.Result result =
        shell
            .withTerminal()
            .run(
                "cert approve inbox --all -c ca --profile project_profile.yaml --out signed --format json");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.json("error_code")).isEqualTo("PARTIAL_FAILURE");
    assertThat(result.out())
        .contains("\"approved\":[{\"name\":\"hospital-a\"", "\"failed\":[{\"file\":")
        .contains("\"error_code\":\"INVALID_ARGS\"");
    assertThat(result.err()).contains("approving [", "3/3");
    assertThat(shell.folder.resolve("signed"))
        .isDirectoryContaining("glob:**hospital-b.signed.zip");
    Files.delete(inbox.resolve("bad.request.zip"));
    Shell.Result forced =
        shell.run(
            "cert approve inbox --all -c ca --profile project_profile.yaml --out signed --force");
    assertThat(forced.exit()).isZero();
    assertThat(shell.run("cert approve home --all -c ca --profile project_profile.yaml").exit())
        .isEqualTo(1);
  }

  @Test
  @DisplayName("--dry-run makes every check and changes nothing")
  void dryRun() {
    init();
    shell.run("cert request -p hospital-a.yaml");
    Shell.Result approve = shell.run(APPROVE + " --dry-run");
    assertThat(approve.exit()).isZero();
    assertThat(approve.out()).contains("dry_run: true", "DNS:hospital-a");
    assertThat(shell.folder.resolve("hospital-a/hospital-a.signed.zip")).doesNotExist();
    shell.run(APPROVE);
    Shell.Result pack = shell.run("package hospital-a/hospital-a.signed.zip --dry-run");
    assertThat(pack.exit()).isZero();
    assertThat(pack.out()).contains("startup/fed_client.json");
    assertThat(shell.folder.resolve("workspace")).doesNotExist();
  }

  @Test
  @DisplayName("cert list shows the ledger, what expires, and compares a noted head")
  void list() {
    init();
    shell.run("cert request -p hospital-a.yaml");
    shell.run(APPROVE + " --valid-days 30");
    Shell.Result all = shell.run("cert list --ca-dir ca --format json");
    assertThat(all.out()).contains("\"name\":\"hospital-a\"", "\"state\":\"valid\"");
    assertThat(all.out()).contains("NVFlare's own command");
    assertThat(shell.run("cert list -c ca --expiring 29").out()).contains("approvals: none");
    assertThat(shell.run("cert list -c ca --expiring 31").out()).contains("hospital-a");
    String head = all.json("ledger_head");
    assertThat(shell.run("cert list -c ca --expect-head " + head).exit()).isZero();
    Shell.Result other = shell.run("cert list -c ca --expect-head 00 --format json");
    assertThat(other.json("error_code")).isEqualTo("LEDGER_INVALID");
  }

  @Test
  @DisplayName("cert inspect shows what each thing is, every check, and changes nothing")
  void inspect() throws IOException {
    String fingerprint = init();
    shell.run("cert request -p hospital-a.yaml");
    shell.run(APPROVE);
    shell.run("package hospital-a/hospital-a.signed.zip");
    String before = tree();
    Shell.Result zip =
        shell.run(
            "cert inspect hospital-a/hospital-a.request.zip -c ca --profile project_profile.yaml");
    assertThat(zip.exit()).isZero();
    assertThat(zip.out())
        .contains("kind: request_zip", "name: hospital-a", "would_sign: DNS:hospital-a")
        .doesNotContain("failed");
    Shell.Result signed =
        shell.run(
            "cert inspect hospital-a/hospital-a.signed.zip --request-dir hospital-a --fingerprint "
                + fingerprint);
    assertThat(signed.exit()).as(signed.out()).isZero();
    assertThat(signed.out()).contains("kind: signed_zip", "serial: 0x").doesNotContain("skipped");
    assertThat(shell.run("cert inspect ca").out()).contains("kind: ca_folder", "approvals: 1");
    assertThat(shell.run("cert inspect hospital-a").out()).contains("kind: request_folder");
    assertThat(shell.run("cert inspect workspace/fed/prod_00/hospital-a").out())
        .contains("kind: startup_kit", "connection_security: mtls", "result: skipped");
    Shell.Result wrong =
        shell.run(
            "cert inspect hospital-a/hospital-a.signed.zip --format json --fingerprint "
                + "00".repeat(32));
    assertThat(wrong.exit()).isEqualTo(4);
    assertThat(wrong.json("error_code")).isEqualTo("ROOTCA_FINGERPRINT_MISMATCH");
    assertThat(shell.run("cert inspect project_profile.yaml").exit()).isEqualTo(4);
    assertThat(tree()).isEqualTo(before);
    Path damaged = shell.folder.resolve("hospital-a/hospital-a.signed.zip");
    byte[] bytes = Files.readAllBytes(damaged);
    bytes[bytes.length / 2] ^= 1;
    Files.write(damaged, bytes);
    Shell.Result bad = shell.run("cert inspect hospital-a/hospital-a.signed.zip");
    assertThat(bad.exit()).isEqualTo(4);
    assertThat(bad.out()).contains("result: failed", "result: skipped");
  }

  @Test
  @DisplayName("cert clean lists and removes old leftovers, and keeps young ones")
  void clean() throws IOException {
    init();
    Path old = shell.write("ca/.rootCA.pem.x.fedtrust-tmp", "left");
    Files.setLastModifiedTime(
        old, java.nio.file.attribute.FileTime.from(Shell.NOW.minusSeconds(3600)));
    Path young = shell.write("ca/.ca.json.y.fedtrust-tmp", "at work");
    Files.setLastModifiedTime(
        young, java.nio.file.attribute.FileTime.from(Shell.NOW.minusSeconds(5)));
    assertThat(shell.run("cert clean ca --dry-run").out()).contains("would remove");
    assertThat(old).exists();
    assertThat(shell.run("cert clean ca").out()).contains("removed ", "kept: ");
    assertThat(old).doesNotExist();
    assertThat(young).exists();
    assertThat(shell.run("cert clean nowhere").exit()).isEqualTo(4);
  }

  @Test
  @DisplayName("an encrypted CA key is opened with a passphrase file")
  void passphraseFile() throws Exception {
    Path file = shell.write("passphrase", "correct horse\n");
    Files.setPosixFilePermissions(
        file, Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
    Shell.Result init =
        shell.run(
            "cert init --profile project_profile.yaml -o ca --key-passphrase-file passphrase");
    assertThat(init.exit()).as(init.err()).isZero();
    assertThat(init.err()).contains("Warning: NVFlare's 'cert approve' cannot read");
    shell.run("cert request -p hospital-a.yaml");
    assertThat(shell.run(APPROVE + " --format json").json("error_code"))
        .isEqualTo("CA_LOAD_FAILED");
    assertThat(shell.run(APPROVE + " --key-passphrase-file passphrase").exit()).isZero();
    assertThat(shell.run("cert list -c ca").exit()).isZero();
    assertThat(shell.run("cert inspect ca").out()).contains("the key is encrypted");
  }

  @Test
  @DisplayName("audit records go to HOME, where NVFlare keeps its own")
  void auditHome() {
    init();
    shell.run("cert request -p hospital-a.yaml");
    shell.run(APPROVE);
    assertThat(shell.home().resolve(".nvflare/cert_requests")).isNotEmptyDirectory();
    assertThat(shell.home().resolve(".nvflare/cert_approves")).isNotEmptyDirectory();
  }

  @Test
  @DisplayName("private keys are nowhere but in owner-only key files; the output names none")
  void keysStayPut() throws IOException {
    init();
    StringBuilder said = new StringBuilder();
    for (String command :
        List.of(
            "cert request -p hospital-a.yaml",
            APPROVE,
            "package hospital-a/hospital-a.signed.zip",
            "cert inspect hospital-a/hospital-a.signed.zip --request-dir hospital-a",
            "cert inspect workspace/fed/prod_00/hospital-a",
            "cert list -c ca")) {
      Shell.Result result = shell.run(command);
      said.append(result.out()).append(result.err());
    }
    assertThat(said).doesNotContain("PRIVATE KEY");
    String key = Files.readString(shell.folder.resolve("hospital-a/hospital-a.key"));
    String body = key.substring(40, 140).replace("\n", "");
    assertThat(said.toString().replace("\n", "")).doesNotContain(body);
    try (Stream<Path> files = Files.walk(shell.folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        if (content.contains("PRIVATE KEY")) {
          assertThat(file.toString()).endsWith(".key");
          assertThat(Files.getPosixFilePermissions(file))
              .containsExactlyInAnyOrder(
                  PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
        }
      }
    }
  }

  private String tree() throws IOException {
    try (Stream<Path> files = Files.walk(shell.folder)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.toString().endsWith(".lock"))
          .sorted()
          .map(Path::toString)
          .toList()
          .toString();
    }
  }

  private static List<String> keys(Shell.Result result) {
    return result.out().lines().map(line -> line.substring(0, line.indexOf(':'))).toList();
  }

  private static String value(Shell.Result result, String key) {
    return result
        .out()
        .lines()
        .filter(line -> line.startsWith(key + ": "))
        .map(line -> line.substring(key.length() + 2))
        .findFirst()
        .orElse("");
  }
}

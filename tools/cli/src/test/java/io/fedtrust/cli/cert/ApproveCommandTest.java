// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import static io.fedtrust.cli.cert.Federation.AGAIN;
import static io.fedtrust.cli.cert.Federation.APPROVE;
import static io.fedtrust.cli.cert.Federation.PROFILE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.cli.Shell;
import io.fedtrust.provisioning.model.KeyFingerprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is asked before a certificate is signed, and what a script must say. */
class ApproveCommandTest {
  private static final String RENEW = "cert approve " + AGAIN + PROFILE + " --renew";
  private static final String ALL = "cert approve inbox --all --out signed" + PROFILE;
  private static final String OTHER_KEY = "00".repeat(32);

  @TempDir Path temp;
  private Shell shell;

  @BeforeEach
  void federation() throws IOException {
    shell = Federation.in(temp);
  }

  private KeyFingerprint key(String requestZip) {
    return new KeyFingerprint(requestField("cert inspect " + requestZip, "public_key_sha256"));
  }

  private String requestField(String command, String name) {
    Shell.Result result = new Shell(temp).run(command + " --format json");
    assertThat(result.exit()).as(result.out()).isZero();
    return result.json(name);
  }

  private String serialOf(String name) {
    return new Shell(temp)
        .run("cert list -c ca")
        .out()
        .lines()
        .dropWhile(line -> !line.endsWith("name: " + name))
        .filter(line -> line.strip().startsWith("serial: "))
        .map(line -> line.strip().substring("serial: ".length()))
        .findFirst()
        .orElseThrow();
  }

  private void approved(Shell.Result result) {
    assertThat(result.exit()).as(result.out() + result.err()).isZero();
  }

  private void refused(Shell.Result result, String code, int exit) {
    assertThat(result.out() + result.err()).contains(code);
    assertThat(result.exit()).isEqualTo(exit);
  }

  /** Every file with its size and time of change, but for the permanent lock files. */
  private Map<String, String> files() throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(shell.folder)) {
      for (Path path : paths.filter(p -> !p.endsWith(".fedtrust.lock")).toList()) {
        files.put(
            path.toString(),
            Files.isDirectory(path)
                ? "folder"
                : Files.size(path) + " " + Files.getLastModifiedTime(path));
      }
    }
    return files;
  }

  private void inbox(String... zips) throws IOException {
    Path inbox = Files.createDirectories(shell.folder.resolve("inbox"));
    for (String zip : zips) {
      Path from = shell.folder.resolve(zip);
      Files.copy(from, inbox.resolve(from.getParent().getFileName() + "-" + from.getFileName()));
    }
  }

  // The question.

  @Test
  @DisplayName("the question shows who asks, for what, until when, and with which key")
  void questionShowsRequest() {
    KeyFingerprint key = key("localhost/localhost.request.zip");
    Shell.Result result =
        shell.typing("y\n").run("cert approve localhost/localhost.request.zip" + PROFILE);
    approved(result);
    assertThat(result.err())
        .contains("Name:            localhost\n", "Type:            server\n")
        .contains("Organization:    central\n")
        .contains("Names to sign:   DNS:localhost, IP:127.0.0.1, DNS:fl.example.org\n")
        .contains("Validity:        2026-11-20T21:25:00Z to 2029-11-19T21:30:00Z\n")
        .contains("Public key:      " + key + "\n")
        .contains("Comparison code: " + key.comparisonCode() + "\n")
        .contains("Certificates:    none\n")
        .contains("Sign this certificate? [y/N] ")
        .doesNotContain("Role:", "was not compared");
    assertThat(shell.folder.resolve("localhost/localhost.signed.zip")).exists();
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, only its own machine reaches this server",
    "127.0.0.2, only its own machine reaches this server",
    "192.0.2.7, a new address would need new kits for everybody"
  })
  @DisplayName("a server called localhost, or by its address, is approved with a warning, once")
  void warnsOfLocalServer(String host, String why) throws IOException {
    Shell.Result named = approveServer("fl.example.org");
    assertThat(named.exit()).as(named.err()).isZero();
    assertThat(named.err()).doesNotContain("server.host");
    Shell.Result local = approveServer(host);
    assertThat(local.exit()).as(local.err()).isZero();
    assertThat(local.err())
        .containsOnlyOnce("Warning: server.host is ")
        .contains(host + ": " + why, "in production, use a DNS name");
  }

  private Shell.Result approveServer(String host) throws IOException {
    Shell own = new Shell(Files.createDirectory(temp.resolve("of-" + host)));
    own.write(
        "project_profile.yaml",
        """
        name: fed
        scheme: grpc
        connection_security: mtls
        server: {host: HOST, fed_learn_port: 8002}
        """
            .replace("HOST", host));
    own.definition(host, "server", "central", "");
    own.run("cert init --profile project_profile.yaml -o ca --key-type rsa:2048");
    own.run("cert request -p " + host + ".yaml --out request");
    return own.run(
        "cert approve request/" + host + ".request.zip -c ca --profile project_profile.yaml");
  }

  @Test
  @DisplayName("the question shows the role of a user")
  void questionShowsRole() {
    Shell.Result result =
        shell
            .typing("y\n")
            .run("cert approve lead@example.org/lead@example.org.request.zip" + PROFILE);
    approved(result);
    assertThat(result.err()).contains("Role:            lead\n");
  }

  @Test
  @DisplayName("the question shows every certificate that the name has, and whose key each has")
  void questionShowsCertificates() {
    approved(shell.run(APPROVE));
    approved(shell.run(RENEW + " --expect-key " + key(AGAIN)));
    List<String> serials =
        shell
            .run("cert list -c ca")
            .out()
            .lines()
            .filter(line -> line.contains("serial: "))
            .map(line -> line.substring(line.indexOf("0x")))
            .toList();
    assertThat(serials).hasSize(2);
    approved(shell.run("cert revoke " + serials.get(0) + " -c ca --reason certificateHold"));
    Shell.Result result = shell.typing("y\n").run(RENEW + " --force");
    approved(result);
    assertThat(result.err())
        .contains(
            "Certificate:     hospital-a (client), serial "
                + serials.get(0)
                + ", valid until 2029-11-19T21:30:00Z, another key, on hold\n")
        .contains(
            "Certificate:     hospital-a (client), serial "
                + serials.get(1)
                + ", valid until 2029-11-19T21:30:00Z, the same key\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "n\n",
        "\n",
        "",
        "y",
        "yes\n",
        "Ynot\n",
        "yy\n",
        "\u0000y\n",
        " \u202Ey\n",
        "y                    no\n"
      })
  @DisplayName("anything but y, the end of the input too, declines and leaves no trace")
  void declines(String typed) throws IOException {
    Map<String, String> before = files();
    Shell.Result result = shell.typing(typed).run(APPROVE + " --out new/folder/a.signed.zip");
    refused(result, "Code: APPROVAL_DECLINED (exit 1)", 1);
    assertThat(result.err())
        .contains("approval of hospital-a: not confirmed", "Nothing was signed");
    assertThat(result.out()).isEmpty();
    assertThat(files()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"y\n", "y\ny\n", "a pasted line\ny\n"})
  @DisplayName("what was typed before the question was shown is no answer to it")
  void typedAheadIsNoAnswer(String typed) throws IOException {
    Map<String, String> before = files();
    refused(shell.typingAhead(typed).run(APPROVE), "Code: APPROVAL_DECLINED (exit 1)", 1);
    assertThat(files()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"y\n", "Y\n", " y \r\n"})
  @DisplayName("y agrees, in either case and with blanks")
  void agrees(String typed) {
    approved(shell.typing(typed).run(APPROVE));
  }

  @Test
  @DisplayName("a dry run asks nothing")
  void dryRunAsksNothing() throws IOException {
    Map<String, String> before = files();
    Shell.Result result = shell.typing("").run(APPROVE + " --dry-run");
    approved(result);
    assertThat(result.err()).doesNotContain("[y/N]");
    assertThat(result.out())
        .contains("comparison_code: " + key("hospital-a/hospital-a.request.zip").comparisonCode());
    assertThat(files()).isEqualTo(before);
  }

  private void signsWithWarning(Shell.Result result) {
    approved(result);
    KeyFingerprint key = key("hospital-a/hospital-a.request.zip");
    assertThat(result.err())
        .doesNotContain("[y/N]")
        .containsOnlyOnce("Warning: This public key was not compared with the requester's:")
        .contains("requester's: hospital-a " + key)
        .contains(key.toString(), key.comparisonCode());
    assertThat(shell.folder.resolve("hospital-a/hospital-a.signed.zip")).exists();
  }

  @Test
  @DisplayName("--yes signs without a question, and warns")
  void yes() {
    signsWithWarning(shell.typing("n\n").run(APPROVE + " --yes"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--yes", "--expect-key", "CI"})
  @DisplayName("in text, what is signed is shown also where nothing is asked")
  void showsWithoutQuestion(String why) {
    KeyFingerprint key = key("hospital-a/hospital-a.request.zip");
    if (why.equals("CI")) {
      shell.withVariable("CI", "true");
    }
    Shell.Result result =
        shell.run(
            APPROVE
                + (why.equals("CI") ? "" : " " + why)
                + (why.equals("--expect-key") ? " " + key : ""));
    approved(result);
    assertThat(result.err())
        .contains("Name:            hospital-a\n", "Type:            client\n")
        .contains("Organization:    alpha\n", "Names to sign:   DNS:hospital-a\n")
        .contains("Validity:        ", "Public key:      " + key + "\n")
        .contains("Certificates:    none\n")
        .doesNotContain("[y/N]");
  }

  @Test
  @DisplayName("certificates that were revoked or have expired are shown also")
  void showsFormerCertificates() {
    approved(shell.run(APPROVE));
    String first = serialOf("hospital-a");
    approved(shell.run("cert revoke " + first + " -c ca --reason superseded"));
    Shell.Result result = shell.run("cert approve " + AGAIN + PROFILE + " --valid-days 10");
    approved(result);
    assertThat(result.err())
        .contains(
            "Certificate:     hospital-a (client), serial "
                + first
                + ", valid until 2029-11-19T21:30:00Z, another key, revoked: superseded\n")
        .doesNotContain("Certificates:");
    shell.at(Shell.NOW.plus(Duration.ofDays(11)));
    Shell.Result later = shell.run("cert approve " + AGAIN + PROFILE + " --force");
    approved(later);
    assertThat(later.err()).contains(", the same key, expired\n", ", revoked: superseded\n");
  }

  @Test
  @DisplayName("--format json signs without a question, and warns on stderr")
  void json() {
    Shell.Result result = shell.typing("n\n").run(APPROVE + " --format json");
    signsWithWarning(result);
    assertThat(result.out()).hasLineCount(1).startsWith("{").doesNotContain("Warning");
    assertThat(result.err()).doesNotContain("Organization:");
  }

  @Test
  @DisplayName("where CI is set it signs without a question, and warns")
  void continuousIntegration() {
    signsWithWarning(shell.typing("n\n").withVariable("CI", "true").run(APPROVE));
  }

  @Test
  @DisplayName("an empty CI is none: the question is asked")
  void emptyVariable() {
    refused(shell.typing("n\n").withVariable("CI", "").run(APPROVE), "APPROVAL_DECLINED", 1);
  }

  @Test
  @DisplayName("without a terminal at stdin it signs without a question, and warns")
  void noTerminalIn() {
    signsWithWarning(shell.withTerminal().run(APPROVE));
  }

  @Test
  @DisplayName("without a terminal at stderr it signs without a question, and warns")
  void noTerminalErr() {
    signsWithWarning(shell.typing("n\n").withErrorsInFile().run(APPROVE));
  }

  @Test
  @DisplayName("a simple terminal (TERM=dumb) is asked, without colors")
  void simpleTerminal() {
    Shell.Result result = shell.typing("n\n").withVariable("TERM", "dumb").run(APPROVE);
    refused(result, "APPROVAL_DECLINED", 1);
    assertThat(result.err()).doesNotContain("\u001B");
  }

  // The expected key.

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @DisplayName("--expect-key with the requester's key signs without question and warning")
  void expectedKey(boolean asHex) {
    KeyFingerprint key = key("hospital-a/hospital-a.request.zip");
    Shell.Result result =
        shell.typing("n\n").run(APPROVE + " --expect-key " + (asHex ? key.hex() : key.toString()));
    approved(result);
    assertThat(result.err()).doesNotContain("Warning", "[y/N]");
  }

  @Test
  @DisplayName("--expect-key with another key refuses, also for who types y or says --yes --force")
  void otherKey() throws IOException {
    Map<String, String> before = files();
    for (String more : List.of("", " --yes", " --force", " --dry-run", " --format json")) {
      refused(
          shell.typing("y\n").run(APPROVE + " --expect-key " + OTHER_KEY + more),
          "PUBLIC_KEY_MISMATCH",
          4);
    }
    assertThat(files()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SHA256:AA:BB", "x", "=", "hospital-a=" + "00", "SHA256:", "\u001B[2J"})
  @DisplayName("a malformed --expect-key is refused, and shown escaped")
  void malformedKey(String key) {
    Shell.Result result = shell.run(APPROVE + " --expect-key " + key);
    refused(result, "INVALID_ARGS", 4);
    assertThat(result.err()).contains("64 hex digits").doesNotContain("\u001B");
  }

  @Test
  @DisplayName("--expect-key may be given once for one request")
  void expectedKeyTwice() {
    refused(
        shell.run(APPROVE + " --expect-key " + OTHER_KEY + " --expect-key " + OTHER_KEY),
        "INVALID_ARGS",
        4);
  }

  @Test
  @DisplayName("--confirm demands --expect-key: neither --yes nor an answer is enough")
  void confirm() {
    for (String more : List.of("", " --yes", " --all --yes")) {
      String command = (more.contains("--all") ? "cert approve hospital-a" + PROFILE : APPROVE);
      refused(
          shell.typing("y\n").run(command + " --confirm" + more),
          "EXPECTED_KEY_REQUIRED",
          more.contains("--all") ? 1 : 4);
    }
    assertThat(shell.folder.resolve("hospital-a/hospital-a.signed.zip")).doesNotExist();
    approved(
        shell.run(APPROVE + " --confirm --expect-key " + key("hospital-a/hospital-a.request.zip")));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @DisplayName("require_expected_key of the profile decides as --confirm does")
  void profileRequires(boolean required) throws IOException {
    Path profile = shell.folder.resolve("project_profile.yaml");
    Files.writeString(
        profile, Files.readString(profile) + "require_expected_key: " + required + "\n");
    Shell.Result result = shell.run(APPROVE);
    if (required) {
      refused(result, "EXPECTED_KEY_REQUIRED", 4);
      approved(shell.run(APPROVE + " --expect-key " + key("hospital-a/hospital-a.request.zip")));
    } else {
      approved(result);
      refused(shell.run(RENEW + " --confirm"), "EXPECTED_KEY_REQUIRED", 4);
    }
  }

  // Renewals.

  @Test
  @DisplayName("a held name is refused without --renew, with and without a question")
  void heldName() {
    approved(shell.run(APPROVE));
    refused(shell.run("cert approve " + AGAIN + PROFILE), "PARTICIPANT_ALREADY_CERTIFIED", 1);
    refused(
        shell.typing("y\n").run("cert approve " + AGAIN + PROFILE + " --expect-key " + key(AGAIN)),
        "PARTICIPANT_ALREADY_CERTIFIED",
        1);
  }

  @Test
  @DisplayName("--renew with a new key is refused in scripts without --expect-key")
  void renewalInScripts() throws IOException {
    approved(shell.run(APPROVE));
    Map<String, String> before = files();
    refused(shell.run(RENEW), "EXPECTED_KEY_REQUIRED", 4);
    refused(shell.typing("y\n").run(RENEW + " --yes"), "EXPECTED_KEY_REQUIRED", 4);
    refused(shell.run(RENEW + " --expect-key " + OTHER_KEY), "PUBLIC_KEY_MISMATCH", 4);
    assertThat(files()).isEqualTo(before);
    approved(shell.run(RENEW + " --expect-key " + key(AGAIN)));
  }

  @Test
  @DisplayName("--renew with a new key is allowed by the answer at the terminal")
  void renewalAtTheTerminal() {
    approved(shell.run(APPROVE));
    refused(shell.typing("n\n").run(RENEW), "APPROVAL_DECLINED", 1);
    Shell.Result result = shell.typing("y\n").run(RENEW);
    approved(result);
    assertThat(result.err()).contains(", another key\n");
  }

  @Test
  @DisplayName("--renew with the key of the certificate is allowed in scripts")
  void renewalOfTheSameKey() throws IOException {
    approved(shell.run(APPROVE));
    Path zip = shell.folder.resolve("hospital-a/hospital-a.request.zip");
    RequestZips.setRequestId(zip, UUID.randomUUID().toString());
    approved(shell.run(APPROVE + " --renew --force"));
  }

  @Test
  @DisplayName("--renew takes a serial number or none, before and after the request zip")
  void renewsBySerial() throws IOException {
    approved(shell.run(APPROVE));
    String serial = serialOf("hospital-a");
    String key = " --expect-key " + key(AGAIN) + PROFILE + " --dry-run";
    for (String command :
        List.of(
            "cert approve --renew " + AGAIN + key,
            "cert approve " + AGAIN + key + " --renew",
            "cert approve --renew " + serial + " " + AGAIN + key,
            "cert approve --renew=" + serial + " " + AGAIN + key,
            "cert approve " + AGAIN + " --renew " + serial + key,
            "cert approve "
                + AGAIN
                + " --renew="
                + "0X"
                + serial.substring(2).toUpperCase(Locale.ROOT)
                + key)) {
      Shell.Result result = shell.run(command);
      assertThat(result.exit()).as(command + result.err()).isZero();
      assertThat(result.out()).contains("held_serials:\n  - " + serial);
    }
    refused(shell.run("cert approve --renew 0x1234 " + AGAIN + key), "CERT_NOT_FOUND", 1);
    refused(
        shell.run("cert approve --renew 0x" + "1".repeat(41) + " " + AGAIN + key),
        "INVALID_ARGS",
        4);
    refused(shell.run("cert approve --renew 1234 " + AGAIN + key), "INVALID_ARGS", 4);
    refused(shell.run("cert approve --renew=x " + AGAIN + key), "INVALID_ARGS", 4);
  }

  @Test
  @DisplayName("--force never gives a held name to another key, not even with a copied request_id")
  void copiedRequestId() throws IOException {
    approved(shell.run(APPROVE));
    String serial = serialOf("hospital-a");
    RequestZips.setRequestId(
        shell.folder.resolve(AGAIN),
        requestField("cert inspect hospital-a/hospital-a.request.zip", "request_id"));
    String copied = "cert approve " + AGAIN + PROFILE;
    refused(shell.run(copied), "REQUEST_ALREADY_APPROVED", 1);
    refused(shell.run(copied + " --force"), "PARTICIPANT_ALREADY_CERTIFIED", 1);
    refused(shell.run(copied + " --force --renew"), "EXPECTED_KEY_REQUIRED", 4);
    refused(shell.run("cert approve again --all --force" + PROFILE), "EXPECTED_KEY_REQUIRED", 1);
    approved(shell.run(copied + " --force --renew --expect-key " + key(AGAIN)));
    assertThat(shell.run("cert list -c ca").out())
        .containsPattern("(?s)serial: " + serial + ".*serial: 0x");
  }

  @Test
  @DisplayName("a client with a host name of the server is refused, whichever comes first")
  void oneSpaceOfNames() {
    shell.definition("localhost", "server", "central", "    host_names: [hospital-a]\n");
    approved(shell.run("cert request -p localhost.yaml --out server"));
    String server = "cert approve server/localhost.request.zip" + PROFILE;
    approved(shell.run(server));
    Shell.Result refused = shell.run(APPROVE + " --renew");
    refused(refused, "PARTICIPANT_ALREADY_CERTIFIED", 1);
    assertThat(refused.err()).contains("name hospital-a: held by a certificate of localhost");
    approved(shell.run("cert revoke localhost -c ca --reason superseded"));
    approved(shell.run(APPROVE));
    refused(shell.run(server + " --force"), "PARTICIPANT_ALREADY_CERTIFIED", 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"server", "nvflare-admin"})
  @DisplayName("names that NVFlare reserves are refused")
  void reservedNames(String name) {
    shell.definition(name, "client", "alpha", "");
    approved(shell.run("cert request -p " + name + ".yaml"));
    refused(
        shell.run("cert approve " + name + "/" + name + ".request.zip" + PROFILE),
        "INVALID_NAME",
        4);
  }

  // Who decides.

  @Test
  @DisplayName("cert list shows approver and note; the default approver is the account")
  void recordsApprover() {
    List<String> command = new ArrayList<>(List.of(APPROVE.split(" ")));
    command.addAll(List.of("--approver", "Ana Müller", "--note", "ticket 17, called back"));
    approved(shell.run(command));
    approved(shell.run("cert approve hospital-b/hospital-b.request.zip" + PROFILE));
    assertThat(shell.run("cert list -c ca").out())
        .contains("approver: Ana Müller\n", "note: ticket 17, called back\n")
        .contains("approver: " + System.getProperty("user.name") + "\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\u001B[31m", "a\nb", "a\u202Eb", "a\u2028b", "a\u200Bb", " ", "\uD800"})
  @DisplayName("an approver or note with characters that cannot be shown is refused")
  void badApprover(String text) {
    for (String option : List.of("--approver", "--note")) {
      List<String> command = new ArrayList<>(List.of(APPROVE.split(" ")));
      command.addAll(List.of(option, text));
      Shell.Result result = shell.run(command);
      refused(result, "INVALID_ARGS", 4);
      assertThat(result.err()).contains(option.substring(2)).doesNotContain("\u001B", "\u202E");
    }
  }

  @Test
  @DisplayName("an approver of 129 and a note of 1001 characters are refused")
  void longApprover() {
    refused(shell.run(APPROVE + " --approver " + "x".repeat(129)), "INVALID_ARGS", 4);
    refused(shell.run(APPROVE + " --note " + "x".repeat(1001)), "INVALID_ARGS", 4);
    approved(shell.run(APPROVE + " --approver " + "x".repeat(128) + " --note " + "x".repeat(1000)));
  }

  // A folder of requests.

  @Test
  @DisplayName("--all shows a table first, on stderr; privileged types and renewals are left out")
  void tableFirst() throws IOException {
    approved(shell.run(APPROVE + " --out first.signed.zip"));
    inbox(
        "localhost/localhost.request.zip",
        "hospital-b/hospital-b.request.zip",
        AGAIN,
        "lead@example.org/lead@example.org.request.zip",
        "boss@example.org/boss@example.org.request.zip",
        "member@example.org/member@example.org.request.zip");
    Shell.Result result = shell.typing("").run(ALL);
    refused(result, "PARTIAL_FAILURE", 1);
    assertThat(result.err())
        .containsPattern("NAME +TYPE +ORGANIZATION +COMPARISON CODE +DECISION\n")
        .containsPattern(row("hospital-b", "client", "hospital-b", "sign"))
        .containsPattern(row("member@example.org", "member", "member@example.org", "sign"))
        .containsPattern(
            row("localhost", "server", "localhost", "leave out: EXPECTED_KEY_REQUIRED"))
        .containsPattern(row("boss@example.org", "org_admin", "boss@example.org", "leave out"))
        .containsPattern(row("lead@example.org", "lead", "lead@example.org", "leave out"))
        .containsPattern(row("hospital-a", "client", "again", "leave out"))
        .doesNotContain("[y/N]");
    assertThat(result.err().indexOf("DECISION")).isLessThan(result.err().indexOf("approving ["));
    assertThat(result.out()).doesNotContain("DECISION");
    try (Stream<Path> signed = Files.list(shell.folder.resolve("signed"))) {
      assertThat(signed.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("hospital-b.signed.zip", "member@example.org.signed.zip");
    }
  }

  private String row(String name, String type, String folder, String decision) {
    String code = key(folder + "/" + name + ".request.zip").comparisonCode();
    return name + " +" + type + " +[a-z]+ +" + code + " +" + decision;
  }

  @Test
  @DisplayName("--all signs privileged types and renewals whose key is named")
  void namedKeys() throws IOException {
    approved(shell.run(APPROVE + " --out first.signed.zip"));
    inbox(
        "localhost/localhost.request.zip", AGAIN, "lead@example.org/lead@example.org.request.zip");
    Shell.Result result =
        shell.run(
            ALL
                + " --expect-key LOCALHOST="
                + key("localhost/localhost.request.zip")
                + " --expect-key hospital-a="
                + key(AGAIN)
                + " --expect-key lead@example.org="
                + OTHER_KEY);
    refused(result, "PUBLIC_KEY_MISMATCH", 1);
    assertThat(result.err())
        .containsPattern("hospital-a .* renew\n")
        .containsPattern("localhost .* sign\n")
        .contains("  names: DNS:localhost, IP:127.0.0.1, DNS:fl.example.org\n")
        .containsPattern("leave out: PUBLIC_KEY_MISMATCH");
    assertThat(shell.folder.resolve("signed/localhost.signed.zip")).exists();
    assertThat(shell.folder.resolve("signed/hospital-a.signed.zip")).exists();
    assertThat(shell.folder.resolve("signed/lead@example.org.signed.zip")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " --format json"})
  @DisplayName("--all warns once of all keys that were not compared, and names them")
  void warnsOfKeysOfAll(String format) throws IOException {
    inbox(
        "hospital-a/hospital-a.request.zip",
        "hospital-b/hospital-b.request.zip",
        "member@example.org/member@example.org.request.zip");
    KeyFingerprint compared = key("hospital-a/hospital-a.request.zip");
    Shell.Result result = shell.run(ALL + " --expect-key HOSPITAL-A=" + compared + format);
    approved(result);
    List<String> warnings =
        result.err().lines().filter(line -> line.contains("not compared")).toList();
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0))
        .startsWith("Warning: These public keys were not compared with the requester's: ")
        .contains("hospital-b " + key("hospital-b/hospital-b.request.zip"))
        .contains("member@example.org " + key("member@example.org/member@example.org.request.zip"))
        .doesNotContain("hospital-a", compared.toString());
  }

  @Test
  @DisplayName("--all does not warn where every key was compared")
  void comparedKeysOfAll() throws IOException {
    inbox("hospital-a/hospital-a.request.zip");
    Shell.Result result =
        shell.run(ALL + " --expect-key hospital-a=" + key("hospital-a/hospital-a.request.zip"));
    approved(result);
    assertThat(result.err()).doesNotContain("not compared");
  }

  @Test
  @DisplayName("an output path that is a folder or a symbolic link is refused, and named as such")
  void outputInTheWay() throws IOException {
    Path link = shell.folder.resolve("link.signed.zip");
    Files.createSymbolicLink(link, Path.of("elsewhere"));
    refused(shell.run(APPROVE + " --out ca"), "the signed zip cannot replace this folder", 1);
    refused(
        shell.run(APPROVE + " --force --out link.signed.zip"),
        "the signed zip cannot replace this symbolic link",
        1);
  }

  @Test
  @DisplayName("--all of a folder that is empty or missing says so")
  void noRequests() throws IOException {
    Files.createDirectory(shell.folder.resolve("inbox"));
    refused(shell.run(ALL), "this folder has no *.request.zip file", 1);
    refused(shell.run("cert approve absent --all" + PROFILE), "no folder that can be read", 1);
  }

  @Test
  @DisplayName("--all leaves out both of two requests for one name, and one bad zip alone")
  void twinsAndBadZips() throws IOException {
    inbox("hospital-a/hospital-a.request.zip", AGAIN, "hospital-b/hospital-b.request.zip");
    shell.write("inbox/bad.request.zip", "not a zip");
    Shell.Result result = shell.run(ALL + " --format json");
    refused(result, "PARTIAL_FAILURE", 1);
    assertThat(result.err()).doesNotContain("DECISION");
    assertThat(result.out())
        .hasLineCount(1)
        .containsPattern("\"approved\":\\[\\{\"name\":\"hospital-b\",[^\\]]*\\],\"failed\":\\[\\{")
        .containsPattern(
            "\"file\":\"[^\"]*/bad.request.zip\",\"error_code\":\"INVALID_ARGS\","
                + "\"message\":\"[^\"]*\",\"hint\":\"")
        .containsPattern("\"file\":\"[^\"]*/again-hospital-a.request.zip\"")
        .containsPattern("\"file\":\"[^\"]*/hospital-a-hospital-a.request.zip\"")
        .contains("3 of 4 requests were not approved");
    assertThat(shell.folder.resolve("signed/hospital-a.signed.zip")).doesNotExist();
  }

  @Test
  @DisplayName("a batch with one bad zip shows its file name in the table")
  void badZipInTable() throws IOException {
    inbox("hospital-b/hospital-b.request.zip");
    shell.write("inbox/bad.request.zip", "not a zip");
    assertThat(shell.run(ALL).err()).contains("bad.request.zip: leave out: INVALID_ARGS\n");
  }

  @Test
  @DisplayName("--all --dry-run shows the plan and writes nothing")
  void dryRunOfAll() throws IOException {
    inbox("hospital-b/hospital-b.request.zip", "hospital-a/hospital-a.request.zip");
    Map<String, String> before = files();
    Shell.Result result = shell.run(ALL + " --dry-run");
    approved(result);
    assertThat(result.err()).contains("DECISION");
    assertThat(result.out())
        .contains("  - name: hospital-a\n", "dry_run: true", "comparison_code: ");
    Shell.Result json = shell.run(ALL + " --dry-run --format json");
    approved(json);
    assertThat(json.out()).contains("\"data\":{\"approved\":[{\"name\":").contains("\"failed\":[]");
    assertThat(files()).isEqualTo(before);
  }

  @Test
  @DisplayName("--all refuses --renew and keys without a name")
  void badOptionsOfAll() throws IOException {
    inbox("hospital-b/hospital-b.request.zip");
    for (String more :
        List.of(
            " --renew",
            " --expect-key " + OTHER_KEY,
            " --expect-key SHA256:" + OTHER_KEY,
            " --expect-key =" + OTHER_KEY,
            " --expect-key sha256=" + OTHER_KEY,
            " --expect-key hospital-b=AA",
            " --expect-key hospital-b=" + OTHER_KEY + " --expect-key Hospital-B=" + OTHER_KEY)) {
      Shell.Result result = shell.run(ALL + more);
      assertThat(result.exit()).as(more + result.err()).isEqualTo(4);
      assertThat(result.err()).contains("INVALID_ARGS");
    }
    assertThat(shell.folder.resolve("signed")).doesNotExist();
  }

  @Test
  @DisplayName("a key for a name that no request of the batch has is warned of")
  void keyOfNoRequest() throws IOException {
    inbox("hospital-b/hospital-b.request.zip");
    Shell.Result result = shell.run(ALL + " --expect-key hospital-c=" + OTHER_KEY);
    assertThat(result.err()).contains("Warning: ", "hospital-c");
  }

  @Test
  @DisplayName("--all demands every key where the profile requires it")
  void requiredKeysOfAll() throws IOException {
    inbox("hospital-a/hospital-a.request.zip", "hospital-b/hospital-b.request.zip");
    Path profile = shell.folder.resolve("project_profile.yaml");
    Files.writeString(profile, Files.readString(profile) + "require_expected_key: true\n");
    Shell.Result result =
        shell.run(ALL + " --expect-key hospital-b=" + key("hospital-b/hospital-b.request.zip"));
    refused(result, "EXPECTED_KEY_REQUIRED", 1);
    assertThat(shell.folder.resolve("signed/hospital-b.signed.zip")).exists();
    assertThat(shell.folder.resolve("signed/hospital-a.signed.zip")).doesNotExist();
  }

  // Text of others.

  @Test
  @DisplayName("hostile text in a request stays escaped in question and table")
  void hostileText() throws IOException {
    String hostile = "x\u001B[2J\u202Ey\u2028approved: everything";
    shell.definition("odd", "client", "\"" + "x\\e[2J\\u202Ey\\u2028z" + "\"", "");
    Shell.Result request = shell.run("cert request -p odd.yaml");
    assertThat(request.err() + request.out()).doesNotContain("\u001B", "\u202E", "\u2028");
    Path inbox = Files.createDirectories(shell.folder.resolve("inbox"));
    Path zip = inbox.resolve("odd.request.zip");
    Files.copy(shell.folder.resolve("hospital-a/hospital-a.request.zip"), zip);
    RequestZips.change(
        zip, "request.json", json -> json.replace("\"alpha\"", "\"" + inJson(hostile) + "\""));
    RequestZips.change(
        zip,
        "site.yaml",
        yaml -> yaml.replace("org: alpha", "org: \"x\\e[2J\\u202Ey\\u2028approved: everything\""));
    for (String command :
        List.of(
            "cert approve inbox/odd.request.zip" + PROFILE,
            "cert approve inbox --all" + PROFILE,
            "cert approve inbox --all --dry-run" + PROFILE,
            "cert list -c ca")) {
      Shell.Result result = shell.typing("y\n").withVariable("NO_COLOR", "1").run(command);
      assertThat(result.out() + result.err())
          .doesNotContain("\u001B", "\u202E", "\u2028")
          .doesNotContain("\napproved: everything");
    }
  }

  private static String inJson(String text) {
    StringBuilder json = new StringBuilder();
    text.chars().forEach(c -> json.append("\\u%04x".formatted(c)));
    return json.toString();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.fedtrust.cli.CommandOutput;
import io.fedtrust.cli.OutputFormat;
import io.fedtrust.cli.Shell;
import io.fedtrust.cli.cert.RequestZips;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Text of others on the admin's terminal: it never moves the cursor, forges or reorders a line. */
class HostileTextTest {
  private static final String ESCAPE = "\u001B[2J\u001B[1;31m";
  private static final String FORGED = "\napproved: everything";
  private static final String REORDERED = "\u202Eevil\u2066";
  private static final String HIDDEN = "\uDB40\uDC41\u200B\uFE0F";
  private static final String HOSTILE = ESCAPE + FORGED + "\r" + REORDERED + "\u2028" + HIDDEN;

  @TempDir Path temp;
  private Shell shell;

  @BeforeEach
  void federation() {
    shell = new Shell(temp);
    shell.writeFederation();
    shell.run("cert init --profile project_profile.yaml -o ca");
    shell.run("cert request -p hospital-a.yaml");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ESCAPE,
        "2026-11-20T21:30:00Z" + FORGED,
        "2026-11-20T21:30:00Z" + REORDERED,
        HIDDEN,
        "2026-11-20",
        "2026-13-20T21:30:00Z",
        "20 November",
        ""
      })
  @DisplayName("a created_at that is no date and time of RFC 3339 is refused, and shown escaped")
  void refusesCreatedAt(String createdAt) throws IOException {
    request(
        "request.json",
        json ->
            json.replaceFirst(
                "\"created_at\": \"[^\"]*\"", "\"created_at\": \"" + inJson(createdAt) + "\""));
    for (String command :
        List.of(
            "cert inspect hospital-a/hospital-a.request.zip",
            "cert approve hospital-a/hospital-a.request.zip -c ca --profile project_profile.yaml",
            "cert approve hospital-a --all -c ca --profile project_profile.yaml")) {
      Shell.Result text = shell.run(command);
      assertThat(text.exit()).isNotZero();
      assertThat(text.out() + text.err()).contains("created_at");
      printsNothingRaw(text);
      printsNothingRaw(shell.run(command + " --format json"));
      assertThat(shell.folder.resolve("hospital-a/hospital-a.signed.zip")).doesNotExist();
    }
  }

  @Test
  @DisplayName("a created_at of NVFlare, of another zone, or none is accepted")
  void takesCreatedAt() throws IOException {
    for (String member :
        List.of(
            "\"created_at\": \"2026-11-19T21:30:00Z\"",
            "\"created_at\": \"2026-11-20T21:30:00.123456+01:00\"",
            "\"created_at\": null")) {
      request(
          "request.json", json -> json.replaceFirst("\"created_at\": (\"[^\"]*\"|null)", member));
      assertThat(shell.run("cert inspect hospital-a/hospital-a.request.zip").exit()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"a\\u202eb\"",
        "\"a\\u2028approved: b\"",
        "\"a\\u009bb\"",
        "\"a\\e[31mb\"",
        "\"a\\nb\"",
        "\"\\U000e0041\""
      })
  @DisplayName("a key of site.yaml is shown escaped in the warning or refusal about it")
  void escapesKeys(String key) throws IOException {
    request("site.yaml", yaml -> yaml + "  " + key + ": 1\n");
    Shell.Result inspect = shell.run("cert inspect hospital-a/hospital-a.request.zip");
    printsNothingRaw(inspect);
    Shell.Result all =
        shell.run("cert approve hospital-a --all -c ca --profile project_profile.yaml --dry-run");
    printsNothingRaw(all);
    Shell.Result approve =
        shell.run(
            "cert approve hospital-a/hospital-a.request.zip -c ca --profile project_profile.yaml");
    printsNothingRaw(approve);
    if (approve.exit() == 0) {
      assertThat(approve.err()).contains("left out", "\\u{");
    }
    printsNothingRaw(shell.run("cert list -c ca"));
  }

  @Test
  @DisplayName("ten thousand keys make no long warning")
  void shortensWarnings() throws IOException {
    StringBuilder keys = new StringBuilder();
    for (int i = 0; i < 3000; i++) {
      keys.append("  key").append(i).append("x".repeat(20)).append(": 1\n");
    }
    request("site.yaml", yaml -> yaml + keys);
    Shell.Result approve =
        shell.run(
            "cert approve hospital-a/hospital-a.request.zip -c ca --profile project_profile.yaml");
    assertThat(approve.exit()).as(approve.err()).isZero();
    assertThat(approve.err()).contains("2984 more").hasSizeLessThan(3000);
  }

  @Test
  @DisplayName("a file name is shown escaped, and JSON keeps it")
  void escapesFileNames() throws IOException {
    Path inbox = Files.createDirectories(shell.folder.resolve("inbox"));
    String name = "x" + ESCAPE + REORDERED + ".request.zip";
    try {
      Files.writeString(inbox.resolve(name), "not a zip");
    } catch (InvalidPathException e) {
      assumeThat(false).as("this file system takes such names").isTrue();
    }
    String command = "cert approve inbox --all -c ca --profile project_profile.yaml";
    Shell.Result text = shell.run(command);
    assertThat(text.out()).contains("x\\u{001B}[2J");
    printsNothingRaw(text);
    Shell.Result json = shell.run(command + " --format json");
    printsNothingRaw(json);
    assertThat(json.json("file")).endsWith(name);
  }

  @Test
  @DisplayName("every part of an answer is escaped, and JSON keeps its meaning")
  void escapesAnswers() throws IOException {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put(HOSTILE, HOSTILE);
    data.put("list", List.of(HOSTILE, Map.of(HOSTILE, HOSTILE)));
    data.put("map", Map.of(HOSTILE, HOSTILE, "deep", Map.of(HOSTILE, HOSTILE)));
    for (boolean json : new boolean[] {false, true}) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      CommandOutput answer =
          new CommandOutput(
              shell.environment(out, err), json ? OutputFormat.JSON : OutputFormat.TEXT);
      answer.success(data);
      answer.failure(new CommandOutput.Failure("CODE", 1, HOSTILE, HOSTILE), data);
      answer.warn(HOSTILE);
      answer.note(HOSTILE);
      answer.trace(new IllegalStateException(REORDERED, new IOException(ESCAPE)));
      Shell.Result result =
          new Shell.Result(
              0, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
      printsNothingRaw(result);
      assertThat(result.out() + result.err()).doesNotContain("\napproved: everything");
      if (json) {
        assertThat(result.json("message")).isEqualTo(HOSTILE);
      }
    }
  }

  @Test
  @DisplayName("nested aliases in one request neither stop a batch nor reach a signed site.yaml")
  void containsOneHostileRequest() throws IOException {
    Path inbox = Files.createDirectories(shell.folder.resolve("inbox"));
    shell.run("cert request -p hospital-b.yaml");
    Files.copy(
        shell.folder.resolve("hospital-b/hospital-b.request.zip"),
        inbox.resolve("hospital-b.request.zip"));
    String texts = "*s ,".repeat(200) + "*s ";
    String bomb =
        "s: &s "
            + "x".repeat(300)
            + "\na0: &a0 ["
            + texts
            + "]\n"
            + "a1: &a1 [*a0 ,*a0 ,*a0 ,*a0 ,*a0 ]\na2: &a2 [*a1 ,*a1 ,*a1 ,*a1 ,*a1 ]\n"
            + "a3: &a3 [*a2 ,*a2 ,*a2 ,*a2 ,*a2 ]\n";
    request("site.yaml", yaml -> bomb + yaml + "  default_host: *a3\n");
    Files.copy(
        shell.folder.resolve("hospital-a/hospital-a.request.zip"),
        inbox.resolve("hospital-a.request.zip"));
    Shell.Result result =
        shell.run(
            "cert approve inbox --all -c ca --profile project_profile.yaml --out signed --format json");
    assertThat(result.json("error_code")).isEqualTo("PARTIAL_FAILURE");
    assertThat(shell.folder.resolve("signed/hospital-a.signed.zip")).doesNotExist();
    assertThat(shell.folder.resolve("signed/hospital-b.signed.zip")).isNotEmptyFile();
  }

  @Test
  @DisplayName("loopback names of a server on localhost are warned of; other addresses are refused")
  void judgesHostNames() {
    Shell.Result warned = shell.run("cert request -p localhost.yaml");
    assertThat(warned.exit()).isZero();
    assertThat(warned.err()).contains("Warning", "127.0.0.1", "loopback");
    Shell.Result approved =
        shell.run(
            "cert approve localhost/localhost.request.zip -c ca --profile project_profile.yaml --dry-run");
    assertThat(approved.exit()).isZero();
    assertThat(approved.err()).contains("127.0.0.1", "loopback");
    for (String name : List.of("169.254.169.254", "0.0.0.0", "224.0.0.1", "0177.1", "2130706433")) {
      shell.definition("localhost", "server", "central", "    host_names: ['" + name + "']\n");
      Shell.Result refused = shell.run("cert request -p localhost.yaml --out other");
      assertThat(refused.exit()).as(name).isEqualTo(4);
      assertThat(refused.err()).contains("host_names", name);
    }
    shell.definition("fl.example.org", "server", "central", "    host_names: [localhost]\n");
    assertThat(shell.run("cert request -p fl.example.org.yaml").exit()).isEqualTo(4);
  }

  private static void printsNothingRaw(Shell.Result result) {
    for (String text : List.of(result.out(), result.err())) {
      assertThat(
              text.codePoints()
                  .filter(point -> point != '\n')
                  .filter(
                      point ->
                          Character.isISOControl(point)
                              || Character.getType(point) == Character.FORMAT
                              || Character.getType(point) == Character.UNASSIGNED
                              || point == 0x2028
                              || point == 0x2029
                              || point == 0xFE0F)
                  .mapToObj(Integer::toHexString)
                  .toList())
          .as(text)
          .isEmpty();
      assertThat(text.lines()).noneMatch(line -> line.startsWith("approved: everything"));
    }
  }

  private static String inJson(String text) {
    StringBuilder json = new StringBuilder();
    text.chars().forEach(c -> json.append("\\\\u%04x".formatted(c)));
    return json.toString();
  }

  /** Changes a member of the request of hospital-a; hashes are corrected. */
  private void request(String member, UnaryOperator<String> change) throws IOException {
    RequestZips.change(shell.folder.resolve("hospital-a/hospital-a.request.zip"), member, change);
  }
}

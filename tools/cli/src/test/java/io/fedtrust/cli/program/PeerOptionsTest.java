// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.cli.CliEnvironment;
import io.fedtrust.cli.PeerAction;
import io.fedtrust.cli.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What NVFlare's own options do here, and what is said where they cannot be followed. */
class PeerOptionsTest {
  private static final String INIT = "cert init --profile project_profile.yaml -o ";
  private static final String REQUEST = "cert request -p hospital-a.yaml";

  @TempDir Path folder;
  private Shell shell;

  @BeforeEach
  void definitions() {
    shell = new Shell(folder);
    shell.writeFederation();
  }

  private Shell.Result done(String command) {
    Shell.Result result = shell.run(command);
    assertThat(result.exit()).as("%s: %s%s", command, result.out(), result.err()).isZero();
    return result;
  }

  private Shell.Result refused(String command, String code, int exit) {
    Shell.Result result = shell.run(command);
    assertThat(result.exit()).as(command + result.out() + result.err()).isEqualTo(exit);
    assertThat(result.out() + result.err()).contains(code);
    return result;
  }

  @Test
  @DisplayName("--format txt and text answer in lines, json in one line; the last one counts")
  void format() {
    String plan = REQUEST + " --force";
    assertThat(done(plan).out()).startsWith("name: hospital-a\n");
    assertThat(done(plan + " --format txt").out()).startsWith("name: hospital-a\n");
    assertThat(done(plan + " --format=text").out()).startsWith("name: hospital-a\n");
    assertThat(done("--format json " + plan).out()).startsWith("{\"schema_version\":\"1\"");
    assertThat(done("--format json " + plan + " --format txt").out()).startsWith("name: ");
  }

  @Test
  @DisplayName("--format jsonl is refused as NVFlare refuses it, in JSON, and nothing is done")
  void jsonLines() {
    Shell.Result result = refused(REQUEST + " --format jsonl", "INVALID_ARGS", 4);
    assertThat(result.json("status")).isEqualTo("error");
    assertThat(result.json("message")).contains("jsonl").contains("--format json");
    assertThat(shell.folder.resolve("hospital-a")).doesNotExist();
    refused(REQUEST + " --format xml", "expected txt or json, was xml", 4);
  }

  @Test
  @DisplayName("--output wins over --format: json, txt, human; quiet prints nothing")
  void output() {
    String plan = REQUEST + " --force";
    assertThat(done(plan + " --output json").out()).startsWith("{\"schema_version\"");
    assertThat(done(plan + " --outp json --format txt").out()).startsWith("{\"schema_version\"");
    assertThat(done(plan + " --output txt --format json").out()).startsWith("name: ");
    assertThat(done(plan + " --output human").out()).startsWith("name: ");
    Shell.Result quiet = done(plan + " --output quiet");
    assertThat(quiet.out()).isEmpty();
    Shell.Result refusal = refused(REQUEST + " --output quiet", "CERT_ALREADY_EXISTS", 1);
    assertThat(refusal.out()).isEmpty();
    assertThat(refusal.err()).contains("Hint: ");
    refused(plan + " --output xml", "--output: expected json, txt or quiet, was xml", 4);
  }

  @Test
  @DisplayName("--connect-timeout is ignored with a note, before the command and after it")
  void connectTimeout() {
    String plan = REQUEST + " --force";
    assertThat(done(plan).err()).doesNotContain("--connect-timeout");
    for (String command : List.of("--connect-timeout 3 " + plan, plan + " --connect-timeout=3.5")) {
      assertThat(done(command).err()).contains("--connect-timeout is ignored");
    }
  }

  @Test
  @DisplayName("abbreviations of NVFlare's options work; our own options have no abbreviations")
  void abbreviations() {
    done("cert init --p project_profile.yaml --output-d ca --de 02");
    assertThat(shell.folder.resolve("ca/ca.json")).content().contains("\"02\"");
    refused("cert init --outp x --profile project_profile.yaml", "--output-dir, --output", 4);
    done(REQUEST);
    String approve = "cert approve hospital-a/hospital-a.request.zip -c ca --pro ";
    refused(approve + "project_profile.yaml --dry", "Unknown option: '--dry'", 4);
    refused(approve + "project_profile.yaml --fo", "--force, --format", 4);
    done(approve + "project_profile.yaml --dry-run");
  }

  @Test
  @DisplayName("no option of ours is the beginning of one of NVFlare's")
  void noneTakesAnAbbreviation() {
    List<PeerAction> actions = peerActions(new Cli(environment()).commandLine(List.of()));
    assertThat(actions).hasSize(4);
    for (PeerAction action : actions) {
      List<String> theirs = action.peerOptions();
      for (String ours : new picocli.CommandLine(action).getCommandSpec().optionsMap().keySet()) {
        assertThat(theirs)
            .as(ours)
            .noneMatch(
                name -> ours.startsWith("--") && !theirs.contains(ours) && name.startsWith(ours));
      }
    }
  }

  private static List<PeerAction> peerActions(picocli.CommandLine commands) {
    return commands.getSubcommands().values().stream()
        .flatMap(
            command ->
                command.getCommand() instanceof PeerAction action
                    ? Stream.of(action)
                    : peerActions(command).stream())
        .toList();
  }

  private CliEnvironment environment() {
    return shell.environment(
        new java.io.ByteArrayOutputStream(), new java.io.ByteArrayOutputStream());
  }

  @Test
  @DisplayName("the last of several values counts, and a word with @ is no file of words")
  void words() {
    shell.write("words", "--force");
    refused("cert request -p @words", "@words: file not found", 4);
    done("cert request -p nowhere.yaml --participant hospital-a.yaml");
    refused("cert request -p --force", "--participant", 4);
  }

  @Test
  @DisplayName("an empty path is refused where it would be used")
  void emptyPath() {
    shell.write("hospital-c.yaml", "name: fed\nparticipants: [{name: c, type: client, org: o}]\n");
    for (List<String> words :
        List.of(
            List.of("cert", "request", "-p", "hospital-c.yaml", "--out", ""),
            List.of("cert", "init", "--profile", "project_profile.yaml", "-o", ""),
            List.of("attest", "collateral", "show", "-d", ""))) {
      Shell.Result result = shell.run(words);
      assertThat(result.exit()).as(result.err()).isEqualTo(4);
      assertThat(result.err()).contains("path: is empty", "INVALID_ARGS");
    }
    assertThat(shell.folder.resolve("c.request.zip")).doesNotExist();
  }

  @Test
  @DisplayName("without a command the help is printed, and that is no error")
  void withoutCommand() {
    Shell.Result result = shell.run(List.of());
    assertThat(result.exit()).isZero();
    assertThat(result.out()).contains("Usage: fedtrust");
    refused("cert", "INVALID_ARGS", 4);
  }

  @Test
  @DisplayName("wrong usage in JSON says how the command is used")
  void usage() {
    Shell.Result result = refused("cert request --bogus --format json", "INVALID_ARGS", 4);
    assertThat(result.json("usage")).startsWith("usage: fedtrust cert request ");
    assertThat(refused("package --format json", "INVALID_ARGS", 4).json("usage"))
        .startsWith("usage: fedtrust package ");
    for (String words :
        List.of(
            "--form json cert request --bogus",
            "cert request --bogus --forma=json",
            "--format txt --f json cert request --bogus")) {
      assertThat(refused(words, "INVALID_ARGS", 4).json("usage"))
          .startsWith("usage: fedtrust cert request ");
    }
    assertThat(refused("cert request --bogus -- --form json", "INVALID_ARGS", 4).out()).isEmpty();
  }

  @Test
  @DisplayName(
      "a missing profile, definition, request zip or signed zip says that it was not found")
  void missingFiles() {
    done(INIT + "ca");
    done(REQUEST);
    String zip = "hospital-a/hospital-a.request.zip";
    refused("cert init --profile no.yaml -o other", "no.yaml: file not found", 4);
    refused("cert request -p no.yaml", "no.yaml: file not found", 4);
    refused("cert approve " + zip + " -c ca --profile no.yaml", "no.yaml: file not found", 4);
    String profile = " -c ca --profile project_profile.yaml";
    refused("cert approve no.request.zip" + profile, "no.request.zip: file not found", 1);
    refused("package no.signed.zip", "no.signed.zip: file not found", 1);
    refused("cert approve " + zip + " -c no --profile project_profile.yaml", "CA_NOT_FOUND", 1);
  }

  @Test
  @DisplayName("a CA whose rootCA.pem is a symbolic link cannot be loaded")
  void linkedCertificate() throws IOException {
    done(INIT + "ca");
    done(REQUEST);
    Path root = shell.folder.resolve("ca/rootCA.pem");
    Files.move(root, shell.folder.resolve("root.pem"));
    Files.createSymbolicLink(root, Path.of("../root.pem"));
    for (String command :
        List.of(
            "cert approve hospital-a/hospital-a.request.zip -c ca --profile project_profile.yaml",
            "cert inspect ca",
            "cert list -c ca")) {
      Shell.Result result = refused(command, "CA_LOAD_FAILED", 1);
      assertThat(result.out() + result.err()).contains("a symbolic link");
    }
    refused(INIT + "ca", "CA_ALREADY_EXISTS", 1);
  }

  @Test
  @DisplayName("approve --all says of the others what is true: approved, would be approved, none")
  void partialFailures() throws IOException {
    done(INIT + "ca");
    done(REQUEST);
    String batch = "cert approve inbox --all -c ca --profile project_profile.yaml --out signed";
    shell.write("inbox/bad.request.zip", "not a zip");
    Shell.Result none = refused(batch, "PARTIAL_FAILURE", 1);
    assertThat(none.err()).contains("1 of 1 requests were not approved").doesNotContain("others");
    Files.copy(
        shell.folder.resolve("hospital-a/hospital-a.request.zip"),
        shell.folder.resolve("inbox/a.request.zip"));
    assertThat(refused(batch + " --dry-run", "PARTIAL_FAILURE", 1).err())
        .contains("1 of 2 requests would not be approved", "The others would be approved.");
    assertThat(shell.folder.resolve("signed")).doesNotExist();
    assertThat(refused(batch, "PARTIAL_FAILURE", 1).err())
        .contains("1 of 2 requests were not approved", "The others were approved.");
  }
}

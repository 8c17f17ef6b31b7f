// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same commands, typed to both command lines: exit status, error code and files agree. */
class CommandLineTest {
  private static final Pattern CODE = Pattern.compile("\"error_code\": ?\"([A-Z0-9_]+)\"");
  private static final String CA = " -c ca --profile p.yaml";
  private static final String ZIP = "s1/s1.request.zip";
  private static final String SIGNED = "s1/s1.signed.zip";

  /** Commands that prepare, each once, and the invocations that are compared after them. */
  private static final List<List<String>> STAGES =
      List.of(
          List.of(
              "",
              "cert init",
              "cert init -o x",
              "cert init --profile no.yaml -o x",
              "cert init --profile list.yaml -o x",
              "cert init --profile noname.yaml -o x",
              "cert init --profile badname.yaml -o x",
              "cert init --profile p.yaml -o x --deploy-version 1",
              "cert init --profile p.yaml -o x --valid-days 0",
              "cert init --profile p.yaml -o x --valid-days ten",
              "cert init --profile p.yaml -o file",
              "cert init --profile p.yaml -o x --bogus",
              "cert init --profile p.yaml -o x extra",
              "cert init --profile p.yaml -o x --format jsonl",
              "cert init --pro p.yaml --output-d y --dep 07 --val 30",
              "cert init --profile=no.yaml --profile p.yaml -oz --org O",
              "cert bogus",
              "cert",
              "bogus",
              "cert request",
              "cert request -p no.yaml",
              "cert request -p list.yaml",
              "cert request -p two.yaml",
              "cert request -p badtype.yaml",
              "cert request -p badorg.yaml",
              "cert request -p plus.yaml",
              "cert request -p relay.yaml",
              "cert request -p norole.yaml",
              "cert request -p s1.yaml --out file",
              "cert request -p s1.yaml --out",
              "cert approve",
              "cert approve no.zip -c ca --profile p.yaml",
              "package",
              "package no.zip",
              "package file"),
          List.of(
              "cert init --profile p.yaml -o ca",
              "cert init --profile p.yaml -o ca",
              "cert init --profile p.yaml -o ca --force",
              "cert init --profile p.yaml -o ca --force --deploy-version 00"),
          List.of(
              "cert request -p s1.yaml",
              "cert request -p s1.yaml",
              "cert approve " + ZIP + " -c no --profile p.yaml",
              "cert approve " + ZIP + " -c ca --profile no.yaml",
              "cert approve " + ZIP + " -c ca --profile other.yaml",
              "cert approve " + ZIP + " -c ca --profile badscheme.yaml",
              "cert approve " + ZIP + " -c ca --profile badport.yaml",
              "cert approve " + ZIP + " -c linked --profile p.yaml",
              "cert approve file" + CA,
              "cert approve " + ZIP + CA + " --valid-days -3",
              "cert approve " + ZIP + CA + " --out file",
              "package " + ZIP + " --fingerprint " + "AB".repeat(32)),
          List.of(
              "cert approve " + ZIP + CA,
              "cert approve " + ZIP + CA,
              "package " + SIGNED + " --fingerprint xx",
              "package " + SIGNED + " --fingerprint " + "AB".repeat(32),
              "package " + SIGNED + " --exp " + "AB".repeat(32),
              "package " + SIGNED + " --request-dir no",
              "package " + SIGNED + " --request-dir ca"),
          List.of(
              "package " + SIGNED + " -w ws",
              "package " + SIGNED + " --w=ws",
              "package " + SIGNED + " --workspace ws --force",
              "cert request -p s1.yaml --force",
              "package " + SIGNED + " -w new"));

  /** By invocation: the files that NVFlare leaves from then on, as docs/differences.md says. */
  private static final Map<String, Set<String>> LEFT =
      Map.of(
          "cert request -p s1.yaml --force",
          Set.of("s1/rootCA.pem", "s1/s1.crt", "s1/signed.json"));

  @TempDir Path folder;

  /** What a command did. */
  private record Outcome(int exit, String code) {}

  @Test
  @DisplayName("exit status, error code and files of every invocation are NVFlare's")
  void agree() throws IOException {
    Path here = prepared("fedtrust");
    Path there = prepared("nvflare");
    List<String> differences = new ArrayList<>();
    Set<String> left = new TreeSet<>();
    for (List<String> stage : STAGES) {
      for (String invocation : stage) {
        Outcome ours = run(Tool.FEDTRUST, here, invocation);
        Outcome theirs = run(Tool.NVFLARE, there, invocation);
        if (!ours.equals(theirs)) {
          differences.add(invocation + ": " + ours + ", NVFlare " + theirs);
        }
        left.addAll(LEFT.getOrDefault(invocation, Set.of()));
        Set<String> expected = files(there);
        assertThat(expected).containsAll(left);
        expected.removeAll(left);
        if (!files(here).equals(expected)) {
          differences.add(invocation + ": " + files(here) + ", NVFlare " + expected);
        }
      }
      link(here);
      link(there);
    }
    assertThat(differences).isEmpty();
  }

  private static Outcome run(Tool tool, Path folder, String invocation) {
    List<String> words = new ArrayList<>(List.of("--format", "json"));
    if (!invocation.isEmpty()) {
      words.addAll(Arrays.asList(invocation.split(" ")));
    }
    Command.Answer answer = tool.run(folder, words.toArray(String[]::new));
    Matcher code = CODE.matcher(answer.output());
    return new Outcome(answer.exit(), code.find() ? code.group(1) : "");
  }

  /** The files but those that only we keep, as docs/differences.md lists them. */
  private static Set<String> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      Set<String> names = new TreeSet<>();
      all.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .map(file -> folder.relativize(file).toString())
          .filter(name -> !name.matches(".*(\\.bak|\\.fedtrust|approvals\\.ledger|ws/|new/).*"))
          .forEach(names::add);
      return names;
    }
  }

  private static void link(Path folder) throws IOException {
    Path linked = folder.resolve("linked");
    if (Files.exists(folder.resolve("ca")) && Files.notExists(linked)) {
      Files.createDirectory(linked);
      for (String name : List.of("rootCA.key", "ca.json")) {
        Files.copy(
            folder.resolve("ca").resolve(name),
            linked.resolve(name),
            java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
      }
      Files.createSymbolicLink(linked.resolve("rootCA.pem"), Path.of("../ca/rootCA.pem"));
    }
  }

  private Path prepared(String name) throws IOException {
    Path made = Files.createDirectory(folder.resolve(name));
    profile(made, "p", "proj", "grpc", "8002");
    profile(made, "other", "other", "grpc", "8002");
    profile(made, "badscheme", "proj", "ftp", "8002");
    profile(made, "badport", "proj", "grpc", "70000");
    Files.writeString(made.resolve("list.yaml"), "- 1\n");
    Files.writeString(made.resolve("noname.yaml"), "scheme: grpc\n");
    Files.writeString(made.resolve("badname.yaml"), "name: a/b\n");
    Files.writeString(made.resolve("file"), "no zip, no folder\n");
    definition(made, "s1", "{name: s1, type: client, org: o1}");
    definition(
        made, "two", "{name: s1, type: client, org: o1}\n  - {name: s2, type: client, org: o1}");
    definition(made, "badtype", "{name: s1, type: robot, org: o1}");
    definition(made, "badorg", "{name: s1, type: client, org: o-1}");
    definition(made, "plus", "{name: a+b@example.org, type: admin, org: o1, role: lead}");
    definition(made, "relay", "{name: s1, type: client, org: o1, listening_host: h}");
    definition(made, "norole", "{name: a@example.org, type: admin, org: o1}");
    return made;
  }

  private static void profile(Path folder, String file, String name, String scheme, String port)
      throws IOException {
    Files.writeString(
        folder.resolve(file + ".yaml"),
        "name: %s\nscheme: %s\nconnection_security: mtls\nserver: {host: fl.example.org, fed_learn_port: %s}\n"
            .formatted(name, scheme, port));
  }

  private static void definition(Path folder, String file, String participant) throws IOException {
    Files.writeString(
        folder.resolve(file + ".yaml"), "name: proj\nparticipants:\n  - " + participant + "\n");
  }
}

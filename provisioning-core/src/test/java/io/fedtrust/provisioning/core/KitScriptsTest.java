// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.core.document.Json;
import io.fedtrust.provisioning.model.Participant;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kits' scripts, run against a stand-in for python3 that records how it was called. */
class KitScriptsTest {
  @TempDir Path temp;
  private World world;
  private Path bin;
  private Path calls;

  @BeforeEach
  void makeStub() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "bash is not here");
    world = new World(temp);
    bin = Files.createDirectories(world.path("bin"));
    calls = world.path("calls.txt");
    Path python = bin.resolve("python3");
    Files.writeString(
        python,
        "#!/bin/bash\n"
            // The kit's own few lines are run, after those of a test; the runtime is not here.
            + "if [ \"$1 $2\" = '-I -X' ]; then PATH='"
            + System.getenv("PATH")
            + "' exec python3 -I -X utf8 -c \"$FIRST\"$'\\n'\"$5\" \"${@:6}\"; fi\n"
            + "printf '%s\\n' \"$*\" >> '"
            + calls
            + "'\n"
            + "printf 'PYTHONPATH=%s\\n' \"$PYTHONPATH\" >> '"
            + calls
            + "'\n"
            + "exit 7\n");
    Files.setPosixFilePermissions(python, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private record Outcome(int exit, String output) {}

  private Outcome run(
      StartupKit kit, String input, Map<String, String> environment, String... command)
      throws Exception {
    // The pipe ends when what was started in the background has ended too: nothing writes after the
    // test. The JDK's own end of it closes as soon as the process does.
    List<String> piped =
        new ArrayList<>(List.of("bash", "-c", "set -o pipefail; \"$@\" 2>&1 | cat", "bash"));
    piped.addAll(List.of(command));
    ProcessBuilder builder = new ProcessBuilder(piped).redirectErrorStream(true);
    builder.environment().put("PATH", bin + ":" + System.getenv("PATH"));
    builder.environment().remove("NVFL_WORKSPACE");
    builder.environment().putAll(environment);
    builder.directory(kit.folder().toFile());
    Process process = builder.start();
    try (var in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    }
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    byte[] output = process.getInputStream().readAllBytes();
    return new Outcome(process.exitValue(), new String(output, StandardCharsets.UTF_8));
  }

  @Test
  @DisplayName("every script is executable and has valid syntax, for every role")
  void syntax() throws Exception {
    for (Participant participant : List.of(World.server(), World.client("site-1"), World.lead())) {
      StartupKit kit = world.kit(participant);
      try (Stream<Path> scripts = Files.list(kit.folder().resolve("startup"))) {
        for (Path script : scripts.filter(file -> file.toString().endsWith(".sh")).toList()) {
          assertThat(Files.isExecutable(script)).isTrue();
          assertThat(run(kit, "", Map.of(), "bash", "-n", script.toString()).exit()).isZero();
          assertThat(script)
              .content()
              .doesNotContain("@WORKSPACE@", "@NAME@", "@ORG@", "@STORAGE@", "@BEFORE");
        }
      }
    }
  }

  @Test
  @DisplayName("a client starts the runtime with its name and organization")
  void clientCommand() throws Exception {
    StartupKit kit = world.kit(World.client("site-1"));
    Outcome outcome = run(kit, "", Map.of(), "./startup/sub_start.sh", "--once");
    assertThat(outcome.exit()).isEqualTo(7);
    assertThat(calls)
        .content()
        .contains(
            "-u -m nvflare.private.fed.app.client.client_train -m "
                + kit.folder()
                + " -s fed_client.json --set secure_train=true uid=site-1 org=hospital config_folder=\n")
        .contains("PYTHONPATH=/local/custom");
    assertThat(kit.folder().resolve("transfer")).isDirectory();
  }

  @Test
  @DisplayName("the server starts the runtime with its organization")
  void serverCommand() throws Exception {
    StartupKit kit = world.kit(World.server());
    run(kit, "", Map.of(), "./startup/sub_start.sh", "--once");
    assertThat(calls)
        .content()
        .contains(
            "-u -m nvflare.private.fed.app.server.server_train -m "
                + kit.folder()
                + " -s fed_server.json --set secure_train=true org=central config_folder=\n");
  }

  @Test
  @DisplayName("an administrator's script opens the console and passes options on")
  void adminCommand() throws Exception {
    StartupKit kit = world.kit(World.lead());
    run(kit, "", Map.of(), "./startup/fl_admin.sh", "--study", "my study");
    assertThat(calls)
        .content()
        .contains(
            "-m nvflare.fuel.hci.tools.admin -m "
                + kit.folder()
                + " -s fed_admin.json --study my study\n");
  }

  @Test
  @DisplayName("a second start finds the running daemon by its pid file")
  void singleInstance() throws Exception {
    StartupKit kit = world.kit(World.client("site-1"));
    Process daemon = running("bash ./startup/sub_start.sh");
    try {
      Files.writeString(kit.folder().resolve("daemon_pid.fl"), daemon.pid() + "\n");
      Outcome outcome = run(kit, "", Map.of(), "./startup/sub_start.sh");
      assertThat(outcome.exit()).isZero();
      assertThat(outcome.output()).contains("Already running with process id " + daemon.pid());
      assertThat(calls).doesNotExist();
    } finally {
      daemon.destroyForcibly().waitFor();
    }
  }

  /** A process that does nothing and has a command line of one word. */
  private static Process running(String name) throws IOException {
    return new ProcessBuilder("bash", "-c", "exec -a \"$0\" sleep 600", name).start();
  }

  /** Lets the scripts wait for nothing. */
  private void waitForNothing() throws IOException {
    stub("sleep", "exit 0");
  }

  private void stub(String command, String line) throws IOException {
    Path script = Files.writeString(bin.resolve(command), "#!/bin/bash\n" + line + "\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  @DisplayName("a number that another process has by now neither stops a start nor gets it killed")
  void reusedProcessNumber() throws Exception {
    StartupKit kit = world.kit(World.client("site-1"));
    Process other = running("a process of somebody else");
    waitForNothing();
    try {
      for (String file : List.of("daemon_pid.fl", "pid.fl")) {
        for (String number : List.of(other.pid() + "\n", "0", "000", "-1", "x")) {
          Files.deleteIfExists(calls);
          Files.writeString(kit.folder().resolve(file), number);
          Outcome outcome = run(kit, "", Map.of(), "./startup/sub_start.sh");
          assertThat(outcome.output()).as(file + " " + number).contains("Started too often");
          assertThat(calls).content().contains("client_train");
        }
      }
      Files.writeString(kit.folder().resolve("pid.fl"), other.pid() + "\n");
      Files.createFile(kit.folder().resolve("shutdown.fl"));
      assertThat(run(kit, "", Map.of(), "./startup/sub_start.sh").exit()).isZero();
      assertThat(other.isAlive()).isTrue();
    } finally {
      other.destroyForcibly().waitFor();
    }
  }

  @Test
  @DisplayName("a server of another kit is waited for, and never killed")
  void otherServersProcess() throws Exception {
    StartupKit kit = world.kit(World.client("site-1"));
    Process other =
        running("python3 -u -m nvflare.private.fed.app.client.client_train -m /another/kit");
    waitForNothing();
    try {
      Files.writeString(kit.folder().resolve("pid.fl"), other.pid() + "\n");
      Files.createFile(kit.folder().resolve("shutdown.fl"));
      assertThat(run(kit, "", Map.of(), "./startup/sub_start.sh").exit()).isZero();
      assertThat(other.isAlive()).isTrue();
      assertThat(calls).doesNotExist();
    } finally {
      other.destroyForcibly().waitFor();
    }
  }

  @Test
  @DisplayName("a detached workspace receives a private copy of the kit")
  void detachedWorkspace() throws Exception {
    StartupKit kit = world.kit(World.client("site-1"));
    Path workspace = world.path("detached");
    run(
        kit,
        "",
        Map.of("NVFL_WORKSPACE", workspace.toString()),
        "./startup/sub_start.sh",
        "--once");
    assertThat(workspace.resolve("kit/startup/client.key")).exists();
    assertThat(workspace.resolve("startup").toRealPath())
        .isEqualTo(workspace.resolve("kit/startup").toRealPath());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(workspace)))
        .isEqualTo("rwx------");
    assertThat(calls).content().contains("-m " + workspace + " -s fed_client.json");
    Outcome refused =
        run(kit, "", Map.of("NVFL_WORKSPACE", "/"), "./startup/sub_start.sh", "--once");
    assertThat(refused.exit()).isEqualTo(1);
  }

  @Test
  @DisplayName("a pipe, and JSON without end of depth, as resources.json: a refusal, no wait")
  void strangeResources() throws Exception {
    StartupKit kit = world.kit(World.server());
    Path target = resources(kit.folder());
    assertThat(new ProcessBuilder("mkfifo", target.toString()).start().waitFor()).isZero();
    Outcome pipe = run(kit, "", Map.of(), "./startup/sub_start.sh", "--once");
    assertThat(pipe.exit()).isEqualTo(1);
    assertThat(pipe.output()).contains("no regular file");
    Files.delete(target);
    Files.writeString(target, "[".repeat(200_000));
    Outcome deep = run(kit, "", Map.of(), "./startup/sub_start.sh", "--once");
    assertThat(deep.exit()).isEqualTo(1);
    assertThat(deep.output()).contains("resources.json").doesNotContain("Traceback");
    assertThat(calls).doesNotExist();
  }

  private static void requireComplete(Path kit) {
    assertThat(kit.resolve("startup/client.key")).exists();
    assertThat(kit.resolve("local/resources.json.default")).exists();
  }

  private void refused(StartupKit kit, Path script, String workspace, String why) throws Exception {
    Outcome refused =
        run(kit, "", Map.of("NVFL_WORKSPACE", workspace), script.toString(), "--once");
    assertThat(refused.exit()).as(workspace).isEqualTo(1);
    assertThat(refused.output()).as(workspace).contains(why);
    assertThat(calls).doesNotExist();
  }

  @Test
  @DisplayName("a workspace that holds the kit as 'kit' is refused, and the kit stays whole")
  void workspaceAroundTheKit() throws Exception {
    StartupKit kit = world.kit(World.client("site-1"));
    Path parent = Files.createDirectories(world.path("services"));
    Path moved = parent.resolve("kit");
    copy(kit.folder(), moved);
    refused(kit, moved.resolve("startup/sub_start.sh"), parent.toString(), "holds this kit");
    requireComplete(moved);
    Path linked = Files.createDirectories(world.path("linked"));
    Files.createSymbolicLink(linked.resolve("kit"), moved);
    refused(
        kit,
        linked.resolve("kit/startup/sub_start.sh"),
        linked.toString(),
        "no start of a kit made");
    assertThat(linked.resolve("kit")).isSymbolicLink();
    requireComplete(moved);
  }

  private static void copy(Path from, Path to) throws Exception {
    assertThat(new ProcessBuilder("cp", "-a", from.toString(), to.toString()).start().waitFor())
        .isZero();
  }

  @Test
  @DisplayName("a workspace with a folder 'kit', 'startup' or 'local' of its own is left alone")
  void workspaceOfSomebodyElse() throws Exception {
    StartupKit kit = world.kit(World.client("site-1"));
    Path script = kit.folder().resolve("startup/sub_start.sh");
    for (String name : List.of("kit", "startup", "local")) {
      Path folder = Files.createDirectories(world.path("somebody-" + name));
      Path data =
          Files.writeString(Files.createDirectory(folder.resolve(name)).resolve("data"), "x");
      Set<PosixFilePermission> mode = Files.getPosixFilePermissions(folder);
      refused(kit, script, folder.toString(), "a folder '" + name + "'");
      assertThat(data).hasContent("x");
      assertThat(Files.getPosixFilePermissions(folder)).isEqualTo(mode);
    }
  }

  @Test
  @DisplayName(
      "the root of the file system by any name, and a folder of the kit, are no workspaces")
  void impossibleWorkspaces() throws Exception {
    StartupKit kit = world.kit(World.client("site-1"));
    Path script = kit.folder().resolve("startup/sub_start.sh");
    for (String root : List.of("/", "///", "/.", "/tmp/..", "/./")) {
      refused(kit, script, root, "a folder other than '/'");
    }
    refused(kit, script, kit.folder().resolve("local/work").toString(), "inside the kit");
  }

  @Test
  @DisplayName("the copy of a former start is replaced; one that fails stops the start")
  void copiedAgain() throws Exception {
    StartupKit kit = world.kit(World.client("site-1"));
    Path workspace = world.path("detached");
    Map<String, String> detached = Map.of("NVFL_WORKSPACE", workspace.toString());
    run(kit, "", detached, "./startup/sub_start.sh", "--once");
    Files.writeString(workspace.resolve("kit/old"), "x");
    run(kit, "", detached, "./startup/sub_start.sh", "--once");
    requireComplete(workspace.resolve("kit"));
    assertThat(workspace.resolve("kit/old")).doesNotExist();
    Files.delete(calls);
    stub("cp", "exit 1");
    Outcome failed = run(kit, "", detached, "./startup/sub_start.sh", "--once");
    assertThat(failed.exit()).isEqualTo(1);
    assertThat(failed.output()).contains("could not be copied");
    assertThat(calls).doesNotExist();
    requireComplete(workspace.resolve("kit"));
  }

  private static Path resources(Path folder) {
    return folder.resolve("local/resources.json");
  }

  private static void requireStorage(Path resources, Path folder) throws IOException {
    Map<String, Object> json = Json.readObject(Files.readAllBytes(resources));
    assertThat(json.toString())
        .contains("root_dir=" + folder + "/storage/snapshots,")
        .contains("uri_root=" + folder + "/storage/jobs,");
  }

  private static StartupKit move(StartupKit kit, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    return StartupKit.open(Files.move(kit.folder(), to));
  }

  @Test
  @DisplayName("a server's storage is where the kit is now, also after a move")
  void storageMovesAlong() throws Exception {
    StartupKit kit = world.kit(World.server());
    assertThat(resources(kit.folder())).doesNotExist();
    for (String place : List.of("a", "it's \"$HOME\" \\n `id`", "b/c")) {
      kit = move(kit, world.path(place));
      assertThat(run(kit, "", Map.of(), "./startup/sub_start.sh", "--once").exit()).isEqualTo(7);
      requireStorage(resources(kit.folder()), kit.folder());
      assertThat(calls).content().contains("-m " + kit.folder() + " -s fed_server.json");
    }
    Map<String, Object> written = Json.readObject(Files.readAllBytes(resources(kit.folder())));
    Map<String, Object> packaged =
        Json.readObject(Files.readAllBytes(kit.folder().resolve("local/resources.json.default")));
    assertThat(String.valueOf(written.remove("_written_by"))).startsWith("sub_start.sh");
    assertThat(written.toString().replace(kit.folder() + "/storage", "storage"))
        .isEqualTo(packaged.toString());
    try (Stream<Path> local = Files.list(kit.folder().resolve("local"))) {
      assertThat(local).noneMatch(file -> file.getFileName().toString().startsWith("."));
    }
  }

  @Test
  @DisplayName("a client's kit gets no resources.json")
  void clientHasNoStorage() throws Exception {
    StartupKit kit = world.kit(World.client("site-1"));
    run(kit, "", Map.of(), "./startup/sub_start.sh", "--once");
    assertThat(resources(kit.folder())).doesNotExist();
    assertThat(kit.folder().resolve("startup/sub_start.sh")).content().doesNotContain("storage");
  }

  @Test
  @DisplayName("changed defaults are taken over; an unchanged file is not written again")
  void defaultsAreTakenOver() throws Exception {
    StartupKit kit = world.kit(World.server());
    run(kit, "", Map.of(), "./startup/sub_start.sh", "--once");
    FileTime longAgo = FileTime.from(World.NOW);
    Files.setLastModifiedTime(resources(kit.folder()), longAgo);
    run(kit, "", Map.of(), "./startup/sub_start.sh", "--once");
    assertThat(Files.getLastModifiedTime(resources(kit.folder()))).isEqualTo(longAgo);
    Path defaults = kit.folder().resolve("local/resources.json.default");
    Files.writeString(
        defaults, Files.readString(defaults).replace("\"max_jobs\": 4", "\"max_jobs\": 9"));
    run(kit, "", Map.of(), "./startup/sub_start.sh", "--once");
    assertThat(Json.readObject(Files.readAllBytes(resources(kit.folder()))).toString())
        .contains("max_jobs=9");
  }

  @Test
  @DisplayName("a resources.json of the site's own is never changed")
  void ownResources() throws Exception {
    StartupKit kit = world.kit(World.server());
    run(kit, "", Map.of(), "./startup/sub_start.sh", "--once");
    String edited = Files.readString(resources(kit.folder())).replace("600", "700");
    Files.writeString(resources(kit.folder()), edited);
    StartupKit moved = move(kit, world.path("moved"));
    assertThat(run(moved, "", Map.of(), "./startup/sub_start.sh", "--once").exit()).isEqualTo(7);
    assertThat(resources(moved.folder())).hasContent(edited);

    Files.copy(
        moved.folder().resolve("local/resources.json.default"),
        resources(moved.folder()),
        StandardCopyOption.REPLACE_EXISTING);
    Files.delete(calls);
    Outcome refused = run(moved, "", Map.of(), "./startup/sub_start.sh", "--once");
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.output())
        .contains("names the storage path 'storage/snapshots', which must be absolute there")
        .contains("'" + moved.folder() + "/storage/snapshots'");
    assertThat(calls).doesNotExist();
    assertThat(resources(moved.folder()))
        .hasSameBinaryContentAs(moved.folder().resolve("local/resources.json.default"));
  }

  @Test
  @DisplayName("an absolute path in the defaults is somebody's decision and stays")
  void absoluteDefaults() throws Exception {
    StartupKit kit = world.kit(World.server());
    Path defaults = kit.folder().resolve("local/resources.json.default");
    Files.writeString(
        defaults, Files.readString(defaults).replace("storage/jobs", "/data/fl/jobs"));
    run(kit, "", Map.of(), "./startup/sub_start.sh", "--once");
    assertThat(Json.readObject(Files.readAllBytes(resources(kit.folder()))).toString())
        .contains("uri_root=/data/fl/jobs,")
        .contains("root_dir=" + kit.folder() + "/storage/snapshots,");
  }

  @Test
  @DisplayName("nothing is added to a signed kit in place, only to its detached copy")
  void signedKit() throws Exception {
    StartupKit kit = world.kit(World.server());
    Path local = kit.folder().resolve("local");
    Files.writeString(local.resolve("signature.json"), "{}");
    Outcome refused = run(kit, "", Map.of(), "./startup/sub_start.sh", "--once");
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.output()).contains("must be absolute there");
    assertThat(resources(kit.folder())).doesNotExist();

    Path defaults = local.resolve("resources.json.default");
    Files.writeString(defaults, Files.readString(defaults).replace("\"storage/", "\"/srv/fl/"));
    assertThat(run(kit, "", Map.of(), "./startup/sub_start.sh", "--once").exit()).isEqualTo(7);
    assertThat(resources(kit.folder())).doesNotExist();

    Path workspace = world.path("detached");
    Map<String, String> detached = Map.of("NVFL_WORKSPACE", workspace.toString());
    assertThat(run(kit, "", detached, "./startup/sub_start.sh", "--once").exit()).isEqualTo(7);
    assertThat(resources(kit.folder())).doesNotExist();
    requireStorage(resources(workspace), workspace);
  }

  @Test
  @DisplayName("a detached workspace has the storage, also if it is named relatively")
  void detachedStorage() throws Exception {
    StartupKit kit = world.kit(World.server());
    for (String name : List.of("../../../../detached", world.path("detached") + "/")) {
      run(kit, "", Map.of("NVFL_WORKSPACE", name), "./startup/sub_start.sh", "--once");
      Path workspace = world.path("detached").toRealPath();
      requireStorage(workspace.resolve("local/resources.json"), workspace);
    }
    assertThat(resources(kit.folder())).doesNotExist();
    Map<String, String> same = Map.of("NVFL_WORKSPACE", kit.folder() + "/");
    run(kit, "", same, "./startup/sub_start.sh", "--once");
    requireStorage(resources(kit.folder()), kit.folder());
    assertThat(kit.folder().resolve("kit")).doesNotExist();
  }

  @Test
  @DisplayName("where local/ cannot be written, the server does not start and the text says why")
  void unwritable() throws Exception {
    StartupKit kit = world.kit(World.server());
    // A folder in the way fails for every user, as a read-only file system does.
    Files.createDirectories(resources(kit.folder()).resolve("x"));
    Outcome refused = run(kit, "", Map.of(), "./startup/sub_start.sh", "--once");
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(calls).doesNotExist();
    Files.delete(resources(kit.folder()).resolve("x"));
    Files.delete(resources(kit.folder()));
    Files.writeString(kit.folder().resolve("local/resources.json.default"), "{");
    assertThat(run(kit, "", Map.of(), "./startup/sub_start.sh", "--once").output())
        .contains("cannot be read");
    Files.delete(kit.folder().resolve("local/resources.json.default"));
    assertThat(run(kit, "", Map.of(), "./startup/sub_start.sh", "--once").output())
        .contains("resources.json.default': No such file or directory.")
        .contains("NVFL_WORKSPACE");
    assertThat(run(kit, "", Map.of(), "./startup/sub_start.sh").exit()).isEqualTo(1);
    assertThat(kit.folder().resolve("daemon_pid.fl")).doesNotExist();
    assertThat(calls).doesNotExist();
  }

  @Test
  @DisplayName("a path that the runtime's job processes cannot have is named at the start")
  void pathOfNoJob() throws Exception {
    for (Participant participant : List.of(World.server(), World.client("site-1"))) {
      StartupKit kit = world.kit(participant);
      for (String name : List.of("plain-\u00e9$x", "a b", "a\tb", "it's", "a\"b", "a\\b", "a\nb")) {
        kit = move(kit, world.path(participant.name() + "/" + name));
        Outcome outcome = run(kit, "", Map.of(), "./startup/sub_start.sh", "--once");
        assertThat(outcome.exit()).isEqualTo(7);
        assertThat(outcome.output().contains("cannot run jobs in a folder"))
            .as(name)
            .isEqualTo(!name.startsWith("plain"));
      }
    }
  }

  /** Lets Python run these lines before the kit's own. */
  private static Map<String, String> python(String lines) {
    return Map.of("FIRST", lines);
  }

  @Test
  @DisplayName("the script runs no module of the folder where it is started, or of PYTHONPATH")
  void foreignModules() throws Exception {
    StartupKit kit = world.kit(World.server());
    Path modules = Files.createDirectories(kit.folder().resolve("modules"));
    for (String name : List.of("json", "hashlib", "re", "sitecustomize", "usercustomize")) {
      for (Path folder : List.of(kit.folder(), modules)) {
        Files.writeString(folder.resolve(name + ".py"), "import os\nos._exit(3)\n");
      }
    }
    for (String path : List.of("modules", modules.toString(), ":", ".")) {
      Map<String, String> environment = Map.of("PYTHONPATH", path);
      assertThat(run(kit, "", environment, "./startup/sub_start.sh", "--once").exit()).isEqualTo(7);
      assertThat(calls).content().contains("PYTHONPATH=/local/custom:" + path + "\n");
    }
    requireStorage(resources(kit.folder()), kit.folder());
  }

  private List<String> warningsOfReplacing() {
    world.warnings.clear();
    world
        .engine()
        .packager(
            world
                .engine()
                .openBundle(world.path("localhost/localhost.signed.zip"))
                .trust(world.ca().fingerprint()))
        .force()
        .packageInto(world.path("workspace"));
    return world.warnings.stream().filter(text -> text.contains("keeps its jobs")).toList();
  }

  @Test
  @DisplayName("packaging takes the file for the site's own exactly if the script does")
  void whoseFile() throws Exception {
    StartupKit kit = world.kit(World.server());
    Path defaults = kit.folder().resolve("local/resources.json.default");
    String elsewhere = Files.readString(defaults).replace("storage/jobs", "/data/fl/jobs");
    String again = elsewhere.replace("\"max_jobs\": 4", "\"max_jobs\": 9");
    List<UnaryOperator<String>> edits =
        List.of(
            text -> text,
            text -> text.replace("600", "700"),
            text -> text.replace("sub_start.sh,", "me,"),
            text -> text.replaceFirst("  \"_written_by.*\n", ""),
            text -> text.replaceFirst("[0-9a-f]{64}", "0".repeat(64)),
            text -> text + "\n",
            text -> text.replaceFirst("\\{\n", "{\n\n"),
            text -> "{\"_written_by\": \"sub_start.sh\"}");
    List<Boolean> stays = new ArrayList<>();
    for (UnaryOperator<String> edit : edits) {
      Files.writeString(defaults, elsewhere);
      Files.deleteIfExists(resources(kit.folder()));
      run(kit, "", Map.of(), "./startup/sub_start.sh", "--once");
      String edited = edit.apply(Files.readString(resources(kit.folder())));
      Files.writeString(resources(kit.folder()), edited);
      boolean warned = !warningsOfReplacing().isEmpty();
      Files.writeString(defaults, again);
      run(kit, "", Map.of(), "./startup/sub_start.sh", "--once");
      stays.add(Files.readString(resources(kit.folder())).equals(edited));
      assertThat(warned).as(edited).isNotEqualTo(stays.get(stays.size() - 1));
    }
    assertThat(stays).containsExactly(false, true, false, true, true, true, true, true);
  }

  @Test
  @DisplayName("defaults without any member are marked, too")
  void emptyDefaults() throws Exception {
    StartupKit kit = world.kit(World.server());
    Path defaults = kit.folder().resolve("local/resources.json.default");
    for (String text : List.of("{}", "{\"a\": \"caf\u00e9\"}")) {
      Files.writeString(defaults, text);
      run(kit, "", Map.of(), "./startup/sub_start.sh", "--once");
      Map<String, Object> written = Json.readObject(Files.readAllBytes(resources(kit.folder())));
      assertThat(written.remove("_written_by")).isNotNull();
      assertThat(written).isEqualTo(Json.readObject(text.getBytes(StandardCharsets.UTF_8)));
    }
  }

  @Test
  @DisplayName("a start that is killed in the middle leaves the former file; the next one works")
  void killed() throws Exception {
    StartupKit kit = world.kit(World.server());
    run(kit, "", Map.of(), "./startup/sub_start.sh", "--once");
    byte[] former = Files.readAllBytes(resources(kit.folder()));
    StartupKit moved = move(kit, world.path("moved"));
    Map<String, String> killed =
        python("import os\nos.replace = lambda *paths: os.kill(os.getpid(), 9)\n");
    assertThat(run(moved, "", killed, "./startup/sub_start.sh", "--once").exit()).isEqualTo(1);
    assertThat(resources(moved.folder())).hasBinaryContent(former);
    assertThat(run(moved, "", Map.of(), "./startup/sub_start.sh", "--once").exit()).isEqualTo(7);
    requireStorage(resources(moved.folder()), moved.folder());
  }

  @Test
  @DisplayName("on a read-only file system a moved kit says what to do, an unmoved one starts")
  void readOnly() throws Exception {
    Map<String, String> readOnly =
        python(
            """
            import errno
            import os
            first = os.open
            def opening(path, flags, *more, **named):
                if flags & os.O_CREAT:
                    raise OSError(errno.EROFS, os.strerror(errno.EROFS), path)
                return first(path, flags, *more, **named)
            os.open = opening
            """);
    StartupKit kit = world.kit(World.server());
    run(kit, "", Map.of(), "./startup/sub_start.sh", "--once");
    assertThat(run(kit, "", readOnly, "./startup/sub_start.sh", "--once").exit()).isEqualTo(7);
    StartupKit moved = move(kit, world.path("moved"));
    Outcome refused = run(moved, "", readOnly, "./startup/sub_start.sh", "--once");
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.output()).contains("Read-only file system.").contains("NVFL_WORKSPACE");
  }

  @Test
  @DisplayName("starts at the same time leave one whole file")
  void concurrentStarts() throws Exception {
    StartupKit kit = world.kit(World.server());
    Outcome outcome =
        run(
            kit,
            "",
            Map.of(),
            "bash",
            "-c",
            "for i in 1 2 3 4 5 6 7 8; do ./startup/sub_start.sh --once & done; wait");
    assertThat(outcome.output()).isEmpty();
    requireStorage(resources(kit.folder()), kit.folder());
    try (Stream<Path> local = Files.list(kit.folder().resolve("local"))) {
      assertThat(local).hasSize(5);
    }
  }

  @Test
  @DisplayName("stop asks, and does nothing unless the answer is yes")
  void stopAsks() throws Exception {
    StartupKit kit = world.kit(World.client("site-1"));
    run(kit, "n", Map.of(), "./startup/stop_fl.sh");
    assertThat(kit.folder().resolve("shutdown.fl")).doesNotExist();
    run(kit, "y", Map.of(), "./startup/stop_fl.sh");
    assertThat(kit.folder().resolve("shutdown.fl")).exists();
  }

  @Test
  @DisplayName("start returns at once; an unknown cloud is refused")
  void startReturns() throws Exception {
    StartupKit kit = world.kit(World.client("site-1"));
    assertThat(run(kit, "", Map.of(), "./startup/start.sh", "--cloud", "moon").exit()).isEqualTo(1);
    Process daemon = running("bash ./startup/sub_start.sh");
    try {
      Files.writeString(kit.folder().resolve("daemon_pid.fl"), daemon.pid() + "\n");
      assertThat(run(kit, "", Map.of(), "./startup/start.sh").exit()).isZero();
    } finally {
      daemon.destroyForcibly().waitFor();
    }
  }
}

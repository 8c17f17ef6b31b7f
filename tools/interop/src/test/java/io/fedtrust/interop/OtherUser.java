// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/**
 * Another account of this machine that runs NVFlare. Only root can find one.
 *
 * @param python the folder of its python3
 */
record OtherUser(Path python) {
  static final int ID = 12345;
  static final String NEEDS =
      "another user needs root, setpriv, a checkout that it may read, and the peer's Python or one"
          + " of the same version in /usr/bin";

  /** Finds one that may enter a folder. */
  static Optional<OtherUser> find(Path folder) throws IOException {
    if (!Files.isExecutable(Path.of("/usr/bin/setpriv"))
        || !Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
      return Optional.empty();
    }
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Optional<OtherUser> user =
        Optional.of(new OtherUser(Tool.peer().resolve("bin"))).filter(it -> it.runsPeer(folder));
    return user.isPresent()
        ? user
        : Optional.of(new OtherUser(pythonOfSystem(folder))).filter(it -> it.runsPeer(folder));
  }

  /** What starts a command as this user. */
  List<String> program() {
    return List.of("setpriv", "--reuid=" + ID, "--regid=" + ID, "--clear-groups");
  }

  /** Gives a kit to this user. */
  static void own(Path kit) {
    Path home = kit.getParent();
    Command.run(home, home, List.of("chown", "-R", ID + ":" + ID, kit.toString())).succeeded();
  }

  /** Tries it as the kit's script does: setpriv itself may still reach what the user cannot. */
  private boolean runsPeer(Path folder) {
    String trial =
        String.join(" ", program())
            + " bash -c \"python3 -c 'import nvflare.private.fed.app.server'\"";
    List<String> command =
        List.of("env", "PATH=" + python + ":" + System.getenv("PATH"), "bash", "-c", trial);
    return Command.run(folder, folder.resolve("home"), command).exit() == 0;
  }

  /** The peer's Python may lie in root's home folder: the same version with the peer's packages. */
  private static Path pythonOfSystem(Path folder) {
    String script =
        """
        version="$("$1/python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')"
        "/usr/bin/$version" -m venv --without-pip "$2"
        "$1/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))' \\
          >"$2/lib/$version/site-packages/peer.pth"
        """;
    Path python = folder.resolve("python");
    String peer = Tool.peer().resolve("bin").toString();
    List<String> command = List.of("bash", "-c", script, "bash", peer, python.toString());
    Command.run(folder, folder.resolve("home"), command);
    return python.resolve("bin");
  }
}

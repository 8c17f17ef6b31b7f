// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** An nginx of the test's own: its folder, its ports, its process. */
final class Nginx implements AutoCloseable {
  private final Process process;
  private final Path folder;

  private Nginx(Process process, Path folder) {
    this.process = process;
    this.folder = folder;
  }

  static boolean isInstalled() {
    return Files.isExecutable(Path.of("/usr/sbin/nginx"));
  }

  /**
   * Starts it with a configuration of the test resources.
   *
   * @param values what replaces {@code @NAME@}
   */
  static Nginx start(Path folder, String configuration, Map<String, Object> values, int port)
      throws IOException {
    Files.createDirectories(folder);
    String text =
        Files.readString(Path.of("src/test/resources", configuration), StandardCharsets.UTF_8);
    for (Map.Entry<String, Object> value : values.entrySet()) {
      text = text.replace("@" + value.getKey() + "@", value.getValue().toString());
    }
    Path file = Files.writeString(folder.resolve("nginx.conf"), text);
    Process process =
        new ProcessBuilder(
                List.of(
                    "/usr/sbin/nginx",
                    "-p",
                    folder.toString(),
                    "-c",
                    file.toString(),
                    "-e",
                    folder.resolve("error.log").toString(),
                    "-g",
                    "daemon off;"))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("nginx.out").toFile())
            .start();
    Nginx nginx = new Nginx(process, folder);
    assertThat(nginx.listensOn(port))
        .as("nginx: %s", Files.readString(folder.resolve("nginx.out")))
        .isTrue();
    return nginx;
  }

  private boolean listensOn(int port) {
    for (int attempt = 0; attempt < 100 && process.isAlive(); attempt++) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return socket.isConnected();
      } catch (IOException e) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
      }
    }
    return false;
  }

  /** The lines of its access log: a connection or a request each, written when it ends. */
  List<String> served() throws IOException {
    return Files.readAllLines(folder.resolve("access.log"));
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}

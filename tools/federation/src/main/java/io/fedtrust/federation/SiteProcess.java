// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.federation;

import io.fedtrust.attestation.model.ReadableFailure;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The process of a site, with its console: one command is done before the next one begins. */
final class SiteProcess {
  private static final long LONGEST_MINUTES = 5;
  private static final long CLOSING_SECONDS = 10;

  private final String site;
  private final Process process;
  private final BufferedWriter console;
  private final BlockingQueue<Boolean> done = new LinkedBlockingQueue<>();

  private SiteProcess(String site, Process process) {
    this.site = site;
    this.process = process;
    this.console = process.outputWriter(StandardCharsets.UTF_8);
  }

  /**
   * Starts a site.
   *
   * @param folder of the site
   * @param say hears each line that the site prints
   */
  static SiteProcess start(SiteFolder folder, Consumer<String> say) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                folder.federation().toString(),
                folder.name())
            .redirectErrorStream(true)
            .start();
    SiteProcess started = new SiteProcess(folder.name(), process);
    Thread reader = new Thread(() -> started.read(say), "console-" + folder.name());
    reader.setDaemon(true);
    reader.start();
    return started;
  }

  private void read(Consumer<String> say) {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.equals(Site.DONE)) {
          done.add(true);
        } else {
          say.accept(line);
        }
      }
    } catch (IOException | UncheckedIOException e) {
      // The process has ended; all lines before that are printed.
    }
    done.add(false);
  }

  /** Waits until the site has started, or has done what it was told. */
  void await() throws IOException, InterruptedException {
    Boolean succeeded = done.poll(LONGEST_MINUTES, TimeUnit.MINUTES);
    if (succeeded == null || !succeeded) {
      throw new SiteFailedException(site);
    }
  }

  /** Writes a command, and waits until the site has done it. */
  void tell(String command) throws IOException, InterruptedException {
    try {
      console.write(command);
      console.newLine();
      console.flush();
    } catch (IOException e) {
      throw new SiteFailedException(site);
    }
    await();
  }

  /** Closes the console, which ends the site. */
  void end() throws InterruptedException {
    try {
      console.close();
    } catch (IOException e) {
      // It has ended already.
    }
    if (!process.waitFor(CLOSING_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }

  void kill() {
    process.destroyForcibly();
  }

  private static final class SiteFailedException extends IOException implements ReadableFailure {
    private static final long serialVersionUID = 1L;

    private SiteFailedException(String site) {
      super("The process of " + site + " failed. Its output says why.");
    }
  }
}

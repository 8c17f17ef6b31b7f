// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.federation;

import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.event.CCListener;
import io.fedtrust.attestation.job.JobDecision;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.providers.wire.EventJson;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * Tells people on the console what a site decides and why, and machines in a file of JSON lines.
 */
final class EventLog implements CCListener {
  private final String site;
  private final PrintStream console;
  private final Path file;

  EventLog(String site, PrintStream console, Path file) {
    this.site = site;
    this.console = console;
    this.file = file;
  }

  @Override
  public void on(CCEvent event) {
    try {
      Files.writeString(
          file,
          EventJson.writeLine(event) + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // What a refused site hears is what was said of its verdict a line before.
    if (!(event instanceof CCEvent.MessageRefused)) {
      say(shown(event));
    }
  }

  void say(String text) {
    console.printf("%-17s %s%n", site, text);
    console.flush();
  }

  /** Tells whoever holds the console that the site waits for the next command. */
  void done() {
    console.println(Site.DONE);
    console.flush();
  }

  private static String shown(CCEvent event) {
    if (event instanceof CCEvent.Appraised appraised) {
      return appraised.occasion().text() + ": " + explained(appraised.verdict());
    }
    if (event instanceof CCEvent.JobDecided decided) {
      return "job "
          + decided.job()
          + ", attempt "
          + decided.history().count()
          + ": "
          + explained(decided.decision());
    }
    return event.toString();
  }

  private static String explained(SiteVerdict verdict) {
    String text = verdict.site() + " " + verdict.outcome().name().toLowerCase(Locale.ROOT);
    if (verdict.trusted()) {
      return text + " until " + verdict.expiresAt().truncatedTo(ChronoUnit.SECONDS);
    }
    return text
        + verdict
            .decisive()
            .map(check -> "; expected " + check.expected() + ", was " + check.actual())
            .orElse("")
        + verdict.reason().map(code -> " (" + code + "). " + code.hint()).orElse("");
  }

  private static String explained(JobDecision decision) {
    if (decision instanceof JobDecision.Dispatch dispatch) {
      return "runs at "
          + dispatch.clients()
          + (dispatch.left().isEmpty() ? "" : ", without " + dispatch.left());
    }
    return decision instanceof JobDecision.Retry retry
        ? "waits: " + retry.reason()
        : "given up: " + decision;
  }
}

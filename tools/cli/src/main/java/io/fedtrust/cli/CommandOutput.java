// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.PrintableText;
import io.fedtrust.provisioning.error.ProvisioningException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;

/**
 * Prints the one answer of a command: {@code key: value} lines, or the JSON envelope. Nothing is
 * printed raw: most of it is text from others.
 */
public final class CommandOutput {
  private static final String ENVELOPE_VERSION = "1";

  private final CliEnvironment environment;
  private final OutputFormat format;

  public CommandOutput(CliEnvironment environment, OutputFormat format) {
    this.environment = environment;
    this.format = format;
  }

  /** What went wrong, in the terms of the envelope. */
  public record Failure(String code, int exitStatus, String message, String hint) {
    public static Failure of(ProvisioningException e) {
      return new Failure(e.code().name(), e.exitStatus(), e.problem(), e.hint());
    }

    public static Failure of(AttestationException e) {
      String message = e.problem();
      return new Failure(e.code().name(), e.code().exitStatus(), message, e.hint());
    }

    public static Failure usage(String message, String hint) {
      return new Failure(
          ErrorCode.INVALID_ARGS.name(), ErrorCode.INVALID_ARGS.exitStatus(), message, hint);
    }

    public static Failure defect(Throwable e) {
      return new Failure(
          ErrorCode.INTERNAL_ERROR.name(),
          ErrorCode.INTERNAL_ERROR.exitStatus(),
          "unexpected " + e.getClass().getSimpleName(),
          ErrorCode.INTERNAL_ERROR.hint() + " FEDTRUST_DEBUG=1 shows where.");
    }
  }

  public int success(Map<String, Object> data) {
    if (format == OutputFormat.JSON) {
      Map<String, Object> envelope = envelope("ok", 0);
      envelope.put("data", data);
      environment.out().println(JsonText.line(envelope));
    } else {
      lines(data);
    }
    return 0;
  }

  /** Answers with data and a status of its own, which is no failure of the command. */
  public int outcome(int exitStatus, Map<String, Object> data, String text) {
    if (format == OutputFormat.JSON) {
      Map<String, Object> envelope = envelope("ok", exitStatus);
      envelope.put("data", data);
      environment.out().println(JsonText.line(envelope));
    } else {
      text.lines().forEach(this::print);
    }
    return exitStatus;
  }

  public int failure(Failure failure, Map<String, Object> data) {
    if (format == OutputFormat.JSON) {
      Map<String, Object> envelope = envelope("error", failure.exitStatus());
      envelope.put("error_code", failure.code());
      envelope.put("message", failure.message());
      envelope.put("hint", failure.hint());
      if (!data.isEmpty()) {
        envelope.put("data", data);
      }
      environment.out().println(JsonText.line(envelope));
    } else {
      lines(data);
      say(Ansi.Style.fg_red, failure.message());
      note("Hint: " + failure.hint());
      note("Code: " + failure.code() + " (exit " + failure.exitStatus() + ")");
    }
    return failure.exitStatus();
  }

  public void warn(String text) {
    say(Ansi.Style.fg_yellow, "Warning: " + text);
  }

  public void note(String text) {
    environment.err().println(PrintableText.escape(text));
  }

  /** Shows where a failure comes from; messages of causes can quote what was read. */
  public void trace(Throwable e) {
    StringWriter trace = new StringWriter();
    e.printStackTrace(new PrintWriter(trace));
    trace
        .toString()
        .lines()
        .forEach(line -> note(line.startsWith("\t") ? "    " + line.substring(1) : line));
  }

  /** Colours a line as a whole: text from outside is never read as markup. */
  private void say(Ansi.Style style, String text) {
    String line = PrintableText.escape(text);
    environment.err().println(environment.colours() ? style.on() + line + style.off() : line);
  }

  private void lines(Map<String, Object> data) {
    data.forEach((key, value) -> line(key, value, ""));
  }

  private void line(String key, @Nullable Object value, String indent) {
    if (value instanceof List<?> list) {
      print(indent + key + ":" + (list.isEmpty() ? " none" : ""));
      for (Object item : list) {
        if (item instanceof Map<?, ?> map) {
          String lead = indent + "  - ";
          for (Map.Entry<?, ?> entry : map.entrySet()) {
            print(lead + entry.getKey() + ": " + shown(entry.getValue()));
            lead = indent + "    ";
          }
        } else {
          print(indent + "  - " + shown(item));
        }
      }
    } else if (value instanceof Map<?, ?> map) {
      print(indent + key + ":");
      map.forEach((name, member) -> line(String.valueOf(name), member, indent + "  "));
    } else {
      print(indent + key + ": " + shown(value));
    }
  }

  private void print(String line) {
    if (format != OutputFormat.QUIET) {
      environment.out().println(PrintableText.escape(line));
    }
  }

  private static String shown(@Nullable Object value) {
    return value == null ? "None" : String.valueOf(value);
  }

  private static Map<String, Object> envelope(String status, int exitStatus) {
    Map<String, Object> envelope = new LinkedHashMap<>();
    envelope.put("schema_version", ENVELOPE_VERSION);
    envelope.put("status", status);
    envelope.put("exit_code", exitStatus);
    return envelope;
  }
}

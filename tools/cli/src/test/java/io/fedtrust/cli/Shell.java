// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli;

import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.providers.collateral.CollateralEntry;
import io.fedtrust.attestation.providers.collateral.CollateralFolder;
import io.fedtrust.cli.program.Cli;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Runs commands in process, as in a shell with its own folder, home and clock. */
public final class Shell {
  public static final Instant NOW = Instant.parse("2026-11-20T21:30:00Z");

  public final Path folder;
  private final Path home;
  private final Map<String, String> variables = new HashMap<>();
  private boolean terminal;
  private boolean typing;
  private String typed = "";
  private String typedAhead = "";
  private Instant now = NOW;

  public Shell(Path folder) {
    try {
      this.folder = folder.toRealPath();
      this.home = Files.createDirectories(this.folder.resolve("home"));
      variables.put("HOME", home.toString());
      variables.put("TERM", "xterm");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Shell withTerminal() {
    terminal = true;
    return this;
  }

  /** Sends standard error to a file, and takes standard input from one. */
  public Shell withoutTerminal() {
    terminal = false;
    typing = false;
    typed = "";
    return this;
  }

  /** Sends standard error to a file; standard input stays as it is. */
  public Shell withErrorsInFile() {
    terminal = false;
    return this;
  }

  public Shell withVariable(String name, String value) {
    variables.put(name, value);
    return this;
  }

  /** Moves the clock. */
  public Shell at(Instant instant) {
    now = instant;
    return this;
  }

  /** Lets a person type at a terminal. */
  public Shell typing(String text) {
    terminal = true;
    typing = true;
    typed = text;
    return this;
  }

  /** Lets a person type before anything is asked. */
  public Shell typingAhead(String text) {
    typing("");
    typedAhead = text;
    return this;
  }

  /** What a command answered. */
  public record Result(int exit, String out, String err) {
    /** Returns a text member of the JSON envelope, or of its data. */
    public String json(String name) {
      try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), out)) {
        while (parser.nextToken() != null) {
          if (parser.currentToken() == JsonToken.PROPERTY_NAME
              && parser.currentName().equals(name)) {
            parser.nextToken();
            return String.valueOf(parser.getString());
          }
        }
        return "";
      }
    }
  }

  public Result run(String command) {
    return run(List.of(command.split(" ", -1)));
  }

  public Result run(List<String> arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exit = new Cli(environment(out, err)).run(arguments.toArray(String[]::new));
    return new Result(
        exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  public CliEnvironment environment(ByteArrayOutputStream out, ByteArrayOutputStream err) {
    return new CliEnvironment(
        new Keyboard(typedAhead, typed),
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        folder,
        Map.copyOf(variables),
        folder,
        Optional.of(folder.resolve("account")),
        typing,
        terminal,
        Clock.fixed(now, ZoneOffset.UTC));
  }

  public Path write(String name, String text) {
    try {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path home() {
    return home;
  }

  /** Keeps items in a folder of collateral as if they had been fetched now. */
  public void keep(String collateral, List<CollateralItem> items, Instant issued, Duration life) {
    CollateralFolder.open(folder.resolve(collateral))
        .add(
            items.stream()
                .map(
                    item ->
                        new CollateralEntry(
                            item, "test", NOW, Optional.of(issued), Optional.of(issued.plus(life))))
                .toList());
  }

  /** Verifies with the collateral, the policy and the anchors that are in the folder. */
  public Result verify(String evidence, String more) {
    return run(
        ("attest verify -d collateral -p policy.yaml --anchors anchors.json -e "
                + evidence
                + " "
                + more)
            .strip());
  }

  /** Writes a profile and the definitions of a server, two hospitals and a lead. */
  public void writeFederation() {
    write(
        "project_profile.yaml",
        """
        name: fed
        scheme: grpc
        connection_security: mtls
        server:
          host: localhost
          fed_learn_port: 8002
          admin_port: 8003
        """);
    definition("localhost", "server", "central", "    host_names: [127.0.0.1, fl.example.org]\n");
    definition("hospital-a", "client", "alpha", "");
    definition("hospital-b", "client", "beta", "");
    definition("lead@example.org", "admin", "alpha", "    role: lead\n");
  }

  public void definition(String name, String type, String org, String more) {
    write(
        name + ".yaml",
        "name: fed\nparticipants:\n  - name: %s\n    type: %s\n    org: %s\n%s"
            .formatted(name, type, org, more));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.interop;

import io.fedtrust.attestation.providers.wire.PeerMessageJson;
import io.fedtrust.attestation.spi.PeerMessage;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** NVFlare's own CCManager and SNPAuthorizer in a process of their own. */
final class ConfidentialPeer implements AutoCloseable {
  private final Process process;
  private final BufferedReader from;
  private final Writer to;
  private final Function<PeerMessage, PeerMessage> network;

  /**
   * Starts it.
   *
   * @param network answers what it asks of other sites; the member {@code target} says of whom
   */
  ConfidentialPeer(
      Path folder,
      String role,
      String name,
      String enabled,
      Platform platform,
      Function<PeerMessage, PeerMessage> network)
      throws IOException {
    Path python = Tool.peer().resolve("bin/python");
    Path driver = copied(folder, "cc_peer.py");
    Path standIn = copied(folder, platform.family().standIn());
    copied(folder, "nv_attestation_sdk.py");
    Path binaries = Files.createDirectories(folder.resolve("bin"));
    Path binary = script(binaries.resolve("vendor"), "exec " + python + " " + standIn + " \"$@\"");
    // The peer asks for root; the stand-in needs none.
    script(binaries.resolve("sudo"), "exec \"$@\"");
    Path certificates = Files.createDirectories(folder.resolve("certificates"));
    ProcessBuilder builder =
        new ProcessBuilder(
                python.toString(),
                driver.toString(),
                role,
                name,
                enabled,
                certificates.toString(),
                binary.toString(),
                platform.family().name().toLowerCase(Locale.ROOT))
            .directory(folder.toFile())
            .redirectError(folder.resolve("log.txt").toFile());
    builder.environment().put("FEDTRUST_STANDIN", platform.address());
    builder.environment().put("HOME", folder.toString());
    builder
        .environment()
        .merge("PATH", "", (path, ignored) -> binaries + File.pathSeparator + path);
    this.process = builder.start();
    this.from = process.inputReader(StandardCharsets.UTF_8);
    this.to = process.outputWriter(StandardCharsets.UTF_8);
    this.network = network;
  }

  private static Path script(Path file, String command) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + command + "\n");
    if (!file.toFile().setExecutable(true)) {
      throw new IOException("cannot make " + file + " executable");
    }
    return file;
  }

  private static Path copied(Path folder, String resource) throws IOException {
    Files.createDirectories(folder);
    try (InputStream bytes = ConfidentialPeer.class.getResourceAsStream(resource)) {
      Path file = folder.resolve(resource);
      Files.write(file, bytes.readAllBytes());
      return file;
    }
  }

  /** Has it do something, and answers whatever it asks meanwhile. */
  Map<String, Object> does(String op, Map<String, Object> more) {
    Map<String, Object> command = new LinkedHashMap<>(more);
    command.put("op", op);
    try {
      say(command);
      while (true) {
        Map<String, Object> heard = hear();
        if (heard.get("answer") instanceof Map<?, ?> answer) {
          return strings(answer);
        }
        Map<String, Object> request = strings((Map<?, ?>) heard.get("request"));
        PeerMessage reply =
            network.apply(
                new PeerMessage(
                    String.valueOf(request.get("topic")),
                    strings((Map<?, ?>) request.get("payload"))));
        Map<String, Object> told = new LinkedHashMap<>();
        if (!reply.topic().equals(PeerMessage.REFUSED)) {
          told.put("payload", reply.body());
        } else {
          told.put("payload", false);
        }
        say(told);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void say(Map<String, Object> message) throws IOException {
    String json =
        new String(PeerMessageJson.write(new PeerMessage("", message)), StandardCharsets.UTF_8);
    // The driver hears the body alone.
    to.write(json.substring(json.indexOf("\"body\":") + 7, json.length() - 1) + "\n");
    to.flush();
  }

  private Map<String, Object> hear() throws IOException {
    String line = from.readLine();
    if (line == null) {
      throw new AssertionError("the peer's process has ended");
    }
    String json = "{\"topic\":\"\",\"body\":" + line + "}";
    return strings(
        PeerMessageJson.read(json.getBytes(StandardCharsets.UTF_8), PeerMessageJson.MAX_BYTES)
            .body());
  }

  private static Map<String, Object> strings(Map<?, ?> map) {
    Map<String, Object> result = new LinkedHashMap<>();
    map.forEach((key, value) -> result.put(String.valueOf(key), bytes(value)));
    return result;
  }

  /** Byte strings as byte strings: NVFlare's serializer keeps them. */
  private static Object bytes(Object value) {
    if (value instanceof Map<?, ?> map) {
      return map.get("__bytes__") instanceof String text
          ? Base64.getDecoder().decode(text)
          : strings(map);
    }
    if (value instanceof List<?> list) {
      List<Object> result = new ArrayList<>();
      list.forEach(item -> result.add(bytes(item)));
      return result;
    }
    return value;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}

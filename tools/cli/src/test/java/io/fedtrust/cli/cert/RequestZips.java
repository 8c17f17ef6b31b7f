// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** Request zips as others could send them. */
public final class RequestZips {
  private RequestZips() {}

  /** Changes the text of a member; the hash of {@code site.yaml} is corrected. */
  public static void change(Path zip, String member, UnaryOperator<String> change)
      throws IOException {
    Map<String, byte[]> members = members(zip);
    String before = new String(members.get(member), StandardCharsets.UTF_8);
    String after = change.apply(before);
    assertThat(after).isNotEqualTo(before);
    members.put(member, after.getBytes(StandardCharsets.UTF_8));
    members.computeIfPresent(
        "request.json",
        (name, json) ->
            new String(json, StandardCharsets.UTF_8)
                .replaceFirst(
                    "\"site_yaml_sha256\": \"[^\"]*\"",
                    "\"site_yaml_sha256\": \"" + sha256(members.get("site.yaml")) + "\"")
                .getBytes(StandardCharsets.UTF_8));
    write(zip, members, entry -> {});
  }

  /** Writes the same members once more, each entry changed. */
  public static void rewrite(Path zip, Consumer<ZipEntry> change) throws IOException {
    write(zip, members(zip), change);
  }

  private static Map<String, byte[]> members(Path zip) throws IOException {
    Map<String, byte[]> members = new LinkedHashMap<>();
    try (ZipInputStream in =
        new ZipInputStream(new ByteArrayInputStream(Files.readAllBytes(zip)))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        members.put(entry.getName(), in.readAllBytes());
      }
    }
    return members;
  }

  private static void write(Path zip, Map<String, byte[]> members, Consumer<ZipEntry> change)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        ZipEntry entry = new ZipEntry(member.getKey());
        change.accept(entry);
        out.putNextEntry(entry);
        out.write(member.getValue());
      }
    }
    Files.write(zip, bytes.toByteArray());
  }

  /** Gives a request another {@code request_id}. */
  public static void setRequestId(Path zip, String requestId) throws IOException {
    change(
        zip,
        "request.json",
        json ->
            json.replaceFirst(
                "\"request_id\": \"[^\"]*\"", "\"request_id\": \"" + requestId + "\""));
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}

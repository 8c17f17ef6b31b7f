// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import io.fedtrust.provisioning.core.document.Json;
import io.fedtrust.provisioning.core.document.Timestamps;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.model.ApprovalRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A ledger file as somebody with an editor sees it, who can also compute the chain. */
public final class LedgerText {
  private LedgerText() {}

  public static Path file(World world) {
    return world.path("ca/approvals.ledger");
  }

  /** The JSON of every line. */
  public static List<Map<String, Object>> entries(World world) {
    List<Map<String, Object>> entries = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(file(world))) {
        entries.add(Json.readObject(line.substring(65).getBytes(StandardCharsets.UTF_8)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return entries;
  }

  public static List<Object> events(World world) {
    return entries(world).stream().map(entry -> entry.get("event")).toList();
  }

  /** Writes a ledger with an unbroken chain. */
  public static void write(World world, List<Map<String, Object>> entries) {
    StringBuilder text = new StringBuilder();
    String head = "";
    long seq = 0;
    for (Map<String, Object> entry : entries) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("seq", ++seq);
      entry.forEach(line::putIfAbsent);
      String json = Json.writeLine(line);
      head = Jca.sha256((head + " " + json).getBytes(StandardCharsets.UTF_8));
      text.append(head).append(' ').append(json).append('\n');
    }
    try {
      Files.writeString(file(world), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What version 0.1 wrote of an approval. */
  public static Map<String, Object> format1(ApprovalRecord record) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("event", "approved");
    json.put("request_id", record.requestId());
    json.put("request_zip_sha256", record.requestSha256().orElseThrow());
    json.put("project", record.project());
    json.put("name", record.name());
    json.put("cert_type", record.certType().text());
    json.put("rootca_fingerprint_sha256", record.rootFingerprint().text());
    json.put("serial", record.serial());
    json.put("approved_at", Timestamps.text(record.approvedAt()));
    json.put("valid_until", Timestamps.text(record.validUntil()));
    json.put("certificate_sha256", record.certificateSha256().orElseThrow());
    json.put("signed_zip_sha256", record.signedZipSha256().orElseThrow());
    return json;
  }

  /** What version 0.1 wrote of a delivery. */
  public static Map<String, Object> format1Delivery(ApprovalRecord record) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("event", "delivered");
    json.put("request_id", record.requestId());
    json.put("signed_zip_sha256", record.signedZipSha256().orElseThrow());
    return json;
  }
}

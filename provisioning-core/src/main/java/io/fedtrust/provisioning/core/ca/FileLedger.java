// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.ca;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.host.Host;
import io.fedtrust.provisioning.core.io.FileLocks;
import io.fedtrust.provisioning.core.io.FileMode;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.Fingerprint;
import io.fedtrust.provisioning.spi.ApprovalLedger;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * {@code approvals.ledger} in the CA folder: one line an event, each {@code <hash> <json>} where
 * the hash is SHA-256 over the previous line's hash, a blank, and the JSON. Editing any line breaks
 * the chain from there on; cutting lines off the end shows only against a head noted elsewhere.
 */
final class FileLedger implements ApprovalLedger {
  static final String FILE = "approvals.ledger";

  private static final int HASH_CHARACTERS = 64;
  private static final int MAX_LINE_BYTES = 64 * 1024;
  private static final String NO_HEAD = "";

  private final Path file;
  private final Path folder;
  private final Host host;

  // What was read so far; guarded by this.
  private final Map<String, ApprovalRecord> byRequestId = new LinkedHashMap<>();
  private final Map<String, ApprovalRecord> byName = new LinkedHashMap<>();
  private long readBytes;
  private long entries;
  private String head = NO_HEAD;

  FileLedger(Path caFolder, Host host) {
    this.file = caFolder.resolve(FILE);
    this.folder = caFolder;
    this.host = host;
  }

  @Override
  public synchronized Optional<ApprovalRecord> byRequestId(String requestId) {
    refresh();
    return Optional.ofNullable(byRequestId.get(requestId));
  }

  @Override
  public synchronized Optional<ApprovalRecord> byName(String name, Fingerprint rootFingerprint) {
    refresh();
    return Optional.ofNullable(byName.get(key(name, rootFingerprint)));
  }

  @Override
  public synchronized List<ApprovalRecord> records() {
    refresh();
    return List.copyOf(byRequestId.values());
  }

  @Override
  public synchronized String head() {
    refresh();
    return head;
  }

  @Override
  public synchronized void intend(ApprovalRecord intent, Rule rule) {
    append(LedgerLine.intent(intent), true, rule);
  }

  @Override
  public synchronized void complete(ApprovalRecord intent) {
    append(LedgerLine.delivered(intent), false, ledger -> {});
  }

  @SuppressWarnings("try") // the lock is held, not used
  private void append(LedgerLine line, boolean durable, Rule rule) {
    try (FileLocks.Held held = host.locks().soon(folder, "approvals", "approval ledger")) {
      refresh();
      rule.check(this);
      cutIncompleteLine();
      String json = line.json(entries + 1);
      String text = hash(head, json) + " " + json + "\n";
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      host.output().append(file, bytes, FileMode.OWNER_FILE, durable);
      take(bytes, bytes.length - 1);
    } catch (IOException e) {
      throw Host.notWritable(file, e);
    }
  }

  /** Reads what was appended since the last time, here or by another process. */
  private void refresh() {
    try {
      if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        if (readBytes > 0) {
          throw invalid("the ledger has vanished");
        }
        return;
      }
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        throw invalid("not a regular file");
      }
      long size = Files.size(file);
      if (size < readBytes) {
        throw invalid("the ledger has become shorter");
      }
      if (size > readBytes) {
        readOn();
      }
    } catch (IOException e) {
      throw invalid(e.getClass().getSimpleName());
    }
  }

  private void readOn() throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      in.skipNBytes(readBytes);
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int next = in.read(); next >= 0; next = in.read()) {
        if (next == '\n') {
          take(line.toByteArray(), line.size());
          line.reset();
        } else if (line.size() >= MAX_LINE_BYTES) {
          throw invalid("entry " + (entries + 1) + " is too long");
        } else {
          line.write(next);
        }
      }
      // A last line without its end is being written just now, or was cut short by a crash.
    }
  }

  private void take(byte[] bytes, int length) {
    String text = new String(bytes, 0, length, StandardCharsets.UTF_8);
    boolean shaped = text.length() > HASH_CHARACTERS && text.charAt(HASH_CHARACTERS) == ' ';
    String json = shaped ? text.substring(HASH_CHARACTERS + 1) : "";
    if (!shaped || !hash(head, json).equals(text.substring(0, HASH_CHARACTERS))) {
      throw invalid("the chain breaks at entry " + (entries + 1));
    }
    LedgerLine line = LedgerLine.read(json, entries + 1);
    line.applyTo(byRequestId)
        .ifPresent(record -> byName.put(key(record.name(), record.rootFingerprint()), record));
    head = text.substring(0, HASH_CHARACTERS);
    readBytes += length + 1L;
    entries++;
  }

  private void cutIncompleteLine() throws IOException {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) > readBytes) {
      host.warn("the ledger's last entry was cut short by a crash and is removed");
      host.output().truncate(file, readBytes);
    }
  }

  private static String hash(String previous, String json) {
    return Jca.sha256((previous + " " + json).getBytes(StandardCharsets.UTF_8));
  }

  private static String key(String name, Fingerprint root) {
    return root.hex() + " " + name.toLowerCase(Locale.ROOT);
  }

  private RuntimeException invalid(String reason) {
    return refuse(ErrorCode.LEDGER_INVALID, file.toString())
        .expected("an unbroken chain of approvals")
        .actual(reason)
        .build();
  }
}

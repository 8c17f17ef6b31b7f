// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.ca;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.document.Json;
import io.fedtrust.provisioning.core.io.FileLocks;
import io.fedtrust.provisioning.core.io.FileStatus;
import io.fedtrust.provisioning.core.x509.CertificateFile;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.model.ComparableName;
import io.fedtrust.provisioning.model.Fingerprint;
import io.fedtrust.provisioning.model.KeyFingerprint;
import io.fedtrust.provisioning.spi.ApprovalLedger;
import io.fedtrust.provisioning.spi.CaSigner;
import io.fedtrust.provisioning.spi.LedgerEntry;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@code approvals.ledger} in the CA folder: one line an event, each {@code <hash> <json>} where
 * the hash is SHA-256 over the previous line's hash, a blank, and the JSON. Editing any line breaks
 * the chain from there on. Every command ends with a line that the CA signs; the account remembers
 * the newest one that it has seen, so that a shorter ledger or another one is noticed.
 */
final class FileLedger implements ApprovalLedger {
  static final String FILE = "approvals.ledger";

  private static final int HASH_CHARACTERS = 64;
  private static final int MAX_LINE_BYTES = 256 * 1024;
  private static final String NO_HEAD = "";

  private final Path file;
  private final Path folder;
  private final CertificateFile root;
  private final Fingerprint rootFingerprint;
  private final SeenHeads heads;
  private final EngineContext host;

  // What was read so far; guarded by this.
  private final LedgerState state = new LedgerState();
  private final Set<SeenHeads.Seen> headPlaces = new HashSet<>();
  private Optional<PlacedHead> newestHead = Optional.empty();
  private Optional<LedgerLine.Head> signedHead = Optional.empty();
  private long readBytes;
  private long entries;
  private String head = NO_HEAD;

  /** A head of this CA, and the place in the ledger that is reached with it. */
  private record PlacedHead(LedgerLine.Head line, SeenHeads.Seen place) {}

  FileLedger(Path caFolder, CertificateFile root, EngineContext host) {
    this.file = caFolder.resolve(FILE);
    this.folder = caFolder;
    this.root = root;
    this.rootFingerprint = Fingerprint.ofCertificate(root.der());
    this.heads = new SeenHeads(rootFingerprint, host);
    this.host = host;
  }

  @Override
  public synchronized Optional<ApprovalRecord> byRequestId(String requestId) {
    refresh();
    return state.byRequestId(requestId);
  }

  @Override
  public synchronized List<ApprovalRecord> byName(ComparableName name, Fingerprint ofRoot) {
    refresh();
    return state.byName(name, ofRoot);
  }

  @Override
  public synchronized List<ApprovalRecord> byPublicKey(KeyFingerprint key) {
    refresh();
    return state.byPublicKey(key);
  }

  @Override
  public synchronized Optional<LedgerEntry.Intent> undelivered(Fingerprint ofRoot, String serial) {
    refresh();
    return state.undelivered(ofRoot, serial).map(LedgerLine::readIntent);
  }

  @Override
  public synchronized boolean hasStatement(String statementSha256) {
    refresh();
    return state.hasStatement(statementSha256);
  }

  @Override
  public synchronized List<ApprovalRecord> records() {
    refresh();
    return state.records();
  }

  @Override
  public synchronized String head() {
    refresh();
    return head;
  }

  @Override
  public synchronized void requireNewest() {
    // Read first: what another process remembers in between, the ledger holds already.
    Optional<SeenHeads.Seen> seen = heads.newest();
    refresh();
    if (seen.isPresent() && !headPlaces.contains(seen.get())) {
      throw refuse(ErrorCode.LEDGER_INVALID, file.toString())
          .expected("the " + seen.get().entries() + " entries that this account has seen")
          .actual(entries < seen.get().entries() ? entries + " entries" : "other entries")
          .hint(
              "The CA folder may be an old copy: certificates that the newer ledger knows would be"
                  + " forgotten. Restore the newest ledger. If it is lost, run 'cert ledger"
                  + " accept-head' to continue with this ledger.")
          .build();
    }
    newestHead.ifPresent(
        newest -> {
          requireSigned(newest.line());
          heads.rememberNewer(newest.place());
        });
  }

  private void requireSigned(LedgerLine.Head line) {
    if (signedHead.equals(Optional.of(line))) {
      return;
    }
    if (!host.jca().verifyPkcs1(root.publicKey(), line.head().message(), line.signature())) {
      throw invalid("the CA did not sign the head after entry " + line.head().entries());
    }
    signedHead = Optional.of(line);
  }

  @Override
  public synchronized void append(LedgerEntry entry, Rule rule) {
    // A delivery that a power failure forgets is delivered again, with the same certificate.
    boolean durable = !(entry instanceof LedgerEntry.Delivered);
    boolean goesOn = entry instanceof LedgerEntry.Issued || entry instanceof LedgerEntry.Delivered;
    locked(
        () -> {
          // What goes on with an intent follows it; reading says if the ledger was exchanged.
          if (goesOn) {
            refresh();
          } else {
            requireNewest();
          }
          rule.check(this);
          append(LedgerLine.json(entry), durable);
        });
  }

  @Override
  public synchronized void signHead(CaSigner signer) {
    locked(
        () -> {
          requireNewest();
          appendHead(signer);
        });
  }

  /** Records that a person accepts this ledger although a newer one was seen. */
  synchronized void acceptHead(String approver, CaSigner signer) {
    locked(
        () -> {
          refresh();
          newestHead.map(PlacedHead::line).ifPresent(this::requireSigned);
          append(LedgerLine.headAccepted(approver, host.now(), heads.newest()), true);
          appendHead(signer);
        });
  }

  private interface Change {
    void make() throws IOException, GeneralSecurityException;
  }

  @SuppressWarnings("try") // the lock is held, not used
  private void locked(Change change) {
    try (FileLocks.Held held = host.locks().soon(folder, "approvals", "approval ledger")) {
      change.make();
    } catch (IOException e) {
      throw EngineContext.notWritable(file, e);
    } catch (GeneralSecurityException e) {
      throw refuse(ErrorCode.CERT_SIGNING_FAILED, "head of the ledger")
          .problem("cannot be signed: " + e.getClass().getSimpleName())
          .cause(e)
          .build();
    }
  }

  private void appendHead(CaSigner signer) throws IOException, GeneralSecurityException {
    LedgerHead reached = new LedgerHead(rootFingerprint, entries, head, host.now());
    append(LedgerLine.json(reached, reached.sign(signer)), true);
    heads.remember(new SeenHeads.Seen(entries, head));
  }

  private void append(Map<String, Object> event, boolean durable) throws IOException {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("seq", entries + 1);
    line.putAll(event);
    String json = Json.writeLine(line);
    String text = hash(head, json) + " " + json + "\n";
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > MAX_LINE_BYTES) {
      throw invalid("the new entry is too long");
    }
    cutIncompleteLine();
    host.output().append(file, bytes, host.sharedFile(), durable);
    take(bytes, bytes.length - 1);
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
    } catch (AccessDeniedException e) {
      throw notReadable(e);
    } catch (IOException e) {
      throw invalid(e.getClass().getSimpleName());
    }
  }

  private RuntimeException notReadable(AccessDeniedException cause) {
    try {
      return CaPermissions.notShared(file, FileStatus.of(file));
    } catch (IOException e) {
      return invalid(cause.getClass().getSimpleName());
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
    try {
      state.apply(line, json);
      if (line instanceof LedgerLine.Head signed) {
        requireInPlace(signed);
      }
    } catch (IOException e) {
      throw invalid(e.getMessage() + ": entry " + (entries + 1));
    }
    head = text.substring(0, HASH_CHARACTERS);
    readBytes += length + 1L;
    entries++;
    if (line instanceof LedgerLine.Head signed) {
      SeenHeads.Seen place = new SeenHeads.Seen(entries, head);
      headPlaces.add(place);
      if (signed.head().root().equals(rootFingerprint)) {
        newestHead = Optional.of(new PlacedHead(signed, place));
      }
    }
  }

  private void requireInPlace(LedgerLine.Head line) throws IOException {
    if (line.head().entries() != entries || !line.head().sha256().equals(head)) {
      throw new IOException("a head of another ledger");
    }
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

  private RuntimeException invalid(String reason) {
    return refuse(ErrorCode.LEDGER_INVALID, file.toString())
        .malformed("an unbroken chain of approvals", reason)
        .build();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.ca;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.Fingerprint;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The newest ledger head that this account has seen of a CA. It is kept in the account's folder, so
 * that restoring an old CA folder does not restore it.
 */
final class SeenHeads {
  private static final Pattern ENTRIES = Pattern.compile("[0-9]{1,18}");
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  private final Fingerprint root;
  private final EngineContext host;

  /** A place in a ledger: after so many entries, the last of which has this hash. */
  record Seen(long entries, String sha256) {}

  SeenHeads(Fingerprint root, EngineContext host) {
    this.root = root;
    this.host = host;
  }

  /** Returns the newest head; empty if none was seen. One that cannot be read is refused. */
  Optional<Seen> newest() {
    try {
      return host.account().read(file()).map(this::read);
    } catch (FileSystemException e) {
      throw refuse(ErrorCode.LEDGER_INVALID, e.getFile())
          .problem(
              "is not the newest ledger head that this account has seen: "
                  + (e.getReason() == null ? e.getClass().getSimpleName() : e.getReason()))
          .hint(
              "Another user may have changed it. Compare the ledger with a backup, then run as its"
                  + " owner: chmod go-w "
                  + e.getFile())
          .cause(e)
          .build();
    }
  }

  private Seen read(byte[] content) {
    List<String> words = List.of(new String(content, StandardCharsets.US_ASCII).split("\\s+"));
    if (words.size() != 2
        || !ENTRIES.matcher(words.get(0)).matches()
        || !HASH.matcher(words.get(1)).matches()) {
      String path = path();
      throw refuse(ErrorCode.LEDGER_INVALID, path)
          .malformed("a number of entries and a SHA-256")
          .hint("Compare the ledger with a backup. If it is the newest one, run: rm " + path)
          .build();
    }
    return new Seen(Long.parseLong(words.get(0)), words.get(1));
  }

  /** Remembers a head unless a newer one is remembered already. */
  void rememberNewer(Seen seen) {
    if (newest().filter(known -> known.entries() >= seen.entries()).isEmpty()) {
      remember(seen);
    }
  }

  void remember(Seen seen) {
    String text = seen.entries() + " " + seen.sha256() + "\n";
    if (!host.account().write(file(), text.getBytes(StandardCharsets.US_ASCII))) {
      host.warn(
          "The newest ledger heads are not remembered: this account cannot write "
              + path()
              + ". An older copy of the ledger would not be noticed. Only this account may have"
              + " write access to the folders of that file (chmod go-w).");
    }
  }

  private String path() {
    return host.account()
        .location()
        .map(folder -> folder.resolve(file()).toString())
        .orElse("~/.fedtrust/" + file());
  }

  private String file() {
    return "heads/" + root.hex();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.ca;

import io.fedtrust.provisioning.core.host.Host;
import io.fedtrust.provisioning.model.Fingerprint;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The newest ledger head that this account has seen of a CA. It is kept in the account's folder, so
 * that whoever restores an old CA folder does not restore it too.
 */
final class SeenHeads {
  private static final Pattern ENTRIES = Pattern.compile("[0-9]{1,18}");
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  private final Fingerprint root;
  private final Host host;

  /** A place in a ledger: after so many entries, the last of which has this hash. */
  record Seen(long entries, String sha256) {}

  SeenHeads(Fingerprint root, Host host) {
    this.root = root;
    this.host = host;
  }

  Optional<Seen> newest() {
    return host.account()
        .read(file())
        .map(bytes -> new String(bytes, StandardCharsets.US_ASCII).split("\\s+"))
        .map(List::of)
        .filter(
            words ->
                words.size() == 2
                    && ENTRIES.matcher(words.get(0)).matches()
                    && HASH.matcher(words.get(1)).matches())
        .map(words -> new Seen(Long.parseLong(words.get(0)), words.get(1)));
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
      host.account().warnIfMissing(host::warn);
    }
  }

  private String file() {
    return "heads/" + root.hex();
  }
}

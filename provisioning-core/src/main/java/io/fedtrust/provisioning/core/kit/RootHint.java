// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import io.fedtrust.provisioning.core.io.FileStatus;
import io.fedtrust.provisioning.core.io.HmacKey;
import io.fedtrust.provisioning.model.Fingerprint;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What was seen when every kit of a {@code prod_NN} folder was last compared with one root CA, so
 * that an unchanged {@code rootCA.pem} need not be read again. It counts only with an HMAC-SHA-256
 * of this account: anyone who can write to the folder could otherwise forge it.
 *
 * @param root SHA-256 of the root CA's certificate, as hex
 * @param device of the {@code prod_NN} folder
 * @param inode of the {@code prod_NN} folder
 * @param time when the comparison began, by the clock of the file system, in nanoseconds since 1970
 * @param kits for each kit what {@code rootCA.pem} looked like
 */
record RootHint(String root, long device, long inode, long time, Map<String, Seen> kits) {
  private static final String FORMAT = "fedtrust-hint 2";
  private static final String MAC = "mac ";
  private static final int HEAD_LINES = 3;

  /**
   * A file changed later has another time of change, unless the clock of the file system has not
   * ticked in between; no file system in use ticks more slowly.
   */
  private static final long SLOWEST_TICK = TimeUnit.SECONDS.toNanos(2);

  /** What identifies one state of a file: {@code ctime} cannot be set by its owner. */
  record Seen(long device, long inode, long size, long modified, long changed) {
    static Seen of(FileStatus status) {
      return new Seen(
          status.device(), status.inode(), status.size(), status.modified(), status.changed());
    }
  }

  /** Returns a hint that vouches for no kit. */
  static RootHint none(Fingerprint root, FileStatus prod) {
    return new RootHint(root.hex(), prod.device(), prod.inode(), 0, Map.of());
  }

  /** Tells whether it is about this root and this folder. */
  boolean isAbout(Fingerprint wanted, FileStatus prod) {
    return root.equals(wanted.hex()) && device == prod.device() && inode == prod.inode();
  }

  /** Tells whether a kit's file is provably the one that was compared. */
  boolean provesUnchanged(String kit, FileStatus now) {
    Seen seen = kits.get(kit);
    return seen != null && now.changed() < time - SLOWEST_TICK && seen.equals(Seen.of(now));
  }

  /** Writes it with its code; empty if this account has no key. */
  Optional<byte[]> sealed(HmacKey key) {
    StringBuilder text = new StringBuilder(128 + 96 * kits.size());
    text.append(FORMAT).append('\n').append("root ").append(root).append('\n');
    append(text.append("folder"), device, inode, time);
    kits.forEach(
        (name, seen) ->
            append(
                text.append(name),
                seen.device(),
                seen.inode(),
                seen.size(),
                seen.modified(),
                seen.changed()));
    return key.mac(text.toString())
        .map(mac -> text.append(MAC).append(mac).append('\n'))
        .map(all -> all.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void append(StringBuilder text, long... numbers) {
    for (long number : numbers) {
      text.append(' ').append(number);
    }
    text.append('\n');
  }

  /** Reads a hint; empty if this account did not write it. */
  static Optional<RootHint> read(byte[] content, HmacKey key) {
    String all = new String(content, StandardCharsets.UTF_8);
    int last = all.lastIndexOf('\n' + MAC) + 1;
    if (last == 0
        || !all.endsWith("\n")
        || !key.verifies(
            all.substring(0, last), all.substring(last + MAC.length(), all.length() - 1))) {
      return Optional.empty();
    }
    // From here on it is text that this account wrote.
    String[] lines = all.substring(0, last).split("\n", -1);
    if (lines.length <= HEAD_LINES || !lines[0].equals(FORMAT)) {
      return Optional.empty();
    }
    String[] folder = lines[2].split(" ", -1);
    Map<String, Seen> kits = new HashMap<>(2 * lines.length);
    for (int i = HEAD_LINES; i < lines.length - 1; i++) {
      String[] words = lines[i].split(" ", -1);
      kits.put(
          words[0],
          new Seen(
              Long.parseLong(words[1]),
              Long.parseLong(words[2]),
              Long.parseLong(words[3]),
              Long.parseLong(words[4]),
              Long.parseLong(words[5])));
    }
    return Optional.of(
        new RootHint(
            lines[1].substring("root ".length()),
            Long.parseLong(folder[1]),
            Long.parseLong(folder[2]),
            Long.parseLong(folder[3]),
            kits));
  }
}

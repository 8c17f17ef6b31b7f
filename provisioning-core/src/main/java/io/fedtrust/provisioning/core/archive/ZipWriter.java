// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.archive;

import io.fedtrust.provisioning.core.x509.Pem;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;

/** Writes request and signed zips: deflated members at the root, mode 0600. */
public final class ZipWriter {
  private static final int REGULAR_OWNER_ONLY = 0100600;

  private ZipWriter() {}

  /**
   * Writes an archive.
   *
   * @param members in order
   * @param instant modification time of every member
   */
  public static byte[] write(Map<String, byte[]> members, Instant instant) {
    SeekableInMemoryByteChannel channel = new SeekableInMemoryByteChannel();
    try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(channel)) {
      zip.setUseZip64(Zip64Mode.Never);
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        if (member.getKey().toLowerCase(Locale.ROOT).endsWith(".key")
            || Pem.holdsPrivateKey(member.getValue())) {
          throw new IllegalArgumentException("private keys never go into a zip");
        }
        ZipArchiveEntry entry = new ZipArchiveEntry(member.getKey());
        entry.setUnixMode(REGULAR_OWNER_ONLY);
        entry.setTime(instant.toEpochMilli());
        entry.setSize(member.getValue().length);
        zip.putArchiveEntry(entry);
        zip.write(member.getValue());
        zip.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory does not fail", e);
    }
    return Arrays.copyOf(channel.array(), (int) channel.size());
  }
}

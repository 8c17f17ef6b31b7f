// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;

/**
 * The parts of an archive that readers may disagree on (APPNOTE.TXT 6.3.10, sections 4.3.7 and
 * 4.3.16): the archive must fill the file without gaps, and local headers must say what the central
 * directory says.
 */
final class ZipLayout {
  private static final int END_SIGNATURE = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int LOCAL_SIGNATURE = 0x04034b50;
  private static final int LOCAL_BYTES = 30;
  private static final int ENCRYPTED = 1;
  private static final int HAS_DESCRIPTOR = 1 << 3;
  private static final int MAX_DESCRIPTOR_BYTES = 16;

  private ZipLayout() {}

  /** An archive that readers may disagree on. */
  static final class MalformedZipException extends IOException {
    private static final long serialVersionUID = 1L;

    MalformedZipException(String message) {
      super(message);
    }
  }

  /** Checks the end record: one disk, no comment, nothing behind, not zip64, few members. */
  static void requirePlain(byte[] archive, int maxMembers) throws MalformedZipException {
    ByteBuffer zip = ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN);
    int end = archive.length - END_BYTES;
    if (end < 0 || zip.getInt(end) != END_SIGNATURE) {
      throw new MalformedZipException("no zip archive, or data behind it");
    }
    int members = Short.toUnsignedInt(zip.getShort(end + 10));
    long directorySize = Integer.toUnsignedLong(zip.getInt(end + 12));
    long directoryStart = Integer.toUnsignedLong(zip.getInt(end + 16));
    if (zip.getShort(end + 4) != 0
        || zip.getShort(end + 6) != 0
        || Short.toUnsignedInt(zip.getShort(end + 8)) != members
        || zip.getShort(end + 20) != 0) {
      throw new MalformedZipException("several disks, or a comment");
    }
    if (members > maxMembers) {
      throw new MalformedZipException(members + " members");
    }
    if (directoryStart + directorySize != end) {
      throw new MalformedZipException("zip64, or data around the directory");
    }
  }

  /** Checks that local headers agree with the directory and that entries fill the file. */
  static void requireAgreement(List<ZipArchiveEntry> entries, byte[] archive)
      throws MalformedZipException {
    ByteBuffer zip = ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN);
    List<ZipArchiveEntry> byOffset =
        entries.stream()
            .sorted(Comparator.comparingLong(ZipArchiveEntry::getLocalHeaderOffset))
            .toList();
    long expectedStart = 0;
    long slack = 0;
    for (ZipArchiveEntry entry : byOffset) {
      long start = entry.getLocalHeaderOffset();
      if (start < expectedStart || start > expectedStart + slack) {
        throw new MalformedZipException("overlapping entries, or data between them");
      }
      boolean descriptor = requireLocalHeader(zip, (int) start, entry);
      expectedStart = entry.getDataOffset() + entry.getCompressedSize();
      slack = descriptor ? MAX_DESCRIPTOR_BYTES : 0;
    }
    long directoryStart = Integer.toUnsignedLong(zip.getInt(archive.length - END_BYTES + 16));
    if (directoryStart < expectedStart || directoryStart > expectedStart + slack) {
      throw new MalformedZipException("overlapping entries, or data between them");
    }
  }

  private static byte[] name(ByteBuffer zip, int start, int length) {
    byte[] name = new byte[length];
    zip.get(start, name);
    return name;
  }

  private static boolean requireLocalHeader(ByteBuffer zip, int start, ZipArchiveEntry entry)
      throws MalformedZipException {
    if (start + LOCAL_BYTES > zip.capacity() || zip.getInt(start) != LOCAL_SIGNATURE) {
      throw new MalformedZipException("a member without a header");
    }
    int flags = Short.toUnsignedInt(zip.getShort(start + 6));
    int method = Short.toUnsignedInt(zip.getShort(start + 8));
    int nameLength = Short.toUnsignedInt(zip.getShort(start + 26));
    if ((flags & ENCRYPTED) != 0 || entry.getGeneralPurposeBit().usesEncryption()) {
      throw new MalformedZipException("encrypted members");
    }
    if (method != entry.getMethod() || (method != ZipEntry.STORED && method != ZipEntry.DEFLATED)) {
      throw new MalformedZipException("an unusual compression method");
    }
    boolean descriptor = (flags & HAS_DESCRIPTOR) != 0;
    boolean sameSizes =
        Integer.toUnsignedLong(zip.getInt(start + 18)) == entry.getCompressedSize()
            && Integer.toUnsignedLong(zip.getInt(start + 22)) == entry.getSize()
            && Integer.toUnsignedLong(zip.getInt(start + 14)) == entry.getCrc();
    if (!descriptor && !sameSizes) {
      throw new MalformedZipException("a header that disagrees with the directory");
    }
    int nameStart = start + LOCAL_BYTES;
    if (nameStart + nameLength > zip.capacity()
        || !Arrays.equals(name(zip, nameStart, nameLength), entry.getRawName())) {
      throw new MalformedZipException("a header that disagrees with the directory");
    }
    if (entry.getCompressedSize() < 0 || entry.getSize() < 0) {
      throw new MalformedZipException("a member without a size");
    }
    return descriptor;
  }
}

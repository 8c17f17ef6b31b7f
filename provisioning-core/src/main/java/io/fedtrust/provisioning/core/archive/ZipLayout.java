// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipEntry;

/**
 * The structure of an archive (APPNOTE.TXT 6.3.10, section 4.3). Readers disagree on archives whose
 * parts contradict each other, so every byte must belong to a part, and each part must say what the
 * central directory says.
 */
final class ZipLayout {
  private static final int END_SIGNATURE = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int CENTRAL_SIGNATURE = 0x02014b50;
  private static final int CENTRAL_BYTES = 46;
  private static final int LOCAL_SIGNATURE = 0x04034b50;
  private static final int LOCAL_BYTES = 30;
  private static final int DESCRIPTOR_SIGNATURE = 0x08074b50;
  private static final int DESCRIPTOR_BYTES = 12;
  private static final int SIGNATURE_BYTES = 4;

  /** Version 4.5 in the low byte; some readers refuse what asks for more. */
  private static final int MAX_VERSION_NEEDED = 45;

  private static final int ENCRYPTED = 1;
  private static final int HAS_DESCRIPTOR = 1 << 3;

  /** Bits 1 and 2 tell the compression level, bit 11 that names are UTF-8. */
  private static final int HARMLESS_FLAGS = 1 << 1 | 1 << 2 | HAS_DESCRIPTOR | 1 << 11;

  /**
   * Extra fields that honest tools write and that change neither name nor size: NTFS times,
   * extended timestamps, Unix owners (three generations), and the mark of the JDK's jar tool.
   */
  private static final Set<Integer> HARMLESS_EXTRA_FIELDS =
      Set.of(0x000a, 0x5455, 0x5855, 0x7855, 0x7875, 0xcafe);

  private final ByteBuffer zip;

  private ZipLayout(byte[] archive) {
    zip = ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** An archive that readers may disagree on. */
  static final class MalformedZipException extends IOException {
    private static final long serialVersionUID = 1L;

    MalformedZipException(String message) {
      super(message);
    }
  }

  /** A header of the central directory. */
  private record Header(
      byte[] name, int flags, int method, long crc, long compressed, long size, long start) {}

  /**
   * Checks the whole structure: one disk, no comments, no zip64, no encryption, few members,
   * headers and descriptors that agree with the directory, nothing around or between.
   */
  static void requirePlain(byte[] archive, int maxMembers) throws MalformedZipException {
    new ZipLayout(archive).requirePlain(maxMembers);
  }

  private void requirePlain(int maxMembers) throws MalformedZipException {
    int end = zip.capacity() - END_BYTES;
    if (end < 0 || zip.getInt(end) != END_SIGNATURE) {
      throw new MalformedZipException("no zip archive, or data behind it");
    }
    int members = unsignedShort(end + 10);
    long directory = unsignedInt(end + 16);
    if (unsignedShort(end + 4) != 0
        || unsignedShort(end + 6) != 0
        || unsignedShort(end + 8) != members
        || unsignedShort(end + 20) != 0) {
      throw new MalformedZipException("several disks, or a comment");
    }
    if (members > maxMembers) {
      throw new MalformedZipException(members + " members");
    }
    if (directory + unsignedInt(end + 12) != end) {
      throw new MalformedZipException("zip64, or data around the directory");
    }
    List<Header> headers = directory((int) directory, end, members);
    headers.sort(Comparator.comparingLong(Header::start));
    long next = 0;
    for (int i = 0; i < headers.size(); i++) {
      long limit = i + 1 < headers.size() ? headers.get(i + 1).start() : directory;
      if (headers.get(i).start() != next || limit < next || limit > directory) {
        throw new MalformedZipException("overlapping members, or data between them");
      }
      requireMember(headers.get(i), (int) next, (int) limit);
      next = limit;
    }
    if (next != directory) {
      throw new MalformedZipException("data in front of the directory");
    }
  }

  private List<Header> directory(int start, int end, int members) throws MalformedZipException {
    List<Header> headers = new ArrayList<>();
    int at = start;
    while (at < end) {
      if (headers.size() == members
          || end - at < CENTRAL_BYTES
          || zip.getInt(at) != CENTRAL_SIGNATURE) {
        throw new MalformedZipException("a directory of another size than announced");
      }
      int nameLength = unsignedShort(at + 28);
      int extraLength = unsignedShort(at + 30);
      if (unsignedShort(at + 32) != 0 || unsignedShort(at + 34) != 0) {
        throw new MalformedZipException("several disks, or a comment");
      }
      requireVersion(at + 6);
      int extra = at + CENTRAL_BYTES + nameLength;
      if (extra + extraLength > end) {
        throw new MalformedZipException("a directory of another size than announced");
      }
      requireHarmlessExtras(extra, extraLength);
      headers.add(
          new Header(
              bytes(at + CENTRAL_BYTES, nameLength),
              unsignedShort(at + 8),
              unsignedShort(at + 10),
              unsignedInt(at + 16),
              unsignedInt(at + 20),
              unsignedInt(at + 24),
              unsignedInt(at + 42)));
      at = extra + extraLength;
    }
    if (headers.size() != members) {
      throw new MalformedZipException("a directory of another size than announced");
    }
    return headers;
  }

  /** Checks local header, extent and descriptor of a member that must fill [start, end). */
  private void requireMember(Header header, int start, int end) throws MalformedZipException {
    if (end - start < LOCAL_BYTES || zip.getInt(start) != LOCAL_SIGNATURE) {
      throw new MalformedZipException("a member without a header");
    }
    requireVersion(start + 4);
    int flags = unsignedShort(start + 6);
    int nameLength = unsignedShort(start + 26);
    int extraLength = unsignedShort(start + 28);
    if (((flags | header.flags()) & ENCRYPTED) != 0) {
      throw new MalformedZipException("encrypted members");
    }
    if ((flags & ~HARMLESS_FLAGS) != 0) {
      throw new MalformedZipException("flags with an unusual meaning");
    }
    if (header.method() != ZipEntry.STORED && header.method() != ZipEntry.DEFLATED) {
      throw new MalformedZipException("an unusual compression method");
    }
    int data = start + LOCAL_BYTES + nameLength + extraLength;
    if (flags != header.flags()
        || unsignedShort(start + 8) != header.method()
        || data > end
        || !Arrays.equals(bytes(start + LOCAL_BYTES, nameLength), header.name())) {
      throw new MalformedZipException("a header that disagrees with the directory");
    }
    requireHarmlessExtras(start + LOCAL_BYTES + nameLength, extraLength);
    if (header.method() == ZipEntry.STORED && header.compressed() != header.size()) {
      throw new MalformedZipException("a stored member of two sizes");
    }
    boolean described = (flags & HAS_DESCRIPTOR) != 0;
    if (!agrees(header, start + 14, described)) {
      throw new MalformedZipException("a header that disagrees with the directory");
    }
    long behind = end - data - header.compressed();
    if (described ? !isDescriptor(header, behind, end) : behind != 0) {
      throw new MalformedZipException("overlapping members, or data between them");
    }
  }

  private void requireVersion(int at) throws MalformedZipException {
    if ((unsignedShort(at) & 0xff) > MAX_VERSION_NEEDED) {
      throw new MalformedZipException("features newer than version 4.5 of the format");
    }
  }

  /** A data descriptor (section 4.3.9) is 12 bytes long, 16 with its optional signature. */
  private boolean isDescriptor(Header header, long length, int end) {
    boolean signed = length == SIGNATURE_BYTES + DESCRIPTOR_BYTES;
    return (signed || length == DESCRIPTOR_BYTES)
        && (!signed || zip.getInt(end - (int) length) == DESCRIPTOR_SIGNATURE)
        && agrees(header, end - DESCRIPTOR_BYTES, false);
  }

  /**
   * Compares CRC-32, compressed size and size, which stand side by side. Before a descriptor each
   * may be zero: Info-ZIP writes the size into the header even then.
   */
  private boolean agrees(Header header, int at, boolean orBlank) {
    return agrees(header.crc(), at, orBlank)
        && agrees(header.compressed(), at + 4, orBlank)
        && agrees(header.size(), at + 8, orBlank);
  }

  private boolean agrees(long value, int at, boolean orBlank) {
    long found = unsignedInt(at);
    return found == value || (orBlank && found == 0);
  }

  /** Fields that rename (0x7075), resize (0x0001) or that readers here do not know are refused. */
  private void requireHarmlessExtras(int start, int length) throws MalformedZipException {
    int end = start + length;
    Set<Integer> seen = new HashSet<>();
    int at = start;
    while (at < end) {
      if (end - at < 4 || at + 4 + unsignedShort(at + 2) > end) {
        throw new MalformedZipException("a malformed extra field");
      }
      int id = unsignedShort(at);
      if (!HARMLESS_EXTRA_FIELDS.contains(id) || !seen.add(id)) {
        throw new MalformedZipException(String.format("extra field 0x%04x", id));
      }
      at += 4 + unsignedShort(at + 2);
    }
  }

  private int unsignedShort(int at) {
    return Short.toUnsignedInt(zip.getShort(at));
  }

  private long unsignedInt(int at) {
    return Integer.toUnsignedLong(zip.getInt(at));
  }

  private byte[] bytes(int start, int length) {
    byte[] bytes = new byte[length];
    zip.get(start, bytes);
    return bytes;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.archive;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.x509.Pem;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;

/**
 * The members of a request or signed zip from elsewhere. Reads only archives that every tool reads
 * the same way: a few plain files at the root, nothing hidden, nothing large, no private keys.
 */
public final class ZipContents {
  private static final int MAX_MEMBERS = 8;
  private static final int MAX_MEMBER_BYTES = 128 * 1024;
  private static final int UNIX_TYPE_MASK = 0170000;
  private static final int UNIX_REGULAR = 0100000;
  private static final int DOS_DIRECTORY = 0x10;

  private final Map<String, byte[]> members;
  private final ErrorCode code;

  private ZipContents(Map<String, byte[]> members, ErrorCode code) {
    this.members = members;
    this.code = code;
  }

  /**
   * Reads an archive.
   *
   * @param archive all of it; bounded before
   * @param code of every refusal
   */
  public static ZipContents read(byte[] archive, ErrorCode code) {
    try {
      ZipLayout.requirePlain(archive, MAX_MEMBERS);
      try (ZipFile zip =
          ZipFile.builder()
              .setSeekableByteChannel(new SeekableInMemoryByteChannel(archive))
              .get()) {
        return new ZipContents(members(zip, code), code);
      }
    } catch (ZipLayout.MalformedZipException e) {
      throw refuse(code, "zip").malformed("a plain zip archive", e.getMessage()).build();
    } catch (IOException | IllegalArgumentException | IllegalStateException e) {
      throw refuse(code, "zip").malformed("a zip archive").cause(e).build();
    }
  }

  private static Map<String, byte[]> members(ZipFile zip, ErrorCode code) throws IOException {
    List<ZipArchiveEntry> entries = Collections.list(zip.getEntries());
    Map<String, byte[]> members = new LinkedHashMap<>();
    for (ZipArchiveEntry entry : entries) {
      requireSafe(entry, members.keySet(), code);
      members.put(entry.getName(), new byte[0]);
    }
    for (ZipArchiveEntry entry : entries) {
      members.put(entry.getName(), content(zip, entry, code));
    }
    return members;
  }

  private static void requireSafe(ZipArchiveEntry entry, Set<String> seen, ErrorCode code) {
    String name = entry.getName();
    boolean bareName =
        !name.isBlank()
            && !name.equals(".")
            && !name.equals("..")
            && name.chars()
                .allMatch(c -> c >= 0x20 && c < 0x7f && c != '/' && c != '\\' && c != ':');
    if (!bareName) {
      throw member(code, name, "a bare file name in ASCII");
    }
    if (seen.contains(name)) {
      throw member(code, name, "each name once");
    }
    int unixType = entry.getUnixMode() & UNIX_TYPE_MASK;
    boolean regular =
        !entry.isDirectory()
            && (unixType == 0 || unixType == UNIX_REGULAR)
            && (entry.getExternalAttributes() & DOS_DIRECTORY) == 0;
    if (!regular) {
      throw member(code, name, "regular files only, no folders or symbolic links");
    }
    if (entry.getSize() > MAX_MEMBER_BYTES) {
      throw member(code, name, "members of at most 128 KiB");
    }
    if (name.toLowerCase(Locale.ROOT).endsWith(".key")) {
      throw member(code, name, "no private keys");
    }
  }

  private static byte[] content(ZipFile zip, ZipArchiveEntry entry, ErrorCode code)
      throws IOException {
    byte[] content = content(zip, entry);
    if (content.length > MAX_MEMBER_BYTES) {
      throw member(code, entry.getName(), "members of at most 128 KiB");
    }
    CRC32 crc = new CRC32();
    crc.update(content);
    if (content.length != entry.getSize() || crc.getValue() != entry.getCrc()) {
      throw member(code, entry.getName(), "content as the directory announces it");
    }
    if (Pem.holdsPrivateKey(content)) {
      throw member(code, entry.getName(), "no private keys");
    }
    return content;
  }

  private static byte[] content(ZipFile zip, ZipArchiveEntry entry) throws IOException {
    try (InputStream raw = zip.getRawInputStream(entry)) {
      if (entry.getMethod() == ZipEntry.STORED) {
        return raw.readNBytes(MAX_MEMBER_BYTES + 1);
      }
      byte[] compressed = raw.readAllBytes();
      Inflater inflater = new Inflater(true);
      try {
        inflater.setInput(compressed);
        byte[] content = new byte[(int) entry.getSize() + 1];
        int length = inflater.inflate(content);
        if (!inflater.finished() || inflater.getBytesRead() != compressed.length) {
          throw new IOException("a deflated member of another length");
        }
        return Arrays.copyOf(content, length);
      } catch (DataFormatException e) {
        throw new IOException("a malformed deflated member", e);
      } finally {
        inflater.end();
      }
    }
  }

  private static ProvisioningException member(ErrorCode code, String name, String expected) {
    return refuse(code, "zip member").expected(expected).actual(name).build();
  }

  /** Returns the names of the members. */
  public Set<String> names() {
    return Collections.unmodifiableSet(members.keySet());
  }

  /** Returns a member's content, which the caller must not modify. */
  public Optional<byte[]> find(String name) {
    return Optional.ofNullable(members.get(name));
  }

  /** Returns the content of a member that must be there. */
  public byte[] get(String name) {
    return find(name)
        .orElseThrow(() -> refuse(code, "zip member").problem(name + " is missing").build());
  }

  /** Refuses other members than these. */
  public void requireExactly(Set<String> expected) {
    if (!names().equals(expected)) {
      throw refuse(code, "zip members")
          .expected(expected.stream().sorted().toList())
          .actual(names().stream().sorted().toList())
          .build();
    }
  }
}

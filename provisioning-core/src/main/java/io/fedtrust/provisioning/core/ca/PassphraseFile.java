// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.ca;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.io.FileOwner;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A file whose first line is a passphrase, in UTF-8: a regular file or a pipe, by the same rules as
 * the CA key. Links are followed if their owners are trusted.
 */
final class PassphraseFile {
  private static final int MAX_BYTES = 1024;
  private static final int MAX_LINKS = 40;
  private static final int FILE_TYPE = 0170000;
  private static final int REGULAR = 0100000;
  private static final int PIPE = 0010000;

  /** What a process has open; such a link leads to no path. */
  private static final Pattern OPEN_FILES = Pattern.compile("/proc/[0-9]+(?:/task/[0-9]+)?/fd");

  private final Path file;
  private final CaPermissions permissions;

  PassphraseFile(Path file, CaPermissions permissions) {
    this.file = file.toAbsolutePath();
    this.permissions = permissions;
  }

  /** Reads the passphrase. The caller wipes it. */
  char[] read() {
    try {
      Path target = target();
      permissions.requireSecret(target);
      int type = (int) Files.getAttribute(target, "unix:mode") & FILE_TYPE;
      if (type != REGULAR && type != PIPE) {
        throw unusable("neither a regular file nor a pipe");
      }
      return firstLine(target);
    } catch (IOException e) {
      throw unusable(e.getClass().getSimpleName());
    }
  }

  /** Follows the links of the path one by one, and refuses one that another user owns. */
  private Path target() throws IOException {
    Deque<Path> names = new ArrayDeque<>();
    file.forEach(names::addLast);
    Path root = file.getRoot();
    Path at = root;
    int links = 0;
    while (!names.isEmpty()) {
      Path next = at.resolve(names.removeFirst()).normalize();
      if (!Files.isSymbolicLink(next)) {
        at = next;
        continue;
      }
      FileOwner owner = FileOwner.of(next, LinkOption.NOFOLLOW_LINKS);
      if (!owner.isTrusted()) {
        throw CaPermissions.foreign(next, owner);
      }
      if (OPEN_FILES.matcher(at.toString()).matches()) {
        return next;
      }
      if (++links > MAX_LINKS) {
        throw unusable("a chain of too many links");
      }
      Path link = Files.readSymbolicLink(next);
      at = link.isAbsolute() ? root : at;
      List<Path> steps = new ArrayList<>();
      link.forEach(steps::add);
      Collections.reverse(steps);
      steps.forEach(names::addFirst);
    }
    return at;
  }

  private char[] firstLine(Path target) throws IOException {
    byte[] bytes = new byte[0];
    try (InputStream in = Files.newInputStream(target)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
      int end = 0;
      while (end < bytes.length && bytes[end] != '\n' && bytes[end] != '\r') {
        end++;
      }
      if (end == 0) {
        throw unusable("an empty first line");
      }
      if (end > MAX_BYTES) {
        throw unusable("a first line of more than " + MAX_BYTES + " bytes");
      }
      return decode(ByteBuffer.wrap(bytes, 0, end));
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private char[] decode(ByteBuffer line) {
    try {
      CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(line);
      char[] passphrase = new char[text.length()];
      text.get(passphrase);
      Arrays.fill(text.array(), '\0');
      return passphrase;
    } catch (CharacterCodingException e) {
      throw unusable("text that is not UTF-8");
    }
  }

  private ProvisioningException unusable(String reason) {
    return refuse(ErrorCode.INVALID_ARGS, file.toString())
        .malformed("a file whose first line is the passphrase, in UTF-8", reason)
        .build();
  }
}

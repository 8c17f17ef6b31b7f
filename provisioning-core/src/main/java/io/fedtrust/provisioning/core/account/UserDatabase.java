// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.account;

import io.fedtrust.provisioning.core.io.SystemCommand;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The user database of the system, in the form of {@code passwd(5)}. Neither {@code HOME} nor
 * {@code user.home} is used: the caller of the process chooses them, as {@code sudo -E} does.
 */
public final class UserDatabase {
  private static final Path LOCAL_USERS = Path.of("/etc/passwd");
  private static final int MAX_BYTES = 4 * 1024 * 1024;
  private static final int FIELDS = 7;
  private static final int NAME = 0;
  private static final int UID = 2;
  private static final int HOME = 5;

  private UserDatabase() {}

  /** Returns the name of a user: of this machine, or else of the network's directory. */
  public static Optional<String> name(long uid) {
    return find(uid, UserDatabase::name);
  }

  /** Returns the home folder of a user: of this machine, or else of the network's directory. */
  static Optional<Path> home(long uid) {
    return find(uid, UserDatabase::home);
  }

  private interface Field<T> {
    Optional<T> of(byte[] users, long uid);
  }

  private static <T> Optional<T> find(long uid, Field<T> field) {
    return field
        .of(localUsers(), uid)
        .or(
            () ->
                SystemCommand.run("/usr/bin/getent", "passwd", String.valueOf(uid))
                    .flatMap(users -> field.of(users, uid)));
  }

  /** Finds a user's name in lines of {@code passwd(5)}. */
  static Optional<String> name(byte[] users, long uid) {
    return entry(users, uid).map(fields -> fields[NAME]).filter(name -> !name.isEmpty());
  }

  /** Finds a user's home folder in lines of {@code passwd(5)}. */
  static Optional<Path> home(byte[] users, long uid) {
    return entry(users, uid).flatMap(fields -> folder(fields[HOME]));
  }

  private static Optional<String[]> entry(byte[] users, long uid) {
    String wanted = String.valueOf(uid);
    return new String(users, StandardCharsets.UTF_8)
        .lines()
        .map(line -> line.split(":", -1))
        .filter(fields -> fields.length == FIELDS && fields[UID].equals(wanted))
        .findFirst();
  }

  private static Optional<Path> folder(String home) {
    try {
      Path path = Path.of(home);
      return path.isAbsolute() ? Optional.of(path.normalize()) : Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static byte[] localUsers() {
    try (InputStream in = Files.newInputStream(LOCAL_USERS)) {
      return in.readNBytes(MAX_BYTES);
    } catch (IOException e) {
      return new byte[0];
    }
  }
}

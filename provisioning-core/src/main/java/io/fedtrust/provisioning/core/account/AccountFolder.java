// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.account;

import io.fedtrust.provisioning.core.io.BoundedFiles;
import io.fedtrust.provisioning.core.io.EffectiveUser;
import io.fedtrust.provisioning.core.io.FileMode;
import io.fedtrust.provisioning.core.io.FileOutput;
import io.fedtrust.provisioning.core.io.FileStatus;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * A folder of the account that runs this process. This product put its content there under this
 * account: other accounts cannot write to it, and no archive and no shared folder contains it.
 *
 * <p>It is looked for on first use. An account without a usable folder (no entry in the user
 * database, no writable home, a folder that another account can change) reads nothing and keeps
 * nothing; commands work without it.
 */
public final class AccountFolder {
  private static final String NAME = ".fedtrust";
  private static final String KEY = "key";
  private static final int KEY_BYTES = 32;
  private static final int MAX_BYTES = 64 * 1024;

  /** One file, or one file in one folder; no name begins with a dot. */
  private static final Pattern FILE_NAME =
      Pattern.compile("(?:[A-Za-z0-9][A-Za-z0-9._-]{0,127}/)?[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  private final Supplier<Optional<Path>> search;
  private final FileOutput output;
  private final SecureRandom random = new SecureRandom();
  private final AtomicBoolean warned = new AtomicBoolean();

  // Found once; guarded by this.
  private Optional<Path> folder = Optional.empty();
  private Optional<byte[]> key = Optional.empty();
  private boolean searched;

  private AccountFolder(Supplier<Optional<Path>> search, FileOutput output) {
    this.search = search;
    this.output = output;
  }

  /** Finds {@code .fedtrust} in the home that the user database names for the effective user. */
  public static AccountFolder ofProcess() {
    return new AccountFolder(AccountFolder::inHome, FileOutput.durable());
  }

  /** Uses another folder. */
  public static AccountFolder at(Path folder) {
    return at(folder, FileOutput.durable());
  }

  /** Uses another folder, whose files go through {@code output}. */
  public static AccountFolder at(Path folder, FileOutput output) {
    Path absolute = folder.toAbsolutePath().normalize();
    return new AccountFolder(() -> Optional.of(absolute), output);
  }

  /** Returns the folder; empty if nothing was kept yet, or if this account cannot use one. */
  public Optional<Path> path() {
    return location().filter(AccountFolder::isOwnFolder);
  }

  /**
   * Reads a file of at most 64 KiB.
   *
   * @param name a file name, or a folder name and a file name with {@code /} between
   * @return its content; empty if there is no such file
   * @throws FileSystemException naming the file or folder, and why it is not used: another account
   *     could have written it, or it is not a regular file with one name, or larger
   */
  public Optional<byte[]> read(String name) throws FileSystemException {
    // Where there is no folder, or none that can be looked at, nothing was kept.
    Optional<Path> file = file(name, location().filter(Files::isDirectory));
    return file.isPresent() ? content(file.get()) : Optional.empty();
  }

  /**
   * Writes a file of mode 0600 atomically, and replaces an older one. A power failure may undo it.
   *
   * @param name as in {@link #read}
   * @param content at most 64 KiB
   * @return false if this account has no usable folder, or its file system refuses
   */
  public boolean write(String name, byte[] content) {
    if (content.length > MAX_BYTES) {
      throw new IllegalArgumentException("at most " + MAX_BYTES + " bytes: " + name);
    }
    Optional<Path> file = file(name, create());
    if (file.isEmpty()) {
      return false;
    }
    try {
      Path parent = file.get().getParent();
      output.createFolders(parent, FileMode.OWNER_FOLDER);
      if (!isOwnFolder(parent)) {
        return false;
      }
      // Two syncs a command are not worth it: an older version is remembered then.
      output.withoutSync().overwrite(file.get(), content, FileMode.OWNER_FILE);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * {@return this account's secret key of 32 random bytes, created on first use; empty if this
   * account has no usable folder, or if other users can read the key}
   */
  public synchronized Optional<byte[]> key() {
    if (key.isEmpty()) {
      key = file(KEY, create()).flatMap(file -> readKey(file).or(() -> newKey(file)));
    }
    return key.map(byte[]::clone);
  }

  /** Says that this account keeps nothing, if that is so; the same instance says it once. */
  public void warnIfMissing(Consumer<String> warnings) {
    if (key().isEmpty() && !warned.getAndSet(true)) {
      warnings.accept(
          "This account has no folder of its own for FedTrust"
              + location().map(path -> " (cannot use " + path + ")").orElse("")
              + ". If this command is interrupted, no other command can complete it;"
              + " the newest ledger heads are not remembered;"
              + " each 'package' reads the rootCA.pem of every kit again.");
    }
  }

  private static Optional<Path> inHome() {
    return EffectiveUser.uid().isEmpty()
        ? Optional.empty()
        : UserDatabase.home(EffectiveUser.uid().getAsLong()).map(home -> home.resolve(NAME));
  }

  /** Returns where the folder is or would be; empty if this account has no home. */
  public synchronized Optional<Path> location() {
    if (!searched) {
      folder = search.get();
      searched = true;
    }
    return folder;
  }

  private Optional<Path> create() {
    try {
      if (location().isPresent()) {
        output.createFolders(location().get(), FileMode.OWNER_FOLDER);
      }
      return path();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<Path> file(String name, Optional<Path> folder) {
    if (!FILE_NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not a name in the account folder: " + name);
    }
    return folder.map(path -> path.resolve(name));
  }

  private Optional<byte[]> content(Path file) throws FileSystemException {
    try {
      Optional<FileStatus> status = FileStatus.find(file);
      if (status.isEmpty()) {
        return Optional.empty();
      }
      for (Path folder : List.of(location().orElseThrow(), file.getParent())) {
        if (!isOwnFolder(folder)) {
          throw unusable(folder, "not a folder that only this account can change");
        }
      }
      if (!isOwnFile(status.get())) {
        throw unusable(file, "not a file that only this account can change");
      }
      return Optional.of(BoundedFiles.read(file, MAX_BYTES));
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) {
      throw unusable(file, "unreadable, or larger than " + MAX_BYTES + " bytes");
    }
  }

  private static FileSystemException unusable(Path path, String reason) {
    return new FileSystemException(path.toString(), null, reason);
  }

  private static boolean isOwnFolder(Path path) {
    try {
      FileStatus status = FileStatus.of(path);
      return status.isFolder() && EffectiveUser.owns(status) && !status.isWritableByOthers();
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isOwnFile(FileStatus status) {
    return status.isRegularFile()
        && status.links() == 1
        && EffectiveUser.owns(status)
        && !status.isWritableByOthers();
  }

  private static Optional<byte[]> readKey(Path file) {
    try {
      FileStatus status = FileStatus.of(file);
      // Two names are accepted: the process that makes the key has not removed the other one yet.
      return status.isRegularFile() && EffectiveUser.owns(status) && status.isPrivate()
          ? Optional.of(BoundedFiles.read(file, KEY_BYTES)).filter(key -> key.length == KEY_BYTES)
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Of several processes that make the key at once, one wins: a hard link never overwrites. */
  private Optional<byte[]> newKey(Path file) {
    byte[] fresh = new byte[KEY_BYTES];
    random.nextBytes(fresh);
    try {
      output.writeNew(file, fresh, FileMode.OWNER_FILE);
    } catch (FileAlreadyExistsException e) {
      // Another process was faster, or the file is not usable: read again and see.
    } catch (IOException e) {
      return Optional.empty();
    }
    return readKey(file);
  }
}

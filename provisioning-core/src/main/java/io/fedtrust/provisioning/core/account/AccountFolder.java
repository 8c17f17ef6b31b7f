// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.account;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A folder of the account that runs this process. What is in it was put there by this product under
 * this account, and by nobody else: other accounts cannot write to it, and it travels with no
 * archive and no shared folder.
 */
public final class AccountFolder {
  private final Optional<Path> folder;

  private AccountFolder(Optional<Path> folder) {
    this.folder = folder;
  }

  /** Finds {@code .fedtrust} in the home that the user database names for the effective user. */
  public static AccountFolder ofProcess() {
    return new AccountFolder(Optional.empty());
  }

  /** Uses another folder. */
  public static AccountFolder at(Path folder) {
    return new AccountFolder(Optional.of(folder.toAbsolutePath().normalize()));
  }

  /** Returns the folder, if this account has one. */
  public Optional<Path> path() {
    return folder;
  }
}

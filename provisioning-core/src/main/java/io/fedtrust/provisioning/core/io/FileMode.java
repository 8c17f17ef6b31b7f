// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.io;

import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The modes of files and folders this product makes. */
public enum FileMode {
  /** Private keys, metadata, zips. */
  OWNER_FILE("rw-------"),
  /** What the administrators of a CA share. */
  GROUP_FILE("rw-rw----"),
  /** Certificates and other documents. */
  PUBLIC_FILE("rw-r--r--"),
  /** Scripts. */
  SCRIPT("rwxr-xr-x"),
  /** CA and request folders, backups. */
  OWNER_FOLDER("rwx------"),
  /** Kits. */
  PUBLIC_FOLDER("rwxr-xr-x");

  private final String permissions;

  FileMode(String permissions) {
    this.permissions = permissions;
  }

  Set<PosixFilePermission> permissions() {
    return PosixFilePermissions.fromString(permissions);
  }

  FileAttribute<Set<PosixFilePermission>> atCreation() {
    return PosixFilePermissions.asFileAttribute(permissions());
  }
}

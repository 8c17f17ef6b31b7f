// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.collateral;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralFloors;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.CollateralUse;
import io.fedtrust.attestation.providers.codec.BoundedFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A folder of collateral: {@code manifest.json} with a line for each item, the items, and {@code
 * floors.json} with the newest that ever verified (docs/protocol/collateral.md#the-folder). Items
 * are read whole and held against their digests when the folder is opened; verification then needs
 * no disk.
 */
public final class CollateralFolder {
  private static final String MANIFEST = "manifest.json";
  private static final String FLOORS = "floors.json";
  private static final String LOCK = ".lock";
  private static final int MAX_MANIFEST_BYTES = 64 << 20;
  private static final int MAX_ITEM_BYTES = 4 << 20;

  private final Path folder;
  private final Map<String, CollateralEntry> entries = new LinkedHashMap<>();
  private CollateralFloors floors = CollateralFloors.NONE;

  private CollateralFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Opens a folder.
   *
   * @param folder with a manifest; an empty or absent one has no items
   * @return the folder
   * @throws AttestationException {@code COLLATERAL_FOLDER_INVALID} if a file cannot be read, has
   *     another digest than the manifest says, or is not named there as it should be
   */
  public static CollateralFolder open(Path folder) {
    CollateralFolder opened = new CollateralFolder(folder);
    opened.read();
    return opened;
  }

  private synchronized void read() {
    Path manifest = folder.resolve(MANIFEST);
    try {
      Map<String, CollateralEntry> before = new HashMap<>(entries);
      entries.clear();
      if (Files.exists(manifest, LinkOption.NOFOLLOW_LINKS)) {
        List<ManifestDocument.Line> lines =
            ManifestDocument.read(BoundedFile.read(manifest, MAX_MANIFEST_BYTES));
        for (ManifestDocument.Line line : lines) {
          // What another process has not changed was read before.
          CollateralEntry known = before.get(line.file());
          entries.put(
              line.file(),
              known != null && known.item().sha256().equals(line.sha256())
                  ? line.entry(known.item().bytes())
                  : line.entry(BoundedFile.read(folder.resolve(line.file()), MAX_ITEM_BYTES)));
        }
      }
      Path file = folder.resolve(FLOORS);
      floors =
          Files.exists(file, LinkOption.NOFOLLOW_LINKS)
              ? FloorsDocument.read(BoundedFile.read(file, MAX_ITEM_BYTES))
              : CollateralFloors.NONE;
    } catch (IOException e) {
      throw AttestationException.because(ErrorCode.COLLATERAL_FOLDER_INVALID, folder.toString(), e);
    }
  }

  private static String name(CollateralItem item) {
    return item.kind() + "-" + item.subject();
  }

  /** {@return the items and their sources, in the order of the manifest} */
  public synchronized List<CollateralEntry> entries() {
    return List.copyOf(entries.values());
  }

  /** {@return the items and floors for a verifier; the result no longer depends on the disk} */
  public synchronized Collateral collateral() {
    return Collateral.of(entries.values().stream().map(CollateralEntry::item).toList())
        .withFloors(floors);
  }

  /** {@return the floors: for each document, the newest version that was verified} */
  public synchronized CollateralFloors floors() {
    return floors;
  }

  /**
   * Adds items to the folder; an item of the same kind and subject is replaced. Other processes may
   * do the same.
   *
   * @param added items
   * @throws AttestationException {@code OUTPUT_NOT_WRITABLE} if a file cannot be written
   */
  public synchronized void add(Collection<CollateralEntry> added) {
    if (added.isEmpty()) {
      return;
    }
    change(
        () -> {
          for (CollateralEntry entry : added) {
            AtomicFiles.write(
                folder.resolve(ManifestDocument.file(entry.item())), entry.item().bytes());
            entries.put(name(entry.item()), entry);
          }
          AtomicFiles.write(folder.resolve(MANIFEST), ManifestDocument.write(entries.values()));
        });
  }

  /**
   * Remembers what verified, so that older items are refused from now on.
   *
   * @param used collateral of a verification
   * @throws AttestationException {@code OUTPUT_NOT_WRITABLE} if the floors cannot be written
   */
  public synchronized void remember(Collection<CollateralUse> used) {
    if (floors.raisedBy(used).equals(floors)) {
      return;
    }
    change(
        () -> {
          floors = floors.raisedBy(used);
          AtomicFiles.write(folder.resolve(FLOORS), FloorsDocument.write(floors));
        });
  }

  /** Something that changes files. */
  @FunctionalInterface
  private interface Change {
    void run() throws IOException;
  }

  @SuppressWarnings("try") // the lock is held, not used
  private void change(Change change) {
    try {
      Files.createDirectories(folder);
      try (FileChannel channel =
              FileChannel.open(
                  folder.resolve(LOCK),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE,
                  LinkOption.NOFOLLOW_LINKS);
          FileLock held = channel.lock()) {
        read();
        change.run();
      }
    } catch (IOException e) {
      throw AttestationException.because(ErrorCode.OUTPUT_NOT_WRITABLE, folder.toString(), e);
    }
  }
}

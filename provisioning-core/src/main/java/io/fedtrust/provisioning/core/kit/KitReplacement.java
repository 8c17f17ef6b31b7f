// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.io.Backups;
import io.fedtrust.provisioning.core.io.BoundedFiles;
import io.fedtrust.provisioning.core.io.ChangeKind;
import io.fedtrust.provisioning.core.io.FileMode;
import io.fedtrust.provisioning.core.io.FileSet;
import io.fedtrust.provisioning.core.io.TooManyFilesException;
import io.fedtrust.provisioning.error.ErrorCode;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Replaces in an existing kit what packaging made, as one change with a journal. Job store, files
 * exchanged, logs and the site's own settings stay where they are.
 */
final class KitReplacement implements KitPlacement {
  private static final int NAMED = 16;

  private final KitFiles files;
  private final Path kit;
  private final Path state;
  private final String subject;
  private final KitContents contents;
  private final EngineContext host;
  private final FileSet change;
  private final Map<String, Path> staged = new LinkedHashMap<>();
  private boolean moving;

  KitReplacement(KitFiles files, ProjectFolder project, String name, EngineContext host)
      throws IOException {
    this.files = files;
    this.kit = project.kit(name);
    this.state = project.state();
    this.subject = project.subject(name);
    this.host = host;
    this.contents = KitContents.of(kit, subject, files.files());
    this.change = host.change(ChangeKind.KIT, subject, project.folder());
  }

  @Override
  public void stage() throws IOException {
    for (String entry : contents.installed()) {
      Path place = state.resolve(entry.substring(entry.lastIndexOf('/') + 1));
      KitFiles.KitFile file = files.all().get(entry);
      if (file != null) {
        staged.put(entry, host.output().stage(place, file.content(), file.mode()));
      } else {
        Path folder = host.output().stagingName(place);
        staged.put(entry, folder);
        host.output().createNewFolder(folder, FileMode.PUBLIC_FOLDER);
        files.writeBelow(entry + "/", folder, host.output());
      }
    }
  }

  @Override
  public Path staged() {
    return staged.values().iterator().next();
  }

  @Override
  public void place() throws IOException {
    List<String> lost = onlyInFormerStartup();
    for (String folder : List.of("local", "transfer")) {
      host.output().createFolders(kit.resolve(folder), FileMode.PUBLIC_FOLDER);
    }
    Path backup = Backups.newFolder(host.output(), state, host.now());
    Path copy = backup.resolve(String.valueOf(kit.getFileName()));
    host.output().createNewFolder(copy, FileMode.OWNER_FOLDER);
    host.output().createNewFolder(copy.resolve("local"), FileMode.OWNER_FOLDER);
    for (String entry : contents.replaced()) {
      change.retire(subject + "/" + entry, backup);
    }
    staged.forEach((entry, file) -> change.installStaged(file, subject + "/" + entry));
    prepare();
    moving = true;
    change.apply();
    if (!lost.isEmpty()) {
      host.warn(
          "the former startup/ also had "
              + String.join(", ", lost.subList(0, Math.min(NAMED, lost.size())))
              + "; the former kit's files are in "
              + copy);
    }
  }

  private void prepare() throws IOException {
    try {
      change.prepare();
    } catch (TooManyFilesException e) {
      throw refuse(ErrorCode.BUILD_FAILED, kit.resolve("local").toString())
          .problem("has too many *.default and *.sample files to replace them in one change")
          .hint("Move those that packaging did not make to another folder, then package again.")
          .cause(e)
          .build();
    }
  }

  @Override
  public boolean isUnderWay() {
    return moving;
  }

  @Override
  public void abandon() throws IOException {
    change.abandon();
    for (Path path : staged.values()) {
      host.output().deleteTree(path);
    }
  }

  /** Says which rendered files give way to the site's own of the same name. */
  void warnOfLeft() {
    for (String entry : contents.left()) {
      KitFiles.KitFile file = files.all().get(entry);
      if (file == null || !BoundedFiles.holds(kit.resolve(entry), file.content())) {
        host.warn(entry + " of the existing kit stays; a builder made another one");
      }
    }
  }

  private List<String> onlyInFormerStartup() throws IOException {
    List<String> only = new ArrayList<>();
    Path startup = kit.resolve("startup");
    if (Files.isDirectory(startup, LinkOption.NOFOLLOW_LINKS)) {
      try (DirectoryStream<Path> former = Files.newDirectoryStream(startup)) {
        for (Path file : former) {
          String name = String.valueOf(file.getFileName());
          if (files.files().stream().noneMatch(path -> isBelow(path, "startup/" + name))) {
            only.add(name);
          }
        }
      }
    }
    only.sort(null);
    return only;
  }

  private static boolean isBelow(String path, String entry) {
    return path.equals(entry) || path.startsWith(entry + "/");
  }
}

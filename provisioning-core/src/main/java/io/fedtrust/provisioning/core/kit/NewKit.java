// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import io.fedtrust.provisioning.core.io.FileMode;
import io.fedtrust.provisioning.core.io.FileOutput;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A kit where there is none: one move puts it in place. */
final class NewKit implements KitPlacement {
  private final KitFiles files;
  private final Path target;
  private final Path staged;
  private final FileOutput output;
  private boolean moved;

  NewKit(KitFiles files, Path target, Path state, FileOutput output) {
    this.files = files;
    this.target = target;
    this.output = output;
    this.staged = output.stagingName(state.resolve(String.valueOf(target.getFileName())));
  }

  @Override
  public void stage() throws IOException {
    output.createNewFolder(staged, FileMode.PUBLIC_FOLDER);
    for (String folder : List.of("startup", "local", "transfer")) {
      output.createNewFolder(staged.resolve(folder), FileMode.PUBLIC_FOLDER);
    }
    files.writeBelow("", staged, output);
  }

  @Override
  public Path staged() {
    return staged;
  }

  @Override
  public void place() throws IOException {
    output.rename(staged, target);
    moved = true;
    output.syncFolder(target.getParent());
  }

  @Override
  public boolean isUnderWay() {
    return moved;
  }

  @Override
  public void abandon() throws IOException {
    output.deleteTree(staged);
  }
}

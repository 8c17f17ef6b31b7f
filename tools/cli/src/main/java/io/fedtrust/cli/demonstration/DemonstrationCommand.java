// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.demonstration;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.attestation.model.ReadableFailure;
import io.fedtrust.cli.Invocation;
import io.fedtrust.cli.ProvisioningAction;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.spi.ProvisioningEngine;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Map;

/** A command that shows something in a folder of its own, and leaves nothing anywhere else. */
abstract class DemonstrationCommand extends ProvisioningAction {
  private final Demonstration demonstration;

  DemonstrationCommand(Invocation invocation, Demonstration demonstration) {
    super(invocation);
    this.demonstration = demonstration;
  }

  abstract Path outputDir();

  @Override
  protected final Map<String, Object> perform(ProvisioningEngine engine) {
    Path folder = environment().resolve(outputDir());
    NewFolder.require(folder);
    try {
      return demonstration.run(
          environment().engineWithoutRecords(answer()::warn),
          folder,
          environment().clock().instant(),
          answer()::note);
    } catch (FileSystemException e) {
      throw refuse(ErrorCode.OUTPUT_DIR_NOT_WRITABLE, folder.toString())
          .problem("cannot be written: " + ReadableFailure.textOf(e))
          .cause(e)
          .build();
    } catch (IOException e) {
      throw refuse(ErrorCode.DEMONSTRATION_FAILED, folder.toString())
          .problem(
              ReadableFailure.textOf(e)
                  + "; it needs free ports on the loopback address, and processes that start and answer")
          .cause(e)
          .build();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted; what was started is stopped", e);
    }
  }
}

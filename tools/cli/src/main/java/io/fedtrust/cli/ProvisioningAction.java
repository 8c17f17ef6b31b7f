// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli;

import io.fedtrust.provisioning.spi.ProvisioningEngine;
import java.util.Map;

/** A command that works with the provisioning engine. */
abstract class ProvisioningAction extends Action {
  ProvisioningAction(Cli cli) {
    super(cli);
  }

  /** Does it and returns the answer's data. */
  abstract Map<String, Object> perform(ProvisioningEngine engine);

  @Override
  final int execute(CommandOutput answer) {
    return answer.success(perform(surroundings().engine(answer::warn)));
  }
}

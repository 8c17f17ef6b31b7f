// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli;

import io.fedtrust.provisioning.spi.ProvisioningEngine;
import java.util.Map;

/** A command that works with the provisioning engine. */
public abstract class ProvisioningAction extends Action {
  protected ProvisioningAction(Invocation invocation) {
    super(invocation);
  }

  /** Does it and returns the answer's data. */
  protected abstract Map<String, Object> perform(ProvisioningEngine engine);

  @Override
  protected final int execute(CommandOutput answer) {
    return answer.success(perform(environment().engine(answer::warn)));
  }
}

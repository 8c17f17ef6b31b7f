// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.document;

import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import java.util.function.Supplier;

/** Gives refusals of shared rules the code of the place they are applied in. */
public final class Recoding {
  private Recoding() {}

  /** Runs an action; what it refuses is refused with {@code code}. */
  public static <T> T as(ErrorCode code, Supplier<T> action) {
    try {
      return action.get();
    } catch (ProvisioningException e) {
      throw e.as(code);
    }
  }
}

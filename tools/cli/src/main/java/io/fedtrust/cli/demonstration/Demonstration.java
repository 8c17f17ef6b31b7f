// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.demonstration;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.spi.ProvisioningEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What a {@link DemonstrationCommand} shows. The process that holds a CA key has no server and no
 * simulated hardware in it, so demonstrations are in a program of their own.
 */
@FunctionalInterface
public interface Demonstration {
  /** Says where the demonstration is, in the program that does not have it. */
  Demonstration ELSEWHERE =
      (engine, folder, now, say) -> {
        throw refuse(ErrorCode.INVALID_ARGS, "command")
            .problem("the demonstrations are in fedtrust-demo.jar, not in this program")
            .hint("Run tools/fedtrust, or java -jar fedtrust-demo.jar, with the same words.")
            .build();
      };

  /**
   * Shows it.
   *
   * @param engine provisions
   * @param folder new or empty
   * @param now the present
   * @param say hears each line
   * @return the answer's data
   */
  Map<String, Object> run(ProvisioningEngine engine, Path folder, Instant now, Consumer<String> say)
      throws IOException, InterruptedException;
}

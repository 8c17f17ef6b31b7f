// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.ca;

import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.core.World;
import io.fedtrust.provisioning.model.RevocationReason;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A process that puts a certificate on hold and ends the hold, again and again: two entries and two
 * heads a round. Arguments: folder of the world, account, participant name, rounds.
 */
public final class HoldingProcess {
  private HoldingProcess() {}

  public static void main(String[] args) {
    World world = new World(Path.of(args[0])).as(args[1]);
    for (int round = 0; round < Integer.parseInt(args[3]); round++) {
      // The same hold within one second would be one statement.
      CertificateAuthority ca = world.later(Duration.ofSeconds(1)).ca();
      ca.revoke(args[2]).reason(RevocationReason.CERTIFICATE_HOLD).record();
      ca.revoke(args[2]).reason(RevocationReason.REMOVE_FROM_CRL).record();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.federation;

import io.fedtrust.attestation.spi.SiteActions;
import java.util.function.Consumer;

/**
 * What this host does about a site in quarantine. It already asks the manager for the participants
 * of a job before it sends a model, so it only tells people.
 */
final class QuarantineActions implements SiteActions {
  private final Consumer<String> say;

  QuarantineActions(Consumer<String> say) {
    this.say = say;
  }

  @Override
  public void quarantine(String site, String reason) {
    say.accept("sends nothing to " + site + " until its evidence is trusted again");
  }

  @Override
  public void stopJobs(String site, String reason) {
    say.accept("stops the jobs of " + site);
  }

  @Override
  public void shutDown(String site, String reason) {
    say.accept("shuts down because of " + site);
  }

  @Override
  public void readmit(String site) {
    say.accept("works with " + site + " again");
  }
}

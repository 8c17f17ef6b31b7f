// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.spi.SiteActions;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The host's actions, in order and beside the trust flow: none can delay a verdict. */
final class QueuedActions implements SiteActions, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("io.fedtrust.attestation");

  /** Some for each site of the largest federation. */
  private static final int MAX_WAITING = 65_536;

  private final SiteActions host;
  private final Delivery<Runnable> delivery;

  QueuedActions(SiteActions host, Executor work) {
    this.host = host;
    this.delivery =
        new Delivery<>(
            "action",
            work,
            MAX_WAITING,
            Runnable::run,
            count -> LOG.error("the host's actions are too slow: {} were left out", count));
  }

  @Override
  public void quarantine(String site, String reason) {
    delivery.add(() -> host.quarantine(site, reason));
  }

  @Override
  public void stopJobs(String site, String reason) {
    delivery.add(() -> host.stopJobs(site, reason));
  }

  @Override
  public void shutDown(String site, String reason) {
    delivery.add(() -> host.shutDown(site, reason));
  }

  @Override
  public void readmit(String site) {
    delivery.add(() -> host.readmit(site));
  }

  @Override
  public void forgotten(String site) {
    delivery.add(() -> host.forgotten(site));
  }

  @Override
  public void close() {
    delivery.close();
  }
}

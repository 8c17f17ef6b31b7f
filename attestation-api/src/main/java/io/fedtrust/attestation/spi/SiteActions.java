// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.spi;

/**
 * What the host does when a site is no longer trusted. The site's admission has ended before any of
 * these is called, and stays so if one fails.
 */
public interface SiteActions {
  /** Does nothing: the host asks whether a site is admitted. */
  SiteActions NONE =
      new SiteActions() {
        @Override
        public void quarantine(String site, String reason) {}

        @Override
        public void stopJobs(String site, String reason) {}

        @Override
        public void shutDown(String site, String reason) {}

        @Override
        public void readmit(String site) {}
      };

  /**
   * Leaves a site out of whatever comes.
   *
   * @param site its name
   * @param reason why
   */
  void quarantine(String site, String reason);

  /**
   * Stops the jobs that a site takes part in; it is in quarantine as well.
   *
   * @param site its name
   * @param reason why
   */
  void stopJobs(String site, String reason);

  /**
   * Ends this process's part in the federation.
   *
   * @param site the site because of which
   * @param reason why
   */
  void shutDown(String site, String reason);

  /**
   * Takes a site back that proved itself again.
   *
   * @param site its name
   */
  void readmit(String site);

  /**
   * Takes note that a site was in quarantine for so long that it counts as having left: it
   * registers anew before it takes part again.
   *
   * @param site its name
   */
  default void forgotten(String site) {}
}

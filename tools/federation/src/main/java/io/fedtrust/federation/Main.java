// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.federation;

import java.nio.file.Path;
import java.time.Clock;

/** The process of one site: {@code FOLDER NAME}. */
public final class Main {
  private Main() {}

  /**
   * Runs a site.
   *
   * @param args the federation's folder, and the site's name
   * @throws Exception if the site cannot play its part; the process ends with status 1
   */
  public static void main(String[] args) throws Exception {
    new Site(new SiteFolder(Path.of(args[0]), args[1]), Clock.systemUTC()).run();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.federation;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteProcessTest {
  @TempDir Path folder;

  @Test
  @DisplayName("a process that fails is named, and nobody waits for it")
  void failure() throws Exception {
    SiteProcess process =
        SiteProcess.start(new SiteFolder(folder, "hospital-without-kit"), line -> {});
    assertThatThrownBy(process::await)
        .hasMessage("The process of hospital-without-kit failed. Its output says why.");
    process.end();
  }
}

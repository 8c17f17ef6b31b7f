// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.event.CCEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How events reach the host's listeners. */
class EventsTest {
  @Test
  @DisplayName("listeners begin under no lock, whatever the host's executor does")
  void noLock() {
    List<Boolean> locked = new ArrayList<>();
    List<Events> events = new ArrayList<>();
    events.add(
        new Events(List.of(event -> locked.add(Thread.holdsLock(events.get(0)))), Runnable::run));
    events.get(0).tell(new CCEvent.RoundSkipped(TestProject.NOW));
    assertThat(locked).containsExactly(false);
  }
}

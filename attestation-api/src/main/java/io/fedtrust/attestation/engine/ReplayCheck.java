// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.spi.ReplayGuard;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Refuses genuine evidence that was presented before, of peers that choose their nonce themselves
 * (docs/protocol/collateral.md#replay-keys). A strong exchange needs none of it.
 */
final class ReplayCheck {
  private static final String CHECK = "exchange.replay";
  private static final String SOURCE = "docs/protocol/collateral.md#replay-keys";

  private final InMemoryReplayGuard seen = new InMemoryReplayGuard();
  private final Optional<ReplayGuard> lasting;
  private final Events events;

  /**
   * Remembers nothing yet.
   *
   * @param lasting the host's memory, asked about what this process has not seen
   */
  ReplayCheck(Optional<ReplayGuard> lasting, Events events) {
    this.lasting = lasting;
    this.events = events;
  }

  /**
   * Takes note of all that is genuine in an answer.
   *
   * @throws MalformedEvidenceException if any of it was presented before, or cannot be recognized
   *     when it comes again
   */
  void first(String site, List<Claims> genuine, Instant at) throws MalformedEvidenceException {
    if (genuine.isEmpty()) {
      return;
    }
    Optional<Claims> nameless =
        genuine.stream().filter(claims -> claims.replayKeys().isEmpty()).findFirst();
    if (nameless.isPresent()) {
      throw new MalformedEvidenceException(
          Check.failed(
              CHECK,
              ReasonCode.NO_FRESHNESS,
              "a verifier that tells one " + nameless.get().form() + " from another",
              "one that names no replay keys",
              SOURCE));
    }
    List<String> keys =
        genuine.stream().flatMap(claims -> claims.replayKeys().stream()).distinct().toList();
    Optional<Instant> end = end(genuine);
    InMemoryReplayGuard.Noted noted = seen.note(site, keys, end, at);
    if (noted.first().isPresent()) {
      throw replayed(site, noted.first(), at);
    }
    if (lasting.isPresent()) {
      if (!lasting.get().first(site, keys, end)) {
        throw replayed(site, Optional.empty(), at);
      }
    } else if (noted.dropped() > 0) {
      events.tell(new CCEvent.ReplayKeysDropped(at, site, noted.dropped()));
    }
  }

  /** All are noted together, so they are kept as long as the one that must be kept longest. */
  private static Optional<Instant> end(List<Claims> genuine) {
    return genuine.stream().allMatch(claims -> claims.replayEnd().isPresent())
        ? genuine.stream().flatMap(claims -> claims.replayEnd().stream()).max(Instant::compareTo)
        : Optional.empty();
  }

  private MalformedEvidenceException replayed(String site, Optional<String> first, Instant at) {
    events.tell(new CCEvent.EvidenceReplayed(at, site, first));
    return new MalformedEvidenceException(
        Check.failed(
            CHECK,
            ReasonCode.ALREADY_ANSWERED,
            "evidence that nobody presented before",
            "presented before",
            SOURCE));
  }
}

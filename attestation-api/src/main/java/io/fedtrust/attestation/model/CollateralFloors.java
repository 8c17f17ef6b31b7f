// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The newest of each kind of collateral that ever verified. Older items are refused, and a clock
 * behind them is not believed (docs/protocol/collateral.md#rollback).
 */
public final class CollateralFloors {
  /** Nothing was seen yet. */
  public static final CollateralFloors NONE = new CollateralFloors(Map.of());

  private final Map<String, Floor> floors;

  private CollateralFloors(Map<String, Floor> floors) {
    this.floors = floors;
  }

  /**
   * The newest of one channel.
   *
   * @param number highest number
   * @param issued latest issue date
   */
  public record Floor(Optional<BigInteger> number, Instant issued) {
    private Floor raised(Floor other) {
      return new Floor(
          number.isPresent() && other.number.isPresent()
              ? Optional.of(number.get().max(other.number.get()))
              : number.or(other::number),
          issued.isAfter(other.issued) ? issued : other.issued);
    }
  }

  /**
   * Takes remembered floors.
   *
   * @param floors by channel
   * @return the floors
   */
  public static CollateralFloors of(Map<String, Floor> floors) {
    return new CollateralFloors(Collections.unmodifiableMap(new TreeMap<>(floors)));
  }

  /**
   * Raises the floors by what verified now.
   *
   * @param used verified items
   * @return floors at least as high
   */
  public CollateralFloors raisedBy(Collection<CollateralUse> used) {
    Map<String, Floor> raised = new TreeMap<>(floors);
    used.forEach(
        use -> raised.merge(use.channel(), new Floor(use.number(), use.issued()), Floor::raised));
    return raised.equals(floors) ? this : of(raised);
  }

  /**
   * Returns the floor of a channel.
   *
   * @param channel as in {@link CollateralUse}
   * @return the newest seen, or empty
   */
  public Optional<Floor> floor(String channel) {
    return Optional.ofNullable(floors.get(channel));
  }

  /**
   * Tells whether an item is older than one that verified before.
   *
   * @param use an item that verifies
   * @return true for a lower number or an earlier issue date
   */
  public boolean isRollback(CollateralUse use) {
    return floor(use.channel()).filter(seen -> isOlder(use, seen)).isPresent();
  }

  private static boolean isOlder(CollateralUse use, Floor seen) {
    boolean lower =
        seen.number().isPresent()
            && use.number().filter(number -> number.compareTo(seen.number().get()) >= 0).isEmpty();
    return lower || use.issued().isBefore(seen.issued());
  }

  /**
   * {@return the latest issue date of all, or empty if nothing was seen; no honest clock is behind
   * it}
   */
  public Optional<Instant> latestIssue() {
    return floors.values().stream().map(Floor::issued).max(Instant::compareTo);
  }

  /** {@return all floors by channel, unmodifiable} */
  public Map<String, Floor> all() {
    return floors;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CollateralFloors that && floors.equals(that.floors);
  }

  @Override
  public int hashCode() {
    return floors.hashCode();
  }

  @Override
  public String toString() {
    return floors.toString();
  }
}

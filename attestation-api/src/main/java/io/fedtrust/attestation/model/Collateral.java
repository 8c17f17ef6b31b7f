// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** All that a verifier may use beside the evidence: items, and what was seen before. */
public final class Collateral {
  /** Nothing at hand and nothing seen. */
  public static final Collateral NONE = new Collateral(List.of(), CollateralFloors.NONE);

  private final List<CollateralItem> items;
  private final Map<String, Map<String, List<CollateralItem>>> index;
  private final CollateralFloors floors;

  private Collateral(List<CollateralItem> items, CollateralFloors floors) {
    this(
        items,
        items.stream()
            .collect(
                Collectors.groupingBy(
                    CollateralItem::kind, Collectors.groupingBy(CollateralItem::subject))),
        floors);
  }

  private Collateral(
      List<CollateralItem> items,
      Map<String, Map<String, List<CollateralItem>>> index,
      CollateralFloors floors) {
    this.items = items;
    this.index = index;
    this.floors = floors;
  }

  /**
   * Collects items.
   *
   * @param items in the order in which they are tried
   * @return collateral that was never used before
   */
  public static Collateral of(List<CollateralItem> items) {
    return new Collateral(List.copyOf(items), CollateralFloors.NONE);
  }

  /**
   * Adds what was seen before, against which roll-back is noticed.
   *
   * @param seen floors of earlier verifications
   * @return the same items with these floors
   */
  public Collateral withFloors(CollateralFloors seen) {
    return new Collateral(items, index, seen);
  }

  /**
   * Adds items behind the others.
   *
   * @param more items
   * @return all of them
   */
  public Collateral and(List<CollateralItem> more) {
    List<CollateralItem> all = new ArrayList<>(items);
    all.addAll(more);
    return new Collateral(List.copyOf(all), floors);
  }

  /** {@return all items, unmodifiable} */
  public List<CollateralItem> items() {
    return items;
  }

  /**
   * Returns the items of a kind.
   *
   * @param kind compared exactly
   * @return in order
   */
  public List<CollateralItem> items(String kind) {
    return items.stream().filter(item -> item.kind().equals(kind)).toList();
  }

  /**
   * Returns the items of a kind for one subject.
   *
   * @param kind compared exactly
   * @param subject compared exactly
   * @return in order; no items are looked through
   */
  public List<CollateralItem> items(String kind, String subject) {
    return index.getOrDefault(kind, Map.of()).getOrDefault(subject, List.of());
  }

  /** {@return what was seen before} */
  public CollateralFloors floors() {
    return floors;
  }

  @Override
  public String toString() {
    return "collateral " + items;
  }
}

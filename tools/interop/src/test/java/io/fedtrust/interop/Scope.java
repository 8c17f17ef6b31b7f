// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.interop;

import java.util.List;
import java.util.Locale;

/** How much of the matrix and of the networks a run takes. */
enum Scope {
  /** Everything, also what only one side's tools take part in. */
  FULL,
  /**
   * Where both sides take part: every definition both ways, every security with every version both
   * ways, every scheme with every security.
   */
  MIXED,
  /** The same with three networks, in which every scheme and every security is. */
  SAMPLE;

  static Scope chosen() {
    return valueOf(System.getProperty("fedtrust.interop.scope").toUpperCase(Locale.ROOT));
  }

  /**
   * Tells whether a definition takes part in a cell. Not every definition in every setting: the
   * settings take turns, beginning with another one for each approver.
   *
   * @param setting which one of security and version, of so many
   */
  boolean includes(Tool approver, Tool site, int setting, int settings, int definition) {
    int turn = approver == Tool.NVFLARE ? setting + settings / 2 : setting;
    return this == FULL || (approver != site && definition % settings == turn % settings);
  }

  /** One port, two, or both in turn. */
  List<Integer> ports(int either) {
    return this == FULL ? List.of(1, 2) : List.of(either);
  }
}

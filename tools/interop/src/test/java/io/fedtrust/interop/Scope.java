// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.interop;

import java.util.List;
import java.util.Locale;

/** How much of the matrix and of the networks a run takes. */
enum Scope {
  /** Everything, also what only one side's tools take part in. */
  FULL,
  /** Every cell where both sides take part, every scheme with every security. */
  MIXED,
  /** Each thing once. */
  SAMPLE;

  static Scope chosen() {
    return valueOf(System.getProperty("fedtrust.interop.scope").toUpperCase(Locale.ROOT));
  }

  boolean includes(Tool approver, Tool site, String security, String version) {
    return switch (this) {
      case FULL -> true;
      case MIXED -> approver != site;
      case SAMPLE -> approver != site && version.equals(security.equals("tls") ? "01" : "00");
    };
  }

  /** One port, two, or both in turn. */
  List<Integer> ports(int either) {
    return this == FULL ? List.of(1, 2) : List.of(either);
  }
}

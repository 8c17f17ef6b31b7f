// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.ca;

import io.fedtrust.provisioning.spi.ApprovalLedger;
import io.fedtrust.provisioning.spi.LedgerEntry;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** A ledger with something that happens before one kind of entry is appended. */
public final class InterceptedLedger {
  private InterceptedLedger() {}

  public static ApprovalLedger before(
      Class<? extends LedgerEntry> kind, ApprovalLedger ledger, Runnable event) {
    return (ApprovalLedger)
        Proxy.newProxyInstance(
            ApprovalLedger.class.getClassLoader(),
            new Class<?>[] {ApprovalLedger.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("append") && kind.isInstance(arguments[0])) {
                event.run();
              }
              try {
                return method.invoke(ledger, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}

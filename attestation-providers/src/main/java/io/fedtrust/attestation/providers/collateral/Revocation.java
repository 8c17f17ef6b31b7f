// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.collateral;

/** Whether revocation lists are required. */
public enum Revocation {
  /** Without a current list nothing is authentic. The default. */
  REQUIRED,
  /** No list is looked at, and every verdict says so. */
  NOT_CHECKED
}

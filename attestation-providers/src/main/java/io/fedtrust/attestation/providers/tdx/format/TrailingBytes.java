// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.format;

/** What may stand behind a quote: the kernel and clouds hand over buffers, not quotes. */
public enum TrailingBytes {
  /** Zeros. The default. */
  ZERO,
  /** Anything; it is cut off and nobody looks at it. */
  IGNORED
}

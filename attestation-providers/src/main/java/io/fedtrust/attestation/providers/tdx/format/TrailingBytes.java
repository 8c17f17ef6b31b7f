// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.format;

/**
 * The bytes that may follow a quote: the kernel and clouds return buffers that are longer than the
 * quote.
 */
public enum TrailingBytes {
  /** Zeros. The default. */
  ZERO,
  /** Any bytes; they are removed and ignored. */
  IGNORED
}

/**
 * Quotes of Intel TDX, their certification data and Intel's documents about platforms, byte by
 * byte. Nothing here verifies a signature.
 */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.tdx.format;

/**
 * Quotes of Intel TDX, what certifies them, and what Intel says of platforms, byte by byte. Nothing
 * here verifies a signature.
 */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.tdx.format;

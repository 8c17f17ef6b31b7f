/**
 * Tokens that Intel Trust Authority makes of TDX quotes: verified offline with the service's keys,
 * and asked for where a site prefers them.
 */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.tdx.ita;

/**
 * Tokens of Intel Trust Authority for TDX quotes: requested by a site, and verified offline with
 * the service's keys.
 */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.tdx.ita;

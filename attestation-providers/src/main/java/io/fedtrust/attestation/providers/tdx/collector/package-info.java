/** Asks the TDX module of this machine for a quote. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.tdx.collector;

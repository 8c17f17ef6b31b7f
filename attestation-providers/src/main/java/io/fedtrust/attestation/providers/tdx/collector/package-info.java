/** Requests quotes from the TDX module of this machine. */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.tdx.collector;

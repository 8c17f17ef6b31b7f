/**
 * The federation's trust flow, {@link io.fedtrust.attestation.CCManager}. Errors are in {@link
 * io.fedtrust.attestation.error}, nouns in {@link io.fedtrust.attestation.model}, policies in
 * {@link io.fedtrust.attestation.policy}, what a host or a family of evidence implements in {@link
 * io.fedtrust.attestation.spi}.
 */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation;

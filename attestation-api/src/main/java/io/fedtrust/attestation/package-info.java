/**
 * The errors of the attestation half; the federation's trust flow will live here. Nouns are in
 * {@link io.fedtrust.attestation.model}, policies in {@link io.fedtrust.attestation.policy}, what a
 * host or a family of evidence implements in {@link io.fedtrust.attestation.spi}.
 */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation;

/**
 * What a family implements (collector, verifier, authorizer) and what a host implements (channel,
 * actions, replay guard).
 */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.spi;

/**
 * Whether what Azure's machines present is genuine. Nothing here has an opinion on what it says.
 */
@org.jspecify.annotations.NullMarked
package io.fedtrust.attestation.providers.azure.verifier;
